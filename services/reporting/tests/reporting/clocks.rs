//! What was promised and what became of it, now and as it was.

use std::convert::Infallible;

use jiff::Timestamp;
use redress_complaint::{self as complaint, Reference};
use redress_envelope::{Actor, Context, Draft, ItemId, Record, Subject};
use redress_event_log::{Command, Life, UnreadableEvent};
use redress_policy::Engine;
use redress_policy::clock::event::{Due, Paused, Started, Stopped, Terms};
use redress_policy::clock::{self, Event};
use redress_reporting::Reporting;
use redress_wire::log::v1::{AsOf, as_of};
use redress_wire::reporting::v1 as wire;
use redress_wire::reporting::v1::reporting_service_server::ReportingService;
use tonic::Request;

use crate::world::{Place, World, about, at, caught_up, item, slices};

/// A complaint with its clocks, as workflow writes it.
struct Whole;

enum Kept {
    Complaint(complaint::Event),
    Clock(Event),
}

impl Life for Whole {
    type State = ();
    type Event = Kept;

    fn decode(record: &Record) -> Result<Kept, UnreadableEvent> {
        Ok(if Event::KINDS.contains(&&*record.kind) {
            Kept::Clock(Event::decode(&record.kind, &record.data).unwrap())
        } else {
            Kept::Complaint(complaint::decode(&record.kind, &record.data).unwrap())
        })
    }

    fn encode(event: &Kept) -> Draft {
        match event {
            Kept::Complaint(event) => complaint::encode(event),
            Kept::Clock(event) => event.encode(),
        }
    }

    fn evolve((): &mut (), _: &Kept) {}
}

async fn record(world: &World, item: ItemId, events: Vec<Kept>) {
    let context = Context::by(Actor::System);
    let command = Command::new(Subject::item("complaint", item), context);
    let decide = move |(): &(), _| Ok::<_, Infallible>(events);
    let done = world.workflow.transact::<Whole, _>(command, decide).await;
    done.unwrap();
}

/// A complaint of a product, received then, with one clock of ten days that begins with it.
async fn receive(world: &World, name: &str, product: &str, received: &str) -> ItemId {
    let (item, said) = (item(name), about(product, received));
    let cause = world.say(item, &said).await;
    let opened = complaint::event::Opened {
        feedback: item,
        reference: Reference::of_position(2026, cause.position).unwrap(),
        about: slices(&said),
    };
    let opened = Kept::Complaint(complaint::Event::Opened(opened));
    record(
        world,
        item,
        vec![opened, Kept::Clock(started(at(received)))],
    )
    .await;
    item
}

fn due(from: Timestamp) -> Due {
    Due {
        due_at: from + jiff::SignedDuration::from_hours(240),
        warnings: Vec::new(),
        engine: Engine::current(),
    }
}

const CLOCK: &str = "ours/answer";

fn started(from: Timestamp) -> Event {
    Event::Started(Started {
        clock: CLOCK.to_owned(),
        by: "received".to_owned(),
        occurred_at: from,
        terms: Terms {
            policy: "ours@1:9f86d081884c".to_owned(),
            target: "10 calendar days".parse().unwrap(),
            calendar: "always".to_owned(),
            warn_at_percent: Vec::new(),
        },
        due: due(from),
    })
}

fn stopped(from: &str, is_fulfilled: bool, when: &str) -> Event {
    let due = due(at(from));
    Event::Stopped(Stopped {
        clock: CLOCK.to_owned(),
        by: "decision_communicated".to_owned(),
        is_fulfilled,
        occurred_at: at(when),
        is_in_time: at(when) <= due.due_at,
        due,
        due_by_hand: None,
    })
}

async fn ask(reporting: &Reporting, request: wire::GetClocksRequest) -> wire::GetClocksResponse {
    let answer = reporting
        .endpoints()
        .get_clocks(Request::new(request))
        .await;
    answer.unwrap().into_inner()
}

fn counts(of: [u64; 7]) -> wire::ClockCounts {
    let [started, met, late, late_still, cancelled, running, paused] = of;
    wire::ClockCounts {
        started,
        met,
        late,
        late_still,
        cancelled,
        running,
        paused,
    }
}

#[tokio::test]
async fn promises_are_counted_by_clock_and_month_and_as_they_stood() {
    let (dir, place) = (tempfile::tempdir().unwrap(), Place::new());
    let world = World::new(dir.path(), "2026-03-05T00:00:00Z");
    let (march, april) = ("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z");
    let met = receive(&world, "met", "Kettle", march).await;
    let late = receive(&world, "late", "Kettle", march).await;
    let cancelled = receive(&world, "cancelled", "Toaster", march).await;
    receive(&world, "forgotten", "Toaster", march).await;
    let before = world.token();
    let stop = |is_fulfilled, when| vec![Kept::Clock(stopped(march, is_fulfilled, when))];
    world.clock.set("2026-04-05T00:00:00Z");
    record(&world, met, stop(true, "2026-03-11T00:00:00Z")).await;
    record(&world, late, stop(true, "2026-03-11T00:00:01Z")).await;
    record(&world, cancelled, stop(false, "2026-03-02T00:00:00Z")).await;
    receive(&world, "running", "Kettle", april).await;
    let paused = receive(&world, "paused", "Kettle", april).await;
    let pause = clock::Event::Paused(Paused {
        clock: CLOCK.to_owned(),
        cause: "on_hold".to_owned(),
        occurred_at: at("2026-04-02T00:00:00Z"),
    });
    record(&world, paused, vec![Kept::Clock(pause)]).await;
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;

    let now = ask(&reporting, wire::GetClocksRequest::default()).await;
    let [only] = &now.clocks[..] else {
        panic!("{now:?}")
    };
    assert_eq!((&*only.policy, &*only.clock), ("ours", "answer"));
    assert_eq!(only.total, Some(counts([6, 1, 2, 1, 1, 1, 1])));
    let points: Vec<_> = only
        .points
        .iter()
        .map(|it| (&*it.start, it.counts.unwrap()))
        .collect();
    let of_march = counts([4, 1, 2, 1, 1, 0, 0]);
    let of_april = counts([2, 0, 0, 0, 0, 1, 1]);
    assert_eq!(points, [("2026-03-01", of_march), ("2026-04-01", of_april)]);

    // As it was known then, none had ended and none was due.
    let then = wire::GetClocksRequest {
        as_of: Some(AsOf {
            point: Some(as_of::Point::Token(before)),
        }),
        ..Default::default()
    };
    let then = ask(&reporting, then).await;
    assert_eq!(then.clocks[0].total, Some(counts([4, 0, 0, 0, 0, 4, 0])));

    // Of one product, and of what was received in April.
    let kettles = wire::Scope {
        slices: vec![wire::SliceValue {
            dimension: "product".to_owned(),
            value: "Kettle".to_owned(),
        }],
        ..Default::default()
    };
    let of_april = wire::Scope {
        received_from: Some(redress_wire::time_to_wire(at(april))),
        ..kettles.clone()
    };
    for (scope, expected) in [
        (kettles, counts([4, 1, 1, 0, 0, 1, 1])),
        (of_april, counts([2, 0, 0, 0, 0, 1, 1])),
    ] {
        let request = wire::GetClocksRequest {
            scope: Some(scope),
            ..Default::default()
        };
        let told = ask(&reporting, request).await;
        assert_eq!(told.clocks[0].total, Some(expected));
    }
    reporting.close().await.unwrap();
}
