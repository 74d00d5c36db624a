//! `redress policy check`: all that is wrong with a policy.

use clap::Args;
use redress_policy::Policy;
use redress_policy::document::{Flaw, Place};
use serde_json::{Value, json};

use super::source;
use crate::failure::Failure;
use crate::output::Output;
use crate::table::clean;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A TOML document, or the name of a policy that comes with the program
    #[arg(value_name = "FILE")]
    policy: String,
}

pub(super) fn run(output: Output, arguments: &Arguments) -> Result<(), Failure> {
    let name = &arguments.policy;
    let read = source::read(name)?;
    output.print(|| as_json(&read), || as_text(&read));
    match read {
        Ok(_) => Ok(()),
        Err(flaws) => Err(source::invalid(source::counted(name, &flaws))
            .with_remedy("each error says what would make it right")),
    }
}

fn as_json(read: &Result<Policy, Vec<Flaw>>) -> Value {
    let flaws = read.as_ref().err().map_or(&[][..], Vec::as_slice);
    let errors = flaws.iter().map(|flaw| {
        json!({
            "file": flaw.place.file,
            "line": flaw.place.line,
            "column": flaw.place.column,
            "code": flaw.code,
            "message": flaw.message,
            "remedy": flaw.remedy,
        })
    });
    let policy = read.as_ref().ok();
    json!({
        "policy": policy.map(Policy::name),
        "version": policy.map(Policy::version),
        "errors": errors.collect::<Vec<_>>(),
    })
}

/// One paragraph each: they are long, and nobody compares them.
fn as_text(read: &Result<Policy, Vec<Flaw>>) -> String {
    match read {
        Ok(policy) => format!(
            "{} is whole; calendars: {}; clocks: {}",
            policy.version(),
            policy.calendars().len(),
            policy.clocks().len()
        ),
        Err(flaws) => {
            let told = flaws.iter().map(|flaw| {
                let Place { file, line, column } = &flaw.place;
                let (message, remedy) = (clean(&flaw.message), clean(&flaw.remedy));
                format!(
                    "{file}:{line}:{column}: {message}\n    {}; {remedy}\n",
                    flaw.code
                )
            });
            told.collect()
        }
    }
}
