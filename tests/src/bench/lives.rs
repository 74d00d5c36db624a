//! Generated complaints, each with the whole of an ordinary life. A number always gives the same one.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use redress_complaint::{
    Assessment, Cause as WhyItHappened, CloseBasis, ConflictDeclaration, Event, ImmediateAction,
    Level, Outcome, Reference, RemedyKind, RemedyOffer, SafetyImplication, Severity, Slices,
    event as happened,
};
use redress_envelope::{
    Actor, Cause, Commitment, Context, ItemId, LogId, Money, Subject, VaultRef, derived_uuid,
};
use uuid::Uuid;

/// Events in each life.
pub(crate) const EVENTS: u64 = 8;

pub(crate) const PRODUCTS: [&str; 8] = [
    "Kettle K2",
    "Toaster T1",
    "Coffee grinder G4",
    "Credit card",
    "Checking or savings account",
    "Mortgage",
    "Debt collection",
    "Vacuum cleaner V9",
];
pub(crate) const ISSUES: [&str; 10] = [
    "Leaks",
    "Does not heat",
    "Arrived damaged",
    "Billing dispute",
    "Closing the account",
    "Incorrect information on your report",
    "Late delivery",
    "Rude staff",
    "Noise",
    "Communication tactics",
];
const CHANNELS: [&str; 5] = ["web", "phone", "email", "letter", "chat"];
const LANGUAGES: [&str; 5] = ["de-AT", "en", "fr-CH", "nl", "es"];
const SITES: [&str; 4] = ["Linz", "Brno", "Graz", "Lyon"];

/// One command of a life.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) context: Context,
    pub(crate) event: Event,
}

#[derive(Debug, Clone)]
pub(crate) struct ComplaintLife {
    pub(crate) subject: Subject,
    pub(crate) steps: Vec<Step>,
}

pub(crate) fn one_of<'a>(rng: &mut Rng, words: &[&'a str]) -> &'a str {
    words[rng.usize(..words.len())]
}

/// A time within three years.
pub(crate) fn received_at(rng: &mut Rng) -> Timestamp {
    let second = 1_700_000_000 + rng.i64(0..3 * 365 * 86_400);
    Timestamp::new(second, rng.i32(0..1_000_000) * 1_000).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(crate) fn uuid(rng: &mut Rng) -> Uuid {
    uuid::Builder::from_random_bytes(rng.u128(..).to_be_bytes()).into_uuid()
}

pub(crate) fn hex128(rng: &mut Rng) -> String {
    format!("{:032x}", rng.u128(..))
}

pub(crate) fn vault_ref(rng: &mut Rng) -> VaultRef {
    let mut commitment = [0; 32];
    rng.fill(&mut commitment);
    VaultRef {
        entry: hex128(rng),
        commitment: Commitment(commitment),
    }
}

/// A command that a person gave through the door of the service.
pub(crate) fn by_a_person(rng: &mut Rng) -> Context {
    Context {
        request_id: Some(uuid(rng).to_string()),
        request_digest: Some(hex128(rng)),
        traceparent: Some(format!("00-{}-{:016x}-01", hex128(rng), rng.u64(..))),
        ..Context::by(Actor::User(format!("handler-{}", rng.u32(0..200))))
    }
}

pub(crate) fn complaint(number: u64) -> ComplaintLife {
    let mut rng = Rng::with_seed(number);
    let item = ItemId::new(0, derived_uuid("bench complaint", &[&number.to_string()]));
    let received_at = received_at(&mut rng);
    let opened = Step {
        context: Context {
            causation: Some(Cause {
                log: LogId(derived_uuid("bench intake log", &[])),
                partition: 0,
                position: number,
            }),
            ..Context::by(Actor::Service("workflow".to_owned()))
        },
        event: opened(&mut rng, item, received_at, number),
    };
    let mut occurred_at = received_at;
    let mut steps = vec![opened];
    for event in HANDLING {
        occurred_at += SignedDuration::from_secs(rng.i64(600..200_000));
        let event = event(&mut rng, occurred_at);
        steps.push(Step {
            context: by_a_person(&mut rng),
            event,
        });
    }
    ComplaintLife {
        subject: Subject::item("complaint", item),
        steps,
    }
}

fn opened(rng: &mut Rng, feedback: ItemId, received_at: Timestamp, number: u64) -> Event {
    let some = |text: &str| Some(text.to_owned());
    let about = Slices {
        product: some(one_of(rng, &PRODUCTS)),
        issue: some(one_of(rng, &ISSUES)),
        site: some(one_of(rng, &SITES)),
        language: some(one_of(rng, &LANGUAGES)),
        jurisdiction: some(one_of(rng, &["AT", "US-CA", "FR", "GB"])),
        remedy_sought: rng.bool().then(|| "refund".to_owned()),
        vulnerable: (rng.u8(0..20) == 0).then_some(true),
        ..Slices::new(received_at, "complaint", one_of(rng, &CHANNELS))
    };
    let year = received_at.to_zoned(jiff::tz::TimeZone::UTC).year();
    let reference =
        Reference::of_position(year, number).expect("a year and a number within the range");
    Event::Opened(happened::Opened {
        feedback,
        reference,
        about: Box::new(about),
    })
}

const HANDLING: [fn(&mut Rng, Timestamp) -> Event; EVENTS as usize - 1] = [
    acknowledged,
    assigned,
    assessed,
    investigated,
    proposed,
    communicated,
    closed,
];

fn acknowledged(rng: &mut Rng, occurred_at: Timestamp) -> Event {
    let channel = one_of(rng, &CHANNELS).to_owned();
    Event::Acknowledged(happened::Acknowledged {
        channel,
        occurred_at,
    })
}

fn assigned(rng: &mut Rng, occurred_at: Timestamp) -> Event {
    let handler = Some(Actor::User(format!("handler-{}", rng.u32(0..200))));
    let queue = Some(one_of(rng, &["first-line", "claims", "quality"]).to_owned());
    Event::Assigned(happened::Assigned {
        handler,
        queue,
        occurred_at,
    })
}

fn assessed(rng: &mut Rng, occurred_at: Timestamp) -> Event {
    let immediate_action = if rng.u8(0..10) == 0 {
        ImmediateAction::Needed {
            what: vault_ref(rng),
        }
    } else {
        ImmediateAction::NotNeeded
    };
    let assessment = Assessment {
        severity: Severity::ALL[rng.usize(..Severity::ALL.len())].clone(),
        safety_implication: SafetyImplication::None,
        complexity: Level::ALL[rng.usize(..Level::ALL.len())].clone(),
        impact: Level::ALL[rng.usize(..Level::ALL.len())].clone(),
        immediate_action,
    };
    Event::Assessed(happened::Assessed {
        assessment,
        because: None,
        occurred_at,
        proposed_severity: None,
        severity_reason: None,
    })
}

fn investigated(rng: &mut Rng, occurred_at: Timestamp) -> Event {
    Event::InvestigationStarted(happened::InvestigationStarted {
        investigator: Actor::User(format!("handler-{}", rng.u32(0..200))),
        declaration: ConflictDeclaration::NoConflict,
        occurred_at,
    })
}

fn proposed(rng: &mut Rng, occurred_at: Timestamp) -> Event {
    let offer = RemedyOffer {
        kind: RemedyKind::Refund,
        amount: Money::new(rng.i64(100..100_000), "EUR").ok(),
        promised_by: None,
    };
    Event::ResponseProposed(happened::ResponseProposed {
        remedies: vec![happened::NumberedRemedy {
            remedy: 1,
            offer,
            approval_limit: None,
        }],
        offered_by: None,
        refusal: None,
        cause: WhyItHappened::Established {
            code: "seal_worn".to_owned(),
        },
        occurred_at,
    })
}

fn communicated(rng: &mut Rng, occurred_at: Timestamp) -> Event {
    let outcomes = [Outcome::Upheld, Outcome::PartlyUpheld, Outcome::NotUpheld];
    Event::DecisionCommunicated(happened::DecisionCommunicated {
        outcome: outcomes[rng.usize(..outcomes.len())].clone(),
        channel: one_of(rng, &CHANNELS).to_owned(),
        recourse_explained: true,
        external_recourse: None,
        occurred_at,
    })
}

fn closed(rng: &mut Rng, occurred_at: Timestamp) -> Event {
    let basis = CloseBasis::ALL[rng.usize(..CloseBasis::ALL.len())].clone();
    Event::Closed(happened::Closed { basis, occurred_at })
}
