//! Messages that others publish, until `redress-intake` has each in its log and its publisher a
//! receipt, beside the publishing alone.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Result, ensure};
use redress_event_bus::{inbox_subject, receipt_subjects};
use redress_wire::intake::v1::Submission;
use serde_json::{Value, json};

use super::Extent;
use super::bare_nats::{self, Outgoing, publish_all};
use super::place::Place;
use super::rounds::{alternate, per_second};
use super::site::{Service, Site, TENANT};
use super::submit;
use super::table::{Row, Table};

const SOURCE: &str = "bench";
/// An installation that nobody takes messages of.
const BARE: &str = "bare";
/// Publishes that wait for their acknowledgement.
const ON_THEIR_WAY: usize = 256;

pub(crate) async fn measure(extent: Extent, place: &Place, table: &mut Table) -> Result<()> {
    let folder = place.fresh("inbox")?;
    let mut site = Site::new(&folder).await?;
    site.start(&[Service::Intake])?;
    site.nats().bus(BARE).await?.inbox_stream().await?;
    let numbers = AtomicU64::new(0);
    let messages = |tenant: &str, count: u64| -> Result<Vec<Outgoing>> {
        let begin = numbers.fetch_add(count, Ordering::Relaxed);
        (begin..begin + count)
            .map(|number| message(tenant, number))
            .collect()
    };
    let count = extent.pick(500, 5_000);
    taken(&site, &messages(TENANT, 200)?).await?;
    let compared = alternate(
        extent.rounds,
        async || taken(&site, &messages(TENANT, count)?).await,
        async || {
            let messages = messages(BARE, count)?;
            publish_all(site.nats().address(), ON_THEIR_WAY, &messages).await
        },
    )
    .await?;
    let what = format!(
        "{count} inbox messages, from the first publish until `redress-intake` has all in its log \
         and sent all receipts, {ON_THEIR_WAY} acks under way"
    );
    let beside = "the same published into an inbox that nobody takes from, all acks";
    table.add(Row::compared(what, "/s", beside, &compared));
    let bytes = message(TENANT, 0)?.payload.len();
    table.note(format!(
        "a message of the inbox has {bytes} bytes; the server syncs before it acknowledges \
         (`sync_interval: always`)"
    ));
    site.stop()?;
    drop(site);
    place.remove("inbox")
}

/// How many a second are published, taken in and answered.
async fn taken(site: &Site, messages: &[Outgoing]) -> Result<f64> {
    let address = site.nats().address();
    let (writer, mut reader) = bare_nats::connect(address).await?;
    let subjects = receipt_subjects(TENANT, SOURCE);
    writer.subscribe(&format!("{subjects}.>")).await?;
    let begun = Instant::now();
    let count = messages.len() as u64;
    let receipts = tokio::spawn(async move {
        for _ in 0..count {
            let receipt: Value = serde_json::from_slice(&reader.next().await?)?;
            ensure!(receipt["status"] == "accepted", "{receipt}");
        }
        Ok(())
    });
    publish_all(address, ON_THEIR_WAY, messages).await?;
    receipts.await??;
    Ok(per_second(count, begun.elapsed()))
}

/// What a gRPC client would have submitted, as plain JSON.
fn message(tenant: &str, number: u64) -> Result<Outgoing> {
    let request = submit::request(number);
    let Submission {
        kind,
        channel,
        product,
        issue,
        language,
        description,
        customer,
        ..
    } = request.submission.unwrap_or_default();
    let customer = customer.unwrap_or_default();
    let body = json!({
        "kind": kind, "channel": channel, "product": product, "issue": issue,
        "language": language, "description": description,
        "customer": {
            "reference": customer.reference, "name": customer.name, "email": customer.email,
        },
    });
    let receipt_to = format!("{}.r", receipt_subjects(TENANT, SOURCE));
    Ok(Outgoing {
        subject: inbox_subject(tenant, SOURCE),
        headers: format!("Nats-Msg-Id: m-{number}\r\nRedress-Receipt-To: {receipt_to}\r\n"),
        payload: serde_json::to_vec(&body)?.into(),
    })
}
