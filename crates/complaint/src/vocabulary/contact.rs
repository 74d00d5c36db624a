//! What is told of a message.

use serde::{Deserialize, Serialize};

/// Whether a message tells the complainant how it stands, as the clocks count it, and from when on.
/// The clocks hang on it: a word of a later version is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Informs {
    /// With the request: to send it is a matter of course.
    OnRequest,
    /// With the first proof of its delivery.
    OnDelivery,
    /// It is no news.
    Never,
}

impl Informs {
    pub const WORDS: &'static [&'static str] = &["on_request", "on_delivery", "never"];
    pub const ALL: &'static [Self] = &[Self::OnRequest, Self::OnDelivery, Self::Never];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnRequest => "on_request",
            Self::OnDelivery => "on_delivery",
            Self::Never => "never",
        }
    }

    pub fn known(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == word)
    }
}

open_words! {
    /// What shows that a message arrived, or how far it came.
    Proof {
        /// The next server of mail took it. It may still give it back.
        AcceptedByServer = "accepted_by_server",
        /// It lies where the complainant reads.
        Delivered = "delivered",
        /// It was opened.
        Read = "read",
        /// The post has it.
        Posted = "posted",
        /// Somebody signed for it.
        SignedFor = "signed_for",
        /// It was said to the complainant.
        Said = "said",
    }
}

open_words! {
    /// Why a message does not arrive.
    BounceReason {
        /// Nothing says where it could be sent.
        NoAddress = "no_address",
        /// What stands there is no address.
        AddressInvalid = "address_invalid",
        /// Nobody has that address.
        AddressUnknown = "address_unknown",
        MailboxFull = "mailbox_full",
        /// The other side does not want it.
        Rejected = "rejected",
        /// It was tried for too long.
        Expired = "expired",
        /// What was to be said is erased, or its key is gone.
        WordsUnreadable = "words_unreadable",
    }
}
