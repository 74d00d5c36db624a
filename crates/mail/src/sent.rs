//! Why a letter was not taken, and whether it makes sense to try again.

use std::fmt;

use lettre::transport::smtp::Error;

/// What a server says may hold the address: it is personal, and not printed.
#[derive(Clone, PartialEq, Eq)]
pub enum NotSent {
    /// What is there is no address.
    Address,
    /// The server refuses this letter for good.
    Refused {
        /// Of RFC 5321, section 4.2: 550 to 559.
        code: u16,
        said: String,
    },
    /// The server refuses it for now, cannot be reached, or wants nothing from us whatever it is.
    NotNow { said: String },
}

impl fmt::Debug for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str("Address"),
            Self::Refused { code, .. } => write!(f, "Refused {code}"),
            Self::NotNow { .. } => f.write_str("NotNow"),
        }
    }
}

impl NotSent {
    /// Only what is said of the mailbox or the letter is said for good (55x). A login that fails (53x), a
    /// command that is not understood (50x) or a server that takes no mail (521) is ours to put right.
    pub(crate) fn of(error: &Error) -> Self {
        let code = error.status().map_or(0, u16::from);
        let said = error.to_string();
        if (550..560).contains(&code) {
            Self::Refused { code, said }
        } else {
            Self::NotNow { said }
        }
    }
}
