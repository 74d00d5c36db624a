//! Settings that come one by one, as environment variables or flags, and the check of their names.

use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};
use serde_json::Value as Json;

use super::ConfigError;

const PREFIX: &str = "REDRESS_";

/// Pairs of a dotted name and a text.
#[derive(Debug, Clone)]
pub(super) struct Given {
    settings: Dict,
    written: fn(&[&str]) -> String,
}

impl Given {
    pub(super) fn environment(
        variables: &[(String, String)],
        known: &Json,
    ) -> Result<Self, ConfigError> {
        let settings = variables.iter().filter_map(|(name, text)| {
            let rest = name.strip_prefix(PREFIX)?;
            (!is_not_ours(rest, text)).then(|| (rest.to_lowercase().replace("__", "."), text))
        });
        Self::of(settings, known, |keys| {
            format!(
                "the environment variable {PREFIX}{}",
                keys.join("__").to_uppercase()
            )
        })
    }

    pub(super) fn flags(flags: &[(String, String)], known: &Json) -> Result<Self, ConfigError> {
        let settings = flags.iter().map(|(name, text)| (name.clone(), text));
        Self::of(settings, known, |keys| {
            format!("the flag for {}", keys.join("."))
        })
    }

    fn of<'a>(
        pairs: impl Iterator<Item = (String, &'a String)>,
        known: &Json,
        written: fn(&[&str]) -> String,
    ) -> Result<Self, ConfigError> {
        let mut settings = Dict::new();
        for (name, text) in pairs {
            let keys: Vec<&str> = name.split('.').collect();
            let mut alone = Dict::new();
            put(&mut alone, &keys, text, Some(known));
            check_keys(&alone, known, &written(&keys))?;
            put(&mut settings, &keys, text, Some(known));
        }
        Ok(Self { settings, written })
    }
}

impl Provider for Given {
    fn metadata(&self) -> Metadata {
        let written = self.written;
        Metadata::named("settings").interpolater(move |_: &Profile, keys: &[&str]| written(keys))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.settings.clone()))
    }
}

/// Variables that begin like ours and are none: where the file is, what tests are told, and what
/// Kubernetes sets for a service that is called `redress` (`REDRESS_PORT=tcp://10.0.0.1:7301`).
fn is_not_ours(rest: &str, text: &str) -> bool {
    let for_others = [
        "CONFIG",
        "REAL_DATA",
        "WRITE_GOLDEN",
        "TOOLS",
        "FORBID_SKIP",
        "SPEED_COMPLAINTS",
    ]
    .contains(&rest)
        || rest.starts_with("CRASH_")
        || rest.ends_with("_ROUNDS");
    let address = text.starts_with("tcp://") || text.starts_with("udp://");
    let link = (rest == "PORT" || rest.ends_with("_PORT")) && address
        || rest == "SERVICE_HOST"
        || rest.ends_with("_SERVICE_HOST")
        || rest.contains("SERVICE_PORT")
        || rest.contains("_TCP")
        || rest.contains("_UDP");
    for_others || rest.starts_with("TEST_") || link
}

/// Puts `text` where `keys` say, as the kind of value that stands there by default.
fn put(dict: &mut Dict, keys: &[&str], text: &str, known: Option<&Json>) {
    let Some((first, rest)) = keys.split_first() else {
        return;
    };
    let known = known.and_then(|it| it.get(first));
    if rest.is_empty() {
        dict.insert((*first).to_owned(), value(text, known));
        return;
    }
    let inner = dict
        .entry((*first).to_owned())
        .or_insert_with(|| Dict::new().into());
    if let Value::Dict(_, inner) = inner {
        put(inner, rest, text, known);
    }
}

/// A text that is no number where one must stand stays a text: then the error can quote its type.
fn value(text: &str, known: Option<&Json>) -> Value {
    match known {
        Some(Json::Bool(_)) => text
            .parse::<bool>()
            .map_or_else(|_| text.into(), Into::into),
        Some(Json::Number(number)) if number.is_f64() => {
            text.parse::<f64>().map_or_else(|_| text.into(), Into::into)
        }
        Some(Json::Number(_)) => text.parse::<i64>().map_or_else(|_| text.into(), Into::into),
        // Several are given in one text, as addresses usually are.
        Some(Json::Array(_)) => {
            let parts = text.split(',').map(str::trim);
            let given = parts.filter(|part| !part.is_empty());
            given.map(Value::from).collect::<Vec<Value>>().into()
        }
        Some(Json::Null | Json::String(_) | Json::Object(_)) | None => text.into(),
    }
}

/// Refuses a name that the defaults do not have.
pub(super) fn check_keys(dict: &Dict, known: &Json, origin: &str) -> Result<(), ConfigError> {
    check_under("", dict, known, origin)
}

fn check_under(path: &str, dict: &Dict, known: &Json, origin: &str) -> Result<(), ConfigError> {
    let Some(known) = known.as_object() else {
        return Ok(());
    };
    for (name, value) in dict {
        let key = format!("{path}{name}");
        let Some(expected) = known.get(name) else {
            let origin = origin.to_owned();
            let names: Vec<String> = known.keys().map(|it| format!("{path}{it}")).collect();
            return Err(ConfigError::UnknownKey {
                key,
                origin,
                known: names.join(", "),
            });
        };
        match value {
            Value::Dict(_, inner) if expected.is_object() => {
                check_under(&format!("{key}."), inner, expected, origin)?;
            }
            Value::Dict(_, inner) => {
                let inner = inner.keys().next().map_or("", String::as_str);
                let known = format!("{key} is one value");
                let (key, origin) = (format!("{key}.{inner}"), origin.to_owned());
                return Err(ConfigError::UnknownKey { key, origin, known });
            }
            Value::String(..)
            | Value::Char(..)
            | Value::Bool(..)
            | Value::Num(..)
            | Value::Empty(..)
            | Value::Array(..) => {}
        }
    }
    Ok(())
}
