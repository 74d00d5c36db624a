//! What every command takes.

use std::path::PathBuf;

use clap::Args;
use redress_service::Config;
use redress_service::config::{Role, Sources};

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Tables for people, JSON for programs
    #[arg(long, global = true, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,

    /// The configuration file; without it `redress.toml`, if that is there
    #[arg(long, global = true, env = "REDRESS_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// Any setting, as in `--set limits.drain_millis=500`
    #[arg(long = "set", global = true, value_name = "SETTING=VALUE")]
    settings: Vec<String>,

    /// Where the services are, where all three have one address
    #[arg(long, global = true, value_name = "URL")]
    address: Option<String>,

    /// Who acts: `user:<pseudonym>` or `service:<name>`, never a name or an e-mail address
    #[arg(long, global = true, value_name = "ACTOR")]
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
        Ok(Config::load(
            Role::AllInOne,
            &Sources::of_process(self.config.clone(), all),
        )?)
    }
}
