//! One run over one or several files.

use std::path::Path;
use std::time::{Duration, Instant};

use futures::stream::{FuturesUnordered, StreamExt};
use indicatif::ProgressBar;
use redress_feedback::cfpb;
use redress_service::Kind;
use redress_wire::intake::v1::intake_service_client::IntakeServiceClient;
use redress_wire::intake::v1::{
    CompleteImportRequest, ImportRowResult, ListOpenImportsRequest, OpenImport, StartImportRequest,
};
use serde_json::json;
use tokio::sync::mpsc;

use super::batch::{self, Piece};
use super::reject::{Reason, Rejected, Rejects};
use super::row::{Good, Rows};
use super::summary::{Summary, all_rejected, render};
use super::{Arguments, Format, file};
use crate::client::{Client, Door};
use crate::failure::Failure;
use crate::output::Output;
use crate::progress;
use crate::settle::settle;
use crate::view;

/// Batches under way together, so that they share their way to the disk.
const IN_FLIGHT: usize = 4;
/// Batches that are read ahead.
const READ_AHEAD: usize = 4;
/// The version of the rules of `--format feedback`: a submission is taken as it is.
const FEEDBACK_RULES: &str = "feedback/1";

pub(super) async fn run(
    output: Output,
    client: &Client,
    arguments: &Arguments,
    format: Format,
) -> Result<(), Failure> {
    let mut intake = client.intake().await?;
    let files = look_at(arguments, format)?;
    let mut summaries = begin(&mut intake, arguments, format, &files).await?;
    let mut end = End::Whole;
    for (file, summary) in files.iter().zip(&mut summaries) {
        let bar = progress::of_bytes("importing", file.size);
        let began = Instant::now();
        let load = Load {
            intake: intake.clone(),
            arguments,
            format,
            path: file.path,
            bar: &bar,
        };
        end = load.run(summary).await;
        bar.finish_and_clear();
        summary.seconds = began.elapsed().as_secs_f64();
        if !matches!(end, End::Whole) {
            break;
        }
    }
    let mut settled = Ok(());
    if matches!(end, End::Whole) {
        for summary in &mut summaries {
            complete(&mut intake, summary).await?;
        }
        // Whoever asks next wants to see all of it, and a process that ends here must be done.
        tokio::select! {
            done = settle(client) => settled = done,
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    // What was done is told, whether or not this can be found out.
    let open = open_imports(&mut intake, &summaries).await;
    let open = open.unwrap_or_default();
    output.print(
        || {
            let files: Vec<_> = summaries.iter().map(Summary::as_json).collect();
            let open: Vec<_> = open.iter().map(view::json::open_import).collect();
            json!({ "files": files, "open_imports": open })
        },
        || render(&summaries, &open, &close_with(arguments)),
    );
    end.told(&summaries).and(settled)
}

/// A file that was found to be in the format.
struct Found<'a> {
    path: &'a Path,
    digest: String,
    size: u64,
}

/// Whether every file is there and in the format, by its beginning.
pub(super) fn must_be_readable(arguments: &Arguments, format: Format) -> Result<(), Failure> {
    for path in &arguments.files {
        Rows::new(file::open(path)?, format, &arguments.source)?;
    }
    Ok(())
}

/// Looks at every file before anything begins: what is not in the format leaves no import open.
fn look_at(arguments: &Arguments, format: Format) -> Result<Vec<Found<'_>>, Failure> {
    must_be_readable(arguments, format)?;
    let bar = progress::of_unknown("looking");
    let found = arguments.files.iter().map(|path| {
        let (digest, size) = file::digest(path)?;
        Ok(Found { path, digest, size })
    });
    let found = found.collect();
    bar.finish_and_clear();
    found
}

async fn begin(
    intake: &mut IntakeServiceClient<Door>,
    arguments: &Arguments,
    format: Format,
    files: &[Found<'_>],
) -> Result<Vec<Summary>, Failure> {
    let mut summaries = Vec::with_capacity(files.len());
    for found in files {
        summaries.push(Summary {
            file: found.path.display().to_string(),
            import_id: start(intake, arguments, format, found).await?,
            ..Summary::default()
        });
    }
    Ok(summaries)
}

/// The imports that are open; the view that knows them may not have seen the end of these yet.
async fn open_imports(
    intake: &mut IntakeServiceClient<Door>,
    summaries: &[Summary],
) -> Result<Vec<OpenImport>, Failure> {
    let open = intake.list_open_imports(ListOpenImportsRequest {}).await?;
    let mut open = open.into_inner().imports;
    let has_ended = |id: &str| {
        summaries
            .iter()
            .any(|it| it.completed && it.import_id == id)
    };
    open.retain(|import| !has_ended(&import.import_id));
    Ok(open)
}

fn close_with(arguments: &Arguments) -> String {
    match &arguments.data {
        Some(data) => format!("redress import --data {} --close", data.display()),
        None => "redress import --close".to_owned(),
    }
}

/// How the reading of a file ended.
enum End {
    Whole,
    Interrupted,
    Failed(Failure),
}

impl End {
    /// What the command says of it, after its summary.
    fn told(self, summaries: &[Summary]) -> Result<(), Failure> {
        let again = "run it again: what is there already is not recorded twice";
        match self {
            Self::Failed(failure) => Err(failure),
            Self::Interrupted => Err(Failure::new(
                Kind::Cancelled,
                "IMPORT_INTERRUPTED",
                "the import was interrupted",
            )
            .with_remedy(again)),
            Self::Whole => match all_rejected(summaries).as_slice() {
                [] => Ok(()),
                files => Err(Failure::new(
                    Kind::DataLoss,
                    "IMPORT_ALL_REJECTED",
                    format!("of {} every row was rejected", files.join(", ")),
                )
                .with_remedy("see the reasons of the rows; look whether it is the right file")),
            },
        }
    }
}

async fn start(
    intake: &mut IntakeServiceClient<Door>,
    arguments: &Arguments,
    format: Format,
    found: &Found<'_>,
) -> Result<String, Failure> {
    let (format, source, rules) = match format {
        Format::Cfpb => ("cfpb", cfpb::SOURCE, cfpb::RULES),
        Format::Feedback => ("feedback", arguments.source.as_str(), FEEDBACK_RULES),
    };
    let request = StartImportRequest {
        request_id: String::new(),
        format: format.to_owned(),
        source: source.to_owned(),
        rules: rules.to_owned(),
        file_digest: found.digest.clone(),
        label: arguments.label.clone().unwrap_or_default(),
    };
    Ok(intake.start_import(request).await?.into_inner().import_id)
}

async fn complete(
    intake: &mut IntakeServiceClient<Door>,
    summary: &mut Summary,
) -> Result<(), Failure> {
    let (received_from, received_to) = summary.days();
    let request = CompleteImportRequest {
        import_id: summary.import_id.clone(),
        request_id: String::new(),
        counts: Some(summary.counts()),
        received_from,
        received_to,
    };
    intake.complete_import(request).await?;
    summary.completed = true;
    Ok(())
}

/// One file on its way.
struct Load<'a> {
    intake: IntakeServiceClient<Door>,
    arguments: &'a Arguments,
    format: Format,
    path: &'a Path,
    bar: &'a ProgressBar,
}

impl Load<'_> {
    async fn run(&self, summary: &mut Summary) -> End {
        let mut rejects = Rejects::new(self.path, self.arguments.rejects.as_deref());
        let mut end = self
            .load(summary, &mut rejects)
            .await
            .unwrap_or_else(End::Failed);
        match rejects.finish() {
            Ok(path) => summary.rejects = path,
            Err(failure) => end = End::Failed(failure),
        }
        end
    }

    async fn load(&self, summary: &mut Summary, rejects: &mut Rejects) -> Result<End, Failure> {
        let input = file::open(self.path)?;
        let read = std::sync::Arc::clone(&input.read);
        let rows = Rows::new(input, self.format, &self.arguments.source)?;
        let (send, mut pieces) = mpsc::channel(READ_AHEAD);
        tokio::task::spawn_blocking(move || batch::read(rows, &send));
        let mut under_way = FuturesUnordered::new();
        let mut tick = tokio::time::interval(Duration::from_millis(200));
        let interrupted = tokio::signal::ctrl_c();
        tokio::pin!(interrupted);
        let mut end = None;
        loop {
            if end.is_some() && under_way.is_empty() {
                return Ok(end.unwrap_or(End::Whole));
            }
            tokio::select! {
                Some(done) = under_way.next() => {
                    for (row, result) in done? {
                        note(row, result, summary, rejects)?;
                    }
                }
                piece = pieces.recv(), if end.is_none() && under_way.len() < IN_FLIGHT => match piece {
                    Some(Piece::Rows(rows)) => {
                        let import_id = summary.import_id.clone();
                        under_way.push(batch::send(self.intake.clone(), import_id, rows));
                    }
                    Some(Piece::Rejected(rejected)) => reject(&rejected, summary, rejects)?,
                    Some(Piece::Failed(failure)) => end = Some(End::Failed(failure)),
                    None => end = Some(End::Whole),
                },
                _ = &mut interrupted, if end.is_none() => end = Some(End::Interrupted),
                _ = tick.tick() => {
                    self.bar.set_position(read.load(std::sync::atomic::Ordering::Relaxed));
                }
            }
        }
    }
}

fn note(
    row: Good,
    result: ImportRowResult,
    summary: &mut Summary,
    rejects: &mut Rejects,
) -> Result<(), Failure> {
    if result.refusals.is_empty() {
        summary.take(&result.result, row.day);
        return Ok(());
    }
    let reasons: Vec<Reason> = result.refusals.into_iter().map(Reason::from).collect();
    reject(
        &Rejected {
            row: row.number,
            reasons,
            raw: row.raw.into(),
        },
        summary,
        rejects,
    )
}

fn reject(
    rejected: &Rejected,
    summary: &mut Summary,
    rejects: &mut Rejects,
) -> Result<(), Failure> {
    rejects.add(rejected)?;
    summary.reject(&rejected.reasons);
    Ok(())
}
