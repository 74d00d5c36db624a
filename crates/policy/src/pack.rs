//! Policies that come with the binary: one file each, read as any other.

use crate::Policy;
use crate::document::{Flaw, Source};

/// A policy document that comes with the binary.
#[derive(Debug, Clone, Copy)]
pub struct Pack {
    pub name: &'static str,
    /// The TOML document, to be copied and changed.
    pub text: &'static str,
}

/// The name of the pack that holds where nothing else is said.
pub const DEFAULT_PACK: &str = "iso-10002";

/// All packs, the default first.
pub const PACKS: [Pack; 6] = [
    Pack {
        name: DEFAULT_PACK,
        text: include_str!("../packs/iso-10002.toml"),
    },
    Pack {
        name: "uk-disp",
        text: include_str!("../packs/uk-disp.toml"),
    },
    Pack {
        name: "us-cfpb",
        text: include_str!("../packs/us-cfpb.toml"),
    },
    Pack {
        name: "us-fda",
        text: include_str!("../packs/us-fda.toml"),
    },
    Pack {
        name: "eu-mdr",
        text: include_str!("../packs/eu-mdr.toml"),
    },
    Pack {
        name: "gdpr",
        text: include_str!("../packs/gdpr.toml"),
    },
];

impl Pack {
    pub fn named(name: &str) -> Option<Self> {
        PACKS.into_iter().find(|it| it.name == name)
    }

    /// A test reads every one of them; no pack has files beside it.
    pub fn policy(self) -> Result<Policy, Vec<Flaw>> {
        let source = Source {
            file: self.name,
            text: self.text,
        };
        Policy::read(source, &mut |_| {
            Err("a pack has no files beside it".to_owned())
        })
    }
}
