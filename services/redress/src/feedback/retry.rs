//! `redress feedback retry`

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use redress_wire::intake::v1::RetryRejectedRequest;
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{recorded, recorded_line, text};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The id of what was rejected
    id: String,

    /// The submission as it should have come: a JSON object with the fields of `docs/json.md`; `-` is
    /// standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// The same again is answered as the first time
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let corrected = arguments.file.as_deref().map(read).transpose()?;
    let request = RetryRejectedRequest {
        rejected_id: arguments.id,
        request_id: arguments.request_id.unwrap_or_default(),
        corrected: corrected.unwrap_or_default().into(),
    };
    let client = Client::of(global)?;
    let answer = client.intake().await?.retry_rejected(request).await?;
    let answer = answer.into_inner();
    global.output.print(
        || {
            json!({
                "feedback_id": answer.feedback_id,
                "reference": text(&answer.reference),
                "recorded": recorded(answer.recorded.as_ref()),
            })
        },
        || {
            let line = recorded_line(answer.recorded.as_ref());
            format!("{} {}\n{line}", answer.feedback_id, answer.reference)
        },
    );
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    if path.as_os_str() != "-" {
        return std::fs::read(path).map_err(|error| Failure::file(path, error));
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().read_to_end(&mut bytes);
    read.map_err(|error| Failure::file(path, error))?;
    Ok(bytes)
}
