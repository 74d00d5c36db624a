//! Facts: what single records say that reports count, one row for each.
//!
//! A row is written once and never changed, and what it says follows from its record alone, so any
//! interleaving of the logs gives the same rows, and the past is a filter on positions. The rows of
//! one item lie together, in order of receipt: a report reads its range once, item by item. The clocks of complaints
//! lie apart, in the same order, so that nobody reads them who does not count them.

mod about;
mod bytes;
mod case;
mod course;
mod fact;
mod fold;
mod key;
mod promise;
mod report;
mod scan;

pub(crate) use about::Word;
pub(crate) use case::Case;
pub(crate) use course::{Course, Turn};
pub(crate) use fact::Measure;
pub(crate) use promise::{Promises, Standing};
pub(crate) use report::Report;
pub(crate) use scan::{Bounds, Received, ScanError, for_each, for_each_promise, imports_under_way};

pub use fold::Facts;
