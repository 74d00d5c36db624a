//! The golden files of all events: which types there are, and an example or more of each.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use redress_envelope::{Actor, Context, LogId, Record, Subject, derived_uuid};
use schemars::{Schema, SchemaGenerator};
use serde_json::value::RawValue;

type SchemaOf = fn(&str, &RawValue, &mut SchemaGenerator) -> Option<Schema>;

/// Who keeps golden files of events, whose log records them, and whose codec reads them.
const CODECS: &[(&str, &str, SchemaOf)] = &[
    (
        "crates/feedback",
        "intake",
        redress_feedback::schema::schema_of,
    ),
    (
        "crates/complaint",
        "workflow",
        redress_complaint::schema::schema_of,
    ),
    (
        "crates/event-log",
        ANY_SERVICE,
        redress_event_log::lost_schema::schema_of,
    ),
    (
        "crates/policy",
        "workflow",
        redress_policy::schema::schema_of,
    ),
    (
        "crates/handler",
        "workflow",
        redress_handler::schema::schema_of,
    ),
    (
        "crates/improvement",
        "workflow",
        redress_improvement::schema::schema_of,
    ),
    (
        "services/workflow",
        "workflow",
        redress_workflow::reaction_schema::schema_of,
    ),
    (
        "services/reporting",
        "reporting",
        redress_reporting::signal::schema::schema_of,
    ),
];

/// What a log says of itself, whosever log it is: as a placeholder of addresses.
pub(crate) const ANY_SERVICE: &str = "{service}";

const GOLDEN: &str = "tests/golden";
const PREFIX: &str = "redress.";

/// One example of one type.
pub(crate) struct Golden {
    /// `redress.<kind>.<event>.v<n>`
    pub(crate) kind: String,
    /// The service that records it.
    pub(crate) service: &'static str,
    /// What stands in front of the type in the file's name: `bare`, or nothing.
    pub(crate) name: String,
    pub(crate) data: Box<RawValue>,
    schema_of: SchemaOf,
}

impl Golden {
    /// What the data of its type looks like; nothing where the codec does not read `data`.
    pub(crate) fn schema(
        &self,
        data: &RawValue,
        generator: &mut SchemaGenerator,
    ) -> Option<Schema> {
        (self.schema_of)(&self.kind, data, generator)
    }

    /// The example as a log holds it.
    pub(crate) fn record(&self, position: u64) -> Result<Vec<u8>> {
        let service = if self.service == ANY_SERVICE {
            "intake"
        } else {
            self.service
        };
        let log = LogId(derived_uuid("example", &[service]));
        let record = Record {
            service: service.to_owned(),
            log,
            tenant: "acme".to_owned(),
            partition: 0,
            position,
            subject: subject(&self.kind)?,
            version: 0,
            time: "2026-11-21T19:40:00.123456Z".parse()?,
            kind: self.kind.clone(),
            command_end: true,
            context: Context {
                request_id: Some("order-4711:2".to_owned()),
                ..Context::by(Actor::User("h-17".to_owned()))
            },
            data: self.data.clone(),
        };
        Ok(record.encode()?)
    }
}

/// A stream in which such an event stands.
fn subject(kind: &str) -> Result<Subject> {
    let item = format!("0-{}", derived_uuid("example", &[]).simple());
    let kind = kind.strip_prefix(PREFIX).unwrap_or(kind);
    let (name, id) = match kind.split('.').next().unwrap_or_default() {
        "feedback_import" => ("import", item),
        "rejected_input" => ("rejected", item),
        "policy" => ("policy", "register".to_owned()),
        "handler" => ("handler", "h-17".to_owned()),
        "signal" if kind.contains("month_judged") => ("judgement", "xmr_limits.2026-11".to_owned()),
        "log" => (
            "log",
            derived_uuid("example", &["intake", "next"])
                .simple()
                .to_string(),
        ),
        other => (other, item),
    };
    Ok(Subject::new(name, &id)?)
}

/// All of them, in the order of their types; the fullest example of a type first.
pub(crate) fn all(root: &Path) -> Result<Vec<Golden>> {
    let mut found = Vec::new();
    for folder in packages(root)? {
        let files = files(&folder.join(GOLDEN))?;
        let place = folder.strip_prefix(root)?.to_string_lossy().into_owned();
        let codec = CODECS.iter().find(|(keeper, ..)| *keeper == place);
        for path in files {
            let Some((_, service, schema_of)) = codec else {
                bail!("no codec is named in {} for {}", file!(), path.display());
            };
            let golden = read(&path, service, *schema_of)?;
            let known = golden.schema(&golden.data, &mut SchemaGenerator::default());
            ensure!(
                known.is_some(),
                "the codec of {place} does not read {}",
                path.display()
            );
            found.push(golden);
        }
    }
    found.sort_by(|one, other| (&one.kind, &one.name).cmp(&(&other.kind, &other.name)));
    Ok(found)
}

fn read(path: &Path, service: &'static str, schema_of: SchemaOf) -> Result<Golden> {
    let read = || {
        let file = path.file_stem()?.to_str()?;
        let at = file.find(PREFIX)?;
        Some((
            file[..at].trim_end_matches('.').to_owned(),
            file[at..].to_owned(),
        ))
    };
    let (name, kind) = read().context("a golden file is named after its type")?;
    let text =
        fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    let data = RawValue::from_string(text.trim_end().to_owned())
        .with_context(|| format!("{} is no JSON", path.display()))?;
    Ok(Golden {
        kind,
        service,
        name,
        data,
        schema_of,
    })
}

/// The folders of our crates and services.
pub(crate) fn packages(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for group in ["crates", "services"] {
        for entry in fs::read_dir(root.join(group)).context("failed to list the crates")? {
            found.push(entry?.path());
        }
    }
    found.sort();
    Ok(found)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).context("failed to list golden files")? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.contains(PREFIX) && path.extension().is_some_and(|it| it == "json") {
            found.push(path);
        }
    }
    Ok(found)
}
