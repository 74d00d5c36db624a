//! `redress log declare-lost`: a log goes on without the end that it lost, in another life.

use std::path::PathBuf;

use clap::Args;
use redress_envelope::Actor;
use redress_event_bus::{LookUpError, StreamError};
use redress_event_log::TakeBackError;
use redress_log_service::{
    Declaration, DeclareFault, DeclaredLost, StreamLeft, TakeBackFault, declare_lost,
};
use redress_service::{Kind, clock};
use serde_json::{Value, json};

use super::place::{self, Service};
use crate::failure::Failure;
use crate::global::Global;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The data directory; the service must not be running
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// Whose log
    #[arg(value_enum)]
    log: Service,

    /// Why, in your words: it is recorded for ever, so name nobody
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// How many records the log keeps. Without it nothing is declared, and you are told how many that are
    #[arg(long, value_name = "N")]
    records: Option<u64>,

    /// How many records others have seen of it, where they say more than the stream and `head.json` do
    #[arg(long, value_name = "N")]
    had: Option<u64>,

    /// Ask no NATS, because it is gone for good: what it still has of the log is not looked at
    #[arg(long)]
    without_nats: bool,
}

/// What fits beside the rest of a record and still reads like a reason.
const MOST_REASON_BYTES: usize = 1_000;

pub(crate) async fn run(global: &Global, arguments: &Arguments) -> Result<(), Failure> {
    let data = arguments.data.display().to_string();
    let config = global.load(vec![("data_dir", data)])?;
    let service = arguments.log;
    let log = place::log_config(&config, service);
    place::must_be_there(&log.folder)?;
    let declaration = Declaration {
        records: arguments.records,
        had: arguments.had,
        reason: reason(&arguments.reason)?,
        actor: actor(global)?,
        time: clock::now(),
        without_nats: arguments.without_nats,
    };
    let declared = declare_lost(&config, &log, &declaration).await;
    let declared = declared.map_err(|error| refused(&error, service))?;
    global.output.print(
        || as_json(service, &declared),
        || as_text(service, &declared),
    );
    Ok(())
}

fn reason(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    let is_good = !text.is_empty() && !text.chars().any(char::is_control);
    if is_good && text.len() <= MOST_REASON_BYTES {
        return Ok(text.to_owned());
    }
    let message = format!("a reason is a line of at most {MOST_REASON_BYTES} bytes");
    Err(Failure::usage("FIELD_MALFORMED", message)
        .with_field("reason")
        .with_remedy("say in one line why the records cannot be had back"))
}

/// As the services take whoever says nothing.
fn actor(global: &Global) -> Result<Actor, Failure> {
    let said = global.actor.as_deref().unwrap_or("user:anonymous");
    said.parse().map_err(|_| {
        Failure::usage("ACTOR_INVALID", "this is no actor")
            .with_field("actor")
            .with_remedy("write `user:<pseudonym>` or `service:<name>`")
    })
}

fn as_json(service: Service, declared: &DeclaredLost) -> Value {
    let (stream, removed) = match &declared.stream {
        StreamLeft::Gone => (None, true),
        StreamLeft::There { stream, .. } | StreamLeft::Unknown { stream } => (Some(stream), false),
    };
    let file = declared.file.as_ref();
    json!({
        "log": service.name(),
        "log_id": declared.log.identity.log.to_string(),
        "kept": declared.kept,
        "taken_back": declared.log.records,
        "lost": declared.had - declared.kept,
        "records": declared.had,
        "root": declared.log.root.to_string(),
        "declared_before": declared.was_declared,
        "file": file.map(|(path, _)| path.display().to_string()),
        "records_in_file": file.map_or(0, |(_, records)| *records),
        "stream_removed": removed,
        "stream_to_remove": stream,
    })
}

fn as_text(service: Service, declared: &DeclaredLost) -> String {
    let (name, log) = (service.name(), &declared.log);
    let (kept, had) = (declared.kept, declared.had);
    let mut lines = Vec::new();
    if log.records > 0 {
        lines.push(format!(
            "{} records of {name} taken back from its stream",
            log.records
        ));
    }
    if declared.was_declared {
        lines.push(format!(
            "it was declared before that the log of {name} keeps {kept} records of its earlier life; \
             nothing more is declared"
        ));
    } else {
        lines.push(format!(
            "{} records of {name} are declared lost, {kept} to {}; the log goes on as {} from {had} on, \
             and its root is {}",
            had - kept,
            had.saturating_sub(1),
            log.identity.log,
            log.root
        ));
    }
    if let Some((path, records)) = &declared.file {
        lines.push(format!(
            "{records} of the lost records were still in the stream, and are in {}",
            path.display()
        ));
    }
    match &declared.stream {
        StreamLeft::Gone => {}
        StreamLeft::There { stream, why } => lines.push(format!(
            "the stream {stream} was not removed ({why}): delete it by hand, as in `nats stream rm \
             {stream}`, or run this again with a login that may; it is made again"
        )),
        StreamLeft::Unknown { stream } => lines.push(format!(
            "NATS was not asked: if there is a stream {stream}, delete it by hand, as in `nats stream rm \
             {stream}`; it is made again"
        )),
    }
    lines.push(format!(
        "start {name} again; whoever follows it goes on from what was kept"
    ));
    lines.join("\n")
}

/// What is wrong, and the way out. The log is what it was.
fn refused(error: &DeclareFault, service: Service) -> Failure {
    if let Some(in_use) = Failure::in_use(error) {
        return in_use;
    }
    let name = service.name();
    let message = format!("nothing was declared lost of the log of {name}: {error}");
    let told =
        |kind, code, remedy: String| Failure::new(kind, code, message.clone()).with_remedy(remedy);
    let rule = Kind::FailedPrecondition;
    match error {
        DeclareFault::NotConfirmed { kept, had } => told(
            rule,
            "LOSS_NOT_CONFIRMED",
            format!(
                "look whether a newer copy of the log, or of its stream, is to be had; if not, say so with \
                 `--records {kept}`"
            ),
        )
        .with_field("records")
        .with_fact("kept", kept)
        .with_fact("had", had),
        DeclareFault::NothingLost { .. } => told(
            rule,
            "NOTHING_LOST",
            "if others have seen more of it, as whoever stopped following it says, name that with `--had`"
                .to_owned(),
        ),
        DeclareFault::StreamHasThem { .. } => told(
            rule,
            "STREAM_HAS_TAIL",
            format!("take them back: `redress log take-back {name}`"),
        ),
        DeclareFault::TooMany { .. } => told(
            rule,
            "DECLARE_REFUSED",
            "look whether `--had` is right; a log that lost so much is better restored from a newer copy"
                .to_owned(),
        ),
        DeclareFault::Bus(_) => told(
            Kind::Internal,
            "BUS_UNUSABLE",
            "correct `[bus]`, or the NATS server".to_owned(),
        ),
        DeclareFault::Stream(StreamError::Away { .. })
        | DeclareFault::LookUp(LookUpError::Away { .. })
        | DeclareFault::Unfit(TakeBackFault::LookUp(LookUpError::Away { .. })) => told(
            Kind::Unavailable,
            "UNREACHABLE",
            "start NATS, or correct `bus.servers`: its stream may have what is missing; where it is gone \
             for good say so with `--without-nats`"
                .to_owned(),
        ),
        DeclareFault::Stream(_) | DeclareFault::LookUp(_) | DeclareFault::Unfit(_) => told(
            rule,
            "DECLARE_REFUSED",
            "look whether that is the NATS server and the tenant of this log, and which of the two \
             histories is right: `redress log verify` checks the log"
                .to_owned(),
        ),
        DeclareFault::File { .. } => told(
            Kind::Internal,
            "DECLARE_FAILED",
            "look for space and permission in the data directory".to_owned(),
        ),
        DeclareFault::Log(error) => of_log(error, &told),
    }
}

fn of_log(error: &TakeBackError, told: &dyn Fn(Kind, &'static str, String) -> Failure) -> Failure {
    let (kind, code, remedy) = match error {
        TakeBackError::NoLog(_) | TakeBackError::Open(_) => {
            (Kind::Internal, "DECLARE_FAILED", place::UNREADABLE)
        }
        TakeBackError::Copy { .. }
        | TakeBackError::Aside(_)
        | TakeBackError::Write(_)
        | TakeBackError::Unwritable { .. } => (Kind::Internal, "DECLARE_FAILED", place::UNCOPIED),
        TakeBackError::Unfit { .. }
        | TakeBackError::HalfCommand { .. }
        | TakeBackError::OtherRoot { .. }
        | TakeBackError::StillMissing { .. }
        | TakeBackError::OtherHistory { .. }
        | TakeBackError::NothingLost { .. } => (
            Kind::FailedPrecondition,
            "DECLARE_REFUSED",
            place::OTHER_HISTORY,
        ),
    };
    told(kind, code, remedy.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_code_and_its_way_out() {
        let stream = || "REDRESS_ACME_INTAKE_0".to_owned();
        let away = StreamError::Away {
            stream: stream(),
            why: "connecting".to_owned(),
        };
        let whole = DeclareFault::StreamHasThem {
            stream: stream(),
            missing: 4,
        };
        let other = DeclareFault::Unfit(TakeBackFault::Disagrees {
            stream: stream(),
            position: 3,
        });
        let full = DeclareFault::File {
            path: "data/lost".into(),
            error: std::io::ErrorKind::StorageFull.into(),
        };
        let half = TakeBackError::HalfCommand { position: 4 };
        for (fault, code, words) in [
            (
                DeclareFault::NotConfirmed { kept: 4, had: 8 },
                "LOSS_NOT_CONFIRMED",
                "--records 4",
            ),
            (
                DeclareFault::NothingLost { kept: 4 },
                "NOTHING_LOST",
                "--had",
            ),
            (whole, "STREAM_HAS_TAIL", "redress log take-back intake"),
            (away.into(), "UNREACHABLE", "--without-nats"),
            (other, "DECLARE_REFUSED", "histories"),
            (half.into(), "DECLARE_REFUSED", "another history"),
            (full, "DECLARE_FAILED", "space and permission"),
        ] {
            let failure = refused(&fault, Service::Intake);
            let text = failure.to_string();
            assert_eq!(failure.code(), code, "{text}");
            assert!(text.contains(words), "{text}");
            assert!(text.starts_with("nothing was declared lost of the log of intake"));
        }
    }

    #[test]
    fn a_reason_is_a_line() {
        assert_eq!(reason(" the disk broke ").unwrap(), "the disk broke");
        for text in ["", " ", "a\nb", &"x".repeat(1_001)] {
            assert_eq!(reason(text).unwrap_err().code(), "FIELD_MALFORMED");
        }
    }
}
