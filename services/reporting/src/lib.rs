//! The reporting service: measures what intake and workflow tell, and raises a signal when a month
//! lies outside of what its past lets expect.
//!
//! It follows their logs and is the only writer of its own, which holds what it judged and found. A
//! report is a fold over facts, one small row for each record that counts, so every answer can be
//! given again as of any earlier moment.
//!
//! What is on the disk, below [`Folders`]:
//!
//! | Folder | What it is |
//! |---|---|
//! | `<data>/<tenant>/reporting/<partition>/log` | the log: precious |
//! | `<data>/<tenant>/reporting/views` | facts and signals as rows: can be deleted at any time |

mod bucket;
mod config;
mod dimension;
mod endpoints;
mod facts;
mod indicators;
mod judge;
mod moment;
mod month;
mod months;
mod part;
mod promised;
mod reporting;
mod scope;
mod series;
pub mod signal;
mod signals;
mod tally;

pub use config::{Folders, ReportingConfig, ReportingDeps, ReportingLimits};
pub use endpoints::Endpoints;
pub use facts::Facts;
pub use judge::JudgeError;
pub use month::{Month, MonthError};
pub use reporting::{OpenError, Reporting, RunError};
