//! A setting that cannot be right, as every program of Redress tells it.

use super::{Kind, Problem};
use crate::config::ConfigError;

impl From<ConfigError> for Problem {
    fn from(error: ConfigError) -> Self {
        let problem = Self::new(Kind::InvalidArgument, "SETTING_INVALID", error.to_string());
        let key = match error {
            ConfigError::UnknownKey { key, .. } => {
                return problem
                    .with_field(key)
                    .with_remedy("take it out, or correct its name; docs/settings.md lists all");
            }
            ConfigError::File { .. } => {
                return problem.with_remedy("correct the file, or name another one with --config");
            }
            ConfigError::Value { key, .. } => key,
            ConfigError::Rule { key, .. } => key.to_owned(),
        };
        let variable = format!("REDRESS_{}", key.replace('.', "__").to_uppercase());
        let remedy = format!("correct it in redress.toml, in {variable} or in the flags");
        problem.with_field(key).with_remedy(remedy)
    }
}
