//! What is refused: each row an input, the reason and the field.

use std::collections::BTreeMap;

use redress_wire::intake::v1::{
    Attachment, Customer, ExternalReference, RemedySought, ReportedHistory, Score, Submission,
    SubmitFeedbackRequest,
};
use redress_wire::value::v1::Money;
use tonic::Code;
use tonic_types::StatusExt;

use crate::running::{complaint, key, reason, request, running, time};

type Spoil = fn(&mut Submission);

fn attachment(name: &str, media_type: &str) -> Attachment {
    Attachment {
        name: name.into(),
        media_type: media_type.into(),
        ..Attachment::default()
    }
}

fn report() -> ReportedHistory {
    ReportedHistory {
        source: "cfpb".into(),
        digest: "0123456789abcdef".repeat(4),
        ..ReportedHistory::default()
    }
}

fn reported(s: &mut Submission) -> &mut ReportedHistory {
    s.reported.get_or_insert_with(report)
}

fn customer(s: &mut Submission) -> &mut Customer {
    s.customer.get_or_insert_default()
}

fn remedy(s: &mut Submission, kind: &str, minor_units: i64, currency: &str) {
    let amount = Some(Money {
        minor_units,
        currency: currency.into(),
    });
    s.remedy_sought = Some(RemedySought {
        kind: kind.into(),
        amount,
    });
}

fn score(measure: &str, value: i64) -> Score {
    Score {
        measure: measure.into(),
        value,
    }
}

fn unmapped(count: usize) -> BTreeMap<String, String> {
    (0..count).map(|n| (n.to_string(), "x".into())).collect()
}

const TABLE: &[(Spoil, &str, &str)] = &[
    (|s| s.kind = String::new(), "FIELD_REQUIRED", "kind"),
    (|s| s.kind = "grumble".into(), "FIELD_UNKNOWN_VALUE", "kind"),
    (|s| s.channel = "  ".into(), "FIELD_REQUIRED", "channel"),
    (
        |s| s.channel = "pigeon".into(),
        "FIELD_UNKNOWN_VALUE",
        "channel",
    ),
    (
        |s| s.reported_channel = "x".repeat(201),
        "FIELD_TOO_LONG",
        "reported_channel",
    ),
    (
        |s| s.description = "x".repeat(32_001),
        "FIELD_TOO_LONG",
        "description",
    ),
    (
        |s| s.description = "a\u{0}b".into(),
        "FIELD_CONTROL_CHARACTER",
        "description",
    ),
    (
        |s| s.language = "english!".into(),
        "FIELD_MALFORMED",
        "language",
    ),
    (
        |s| s.jurisdiction = "Germany".into(),
        "FIELD_MALFORMED",
        "jurisdiction",
    ),
    (|s| s.product = "x".repeat(201), "FIELD_TOO_LONG", "product"),
    (
        |s| s.sub_product = "a\nb".into(),
        "FIELD_CONTROL_CHARACTER",
        "sub_product",
    ),
    (|s| s.issue = "x".repeat(201), "FIELD_TOO_LONG", "issue"),
    (
        |s| s.sub_issue = "x".repeat(201),
        "FIELD_TOO_LONG",
        "sub_issue",
    ),
    (|s| s.site = "x".repeat(201), "FIELD_TOO_LONG", "site"),
    (
        |s| s.supplier = "x".repeat(201),
        "FIELD_TOO_LONG",
        "supplier",
    ),
    (
        |s| s.business_unit = "x".repeat(201),
        "FIELD_TOO_LONG",
        "business_unit",
    ),
    (|s| s.segment = "x".repeat(201), "FIELD_TOO_LONG", "segment"),
    (|s| s.tags = vec!["t".into(); 21], "FIELD_TOO_MANY", "tags"),
    (
        |s| s.tags = vec!["ok".into(), "x".repeat(61)],
        "FIELD_TOO_LONG",
        "tags[1]",
    ),
    (
        |s| s.immediate_action = "x".repeat(1_001),
        "FIELD_TOO_LONG",
        "immediate_action",
    ),
    (
        |s| s.assisted_by = "Mrs Jones".into(),
        "FIELD_MALFORMED",
        "assisted_by",
    ),
    (
        |s| s.occurred_at = Some(time("1899-12-31T00:00:00Z")),
        "TIME_TOO_EARLY",
        "occurred_at",
    ),
    (
        |s| s.received_at = Some(time("1969-12-31T00:00:00Z")),
        "TIME_TOO_EARLY",
        "received_at",
    ),
    (
        |s| s.received_at = Some(time("2026-06-02T00:00:00Z")),
        "TIME_IN_THE_FUTURE",
        "received_at",
    ),
    (
        |s| s.aware_at = Some(time("2027-01-01T00:00:00Z")),
        "TIME_IN_THE_FUTURE",
        "aware_at",
    ),
    (
        |s| s.occurred_at = Some(time("2026-05-21T00:00:00Z")),
        "TIME_BEFORE_OCCURRED",
        "received_at",
    ),
    (
        |s| s.occurred_on = "2026-5-1".into(),
        "FIELD_MALFORMED",
        "occurred_on",
    ),
    (
        |s| s.received_on = "2026-05-20T08:00".into(),
        "FIELD_MALFORMED",
        "received_on",
    ),
    (
        |s| s.received_on = "2026-05-29".into(),
        "TIME_NOT_ON_DAY",
        "received_at",
    ),
    (
        |s| s.received_at.as_mut().unwrap().nanos = -1,
        "TIME_MALFORMED",
        "received_at",
    ),
    (
        |s| s.received_at.as_mut().unwrap().seconds = i64::MAX,
        "TIME_MALFORMED",
        "received_at",
    ),
    (
        |s| s.kind = "survey_response".into(),
        "SURVEY_WITHOUT_SCORE",
        "scores",
    ),
    (
        |s| s.scores = vec![score("nps", 11)],
        "FIELD_OUT_OF_RANGE",
        "scores[0].value",
    ),
    (
        |s| s.scores = vec![score("stars", 1)],
        "FIELD_UNKNOWN_VALUE",
        "scores[0].measure",
    ),
    (
        |s| s.scores = vec![score("nps", 9), score("nps", 9)],
        "FIELD_REPEATED",
        "scores[1].measure",
    ),
    (
        |s| s.scores = vec![score("ces", 1); 11],
        "FIELD_TOO_MANY",
        "scores",
    ),
    (
        |s| remedy(s, "", 1, "EUR"),
        "FIELD_REQUIRED",
        "remedy_sought.kind",
    ),
    (
        |s| remedy(s, "gold", 1, "EUR"),
        "FIELD_UNKNOWN_VALUE",
        "remedy_sought.kind",
    ),
    (
        |s| remedy(s, "refund", 1, "euro"),
        "FIELD_MALFORMED",
        "remedy_sought.amount.currency",
    ),
    (
        |s| remedy(s, "refund", -1, "EUR"),
        "FIELD_OUT_OF_RANGE",
        "remedy_sought.amount.minor_units",
    ),
    (
        |s| s.attachments = vec![attachment("a", "")],
        "FIELD_REQUIRED",
        "attachments[0].media_type",
    ),
    (
        |s| s.attachments = vec![attachment("a", "text/plain"), attachment("b", "picture")],
        "FIELD_MALFORMED",
        "attachments[1].media_type",
    ),
    (
        |s| s.attachments = vec![attachment(&"x".repeat(201), "text/plain")],
        "FIELD_TOO_LONG",
        "attachments[0].name",
    ),
    (
        |s| s.attachments = vec![attachment("a", "text/plain"); 21],
        "FIELD_TOO_MANY",
        "attachments",
    ),
    (
        |s| customer(s).name = "x".repeat(201),
        "FIELD_TOO_LONG",
        "customer.name",
    ),
    (
        |s| customer(s).reference = "a\tb".into(),
        "FIELD_CONTROL_CHARACTER",
        "customer.reference",
    ),
    (
        |s| s.external_references = vec![ExternalReference::default(); 11],
        "FIELD_TOO_MANY",
        "external_references",
    ),
    (
        |s| s.external_references[0].system = "Orders!".into(),
        "FIELD_MALFORMED",
        "external_references[0].system",
    ),
    (
        |s| s.external_references[0].id = String::new(),
        "FIELD_REQUIRED",
        "external_references[0].id",
    ),
    (|s| s.unmapped = unmapped(51), "FIELD_TOO_MANY", "unmapped"),
    (
        |s| reported(s).source.clear(),
        "FIELD_REQUIRED",
        "reported.source",
    ),
    (
        |s| reported(s).digest.clear(),
        "FIELD_REQUIRED",
        "reported.digest",
    ),
    (
        |s| reported(s).digest = "ABC".into(),
        "FIELD_MALFORMED",
        "reported.digest",
    ),
    (
        |s| reported(s).response_class = "solved".into(),
        "FIELD_UNKNOWN_VALUE",
        "reported.response_class",
    ),
    (
        |s| reported(s).timely = "maybe".into(),
        "FIELD_UNKNOWN_VALUE",
        "reported.timely",
    ),
    (
        |s| reported(s).disputed = "Yes".into(),
        "FIELD_UNKNOWN_VALUE",
        "reported.disputed",
    ),
    (
        |s| reported(s).sent_to_company_on = "2026-02-30".into(),
        "FIELD_MALFORMED",
        "reported.sent_to_company_on",
    ),
    (
        |s| reported(s).response = "x".repeat(201),
        "FIELD_TOO_LONG",
        "reported.response",
    ),
];

#[tokio::test]
async fn each_broken_rule_is_told_with_its_reason_and_its_field() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    for (spoil, code, field) in TABLE {
        let mut submission = complaint();
        spoil(&mut submission);
        let status = running
            .client
            .submit_feedback(request(submission, ""))
            .await
            .unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{code} {field}");
        let expected = ((*code).to_owned(), Some(format!("submission.{field}")));
        assert_eq!(reason(&status), expected);
    }
    assert_eq!(
        running.intake.log().head().size,
        0,
        "nothing of it was recorded"
    );
    running.stop().await;
}

#[tokio::test]
async fn a_request_that_is_wrong_as_a_whole_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let inbound = |source: &str, id: &str| SubmitFeedbackRequest {
        inbound_key: Some(key(source, id)),
        ..request(complaint(), "")
    };
    let nothing_said = Submission {
        kind: "compliment".into(),
        channel: "web".into(),
        ..Submission::default()
    };
    let rows = [
        (
            SubmitFeedbackRequest::default(),
            "FIELD_REQUIRED",
            "submission",
        ),
        (
            request(nothing_said, ""),
            "FEEDBACK_SAYS_NOTHING",
            "submission",
        ),
        (
            request(complaint(), "two words"),
            "REQUEST_ID_INVALID",
            "request_id",
        ),
        (
            request(complaint(), &"x".repeat(129)),
            "REQUEST_ID_INVALID",
            "request_id",
        ),
        (inbound("", "1"), "FIELD_REQUIRED", "inbound_key.source"),
        (
            inbound("C R M", "1"),
            "FIELD_MALFORMED",
            "inbound_key.source",
        ),
        (inbound("crm", " "), "FIELD_REQUIRED", "inbound_key.id"),
        (
            inbound("crm", &"x".repeat(201)),
            "FIELD_TOO_LONG",
            "inbound_key.id",
        ),
        (
            inbound("crm", "a\nb"),
            "FIELD_CONTROL_CHARACTER",
            "inbound_key.id",
        ),
    ];
    for (message, code, field) in rows {
        let status = running.client.submit_feedback(message).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{code} {field}");
        assert_eq!(reason(&status), (code.to_owned(), Some(field.to_owned())));
    }
    let mut large = complaint();
    large.attachments = vec![Attachment {
        content: vec![1; 300 * 1024].into(),
        ..attachment("a", "text/plain")
    }];
    let status = running
        .client
        .submit_feedback(request(large, ""))
        .await
        .unwrap_err();
    assert_eq!(
        redress_service::Problem::from_status(&status).code,
        "MESSAGE_TOO_LARGE"
    );
    assert_eq!(running.intake.log().head().size, 0);
    running.stop().await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let mut submission = complaint();
    submission.kind = "grumble".into();
    submission.product = "x".repeat(201);
    reported(&mut submission).timely = "maybe".into();
    let status = running
        .client
        .submit_feedback(request(submission, ""))
        .await
        .unwrap_err();
    let details = status.get_error_details();
    let violations = &details.bad_request().unwrap().field_violations;
    let told: Vec<_> = violations
        .iter()
        .map(|it| (it.reason.as_str(), it.field.as_str()))
        .collect();
    let expected = [
        ("FIELD_UNKNOWN_VALUE", "submission.reported.timely"),
        ("FIELD_UNKNOWN_VALUE", "submission.kind"),
        ("FIELD_TOO_LONG", "submission.product"),
    ];
    assert_eq!(told, expected);
    assert_eq!(details.error_info().unwrap().reason, "FIELD_UNKNOWN_VALUE");
    running.stop().await;
}
