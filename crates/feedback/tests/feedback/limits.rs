//! The largest submission that the rules allow still fits what must hold it.

use redress_feedback::{
    Attachment, Content, Event, ExternalReference, Measure, Seal, Submission, SubmittedAttachment,
    SubmittedReference, Vocabulary, check, encode,
};

use crate::example::{full_feedback, full_report, vault_ref};
use crate::submission::{full, now, refusals, score, some};

/// Everything as long as the rules allow, in characters that take the most room.
fn largest() -> Submission {
    let wide = |chars: usize| some("\u{1F4A5}".repeat(chars));
    let code = || some("x".repeat(60));
    let name = || wide(200);
    let reference = || SubmittedReference {
        system: code(),
        source: name(),
        id: name(),
    };
    let file = || SubmittedAttachment {
        name: name(),
        media_type: some(format!("{}/{}", "a".repeat(100), "b".repeat(100))),
        bytes: 25 << 20,
    };
    let mut report = full_report();
    (report.source, report.response) = ("x".repeat(40), name());
    report.public_response = wide(1000);
    Submission {
        reported_channel: name(),
        product: name(),
        sub_product: name(),
        issue: name(),
        sub_issue: name(),
        site: name(),
        supplier: name(),
        business_unit: name(),
        segment: name(),
        tags: (0..20_u8)
            .map(|n| format!("{}{n:02}", "\u{1F4A5}".repeat(58)))
            .collect(),
        immediate_action: wide(1000),
        // Every measure that there is; none counts twice.
        scores: Measure::KNOWN.iter().map(|it| score(it, 5)).collect(),
        attachments: (0..20).map(|_| file()).collect(),
        assisted_by: code(),
        reported: Some(report),
        description: wide(32_000),
        external_references: (0..10).map(|_| reference()).collect(),
        ..full()
    }
}

#[test]
fn the_largest_item_fits_a_record_and_the_largest_content_its_limit() {
    let checked = check(largest(), now()).unwrap();
    assert!(checked.content().encode().len() <= Content::MAX_BYTES);
    let reference = full_feedback().external_references[0].clone();
    let attachment = |media_type: &Option<String>| Attachment {
        content: vault_ref(3),
        media_type: media_type.clone().unwrap(),
        bytes: 25 << 20,
    };
    let files = checked
        .attachments()
        .iter()
        .map(|file| attachment(&file.media_type));
    let seal = Seal {
        content: Some(vault_ref(1)),
        data_subject: some("d".repeat(32)),
        customer_hash: some("ab".repeat(16)),
        external_references: vec![
            ExternalReference {
                system: "x".repeat(60),
                ..reference
            };
            10
        ],
        attachments: files.collect(),
        report_digest: Some("ef".repeat(16)),
    };
    let item = checked.seal(seal);
    assert_eq!(item.reported.as_ref().unwrap().digest, "ef".repeat(16));
    let bytes = encode(&Event::Received(Box::new(item))).data.get().len();
    // The envelope takes about 600 bytes and its request id may be long.
    assert!(bytes < redress_envelope::MAX_RECORD_BYTES - 8192, "{bytes}");
}

#[test]
fn content_over_its_limit_is_refused() {
    let unmapped = (0..50).map(|n| {
        (
            format!("{n}{}", "\u{1F4A5}".repeat(190)),
            "\u{1F4A5}".repeat(1000),
        )
    });
    let found = refusals(Submission {
        unmapped: unmapped.collect(),
        ..largest()
    });
    assert_eq!(found[0].code(), "FIELD_TOO_LARGE");
}
