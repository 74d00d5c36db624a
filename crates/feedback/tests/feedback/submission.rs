//! Each rule of a submission, and that all are told at once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use redress_envelope::Money;
use redress_feedback::{
    Feedback, Kind, Refusal, ReportedHistory, Seal, Submission, SubmittedAttachment,
    SubmittedCustomer, SubmittedReference, SubmittedRemedy, SubmittedScore, Vocabulary, check,
};

use crate::example::{full_feedback, full_report};

pub(crate) fn now() -> Timestamp {
    "2026-11-21T19:40:00Z".parse().unwrap()
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a field of a submission is filled with it"
)]
pub(crate) fn some(text: impl Into<String>) -> Option<String> {
    Some(text.into())
}

pub(crate) fn plain() -> Submission {
    Submission {
        kind: some("complaint"),
        channel: some("phone"),
        description: some("It leaks"),
        ..Submission::default()
    }
}

/// The submission that [`full_feedback`] comes from.
pub(crate) fn full() -> Submission {
    let item = full_feedback();
    Submission {
        kind: some("complaint"),
        channel: some("phone"),
        reported_channel: item.reported_channel,
        product: item.product,
        sub_product: item.sub_product,
        issue: item.issue,
        sub_issue: item.sub_issue,
        site: item.site,
        supplier: item.supplier,
        business_unit: item.business_unit,
        segment: item.segment,
        jurisdiction: item.jurisdiction,
        language: item.language,
        tags: item.tags,
        remedy_sought: Some(SubmittedRemedy {
            kind: some("refund"),
            amount: item.remedy_sought.unwrap().amount,
        }),
        immediate_action: some("Sale of the batch stopped"),
        scores: vec![score("nps", 0), score("ces", 2)],
        attachments: vec![SubmittedAttachment {
            name: some("leak.jpg"),
            media_type: some("image/jpeg"),
            bytes: 48_213,
        }],
        accessibility_need: Some(true),
        vulnerable: Some(false),
        assisted_by: item.assisted_by,
        occurred_at: item.occurred_at,
        occurred_on: item.occurred_on,
        received_at: Some(item.received_at),
        received_on: item.received_on,
        aware_at: item.aware_at,
        reported: item.reported.map(|report| ReportedHistory {
            digest: full_report().digest,
            ..report
        }),
        description: some("It leaks"),
        customer: SubmittedCustomer {
            name: some("Ada Example"),
            ..SubmittedCustomer::default()
        },
        external_references: vec![SubmittedReference {
            system: some("cfpb"),
            source: some("/complaints"),
            id: some("7887"),
        }],
        unmapped: BTreeMap::new(),
    }
}

pub(crate) fn score(measure: &str, value: i64) -> SubmittedScore {
    SubmittedScore {
        measure: some(measure),
        value,
    }
}

pub(crate) fn refusals(submission: Submission) -> Vec<Refusal> {
    check(submission, now()).expect_err("the submission was accepted")
}

/// The submission is refused for this field and code, and for nothing else.
pub(crate) fn refused(change: impl FnOnce(&mut Submission), field: &str, code: &str) {
    let mut submission = plain();
    change(&mut submission);
    let found = refusals(submission);
    let told: Vec<_> = found.iter().map(|r| (r.field(), r.code())).collect();
    assert_eq!(told, [(Some(field), code)]);
    assert!(!found[0].remedy().is_empty());
    assert!(found[0].to_string().contains(field), "{}", found[0]);
}

#[test]
fn a_full_submission_becomes_a_full_item_without_anything_personal() {
    let checked = check(full(), now()).unwrap();
    assert_eq!(checked.content().customer.name, some("Ada Example"));
    assert_eq!(checked.content().attachment_names, ["leak.jpg"]);
    let action = some("Sale of the batch stopped");
    assert_eq!(checked.content().immediate_action, action);
    assert_eq!(checked.attachments().len(), 1);
    let unsealed = serde_json::to_string(checked.feedback()).unwrap();
    assert!(
        !unsealed.contains("Ada") && !unsealed.contains("7887"),
        "{unsealed}"
    );
    assert!(!unsealed.contains("It leaks") && !unsealed.contains("leak.jpg"));
    assert!(!unsealed.contains("batch stopped"), "{unsealed}");
    let item = full_feedback();
    let sealed = checked.seal(Seal {
        content: item.content.clone(),
        data_subject: item.data_subject.clone(),
        customer_hash: item.customer_hash.clone(),
        external_references: item.external_references.clone(),
        attachments: item.attachments.clone(),
        report_digest: item.reported.as_ref().map(|report| report.digest.clone()),
    });
    assert_eq!(sealed, item);
}

#[test]
fn blank_texts_count_as_absent_and_tags_are_told_apart() {
    let submission = Submission {
        product: some("  "),
        issue: some(" Leaks "),
        jurisdiction: some("us-ca"),
        language: some("DE-at"),
        immediate_action: some("\n "),
        tags: vec![" social".into(), "social".into(), String::new()],
        ..plain()
    };
    let checked = check(submission, now()).unwrap();
    let Feedback {
        product,
        issue,
        jurisdiction,
        language,
        immediate_action_taken,
        tags,
        ..
    } = checked.feedback();
    assert_eq!((product, issue), (&None, &some("Leaks")));
    assert_eq!(jurisdiction.as_deref(), Some("US-CA"));
    assert_eq!(language.as_deref(), Some("de-AT"));
    assert!(immediate_action_taken.is_none() && checked.content().immediate_action.is_none());
    assert_eq!(tags, &["social"]);
    assert_eq!(checked.feedback().received_at, now());
}

#[test]
fn words_must_be_known_and_the_refusal_lists_them() {
    refused(|s| s.kind = None, "kind", "FIELD_REQUIRED");
    refused(
        |s| s.kind = some("Complaint"),
        "kind",
        "FIELD_UNKNOWN_VALUE",
    );
    refused(
        |s| s.channel = some("hologram"),
        "channel",
        "FIELD_UNKNOWN_VALUE",
    );
    let amount = None;
    refused(
        |s| {
            s.remedy_sought = Some(SubmittedRemedy {
                kind: some("gold"),
                amount,
            });
        },
        "remedy_sought.kind",
        "FIELD_UNKNOWN_VALUE",
    );
    let found = refusals(Submission {
        kind: some("rant"),
        ..plain()
    });
    for word in Kind::KNOWN {
        assert!(found[0].remedy().contains(word));
    }
    assert!(!found[0].to_string().contains("rant"));
}

#[test]
fn texts_have_a_length_and_no_control_characters() {
    refused(
        |s| s.product = some("ä".repeat(201)),
        "product",
        "FIELD_TOO_LONG",
    );
    check(
        Submission {
            product: some("ä".repeat(200)),
            ..plain()
        },
        now(),
    )
    .unwrap();
    refused(
        |s| s.description = some("x".repeat(32_001)),
        "description",
        "FIELD_TOO_LONG",
    );
    refused(
        |s| s.description = some("a\0b"),
        "description",
        "FIELD_CONTROL_CHARACTER",
    );
    refused(|s| s.site = some("a\nb"), "site", "FIELD_CONTROL_CHARACTER");
    refused(
        |s| s.customer.name = some("a\u{7f}b"),
        "customer.name",
        "FIELD_CONTROL_CHARACTER",
    );
    check(
        Submission {
            description: some("a\tb\r\nc"),
            ..plain()
        },
        now(),
    )
    .unwrap();
    refused(
        |s| s.tags = vec!["x".into(), "y".repeat(61)],
        "tags[1]",
        "FIELD_TOO_LONG",
    );
    refused(|s| s.tags = vec!["x".into(); 21], "tags", "FIELD_TOO_MANY");
}

#[test]
fn every_text_has_its_own_limit() {
    let long = |chars: usize| some("x".repeat(chars));
    refused(
        |s| s.immediate_action = long(1_001),
        "immediate_action",
        "FIELD_TOO_LONG",
    );
    refused(
        |s| s.customer.address = long(1_001),
        "customer.address",
        "FIELD_TOO_LONG",
    );
    refused(
        |s| s.customer.phone = long(61),
        "customer.phone",
        "FIELD_TOO_LONG",
    );
    refused(
        |s| s.customer.email = long(201),
        "customer.email",
        "FIELD_TOO_LONG",
    );
    refused(
        |s| s.scores = vec![score("nps", 1); 11],
        "scores",
        "FIELD_TOO_MANY",
    );
    let file = SubmittedAttachment::default();
    refused(
        |s| s.attachments = vec![file; 21],
        "attachments",
        "FIELD_TOO_MANY",
    );
    let reference = SubmittedReference::default();
    let field = "external_references";
    refused(
        |s| s.external_references = vec![reference; 11],
        field,
        "FIELD_TOO_MANY",
    );
    let unmapped = |count: u8| (0..count).map(|n| (n.to_string(), "x".into())).collect();
    refused(|s| s.unmapped = unmapped(51), "unmapped", "FIELD_TOO_MANY");
    let mut report = full_report();
    report.public_response = long(1_001);
    refused(
        |s| s.reported = Some(report),
        "reported.public_response",
        "FIELD_TOO_LONG",
    );
}

#[test]
fn codes_have_a_shape() {
    refused(
        |s| s.language = some("german!"),
        "language",
        "FIELD_MALFORMED",
    );
    refused(
        |s| s.jurisdiction = some("US-Cali"),
        "jurisdiction",
        "FIELD_MALFORMED",
    );
    refused(
        |s| s.assisted_by = some("Ada Example"),
        "assisted_by",
        "FIELD_MALFORMED",
    );
    let reference = |system: &str, id: &str| SubmittedReference {
        system: some(system),
        source: None,
        id: some(id),
    };
    let system = "external_references[0].system";
    refused(
        |s| s.external_references = vec![reference("C F", "1")],
        system,
        "FIELD_MALFORMED",
    );
    refused(
        |s| s.external_references = vec![reference("", "1")],
        system,
        "FIELD_REQUIRED",
    );
    let id = "external_references[0].id";
    refused(
        |s| s.external_references = vec![reference("crm", " ")],
        id,
        "FIELD_REQUIRED",
    );
    let mut report = full_report();
    report.digest = "ABC".into();
    refused(
        |s| s.reported = Some(report),
        "reported.digest",
        "FIELD_MALFORMED",
    );
}

#[test]
fn scores_stay_on_their_scale() {
    for (measure, good, bad) in [
        ("nps", [0, 10], [-1, 11]),
        ("csat", [1, 5], [0, 6]),
        ("ces", [1, 7], [0, 8]),
    ] {
        for value in good {
            check(
                Submission {
                    scores: vec![score(measure, value)],
                    ..plain()
                },
                now(),
            )
            .unwrap();
        }
        for value in bad {
            let field = "scores[0].value";
            refused(
                |s| s.scores = vec![score(measure, value)],
                field,
                "FIELD_OUT_OF_RANGE",
            );
        }
    }
    refused(
        |s| s.scores = vec![score("mood", 1)],
        "scores[0].measure",
        "FIELD_UNKNOWN_VALUE",
    );
    refused(
        |s| s.kind = some("survey_response"),
        "scores",
        "SURVEY_WITHOUT_SCORE",
    );
}

#[test]
fn a_measure_is_answered_once() {
    for (first, second) in [(9, 2), (9, 9), (9, 11)] {
        refused(
            |s| s.scores = vec![score("nps", first), score("ces", 3), score("nps", second)],
            "scores[2].measure",
            "FIELD_REPEATED",
        );
    }
    let all = ["nps", "csat", "ces"].map(|measure| score(measure, 5));
    let submission = Submission {
        scores: all.to_vec(),
        ..plain()
    };
    assert_eq!(check(submission, now()).unwrap().feedback().scores.len(), 3);
}

#[test]
fn money_has_a_currency_and_a_size() {
    let money = |minor_units, currency: &str| {
        Some(SubmittedRemedy {
            kind: some("refund"),
            amount: Some(Money {
                minor_units,
                currency: currency.into(),
            }),
        })
    };
    let currency = "remedy_sought.amount.currency";
    refused(
        |s| s.remedy_sought = money(1, "eur"),
        currency,
        "FIELD_MALFORMED",
    );
    let amount = "remedy_sought.amount.minor_units";
    refused(
        |s| s.remedy_sought = money(-1, "EUR"),
        amount,
        "FIELD_OUT_OF_RANGE",
    );
    refused(
        |s| s.remedy_sought = money(i64::MAX, "EUR"),
        amount,
        "FIELD_OUT_OF_RANGE",
    );
}

#[test]
fn attachments_say_what_they_are_and_stay_small() {
    let file = |media_type: &str, bytes| SubmittedAttachment {
        name: None,
        media_type: some(media_type),
        bytes,
    };
    let path = "attachments[0].media_type";
    refused(
        |s| s.attachments = vec![file("jpeg", 1)],
        path,
        "FIELD_MALFORMED",
    );
    refused(
        |s| s.attachments = vec![file("", 1)],
        path,
        "FIELD_REQUIRED",
    );
    refused(
        |s| s.attachments = vec![file("a/b", 1 << 40)],
        "attachments[0].bytes",
        "FIELD_TOO_LARGE",
    );
}

#[test]
fn feedback_says_something() {
    let found = refusals(Submission {
        description: some("\n "),
        ..plain()
    });
    assert_eq!(found[0].code(), "FEEDBACK_SAYS_NOTHING");
    assert_eq!(found[0].field(), None);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let found = refusals(Submission {
        kind: some("rant"),
        language: some("?"),
        scores: vec![score("nps", 11), score("csat", 6)],
        received_at: Some(Timestamp::MAX),
        ..Submission::default()
    });
    let fields: Vec<_> = found.iter().filter_map(Refusal::field).collect();
    assert_eq!(
        fields,
        [
            "received_at",
            "kind",
            "channel",
            "scores[0].value",
            "scores[1].value",
            "language"
        ]
    );
}

#[test]
fn a_submission_as_json_refuses_fields_that_do_not_exist() {
    let read = |text| serde_json::from_str::<Submission>(text);
    let submission = read(r#"{"kind":"complaint","customer":{"email":"a@b.c"}}"#).unwrap();
    assert_eq!(submission.customer.email, some("a@b.c"));
    assert!(read(r#"{"kind":"complaint","customer":{"mail":"a@b.c"}}"#).is_err());
    assert!(read(r#"{"knid":"complaint"}"#).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_the_check_panic_and_what_passes_is_passed_again(
        kind in prop::sample::select(vec!["complaint", "survey_response", "", "x"]),
        words in prop::collection::vec("\\PC{0,40}|[a-zA-Z]{1,4}(-[A-Za-z0-9]{1,8}){0,3}", 6),
        seconds in -3_000_000_000_i64..3_000_000_000,
    ) {
        let submission = Submission {
            kind: some(kind),
            product: some(&*words[0]),
            jurisdiction: some(&*words[1]),
            language: some(&*words[2]),
            tags: vec![words[3].clone()],
            assisted_by: some(&*words[4]),
            description: some(&*words[5]),
            received_at: Timestamp::from_second(seconds).ok(),
            ..plain()
        };
        if let Ok(checked) = check(submission.clone(), now()) {
            let first = checked.feedback().clone();
            let again = Submission {
                product: first.product.clone(),
                jurisdiction: first.jurisdiction.clone(),
                language: first.language.clone(),
                tags: first.tags.clone(),
                ..submission
            };
            let again = check(again, now()).unwrap();
            prop_assert_eq!(again.feedback(), &first);
        }
    }
}
