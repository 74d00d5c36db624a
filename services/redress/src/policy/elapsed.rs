//! `redress policy elapsed`: how much working time passed, and why.

use clap::Args;
use jiff::Timestamp;
use redress_policy::{Basis, Pause, elapsed, explain, tz_data_version};
use serde_json::json;

use super::interval::{self, Clocks, clock, seconds};
use super::source;
use crate::failure::Failure;
use crate::moment::instant;
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

    /// From when
    #[arg(long, value_name = "TIME", value_parser = instant)]
    from: Timestamp,

    /// Until when; a day is its first moment in UTC
    #[arg(long, value_name = "TIME", value_parser = instant)]
    to: Timestamp,

    /// A time that does not count; may be given several times
    #[arg(long = "pause", value_name = "FROM/TO", value_parser = interval::pause)]
    pauses: Vec<Pause>,
}

pub(super) fn run(output: Output, arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { from, to, .. } = *arguments;
    if to < from {
        let message = format!("it ends at {to}, before it begins, at {from}");
        return Err(Failure::usage("RANGE_INVALID", message)
            .with_field("to")
            .with_remedy("give the earlier time as --from"));
    }
    let policy = arguments.policy.as_deref();
    let (calendar, version) = source::calendar(policy, &arguments.calendar)?;
    let pauses = interval::pauses(&arguments.pauses)?;
    let basis = Basis::Business;
    let counted = elapsed(&calendar, basis, from, to, &pauses).map_err(interval::out_of_range)?;
    let spans = explain(&calendar, basis, from, to, &pauses).map_err(interval::out_of_range)?;
    let clocks = Clocks::of(&calendar);
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
