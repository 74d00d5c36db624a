//! The workflow service: opens complaints and improvements, takes what people decide about them, and
//! says where they stand.
//!
//! It is the only writer of its log and of its vault, and follows two others: intake, because each
//! feedback of the kind `complaint` opens one complaint (feedback of the kinds `dispute`,
//! `regulator_referral` and `safety_report` opens none yet), and reporting, because each signal
//! above what was expected opens one candidate for an improvement. Reporting follows workflow in
//! turn, so [`Workflow::open`] takes no sources and [`Workflow::run`] does.
//!
//! A reaction happens once, whatever is restarted when: its effect and the place of its cause are
//! written together. One that a rule refuses is written down in its place
//! (`redress.reaction.failed.v1`), so that nothing is skipped silently and nothing else waits; it can be
//! tried again.
//!
//! What is on the disk, below [`Folders`](redress_log_service::Folders):
//!
//! | Folder | What it is |
//! |---|---|
//! | `<data>/<tenant>/workflow/<partition>/log` | the log: precious |
//! | `<data>/<tenant>/workflow/vault` | sealed notes and explanations: precious, worth nothing without the keys |
//! | `<data>/<tenant>/workflow/keys` | the keys: precious and **secret** |
//! | `<data>/<tenant>/workflow/views` | what the lists are read from: can be deleted at any time |

mod chance;
mod clocked;
mod complaint;
mod config;
mod escalating;
mod field;
mod handler;
mod improvement;
mod life;
mod mail;
mod merging;
mod order;
mod page;
mod part;
mod people;
mod policies;
mod policy;
mod react;
mod reaction;
mod retry;
mod route;
mod ruling;
mod sealing;
mod status;
mod ticker;
mod waiting;
mod workflow;

pub use complaint::{ComplaintList, Complaints, MessageEndpoints, StatusEndpoints};
pub use config::{Stores, WorkflowConfig, WorkflowDeps, WorkflowLimits};
pub use handler::Handlers;
pub use improvement::Improvements;
pub use mail::{AddressOf, MailUnusable, address_in, address_question};
pub use policy::PolicyEndpoints;
#[cfg(feature = "schema")]
pub use reaction::schema as reaction_schema;
pub use reaction::{Failed, Retried, Why};
pub use status::WorkflowStatus;
pub use ticker::{TickerEnded, due_complaints};
pub use workflow::{OpenError, RunError, Workflow};
