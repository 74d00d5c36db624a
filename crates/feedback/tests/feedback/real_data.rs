//! 1,802 published complaints, counted against figures that other software made of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use flate2::read::GzDecoder;
use redress_feedback::cfpb::{Row, submission};
use redress_feedback::{Checked, Feedback, ReportedHistory, check, decode, encode};

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("REDRESS_REAL_DATA").map(PathBuf::from);
    if folder.is_none() {
        println!("SKIPPED: REDRESS_REAL_DATA does not name the folder of the real data");
    }
    folder
}

fn items(folder: &std::path::Path) -> Vec<(String, Checked)> {
    let path = folder.join("cfpb-sample.jsonl.gz");
    let file = std::fs::File::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let now = "2026-11-21T00:00:00Z".parse().unwrap();
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    let item = |line: std::io::Result<String>| {
        let row: Row = serde_json::from_str(&line.unwrap()).unwrap();
        let item = submission(&row).unwrap_or_else(|errors| panic!("{errors:?}"));
        let id = item.complaint_id.clone();
        let checked = check(item.submission, now)
            .unwrap_or_else(|refusals| panic!("complaint {id}: {refusals:?}"));
        (id, checked)
    };
    lines.map(item).collect()
}

type Counts = BTreeMap<String, u64>;

fn count<'a>(items: &'a [(String, Checked)], key: impl Fn(&'a Feedback) -> String) -> Counts {
    let mut counts = Counts::new();
    for (_, checked) in items {
        *counts.entry(key(checked.feedback())).or_default() += 1;
    }
    counts
}

fn report(feedback: &Feedback) -> &ReportedHistory {
    feedback.reported.as_ref().unwrap()
}

/// The bureau's word for a channel: what is stored gives back what was read.
fn submitted_via(feedback: &Feedback) -> String {
    assert_eq!(feedback.reported_channel, None);
    match feedback.channel.to_string().as_str() {
        "web" => "Web",
        "referral" => "Referral",
        "letter" => "Postal mail",
        "phone" => "Phone",
        "fax" => "Fax",
        "email" => "Email",
        other => other,
    }
    .to_owned()
}

fn state(feedback: &Feedback) -> String {
    match feedback.jurisdiction.as_deref() {
        None => "(null)".into(),
        Some("US-UM") => "UNITED STATES MINOR OUTLYING ISLANDS".into(),
        Some(jurisdiction) => jurisdiction.strip_prefix("US-").unwrap().into(),
    }
}

fn answer(answer: redress_feedback::Answer) -> String {
    match answer {
        redress_feedback::Answer::Yes => "Yes".into(),
        redress_feedback::Answer::No => "No".into(),
        redress_feedback::Answer::Unknown => "unknown".into(),
    }
}

#[test]
fn all_real_rows_are_read_and_counted_as_expected() {
    let Some(folder) = folder() else { return };
    let items = items(&folder);
    let expected = std::fs::read(folder.join("cfpb-sample-expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
    let by = |name: &str| -> Counts { serde_json::from_value(expected[name].clone()).unwrap() };
    assert_eq!(items.len() as u64, expected["rows"].as_u64().unwrap());
    let ids: BTreeSet<_> = items.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len() as u64, expected["distinct_ids"].as_u64().unwrap());

    assert_eq!(
        count(&items, |f| f.product.clone().unwrap()),
        by("by_product")
    );
    assert_eq!(count(&items, submitted_via), by("by_channel"));
    assert_eq!(count(&items, state), by("by_state"));
    assert_eq!(
        count(&items, |f| report(f).response.clone().unwrap()),
        by("by_response")
    );
    assert_eq!(count(&items, |f| answer(report(f).timely)), by("by_timely"));
    let month = |f: &Feedback| f.received_at.to_string()[..7].to_owned();
    assert_eq!(count(&items, month), by("by_month"));
    // Nothing and `N/A` are both unknown.
    let mut disputed = by("by_disputed");
    let unknown = disputed.remove("(null)").unwrap() + disputed.remove("N/A").unwrap();
    disputed.insert("unknown".into(), unknown);
    assert_eq!(count(&items, |f| answer(report(f).disputed)), disputed);
    let mut tags = by("by_tags");
    let untagged = tags.remove("(null)").unwrap();
    tags.insert(String::new(), untagged);
    assert_eq!(count(&items, |f| f.tags.join(", ")), tags);

    let flagged = items
        .iter()
        .filter(|(_, c)| report(c.feedback()).sent_before_received);
    assert_eq!(
        flagged.count() as u64,
        expected["lag_days"]["negative"].as_u64().unwrap()
    );
    let narratives: Vec<_> = items
        .iter()
        .filter_map(|(_, c)| c.content().description.as_ref())
        .collect();
    assert_eq!(
        narratives.len() as u64,
        expected["narratives"].as_u64().unwrap()
    );
    let open = items
        .iter()
        .filter(|(_, c)| !report(c.feedback()).response_class.implies_closed());
    let expected_open = expected["reopened_like_open"].as_u64().unwrap();
    assert_eq!(open.count() as u64, expected_open);
}

#[test]
fn no_real_narrative_or_zip_code_reaches_an_event() {
    let Some(folder) = folder() else { return };
    for (id, checked) in items(&folder) {
        let feedback = checked.feedback().clone();
        let event = redress_feedback::Event::Received(Box::new(feedback));
        let draft = encode(&event);
        assert_eq!(decode(draft.kind, &draft.data).unwrap(), event);
        let text = draft.data.get();
        let content = checked.content();
        assert!(!text.contains(&format!("\"{id}\"")), "complaint {id}");
        if let Some(zip) = &content.customer.postal_code {
            assert!(!text.contains(&format!("\"{zip}\"")), "complaint {id}");
        }
        let narrative = content.description.as_deref().unwrap_or("XXXX XXXX");
        let beginning: String = narrative.chars().take(40).collect();
        assert!(!text.contains(&beginning), "complaint {id}");
    }
}
