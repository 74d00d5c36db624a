//! The bureau's columns, and the digest over one row.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::content::debug_without_words;

pub(super) const DATE_RECEIVED: &str = "Date received";
pub(super) const PRODUCT: &str = "Product";
pub(super) const COMPANY: &str = "Company";
pub(super) const STATE: &str = "State";
pub(super) const CONSENT: &str = "Consumer consent provided?";
pub(super) const DATE_SENT: &str = "Date sent to company";
pub(super) const TIMELY: &str = "Timely response?";
pub(super) const DISPUTED: &str = "Consumer disputed?";
pub(super) const COMPLAINT_ID: &str = "Complaint ID";

macro_rules! row {
    ($($field:ident = $column:literal,)+) => {
        /// One row as texts. A reader of CSV or JSON fills it by the bureau's column names; columns
        /// that it does not know are passed over.
        #[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Row {
            $(#[serde(rename = $column)] pub $field: Option<String>,)+
        }

        /// The names of the columns in the bureau's order, which is the order of the digest.
        pub const COLUMNS: [&str; 18] = [$($column),+];

        impl Row {
            /// Without blanks around the values, line ends as LF, and what stands for nothing gone.
            pub(super) fn clean(&self) -> Self {
                Self { $($field: clean(self.$field.as_deref()),)+ }
            }

            fn values(&self) -> [Option<&str>; 18] {
                [$(self.$field.as_deref()),+]
            }
        }
    };
}

row! {
    date_received = "Date received",
    product = "Product",
    sub_product = "Sub-product",
    issue = "Issue",
    sub_issue = "Sub-issue",
    narrative = "Consumer complaint narrative",
    company_public_response = "Company public response",
    company = "Company",
    state = "State",
    zip_code = "ZIP code",
    tags = "Tags",
    consent = "Consumer consent provided?",
    submitted_via = "Submitted via",
    date_sent_to_company = "Date sent to company",
    company_response = "Company response to consumer",
    timely_response = "Timely response?",
    consumer_disputed = "Consumer disputed?",
    complaint_id = "Complaint ID",
}

debug_without_words!(Row);

fn clean(value: Option<&str>) -> Option<String> {
    let value = value?.trim();
    // Data frames write a missing value as `None`.
    if value.is_empty() || value == "None" {
        return None;
    }
    Some(value.replace("\r\n", "\n"))
}

impl Row {
    /// SHA-256 over the values of a cleaned row in the bureau's order; of each, its length in eight
    /// big-endian bytes, all ones where it is absent, and its bytes.
    pub(super) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(b"redress cfpb row 1\n");
        for value in self.values() {
            digest.update(
                value
                    .map_or(u64::MAX, |text| text.len() as u64)
                    .to_be_bytes(),
            );
            digest.update(value.unwrap_or_default().as_bytes());
        }
        let hash = digest.finalize();
        hash.iter()
            .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    }
}
