//! A command line that cannot be read: for programs in the form of every other error.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};

use crate::failure::Failure;
use crate::output::Output;

/// Exit code 2; help and version are answers, and no errors.
pub(crate) fn report(error: &clap::Error) -> ExitCode {
    let is_error = error.use_stderr();
    if is_error && wants_json(std::env::args()) {
        return failure(error).report(Output::Json);
    }
    // Whoever does not read it has gone away.
    let _ = error.print();
    if is_error {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    }
}

/// The flag is read by hand, because nothing else of the command line could be.
fn wants_json(arguments: impl Iterator<Item = String>) -> bool {
    let arguments: Vec<String> = arguments.collect();
    let pairs = arguments.windows(2);
    arguments.iter().any(|it| it == "--output=json")
        || pairs.into_iter().any(|it| it == ["--output", "json"])
}

/// What clap says in several lines: the first is the message, the others tell the way out.
fn failure(error: &clap::Error) -> Failure {
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first);
    let failure =
        Failure::usage("USAGE", message).with_remedy(lines.collect::<Vec<_>>().join("; "));
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => failure.with_field(argument),
        Some(ContextValue::Strings(arguments)) => failure.with_field(arguments.join(", ")),
        Some(_) | None => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_wanted_where_it_was_asked_for_in_either_form() {
        let wants = |line: &str| wants_json(line.split(' ').map(str::to_owned));
        assert!(wants("redress lst --output json"));
        assert!(wants("redress --output=json lst"));
        assert!(!wants("redress --output table complaint json"));
    }
}
