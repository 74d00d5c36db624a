//! When an item was received and what it is about.

use redress_complaint::Slices;
use redress_feedback::{Feedback, Vocabulary};

use super::bytes::{Reader, Writer};

/// What an item can be sliced by from the beginning. The order is that of the row's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Kind,
    Channel,
    Product,
    SubProduct,
    Issue,
    SubIssue,
    Site,
    Supplier,
    BusinessUnit,
    Segment,
    Jurisdiction,
    Language,
    Vulnerable,
    AccessibilityNeed,
}

const WORDS: usize = Word::AccessibilityNeed as usize + 1;

/// A word that was not said is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct About<'a> {
    /// Microseconds.
    pub(crate) received: i64,
    words: [&'a str; WORDS],
}

impl<'a> About<'a> {
    pub(crate) fn word(&self, word: Word) -> &'a str {
        self.words[word as usize]
    }

    pub(super) fn of_feedback(it: &'a Feedback) -> Self {
        Self {
            received: it.received_at.as_microsecond(),
            words: [
                it.kind.as_str(),
                it.channel.as_str(),
                said(it.product.as_deref()),
                said(it.sub_product.as_deref()),
                said(it.issue.as_deref()),
                said(it.sub_issue.as_deref()),
                said(it.site.as_deref()),
                said(it.supplier.as_deref()),
                said(it.business_unit.as_deref()),
                said(it.segment.as_deref()),
                said(it.jurisdiction.as_deref()),
                said(it.language.as_deref()),
                asked(it.vulnerable),
                asked(it.accessibility_need),
            ],
        }
    }

    pub(super) fn of_slices(it: &'a Slices) -> Self {
        Self {
            received: it.received_at.as_microsecond(),
            words: [
                &it.kind,
                &it.channel,
                said(it.product.as_deref()),
                said(it.sub_product.as_deref()),
                said(it.issue.as_deref()),
                said(it.sub_issue.as_deref()),
                said(it.site.as_deref()),
                said(it.supplier.as_deref()),
                said(it.business_unit.as_deref()),
                said(it.segment.as_deref()),
                said(it.jurisdiction.as_deref()),
                said(it.language.as_deref()),
                asked(it.vulnerable),
                asked(it.accessibility_need),
            ],
        }
    }

    pub(super) fn write(&self, to: &mut Writer) {
        to.number(self.received);
        for word in self.words {
            to.text(word);
        }
    }

    pub(super) fn read(from: &mut Reader<'a>) -> Option<Self> {
        let received = from.number()?;
        let mut words = [""; WORDS];
        for word in &mut words {
            *word = from.text()?;
        }
        Some(Self { received, words })
    }
}

fn said(text: Option<&str>) -> &str {
    text.unwrap_or_default()
}

/// Empty where nobody asked.
fn asked(answer: Option<bool>) -> &'static str {
    answer.map_or("", |is| if is { "yes" } else { "no" })
}
