//! `redress policy elapsed`: how much working time passed, and why.

use clap::Args;
use redress_policy::{Basis, elapsed, explain, tz_data_version};
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

    /// From when; a day is its beginning in the calendar's zone
    #[arg(long, value_name = "TIME", value_parser = when)]
    from: When,

    /// Until when; a day is its beginning in the calendar's zone, so that day does not count
    #[arg(long, value_name = "TIME", value_parser = when)]
    to: When,

    /// A time that does not count, from one time or day until another; may be given several times
    #[arg(long = "pause", value_name = "FROM/TO", value_parser = when::between)]
    pauses: Vec<Between>,
}

pub(super) fn run(output: Output, arguments: &Arguments) -> Result<(), Failure> {
    let policy = arguments.policy.as_deref();
    let (calendar, version) = source::calendar(policy, &arguments.calendar)?;
    let clocks = Clocks::of(&calendar);
    let from = arguments.from.by(&clocks, "from")?;
    let to = arguments.to.by(&clocks, "to")?;
    if to < from {
        let message = format!("it ends at {to}, before it begins, at {from}");
        return Err(Failure::usage("RANGE_INVALID", message)
            .with_field("to")
            .with_remedy("give the earlier time as --from"));
    }
    let pauses = when::pauses(&arguments.pauses, &clocks)?;
    let basis = Basis::Business;
    let counted = elapsed(&calendar, basis, from, to, &pauses).map_err(interval::out_of_range)?;
    let spans = explain(&calendar, basis, from, to, &pauses).map_err(interval::out_of_range)?;
    output.print(
        || {
            json!({
                "elapsed_seconds": seconds(counted),
                "from": from.to_string(),
                "to": to.to_string(),
                "policy_version": version,
                "calendar": calendar.name(),
                "zone": calendar.zone(),
                "tz_data": tz_data_version(),
                "intervals": interval::as_json(&spans),
            })
        },
        || {
            let head = fields(&[
                ("counted", clock(counted)),
                ("in seconds", seconds(counted).to_string()),
                ("from", clocks.show(from)),
                ("to", clocks.show(to)),
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
