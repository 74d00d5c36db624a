//! Whether everything that was acknowledged is there, once, and nothing else is wrong.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::client::{Client, is_complaint, words};
use super::ledger::{Answer, Books, Ledger, Step};
use super::records::Records;

/// Questions on their way to a server at a time.
const AT_A_TIME: usize = 16;
/// So long whoever wants to strike while a segment is written waits for that.
const SEALING: Duration = Duration::from_millis(1500);

/// Sends every request again that has no answer: with the same id, so that it is done once.
pub(crate) fn settle(runtime: &Runtime, client: &Client, ledger: &Ledger) -> usize {
    let books = ledger.now();
    let unanswered: Vec<_> = books
        .asked
        .iter()
        .filter(|(_, answer)| answer.is_none())
        .map(|(key, _)| *key)
        .collect();
    for (number, step) in &unanswered {
        let submitted = books.answer(*number, Step::Submit);
        let answer = runtime.block_on(repeat(client, *number, *step, submitted));
        ledger.answered(*number, *step, &answer);
    }
    unanswered.len()
}

async fn repeat(client: &Client, number: u64, step: Step, submitted: Option<&Answer>) -> Answer {
    let id = submitted.map_or("", |submitted| submitted.id.as_str());
    if let Some(submitted) = submitted {
        client.catch_up_at_last("workflow", &submitted.token).await;
    }
    let answer = client.ask(number, step, id).await;
    answer.unwrap_or_else(|error| panic!("a repeat of {step:?} {number} is refused: {error:?}"))
}

/// Looks for the acknowledged of the numbers from `from` on, and for a few of the older ones.
pub(crate) fn acknowledged(
    runtime: &Runtime,
    client: &Client,
    books: &Books,
    from: u64,
    random: &mut fastrand::Rng,
) -> Vec<String> {
    let (books, numbers) = (Arc::new(books.clone()), 0..books.next());
    let mut looking = JoinSet::new();
    let chosen: Vec<_> = numbers
        .filter(|number| *number >= from || random.u8(0..20) == 0)
        .collect();
    for part in chosen.chunks(chosen.len().div_ceil(AT_A_TIME).max(1)) {
        let (client, books, part) = (client.clone(), Arc::clone(&books), part.to_vec());
        let looks = async move {
            let mut wrong = Vec::new();
            for number in part {
                look_at(&client, &books, number, &mut wrong).await;
            }
            wrong
        };
        looking.spawn_on(looks, runtime.handle());
    }
    runtime.block_on(looking.join_all()).concat()
}

async fn look_at(client: &Client, books: &Books, number: u64, wrong: &mut Vec<String>) {
    let Some(submitted) = books.answer(number, Step::Submit) else {
        return;
    };
    match client.feedback(&submitted.id).await {
        Ok((description, etag)) if description == words(number) && etag == submitted.etag => {}
        Ok(_) => wrong.push(format!("feedback {number} is another one")),
        Err(error) => wrong.push(format!("feedback {number} is not there: {error:?}")),
    }
    let answered = [Step::Acknowledge, Step::Note]
        .map(|step| books.answer(number, step))
        .into_iter()
        .flatten();
    if let Some(last) = answered.max_by_key(|answer| answer.version) {
        look_at_complaint(
            client,
            number,
            last,
            books.answer(number, Step::Note),
            wrong,
        )
        .await;
    }
    if number.is_multiple_of(8) {
        for step in [Step::Submit, Step::Acknowledge, Step::Note] {
            let Some(first) = books.answer(number, step) else {
                continue;
            };
            match client.ask(number, step, &submitted.id).await {
                Ok(answer) if answer.tells_the_same_as(first) => {}
                other => wrong.push(format!("{step:?} {number}: {first:?}, but now {other:?}")),
            }
        }
    }
}

async fn look_at_complaint(
    client: &Client,
    number: u64,
    last: &Answer,
    note: Option<&Answer>,
    wrong: &mut Vec<String>,
) {
    let complaint = match client.complaint(&last.id, &last.token).await {
        Ok(complaint) => complaint,
        Err(error) => {
            wrong.push(format!("complaint {number} is not there: {error:?}"));
            return;
        }
    };
    if complaint.version < last.version || complaint.status != "acknowledged" {
        wrong.push(format!(
            "complaint {number} is {} at {}, but version {} was acknowledged",
            complaint.status, complaint.version, last.version
        ));
    }
    let texts: Vec<_> = complaint
        .notes
        .iter()
        .map(|note| note.text.as_str())
        .collect();
    let as_acknowledged = match note {
        Some(_) => texts == [words(number)],
        None => texts.len() <= 1,
    };
    if !as_acknowledged {
        wrong.push(format!(
            "complaint {number} has {} notes, or other ones",
            texts.len()
        ));
    }
}

/// Each request that was answered made one record, and each complaint was opened once.
pub(crate) fn once(records: &Records, books: &Books) -> Vec<String> {
    let mut wrong = records.wrong.clone();
    for (number, step) in books
        .asked
        .iter()
        .filter(|(_, it)| it.is_some())
        .map(|(key, _)| *key)
    {
        let count = records
            .of_request
            .get(&step.request_id(number))
            .copied()
            .unwrap_or(0);
        if count != 1 {
            wrong.push(format!("{step:?} {number} made {count} records"));
        }
    }
    let submitted = (0..books.next()).filter(|number| is_complaint(*number));
    for answer in submitted.filter_map(|number| books.answer(number, Step::Submit)) {
        if !records.complaining.contains(&answer.id) {
            wrong.push(format!("{} is no complaint in intake's log", answer.id));
        }
    }
    for id in records.complaining.symmetric_difference(&records.opened) {
        wrong.push(format!(
            "{id}: a complaint without feedback, or feedback without a complaint"
        ));
    }
    wrong
}

/// Lets the followers catch up with everything, and reads all logs.
pub(crate) fn read(runtime: &Runtime, client: &Client, records: &mut Records, all_again: bool) {
    runtime.block_on(async {
        let (_, token) = client
            .head("intake")
            .await
            .expect("the head can be asked for");
        for follower in ["workflow", "reporting"] {
            client.catch_up_at_last(follower, &token).await;
        }
        records.read_on(client, all_again).await;
    });
}

/// Nothing was put aside, and sled has written no file that it never syncs. Answers how many
/// segments there are.
pub(crate) fn folders(data: &Path) -> usize {
    let mut segments = 0;
    let mut open = vec![data.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("the data can be listed") {
            let path = entry.expect("the data can be listed").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .to_lowercase();
            assert!(
                !name.contains("quarantine"),
                "put aside: {}",
                path.display()
            );
            let in_blobs = folder.file_name().is_some_and(|name| name == "blobs");
            assert!(!in_blobs, "never synced: {}", path.display());
            segments += usize::from(path.extension().is_some_and(|it| it == "seg"));
            if path.is_dir() {
                open.push(path);
            }
        }
    }
    segments
}

/// Whether a segment is being written at this moment.
pub(crate) fn is_sealing(data: &Path) -> bool {
    ["intake", "workflow"].iter().any(|service| {
        let segments = data.join("default").join(service).join("0/log/segments");
        let entries = std::fs::read_dir(segments).into_iter().flatten().flatten();
        entries
            .into_iter()
            .any(|entry| entry.path().extension().is_some_and(|it| it == "tmp"))
    })
}

/// The logs go as far as they were seen to go.
pub(crate) fn present(runtime: &Runtime, client: &Client, books: &Books) -> Vec<String> {
    let acknowledged = books
        .asked
        .iter()
        .filter(|((_, step), answer)| *step == Step::Submit && answer.is_some());
    let (head, _) = runtime
        .block_on(client.head("intake"))
        .expect("the head can be asked for");
    let acknowledged = acknowledged.count() as u64;
    let missing = acknowledged.saturating_sub(head);
    if missing == 0 {
        return Vec::new();
    }
    vec![format!(
        "intake's log has {head} records, and {acknowledged} were acknowledged"
    )]
}

/// Waits for the moment to strike; `false` if it does not come soon.
pub(crate) fn waits_until_sealing(data: &Path) -> bool {
    let end = Instant::now() + SEALING;
    while Instant::now() < end {
        if is_sealing(data) {
            return true;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    false
}

/// All of the above, on a server that was just started.
pub(crate) fn everything(runtime: &Runtime, client: &Client, books: &Books) -> Vec<String> {
    let mut records = Records::default();
    read(runtime, client, &mut records, true);
    let mut wrong = acknowledged(runtime, client, books, 0, &mut fastrand::Rng::with_seed(1));
    wrong.extend(once(&records, books));
    wrong
}
