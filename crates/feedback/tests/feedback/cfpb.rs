//! The bureau's format on rows made up here.

use proptest::prelude::*;
use redress_feedback::cfpb::{COLUMNS, CfpbItem, Row, submission};
use redress_feedback::{Answer, ResponseClass, check};

fn row() -> Row {
    let some = |text: &str| Some(text.to_owned());
    Row {
        date_received: some("2014-03-07"),
        product: some("Mortgage"),
        sub_product: some("FHA mortgage"),
        issue: some("Closing/Cancelling account"),
        narrative: some("=They said \"no\".\r\nTwice."),
        company: some("Banco Español, N.A."),
        state: some("CA"),
        zip_code: some("335XX"),
        tags: some("Older American, Servicemember"),
        consent: some("Consent provided"),
        submitted_via: some("Postal mail"),
        date_sent_to_company: some("2014-03-05"),
        company_response: some("Closed with non-monetary relief"),
        timely_response: some("Yes"),
        consumer_disputed: some("N/A"),
        complaint_id: some("0012345"),
        ..Row::default()
    }
}

fn item(row: &Row) -> CfpbItem {
    submission(row).unwrap()
}

#[test]
fn a_row_keeps_everything_it_says() {
    let item = item(&row());
    assert_eq!(item.complaint_id, "0012345");
    let checked = check(item.submission, "2026-01-01T00:00:00Z".parse().unwrap()).unwrap();
    let feedback = checked.feedback();
    assert_eq!(feedback.channel.to_string(), "letter");
    assert_eq!(
        feedback.business_unit.as_deref(),
        Some("Banco Español, N.A.")
    );
    assert_eq!(feedback.jurisdiction.as_deref(), Some("US-CA"));
    assert_eq!(feedback.tags, ["Older American", "Servicemember"]);
    assert_eq!(feedback.received_at.to_string(), "2014-03-07T00:00:00Z");
    assert_eq!(feedback.received_on, "2014-03-07".parse().ok());
    assert_eq!(feedback.occurred_at, None);
    let report = feedback.reported.as_ref().unwrap();
    assert_eq!(report.digest, item.row_digest);
    assert_eq!(
        report.response_class,
        ResponseClass::ClosedWithNonMonetaryRelief
    );
    assert_eq!(
        (report.timely, report.disputed),
        (Answer::Yes, Answer::Unknown)
    );
    assert!(report.sent_before_received && report.submitted_narrative);
    let content = checked.content();
    assert_eq!(
        content.description.as_deref(),
        Some("=They said \"no\".\nTwice.")
    );
    assert_eq!(content.customer.postal_code.as_deref(), Some("335XX"));
    assert_eq!(content.external_references[0].id, "0012345");
    assert_eq!(
        content.unmapped["Consumer consent provided?"],
        "Consent provided"
    );
}

#[test]
fn the_digest_of_a_row_is_the_same_for_ever() {
    // Also computed by hashlib from the description of the digest.
    let digest = "71ffb4c26e597114435c9dc641064b005aac9cda71568309e841f95afa2679d2";
    assert_eq!(item(&row()).row_digest, digest);
}

#[test]
fn the_same_row_in_another_file_format_is_the_same_row() {
    let other = Row {
        date_received: Some("03/07/2014".into()),
        date_sent_to_company: Some(" 03/05/2014 ".into()),
        narrative: Some("=They said \"no\".\nTwice.".into()),
        sub_issue: Some(String::new()),
        company_public_response: Some("None".into()),
        ..row()
    };
    assert_eq!(item(&other), item(&row()));
}

#[test]
fn any_other_value_makes_another_row() {
    let first = item(&row()).row_digest;
    let json = serde_json::to_value(row()).unwrap();
    for column in COLUMNS {
        let mut other = json.clone();
        other[column] = match column {
            "Date received" | "Date sent to company" => "2014-03-08".into(),
            "State" => "NY".into(),
            "Timely response?" | "Consumer disputed?" => "No".into(),
            "Complaint ID" => "12345".into(),
            _ => "something else".into(),
        };
        let other: Row = serde_json::from_value(other).unwrap();
        assert_ne!(item(&other).row_digest, first, "{column}");
    }
}

#[test]
fn a_value_does_not_move_into_its_neighbour() {
    let one = Row {
        sub_issue: None,
        issue: Some("a".into()),
        ..row()
    };
    let other = Row {
        sub_issue: Some("a".into()),
        issue: None,
        ..row()
    };
    assert_ne!(item(&one).row_digest, item(&other).row_digest);
}

#[test]
fn a_door_that_redress_does_not_know_keeps_its_name() {
    for (via, channel, kept) in [
        (Some("Fax"), "fax", None),
        (Some("Web Referral"), "referral", Some("Web Referral")),
        (Some("Carrier pigeon"), "import", Some("Carrier pigeon")),
        (None, "import", None),
    ] {
        let row = Row {
            submitted_via: via.map(str::to_owned),
            ..row()
        };
        let submission = item(&row).submission;
        assert_eq!(submission.channel.as_deref(), Some(channel));
        assert_eq!(submission.reported_channel.as_deref(), kept);
    }
}

fn refused(change: impl FnOnce(&mut Row), column: &str, code: &str) {
    let mut row = row();
    change(&mut row);
    let errors = submission(&row).unwrap_err();
    let told: Vec<_> = errors.iter().map(|e| (e.column(), e.code())).collect();
    assert_eq!(told, [(column, code)]);
    assert!(errors[0].to_string().contains(column));
}

#[test]
fn a_wrong_row_names_the_column() {
    let some = |text: &str| Some(text.to_owned());
    for date in [
        "2014-02-30",
        "2014-3-7",
        "07.03.2014",
        "13/13/2014",
        "20140307",
        "+014-03-07",
    ] {
        refused(
            |row| row.date_received = some(date),
            "Date received",
            "ROW_DATE_INVALID",
        );
    }
    refused(
        |row| row.date_received = some(" "),
        "Date received",
        "ROW_VALUE_MISSING",
    );
    refused(|row| row.product = None, "Product", "ROW_VALUE_MISSING");
    refused(
        |row| row.company = some("None"),
        "Company",
        "ROW_VALUE_MISSING",
    );
    let sent = "Date sent to company";
    refused(
        |row| row.date_sent_to_company = some("é2345678"),
        sent,
        "ROW_DATE_INVALID",
    );
    refused(
        |row| row.complaint_id = None,
        "Complaint ID",
        "ROW_VALUE_MISSING",
    );
    let id = "ROW_COMPLAINT_ID_INVALID";
    refused(
        |row| row.complaint_id = some("they said"),
        "Complaint ID",
        id,
    );
    refused(
        |row| row.complaint_id = some(&"1".repeat(21)),
        "Complaint ID",
        id,
    );
    refused(
        |row| row.state = some("California"),
        "State",
        "ROW_STATE_INVALID",
    );
    refused(
        |row| row.timely_response = some("maybe"),
        "Timely response?",
        "ROW_ANSWER_INVALID",
    );
    refused(
        |row| row.consumer_disputed = some("1"),
        "Consumer disputed?",
        "ROW_ANSWER_INVALID",
    );
    assert_eq!(submission(&Row::default()).unwrap_err().len(), 4);
}

#[test]
fn a_row_from_the_future_is_refused_by_the_check() {
    let row = Row {
        date_received: Some("9999-12-31".into()),
        ..row()
    };
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let refusals = check(item(&row).submission, now).unwrap_err();
    assert_eq!(refusals[0].code(), "TIME_IN_THE_FUTURE");
    assert_eq!(refusals.len(), 1);
}

proptest! {
    #[test]
    fn no_row_makes_the_mapping_panic(values in prop::collection::vec("\\PC{0,12}", 18)) {
        let columns = COLUMNS.iter().zip(values);
        let object = columns.map(|(k, v)| ((*k).to_owned(), serde_json::Value::String(v)));
        let row: Row = serde_json::from_value(serde_json::Value::Object(object.collect())).unwrap();
        let _ = submission(&row);
    }

    #[test]
    fn every_day_is_read_from_both_spellings(day in 0_i32..60_000) {
        let date = jiff::civil::date(1900, 1, 1).saturating_add(jiff::Span::new().days(day));
        let american = format!("{:02}/{:02}/{:04}", date.month(), date.day(), date.year());
        let one = Row { date_received: Some(date.to_string()), ..row() };
        let other = Row { date_received: Some(american), ..row() };
        prop_assert_eq!(item(&one), item(&other));
    }
}
