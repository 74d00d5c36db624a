//! `redress log take-back`: the records that a log lacks, from its stream; whole or not at all.

use std::path::PathBuf;

use clap::Args;
use redress_event_bus::{LookUpError, StreamError};
use redress_event_log::TakeBackError;
use redress_evidence::Hash;
use redress_log_service::{TakeBackFault, TakenBack, take_back};
use redress_service::Kind;
use serde_json::{Value, json};

use super::place::{self, Service};
use crate::failure::Failure;
use crate::global::Global;
use crate::progress;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The data directory; the service must not be running
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// Whose log
    #[arg(value_enum)]
    log: Service,

    /// The root that the whole log had, where somebody kept it: nothing is taken if it comes to another
    #[arg(long, value_name = "HEX")]
    root: Option<Hash>,
}

pub(crate) async fn run(global: &Global, arguments: &Arguments) -> Result<(), Failure> {
    let data = arguments.data.display().to_string();
    let config = global.load(vec![("data_dir", data)])?;
    let service = arguments.log;
    let log = place::log_config(&config, service);
    place::must_be_there(&log.folder)?;
    let bar = progress::of_counts("taking back", 0);
    let mut tell = |records, done| {
        bar.set_length(records);
        bar.set_position(done);
    };
    let taken = take_back(&config, &log, arguments.root, &mut tell).await;
    bar.finish_and_clear();
    let taken = taken.map_err(|error| refused(&error, service))?;
    global
        .output
        .print(|| as_json(service, &taken), || as_text(service, &taken));
    Ok(())
}

fn as_json(service: Service, taken: &TakenBack) -> Value {
    let words = taken.words.as_ref().ok();
    json!({
        "log": service.name(),
        "log_id": taken.log.identity.log.to_string(),
        "stream": taken.stream,
        "first": taken.log.first,
        "taken_back": taken.log.records,
        "records": taken.log.first + taken.log.records,
        "root": taken.log.root.to_string(),
        "compared": taken.is_compared,
        "sealed": words.map(|words| words.sealed),
        "sealed_gone": words.map(|words| words.gone),
    })
}

fn as_text(service: Service, taken: &TakenBack) -> String {
    let (name, stream, log) = (service.name(), &taken.stream, &taken.log);
    let size = log.first + log.records;
    if log.records == 0 {
        return format!(
            "nothing is missing: the log of {name} has the {size} records that {stream} has had"
        );
    }
    let (first, last) = (log.first, size - 1);
    let mut lines = vec![format!(
        "{} records of {name} taken back from {stream}, {first} to {last}; the root is {}",
        log.records, log.root
    )];
    if !taken.is_compared {
        lines.push(format!(
            "{stream} does not hold the last record that the log had, so the two were compared by the \
             id of the log only"
        ));
    }
    match &taken.words {
        Ok(words) if words.gone > 0 => lines.push(format!(
            "of the {} sealed texts that these records refer to the vault does not have {}: they are \
             gone, unless a newer copy of the vault and its keys is brought back",
            words.sealed, words.gone
        )),
        Ok(_) => {}
        Err(error) => lines.push(format!(
            "whether the sealed texts that they refer to are there is not known: {error}"
        )),
    }
    lines.push(format!(
        "start {name} again, and then whoever had stopped following it"
    ));
    lines.join("\n")
}

/// What is wrong, and the way out. The log is what it was.
fn refused(error: &TakeBackFault, service: Service) -> Failure {
    if let Some(in_use) = Failure::in_use(error) {
        return in_use;
    }
    let message = format!(
        "nothing was taken back into the log of {}: {error}",
        service.name()
    );
    let refused = |remedy: &str| {
        let kind = Kind::FailedPrecondition;
        Failure::new(kind, "TAKE_BACK_REFUSED", message.clone()).with_remedy(remedy)
    };
    let failed = |remedy: &str| {
        Failure::new(Kind::Internal, "TAKE_BACK_FAILED", message.clone()).with_remedy(remedy)
    };
    let unreachable = || {
        Failure::new(Kind::Unavailable, "UNREACHABLE", message.clone())
            .with_remedy("start NATS, or correct `bus.servers`; then again")
    };
    let gone = || {
        Failure::new(Kind::NotFound, "TAIL_NOT_IN_STREAM", message.clone()).with_remedy(
            "bring back a newer copy of the log, from a backup of its folder or with `redress log \
             restore`; the stream can fill only what follows it",
        )
    };
    match error {
        TakeBackFault::NoBus => Failure::usage("SETTING_REQUIRED", message)
            .with_field("bus.servers")
            .with_remedy("name the NATS server as the service does, in redress.toml or with --set"),
        TakeBackFault::Bus(_) => Failure::new(Kind::Internal, "BUS_UNUSABLE", message)
            .with_remedy("correct `[bus]`, or the NATS server"),
        TakeBackFault::Stream(StreamError::Away { .. })
        | TakeBackFault::LookUp(LookUpError::Away { .. }) => unreachable(),
        TakeBackFault::NoStream(_) | TakeBackFault::LookUp(LookUpError::Gone { .. }) => gone(),
        TakeBackFault::Stream(_) | TakeBackFault::OtherLog { .. } => refused(
            "look whether that is the NATS server and the tenant of this log; a stream of another log \
             has nothing of it",
        ),
        TakeBackFault::Disagrees { .. } => refused(
            "the two are different histories from some record before it on; find out which of them is \
             right, `redress log verify` checks the log, and restore that one from a backup",
        ),
        TakeBackFault::Log(error) => of_log(error, &refused, &failed),
    }
}

fn of_log(
    error: &TakeBackError,
    refused: &dyn Fn(&str) -> Failure,
    failed: &dyn Fn(&str) -> Failure,
) -> Failure {
    match error {
        TakeBackError::Unfit { .. } => refused(
            "the stream holds something that is not of this log there: bring back a newer copy of the \
             log, from a backup of its folder or with `redress log restore`",
        ),
        TakeBackError::HalfCommand { .. }
        | TakeBackError::OtherRoot { .. }
        | TakeBackError::StillMissing { .. } => refused(
            "the stream has not got all that is missing: bring back a newer copy of the log, from a \
             backup of its folder or with `redress log restore`",
        ),
        TakeBackError::OtherHistory { .. } => refused(place::OTHER_HISTORY),
        TakeBackError::NoLog(_) | TakeBackError::Open(_) => failed(place::UNREADABLE),
        TakeBackError::Copy { .. }
        | TakeBackError::Aside(_)
        | TakeBackError::Write(_)
        | TakeBackError::Unwritable { .. }
        | TakeBackError::NothingLost { .. } => failed(place::UNCOPIED),
    }
}

#[cfg(test)]
mod tests {
    use redress_event_log::Unfit;

    use super::*;

    #[test]
    fn each_refusal_has_its_code_and_its_way_out() {
        let stream = || "REDRESS_ACME_INTAKE_0".to_owned();
        let away = StreamError::Away {
            stream: stream(),
            why: "connecting".to_owned(),
        };
        let gone = LookUpError::Gone {
            stream: stream(),
            position: 4,
        };
        let disagrees = TakeBackFault::Disagrees {
            stream: stream(),
            position: 3,
        };
        let unfit = TakeBackError::Unfit {
            position: 4,
            why: Unfit::OtherLog,
        };
        let half = TakeBackError::HalfCommand { position: 4 };
        let full = TakeBackError::Copy {
            path: "data/log".into(),
            error: std::io::ErrorKind::StorageFull.into(),
        };
        for (fault, code, words) in [
            (TakeBackFault::NoBus, "SETTING_REQUIRED", "bus.servers"),
            (away.into(), "UNREACHABLE", "start NATS"),
            (
                TakeBackFault::NoStream(stream()),
                "TAIL_NOT_IN_STREAM",
                "a newer copy",
            ),
            (gone.into(), "TAIL_NOT_IN_STREAM", "the record at 4"),
            (disagrees, "TAKE_BACK_REFUSED", "different histories"),
            (unfit.into(), "TAKE_BACK_REFUSED", "it is of another log"),
            (half.into(), "TAKE_BACK_REFUSED", "not got all"),
            (full.into(), "TAKE_BACK_FAILED", "space and permission"),
        ] {
            let failure = refused(&fault, Service::Intake);
            let text = failure.to_string();
            assert_eq!(failure.code(), code, "{text}");
            assert!(text.contains(words), "{text}");
            assert!(text.starts_with("nothing was taken back into the log of intake"));
        }
    }
}
