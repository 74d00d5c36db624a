//! `redress policy deadline`: when something is due, and why.

use clap::Args;
use redress_policy::{Target, budget, due, explain, tz_data_version};
use serde_json::json;

use super::interval::{self, Clocks, clock, seconds};
use super::source;
use super::when::{self, Between, When, when};
use crate::failure::Failure;
use crate::output::Output;
use crate::table::fields;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A TOML document, or the name of a policy that comes with the program; without it all of those
    #[arg(long, value_name = "FILE")]
    policy: Option<String>,

    /// A calendar of the policy
    #[arg(long, value_name = "NAME")]
    calendar: String,

    /// When it starts; a day is its beginning in the calendar's zone
    #[arg(long, value_name = "TIME", value_parser = when)]
    from: When,

    /// As in "5 business days", "4 business hours", "15 calendar days", "8 weeks", "1 month",
    /// "close of the 3rd business day"
    #[arg(long, value_name = "TARGET")]
    target: Target,

    /// A time that does not count, from one time or day until another; may be given several times
    #[arg(long = "pause", value_name = "FROM/TO", value_parser = when::between)]
    pauses: Vec<Between>,
}

pub(super) fn run(output: Output, arguments: &Arguments) -> Result<(), Failure> {
    let target = arguments.target;
    let policy = arguments.policy.as_deref();
    let (calendar, version) = source::calendar(policy, &arguments.calendar)?;
    let clocks = Clocks::of(&calendar);
    let from = arguments.from.by(&clocks, "from")?;
    let pauses = when::pauses(&arguments.pauses, &clocks)?;
    let due_at = due(&calendar, target, from, &pauses).map_err(interval::out_of_range)?;
    let used = budget(&calendar, target, from).map_err(interval::out_of_range)?;
    let spans = explain(&calendar, target.basis(), from, due_at, &pauses)
        .map_err(interval::out_of_range)?;
    output.print(
        || {
            json!({
                "due_at": due_at.to_string(),
                "elapsed_seconds": seconds(used),
                "from": from.to_string(),
                "target": target.to_string(),
                "policy_version": version,
                "calendar": calendar.name(),
                "zone": calendar.zone(),
                "tz_data": tz_data_version(),
                "intervals": interval::as_json(&spans),
            })
        },
        || {
            let head = fields(&[
                ("due", clocks.show(due_at)),
                ("in UTC", due_at.to_string()),
                ("target", target.to_string()),
                ("started", clocks.show(from)),
                ("counted until then", clock(used)),
                ("calendar", format!("{} of {version}", calendar.name())),
                (
                    "zone",
                    format!("{}, data {}", calendar.zone(), tz_data_version()),
                ),
            ]);
            format!("{head}\n{}", interval::as_table(&spans, &clocks))
        },
    );
    Ok(())
}
