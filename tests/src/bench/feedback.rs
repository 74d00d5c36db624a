//! Generated feedback as intake records it, without a service around it.

use fastrand::Rng;
use jiff::civil::date;
use redress_envelope::{Actor, Context, ItemId, Subject, derived_uuid};
use redress_feedback::{
    Answer, Channel, Event, ExternalReference, Feedback, Kind, ReportedHistory, ResponseClass,
};

use super::lives::{ISSUES, PRODUCTS, hex128, one_of, received_at, uuid, vault_ref};

/// One imported feedback: subject, context and event.
pub(crate) fn imported(number: u64) -> (Subject, Context, Event) {
    let mut rng = Rng::with_seed(number);
    let item = ItemId::new(0, derived_uuid("bench feedback", &[&number.to_string()]));
    let context = Context {
        request_id: Some(uuid(&mut rng).to_string()),
        request_digest: Some(hex128(&mut rng)),
        inbound_key: Some(hex128(&mut rng)),
        ..Context::by(Actor::Service("import".to_owned()))
    };
    let event = Event::Received(Box::new(feedback(&mut rng)));
    (Subject::item("feedback", item), context, event)
}

fn feedback(rng: &mut Rng) -> Feedback {
    let some = |text: &str| Some(text.to_owned());
    Feedback {
        kind: Kind::Complaint,
        channel: Channel::Web,
        reported_channel: None,
        product: some(one_of(rng, &PRODUCTS)),
        sub_product: some("General-purpose credit card or charge card"),
        issue: some(one_of(rng, &ISSUES)),
        sub_issue: some("Card was charged for something you did not purchase with the card"),
        site: None,
        supplier: None,
        business_unit: some(one_of(rng, &["BARCLAYS BANK DELAWARE", "EQUIFAX, INC."])),
        segment: None,
        jurisdiction: some(one_of(rng, &["US-CA", "US-MD", "US-WA"])),
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
        received_at: received_at(rng),
        received_on: None,
        aware_at: None,
        reported: Some(report(rng)),
        content: Some(vault_ref(rng)),
        data_subject: Some(hex128(rng)),
        customer_hash: None,
        external_references: vec![ExternalReference {
            system: "cfpb".to_owned(),
            keyed_hash: hex128(rng),
            source_hash: None,
        }],
    }
}

fn report(rng: &mut Rng) -> ReportedHistory {
    ReportedHistory {
        source: "cfpb".to_owned(),
        digest: hex128(rng),
        response: Some("Closed with explanation".to_owned()),
        response_class: ResponseClass::ClosedWithExplanation,
        timely: Answer::Yes,
        disputed: if rng.bool() {
            Answer::No
        } else {
            Answer::Unknown
        },
        acknowledged_at: None,
        closed_at: None,
        sent_to_company_on: Some(date(2016, 1, 1 + rng.i8(0..28))),
        sent_before_received: false,
        public_response: None,
        submitted_narrative: rng.bool(),
    }
}
