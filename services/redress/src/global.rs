//! What every command takes.

use std::path::PathBuf;

use clap::Args;
use redress_service::config::{Role, Sources};
use redress_service::{Config, ConfigError};

use crate::failure::Failure;
use crate::output::Output;

/// Under a heading of their own, behind what the command itself takes.
const HEADING: &str = "Options of every command";

#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Tables for people, JSON for programs
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t = Output::Table,
        help_heading = HEADING
    )]
    pub(crate) output: Output,

    /// The configuration file; without it `redress.toml`, if that is there
    #[arg(
        long,
        global = true,
        env = "REDRESS_CONFIG",
        value_name = "FILE",
        help_heading = HEADING
    )]
    config: Option<PathBuf>,

    /// Any setting, as in `--set limits.drain_millis=500`; docs/settings.md lists them
    #[arg(
        long = "set",
        global = true,
        value_name = "SETTING=VALUE",
        help_heading = HEADING
    )]
    settings: Vec<String>,

    /// Where the services run, where all three have one address: `http://127.0.0.1:7301`; without it as
    /// the settings `client.intake`, `client.workflow` and `client.reporting` say
    #[arg(long, global = true, value_name = "URL", help_heading = HEADING)]
    address: Option<String>,

    /// Who acts: `user:<pseudonym>` or `service:<name>`, never a name or an e-mail address; without it
    /// `user:anonymous`
    #[arg(long, global = true, value_name = "ACTOR", help_heading = HEADING)]
    pub(crate) actor: Option<String>,
}

impl Global {
    /// All settings; `flags` are those of the command itself, by the dotted name of the setting.
    pub(crate) fn load(&self, flags: Vec<(&str, String)>) -> Result<Config, Failure> {
        let mut all = Vec::new();
        for setting in &self.settings {
            let (name, value) = setting.split_once('=').ok_or_else(|| {
                Failure::usage("SETTING_MALFORMED", "--set takes a setting and its value")
                    .with_remedy("write it as in `--set limits.drain_millis=500`")
            })?;
            all.push((name.to_owned(), value.to_owned()));
        }
        if let Some(address) = &self.address {
            for service in ["client.intake", "client.workflow", "client.reporting"] {
                all.push((service.to_owned(), address.clone()));
            }
        }
        all.extend(
            flags
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        let sources = Sources::of_process(self.config.clone(), all);
        Config::load(Role::AllInOne, &sources).map_err(|error| self.blame(error))
    }

    /// Names the flag where a setting was given by one: nobody typed `client.intake`.
    fn blame(&self, error: ConfigError) -> Failure {
        match &error {
            ConfigError::Rule { key, why } if key.starts_with("client.") => match &self.address {
                Some(_) => Failure::usage("SETTING_INVALID", format!("--address {why}"))
                    .with_field("--address")
                    .with_remedy("write it as in `--address http://127.0.0.1:7301`"),
                None => error.into(),
            },
            ConfigError::Rule { .. }
            | ConfigError::UnknownKey { .. }
            | ConfigError::File { .. }
            | ConfigError::Value { .. } => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::{CommandFactory, Parser};

    /// Given an address that is none, when a command is typed with it, then the flag is blamed and no
    /// setting that nobody typed.
    #[test]
    fn a_wrong_address_is_blamed_on_the_flag_that_gave_it() {
        let typed = ["redress", "feedback", "list", "--address", "nonsense"];
        let cli = crate::Cli::try_parse_from(typed).unwrap();
        let failure = cli.global.load(Vec::new()).unwrap_err();
        assert_eq!(failure.code(), "SETTING_INVALID");
        let text = failure.to_string();
        assert!(text.starts_with("--address must be an address"), "{text}");
        assert!(!text.contains("client."), "{text}");
    }

    /// All flags of a command and of those below it.
    fn flags(command: &clap::Command, all: &mut BTreeSet<String>) {
        let own = command.get_arguments().filter_map(clap::Arg::get_long);
        all.extend(own.map(|it| format!("--{it}")));
        for below in command.get_subcommands() {
            flags(below, all);
        }
    }

    /// What `--help` says of each argument of a command and of those below it, where it says nothing.
    fn without_help(path: &str, command: &clap::Command, silent: &mut Vec<String>) {
        for argument in command.get_arguments() {
            let is_empty = |text: &clap::builder::OsStr| text.is_empty();
            let shows_nothing = argument.get_default_values().iter().any(is_empty)
                && !argument.is_hide_default_value_set();
            if argument.get_help().is_none() || shows_nothing {
                silent.push(format!("{path} {}", argument.get_id()));
            }
        }
        for below in command.get_subcommands() {
            without_help(&format!("{path} {}", below.get_name()), below, silent);
        }
    }

    #[test]
    fn every_argument_says_what_it_is_for_and_shows_no_empty_default() {
        let mut silent = Vec::new();
        without_help("redress", &crate::Cli::command(), &mut silent);
        assert!(silent.is_empty(), "{silent:#?}");
    }

    #[test]
    fn every_flag_on_the_page_of_settings_is_one() {
        let mut all = BTreeSet::new();
        flags(&crate::Cli::command(), &mut all);
        let page = include_str!("../../../docs/settings.md");
        for row in page.lines().filter(|line| line.starts_with("| `")) {
            let flag = row.split('|').nth(3).unwrap_or_default().trim();
            assert!(all.contains(flag.trim_matches('`')), "{row}");
        }
    }
}
