//! Rows in batches, and what became of them.

use std::time::Duration;

use redress_wire::intake::v1::intake_service_client::IntakeServiceClient;
use redress_wire::intake::v1::{ImportFeedbackBatchRequest, ImportRowResult};
use tokio::sync::mpsc;

use super::reject::Rejected;
use super::row::{Good, Rows};
use crate::client::Door;
use crate::failure::Failure;

pub(super) const MAX_ROWS: usize = 256;
/// Below the services' usual limit on a message, 256 KiB.
const MAX_BYTES: usize = 240 << 10;

/// What the reading thread hands on.
pub(super) enum Piece {
    Rows(Vec<Good>),
    Rejected(Rejected),
    Failed(Failure),
}

/// Reads rows until the file ends or nobody wants more.
pub(super) fn read(mut rows: Rows, send: &mpsc::Sender<Piece>) {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    loop {
        let piece = match rows.next() {
            Ok(Some(Ok(row))) => {
                let is_full =
                    batch.len() == MAX_ROWS || (bytes + row.bytes > MAX_BYTES && bytes > 0);
                bytes = if is_full {
                    row.bytes
                } else {
                    bytes + row.bytes
                };
                let full = is_full.then(|| std::mem::take(&mut batch));
                batch.push(row);
                match full {
                    Some(full) => Piece::Rows(full),
                    None => continue,
                }
            }
            Ok(Some(Err(rejected))) => Piece::Rejected(rejected),
            Ok(None) => {
                if !batch.is_empty() {
                    let _ = send.blocking_send(Piece::Rows(batch));
                }
                return;
            }
            Err(failure) => {
                if !batch.is_empty() {
                    let _ = send.blocking_send(Piece::Rows(batch));
                }
                let _ = send.blocking_send(Piece::Failed(failure));
                return;
            }
        };
        if send.blocking_send(piece).is_err() {
            return;
        }
    }
}

const ATTEMPTS: u32 = 8;

/// Sends a batch; what the server had no room for is sent again.
pub(super) async fn send(
    mut client: IntakeServiceClient<Door>,
    import_id: String,
    batch: Vec<Good>,
) -> Result<Vec<(Good, ImportRowResult)>, Failure> {
    let (mut done, mut left) = (Vec::with_capacity(batch.len()), batch);
    for attempt in 0.. {
        let rows = left.iter().map(|row| row.request.clone()).collect();
        let request = ImportFeedbackBatchRequest {
            import_id: import_id.clone(),
            rows,
        };
        let results = match client.import_feedback_batch(request).await {
            Ok(answer) => answer.into_inner().results,
            Err(status)
                if status.code() == tonic::Code::ResourceExhausted && attempt < ATTEMPTS =>
            {
                pause(attempt).await;
                continue;
            }
            Err(status) => return Err(status.into()),
        };
        let answered = left.into_iter().zip(results);
        let (again, settled): (Vec<_>, Vec<_>) =
            answered.partition(|(_, it)| it.refusals.iter().any(|it| it.try_again));
        done.extend(settled);
        if again.is_empty() || attempt >= ATTEMPTS {
            done.extend(again);
            break;
        }
        left = again.into_iter().map(|(row, _)| row).collect();
        pause(attempt).await;
    }
    Ok(done)
}

async fn pause(attempt: u32) {
    tokio::time::sleep(Duration::from_millis(20 << attempt)).await;
}
