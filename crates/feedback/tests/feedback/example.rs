//! One of everything, for the tests that need a value.

use redress_envelope::{Commitment, Money, VaultRef};
use redress_feedback::{
    Answer, Attachment, Channel, Event, ExternalReference, Feedback, ImportCompleted,
    ImportReopened, ImportStarted, InputAccepted, InputDiscarded, Kind, Measure, RejectedInput,
    RejectionReason, RemedyKind, RemedySought, ReportedHistory, ResponseClass, Score,
};

pub(crate) fn vault_ref(digit: u8) -> VaultRef {
    VaultRef {
        entry: format!("{digit:x}").repeat(32),
        commitment: Commitment([digit; 32]),
    }
}

/// As it is submitted; an event has a keyed hash for the digest.
pub(crate) fn full_report() -> ReportedHistory {
    ReportedHistory {
        source: "cfpb".into(),
        digest: "0123456789abcdef".repeat(4),
        response: Some("Closed with explanation".into()),
        response_class: ResponseClass::ClosedWithExplanation,
        timely: Answer::Yes,
        disputed: Answer::No,
        acknowledged_at: None,
        closed_at: None,
        sent_to_company_on: Some("2016-02-28".parse().unwrap()),
        sent_before_received: true,
        public_response: Some("Company chooses not to provide a public response".into()),
        submitted_narrative: true,
    }
}

pub(crate) fn full_feedback() -> Feedback {
    let some = |text: &str| Some(text.to_owned());
    Feedback {
        kind: Kind::Complaint,
        channel: Channel::Phone,
        reported_channel: some("Hotline"),
        product: some("Kettle"),
        sub_product: some("Kettle 2 l"),
        issue: some("Leaks"),
        sub_issue: some("At the spout"),
        site: some("Linz"),
        supplier: some("Brno Mouldings"),
        business_unit: some("Household"),
        segment: some("Retail"),
        jurisdiction: some("US-CA"),
        language: some("de-AT"),
        tags: vec!["environmental".into(), "Older American".into()],
        remedy_sought: Some(RemedySought {
            kind: RemedyKind::Refund,
            amount: Some(Money::new(1999, "EUR").unwrap()),
        }),
        immediate_action_taken: Some(true),
        scores: vec![
            Score {
                measure: Measure::Nps,
                value: 0,
            },
            Score {
                measure: Measure::Ces,
                value: 2,
            },
        ],
        attachments: vec![Attachment {
            content: vault_ref(2),
            media_type: "image/jpeg".into(),
            bytes: 48_213,
        }],
        accessibility_need: Some(true),
        vulnerable: Some(false),
        assisted_by: some("call_centre"),
        occurred_at: Some("2016-02-27T08:15:00.25Z".parse().unwrap()),
        occurred_on: None,
        received_at: "2016-02-29T00:00:00Z".parse().unwrap(),
        received_on: Some("2016-02-29".parse().unwrap()),
        aware_at: Some("2016-03-01T09:00:00Z".parse().unwrap()),
        reported: Some(ReportedHistory {
            digest: "89abcdef".repeat(4),
            acknowledged_at: Some("2016-02-29T15:00:00Z".parse().unwrap()),
            closed_at: Some("2016-03-09T10:00:00Z".parse().unwrap()),
            ..full_report()
        }),
        content: Some(vault_ref(1)),
        data_subject: some("00112233445566778899aabbccddeeff"),
        customer_hash: Some("ab".repeat(16)),
        external_references: vec![ExternalReference {
            system: "cfpb".into(),
            keyed_hash: "cd".repeat(16),
            source_hash: Some("ce".repeat(16)),
        }],
    }
}

pub(crate) fn bare_feedback() -> Feedback {
    Feedback {
        kind: Kind::Compliment,
        channel: Channel::Web,
        reported_channel: None,
        product: None,
        sub_product: None,
        issue: None,
        sub_issue: None,
        site: None,
        supplier: None,
        business_unit: None,
        segment: None,
        jurisdiction: None,
        language: None,
        tags: Vec::new(),
        remedy_sought: None,
        immediate_action_taken: None,
        scores: Vec::new(),
        attachments: Vec::new(),
        accessibility_need: None,
        vulnerable: None,
        assisted_by: None,
        occurred_at: None,
        occurred_on: None,
        received_at: "2026-11-21T19:40:00Z".parse().unwrap(),
        received_on: None,
        aware_at: None,
        reported: None,
        content: None,
        data_subject: None,
        customer_hash: None,
        external_references: Vec::new(),
    }
}

pub(crate) fn started() -> ImportStarted {
    ImportStarted {
        format: "cfpb".into(),
        source: "cfpb".into(),
        rules: "cfpb/1".into(),
        label: Some("complaints of 2026".into()),
    }
}

pub(crate) fn completed() -> ImportCompleted {
    ImportCompleted {
        rows: 10,
        new: 4,
        repeated: 3,
        updated: 2,
        rejected: 1,
        received_from: Some("2011-12-23".parse().unwrap()),
        received_to: Some("2026-03-02".parse().unwrap()),
    }
}

/// Those that can hold less, with nothing that they need not.
pub(crate) fn bare_events() -> Vec<Event> {
    let report = ReportedHistory {
        source: "crm-eu".into(),
        digest: "ba98".repeat(8),
        response: None,
        response_class: ResponseClass::Unknown,
        timely: Answer::Unknown,
        disputed: Answer::Unknown,
        acknowledged_at: None,
        closed_at: None,
        sent_to_company_on: None,
        sent_before_received: false,
        public_response: None,
        submitted_narrative: false,
    };
    let reported = Feedback {
        kind: Kind::Complaint,
        channel: Channel::Import,
        product: Some("Kettle".into()),
        reported: Some(report),
        ..bare_feedback()
    };
    let nothing = ImportCompleted {
        received_from: None,
        received_to: None,
        ..completed()
    };
    vec![
        Event::Received(Box::new(bare_feedback())),
        Event::HistoryReported(Box::new(reported)),
        Event::ImportStarted(ImportStarted {
            label: None,
            ..started()
        }),
        Event::ImportCompleted(nothing),
    ]
}

pub(crate) fn every_event() -> Vec<Event> {
    vec![
        Event::Received(Box::new(full_feedback())),
        Event::HistoryReported(Box::new(Feedback {
            occurred_at: None,
            occurred_on: Some("2016-02-27".parse().unwrap()),
            ..full_feedback()
        })),
        Event::ImportStarted(started()),
        Event::ImportReopened(ImportReopened {}),
        Event::ImportCompleted(completed()),
        Event::InputRejected(Box::new(rejected_input())),
        Event::RejectedInputAccepted(accepted()),
        Event::RejectedInputDiscarded(discarded()),
    ]
}

pub(crate) fn rejected_input() -> RejectedInput {
    let reason = |code: &str, field: &str, values: &[(&str, &str)]| RejectionReason {
        code: code.into(),
        field: Some(field.into()),
        values: values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    };
    RejectedInput {
        door: "nats".into(),
        source: Some("crm-eu".into()),
        reasons: vec![
            reason("FIELD_MALFORMED", "language", &[]),
            reason(
                "FIELD_OUT_OF_RANGE",
                "scores[0].value",
                &[("from", "0"), ("to", "10")],
            ),
        ],
        more_reasons: 3,
        received_at: "2026-11-21T19:40:00.125Z".parse().unwrap(),
        bytes: 417,
        message: vec![vault_ref(3), vault_ref(4)],
        data_subject: "00112233445566778899aabbccddeeff".into(),
        customer: Some("ffeeddccbbaa99887766554433221100".into()),
        inbound_key: "ef".repeat(16),
    }
}

pub(crate) fn accepted() -> InputAccepted {
    InputAccepted {
        feedback_id: format!("0-{}", "a1".repeat(16)),
        corrected: true,
        data_subject: "ffeeddccbbaa99887766554433221100".into(),
    }
}

pub(crate) fn discarded() -> InputDiscarded {
    InputDiscarded {
        reason: "test_message".into(),
    }
}
