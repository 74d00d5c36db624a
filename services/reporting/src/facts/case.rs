//! One item, as its facts have it.

use jiff::Timestamp;
use redress_complaint::Status;
use redress_envelope::ItemId;

use super::about::{About, Word};
use super::course::Course;
use super::fact::{self, Measure};
use super::report::Report;
use crate::month::Month;

/// What reports see of an item. It lives as long as it is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) id: ItemId,
    pub(super) about: About<'a>,
    /// The report that counts.
    pub(crate) report: Option<Report<'a>>,
    /// Whether intake's part is seen, too.
    pub(crate) is_feedback: bool,
    pub(super) scores: &'a [u8],
    pub(super) course: &'a Course,
}

impl<'a> Case<'a> {
    /// Microseconds.
    pub(crate) fn received(&self) -> i64 {
        self.about.received
    }

    /// The month of UTC in which it was received.
    pub(crate) fn month(&self) -> Month {
        Month::of(Timestamp::from_microsecond(self.received()).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    pub(crate) fn word(&self, word: Word) -> &'a str {
        self.about.word(word)
    }

    pub(crate) fn scores(&self) -> impl Iterator<Item = (Measure, u8)> + use<'a> {
        fact::scores(self.scores)
    }

    /// Its course, if it is a complaint: feedback of that kind, also before it was opened as one.
    pub(crate) fn complaint(&self) -> Option<&'a Course> {
        let is_one = self.course.is_opened() || self.word(Word::Kind) == "complaint";
        is_one.then_some(self.course)
    }

    pub(crate) fn status(&self) -> Option<Status> {
        self.complaint().map(Course::status)
    }
}
