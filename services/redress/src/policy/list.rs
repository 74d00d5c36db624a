//! `redress policy list`: what comes with the program.

use redress_policy::{DEFAULT_PACK, PACKS, Policy};
use serde_json::{Value, json};

use super::source;
use crate::failure::Failure;
use crate::output::Output;
use crate::table::Table;

pub(super) fn run(output: Output) -> Result<(), Failure> {
    let policies = PACKS.iter().map(|pack| source::policy(pack.name));
    let policies = policies.collect::<Result<Vec<Policy>, Failure>>()?;
    output.print(
        || {
            let all: Vec<Value> = policies.iter().map(as_json).collect();
            json!({ "policies": all })
        },
        || {
            let mut table = Table::new(&["policy", "version", "clocks", "calendars", "about"]);
            for policy in &policies {
                let calendars: Vec<&str> = policy.calendars().keys().map(String::as_str).collect();
                table.row_whole([
                    policy.name().to_owned(),
                    policy.version().to_owned(),
                    policy.clocks().len().to_string(),
                    calendars.join(", "),
                    policy.about().unwrap_or_default().to_owned(),
                ]);
            }
            table.render()
        },
    );
    Ok(())
}

fn as_json(policy: &Policy) -> Value {
    json!({
        "policy": policy.name(),
        "version": policy.version(),
        "about": policy.about(),
        "default": policy.name() == DEFAULT_PACK,
        "calendars": policy.calendars().keys().collect::<Vec<_>>(),
        "clocks": policy.clocks().keys().collect::<Vec<_>>(),
    })
}
