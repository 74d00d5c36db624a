//! The policy that the demo's company works under.

use clap::ValueEnum;
use redress_policy::{DEFAULT_PACK, Pack};
use redress_wire::workflow::v1::{ApplyPolicyRequest, RetirePolicyRequest};
use serde::{Deserialize, Serialize};

use super::Mark;
use crate::client::Client;
use crate::failure::Failure;

/// One of the policies that come with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Regime {
    #[default]
    #[value(name = "iso-10002")]
    #[serde(rename = "iso-10002")]
    Iso10002,
    UkDisp,
    UsCfpb,
}

impl Regime {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Iso10002 => DEFAULT_PACK,
            Self::UkDisp => "uk-disp",
            Self::UsCfpb => "us-cfpb",
        }
    }

    /// As it comes with the program, but for every customer of the demo, wherever they are.
    fn document(self) -> String {
        let text = Pack::named(self.name()).map_or("", |pack| pack.text);
        let Some((before, table)) = text.split_once("[applies_to]\n") else {
            return text.to_owned();
        };
        let rest = table.split_once("\n\n").map_or("", |(_, rest)| rest);
        format!("{before}{rest}")
    }

    /// Puts it in force, and nothing beside it. Before anything is received: a clock follows the policy
    /// under which it began.
    pub(super) async fn apply(self, client: &Client, mark: &Mark) -> Result<(), Failure> {
        if self == Self::default() {
            // It is in force where nobody says anything.
            return Ok(());
        }
        let request_id = |what: &str| format!("demo-{}-{what}", mark.seed);
        let mut policies = client.policy().await?;
        let apply = ApplyPolicyRequest {
            document: self.document(),
            reason: "demo".to_owned(),
            request_id: request_id("apply"),
            ..ApplyPolicyRequest::default()
        };
        policies.apply_policy(apply).await?;
        let retire = RetirePolicyRequest {
            policy: DEFAULT_PACK.to_owned(),
            reason: "demo".to_owned(),
            request_id: request_id("retire"),
            ..RetirePolicyRequest::default()
        };
        policies.retire_policy(retire).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use redress_policy::Policy;
    use redress_policy::document::Source;

    use super::*;

    #[test]
    fn each_is_a_policy_for_everybody_with_the_clocks_of_its_pack() {
        for regime in Regime::value_variants() {
            let (file, text) = (regime.name(), regime.document());
            let source = Source { file, text: &text };
            let policy = Policy::read(source, &mut |_| Err(String::new())).unwrap();
            let pack = Pack::named(file).unwrap().policy().unwrap();
            assert_eq!(policy.name(), file);
            assert!(policy.clocks().keys().eq(pack.clocks().keys()));
            assert!(!text.contains("applies_to"), "{text}");
            assert_eq!(serde_json::to_value(regime).unwrap(), file);
            assert_eq!(regime.to_possible_value().unwrap().get_name(), file);
        }
    }
}
