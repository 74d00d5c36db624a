//! A command line that cannot be read: for programs in the form of every other error.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

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

/// What clap says in several paragraphs: the first is the message, the others tell the way out.
fn failure(error: &clap::Error) -> Failure {
    let text = error.to_string();
    let paragraphs: Vec<String> = text.split("\n\n").map(on_one_line).collect();
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let usage = paragraphs.into_iter().find(|it| it.starts_with("Usage: "));
        return Failure::usage("USAGE", "the command is not complete")
            .with_remedy(usage.unwrap_or_default());
    }
    let (first, others) = paragraphs
        .split_first()
        .map_or(("", &[][..]), |(first, others)| {
            (first.strip_prefix("error: ").unwrap_or(first), others)
        });
    let helpful = others
        .iter()
        .map(|it| it.trim_start_matches("tip: "))
        .filter(|it| !it.is_empty() && !it.starts_with("For more information"));
    let remedies: Vec<&str> = helpful.chain(["--help tells more"]).collect();
    let failure = Failure::usage("USAGE", first).with_remedy(remedies.join("; "));
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => failure.with_field(flag(argument)),
        Some(ContextValue::Strings(arguments)) => {
            let flags: Vec<&str> = arguments.iter().map(|it| flag(it)).collect();
            failure.with_field(flags.join(", "))
        }
        Some(_) | None => failure,
    }
}

fn on_one_line(paragraph: &str) -> String {
    let words: Vec<&str> = paragraph.split_whitespace().collect();
    words.join(" ")
}

/// `--by <DIMENSION>` without its value.
fn flag(argument: &str) -> &str {
    match argument.split_once(' ') {
        Some((flag, _)) if flag.starts_with("--") => flag,
        Some(_) | None => argument,
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[test]
    fn json_is_wanted_where_it_was_asked_for_in_either_form() {
        let wants = |line: &str| wants_json(line.split(' ').map(str::to_owned));
        assert!(wants("redress lst --output json"));
        assert!(wants("redress --output=json lst"));
        assert!(!wants("redress --output table complaint json"));
    }
    fn told(line: &str) -> (String, String) {
        let error = crate::Cli::try_parse_from(line.split(' ')).unwrap_err();
        let text = failure(&error).to_string();
        let (message, rest) = text.split_once(" (USAGE").unwrap();
        (message.to_owned(), rest.to_owned())
    }

    #[test]
    fn the_message_says_what_is_wrong_and_the_remedy_the_way_out() {
        for (line, message, remedy) in [
            (
                "redress report pareto",
                "the following required arguments were not provided: --by <DIMENSION>",
                ", field --by): Usage: redress report pareto",
            ),
            (
                "redress report series --by year",
                "invalid value 'year' for '--by <BY>' [possible values: day, week, month]",
                ", field --by): --help tells more",
            ),
            (
                "redress complaint lst",
                "unrecognized subcommand 'lst'",
                "a similar subcommand exists: 'list'",
            ),
            (
                "redress complaint",
                "the command is not complete",
                "Usage: redress complaint",
            ),
            (
                "redress log status --dat x",
                "unexpected argument '--dat' found",
                "--data",
            ),
        ] {
            let (found, rest) = told(line);
            assert_eq!(found, message, "{line}");
            assert!(rest.contains(remedy), "{line}: {rest}");
        }
    }

    /// Given the help of any command, then what every command takes stands behind its own options.
    #[test]
    fn the_help_of_a_command_shows_its_own_options_first() {
        let mut cli = crate::Cli::command();
        cli.build();
        for path in [&["report", "series"][..], &["log", "restore"], &["serve"]] {
            let mut command = cli.clone();
            for name in path {
                command = command.find_subcommand(name).unwrap().clone();
            }
            let help = command.render_long_help().to_string();
            let (own, of_every) = help.split_once("Options of every command:").unwrap();
            for flag in ["--output", "--config", "--set", "--address", "--actor"] {
                assert!(!own.contains(&format!("{flag} ")), "{flag} in {own}");
                assert!(of_every.contains(flag), "{flag} is not in {of_every}");
            }
            assert!(!of_every.contains("--data"), "{of_every}");
        }
    }
}
