//! The commands on one clock of a complaint.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1 as wire;

use super::command::{d, send};
use super::target::{Target, tell};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::moment::instant;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Give a clock the time that its policy allows where it is extended
    ExtendClock(OnClock),
    /// Put the due time of a clock somewhere, by hand
    SetDueDate(SetDueDate),
    /// Let the due time of a clock be as it is computed again
    ClearDueDate(OnClock),
}

#[derive(Debug, Args)]
pub(crate) struct OnClock {
    #[command(flatten)]
    target: Target,
    /// One of its clocks, as `complaint show` has them: `uk-disp/final_response`
    #[arg(long)]
    clock: String,
    /// A code of your own
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct SetDueDate {
    #[command(flatten)]
    on: OnClock,
    /// A time, or a day, which is its first moment in UTC
    #[arg(long, value_name = "TIME", value_parser = instant)]
    due_at: Timestamp,
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::ExtendClock(it) => {
            let request = wire::ExtendClockRequest {
                clock: it.clock,
                reason: it.reason,
                ..d()
            };
            send!(global, it.target, extend_clock, request)
        }
        Verb::SetDueDate(it) => {
            let request = wire::SetDueDateRequest {
                clock: it.on.clock,
                reason: it.on.reason,
                due_at: Some(time_to_wire(it.due_at)),
                ..d()
            };
            send!(global, it.on.target, set_due_date, request)
        }
        Verb::ClearDueDate(it) => {
            let request = wire::ClearDueDateRequest {
                clock: it.clock,
                reason: it.reason,
                ..d()
            };
            send!(global, it.target, clear_due_date, request)
        }
    }
}
