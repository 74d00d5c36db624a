//! Logs as intake and workflow write them, without either, and a reporting that follows them.

use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use redress_complaint::{self as complaint, Command as Ask, Reference, Rules, Slices};
use redress_envelope::{Actor, Context, Draft, ItemId, LogId, Record, Subject, derived_uuid};
use redress_event_log::{
    BoxFuture, Clock, Command, Life, Log, LogConfig, Source, SourceError, Stored, UnreadableEvent,
};
use redress_feedback::{
    Answer, Channel, Event, Feedback, ImportCompleted, ImportReopened, ImportStarted, Kind,
    ReportedHistory, ResponseClass, Vocabulary,
};
use redress_reporting::{Reporting, ReportingConfig, ReportingDeps};
use redress_store::{MemoryStore, Store};

/// A clock that is set by hand and never gives the same time twice.
#[derive(Debug)]
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn at(time: &str) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(at(time).as_microsecond())))
    }

    pub(crate) fn set(&self, time: &str) {
        self.0.store(at(time).as_microsecond(), Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.fetch_add(1, Ordering::Relaxed)).unwrap()
    }
}

pub(crate) fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

/// The streams of intake; what is decided is decided here.
pub(crate) struct Intake;

impl Life for Intake {
    type State = ();
    type Event = Event;

    fn decode(record: &Record) -> Result<Event, UnreadableEvent> {
        Ok(redress_feedback::decode(&record.kind, &record.data).unwrap())
    }

    fn encode(event: &Event) -> Draft {
        redress_feedback::encode(event)
    }

    fn evolve((): &mut (), _: &Event) {}
}

pub(crate) struct Complaints;

impl Life for Complaints {
    type State = complaint::State;
    type Event = complaint::Event;

    fn decode(record: &Record) -> Result<complaint::Event, UnreadableEvent> {
        Ok(complaint::decode(&record.kind, &record.data).unwrap())
    }

    fn encode(event: &complaint::Event) -> Draft {
        complaint::encode(event)
    }

    fn evolve(state: &mut complaint::State, event: &complaint::Event) {
        complaint::evolve(state, event);
    }
}

/// What a later version may write.
struct Unknown;

impl Life for Unknown {
    type State = ();
    type Event = ();

    fn decode(_: &Record) -> Result<(), UnreadableEvent> {
        Ok(())
    }

    fn encode((): &()) -> Draft {
        let data = serde_json::value::to_raw_value(&serde_json::json!({"some": "thing"})).unwrap();
        Draft {
            kind: "redress.feedback.praised.v9",
            data,
        }
    }

    fn evolve((): &mut (), (): &()) {}
}

/// Intake's log and workflow's.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) intake: Log,
    pub(crate) workflow: Log,
    pub(crate) clock: Arc<HandClock>,
}

pub(crate) fn log_id(name: &str) -> LogId {
    LogId(derived_uuid("log of a test", &[name]))
}

fn open_log(dir: &Path, service: &str, clock: Arc<HandClock>) -> Log {
    let config = LogConfig {
        folder: dir.join(service).join("log"),
        tenant: "default".to_owned(),
        service: service.to_owned(),
        partition: 0,
        new_log_id: log_id(service),
        segment_records: 256,
        queue: 8192,
        state_cache_bytes: 8 << 20,
    };
    Log::open_with(config, Arc::new(MemoryStore::default()), clock).unwrap()
}

pub(crate) fn item(name: &str) -> ItemId {
    ItemId::derived(0, "item of a test", &[name])
}

/// A complaint that says nothing but when and where from.
pub(crate) fn feedback(received: &str) -> Feedback {
    let bare = serde_json::json!({"kind": "complaint", "channel": "web", "received_at": received});
    serde_json::from_value(bare).unwrap()
}

pub(crate) fn about(product: &str, received: &str) -> Feedback {
    Feedback {
        product: Some(product.to_owned()),
        ..feedback(received)
    }
}

pub(crate) fn report(class: ResponseClass, digest: &str) -> ReportedHistory {
    ReportedHistory {
        source: "cfpb".to_owned(),
        digest: digest.to_owned(),
        response: Some(class.as_str().replace('_', " ")),
        response_class: class,
        timely: Answer::Yes,
        disputed: Answer::Unknown,
        acknowledged_at: None,
        closed_at: None,
        sent_to_company_on: None,
        sent_before_received: false,
        public_response: None,
        submitted_narrative: false,
    }
}

pub(crate) fn slices(it: &Feedback) -> Box<Slices> {
    Box::new(Slices {
        product: it.product.clone(),
        sub_product: it.sub_product.clone(),
        issue: it.issue.clone(),
        sub_issue: it.sub_issue.clone(),
        site: it.site.clone(),
        supplier: it.supplier.clone(),
        business_unit: it.business_unit.clone(),
        segment: it.segment.clone(),
        jurisdiction: it.jurisdiction.clone(),
        language: it.language.clone(),
        ..Slices::new(it.received_at, it.kind.as_str(), it.channel.as_str())
    })
}

impl World {
    pub(crate) fn new(dir: &Path, time: &str) -> Self {
        let clock = HandClock::at(time);
        Self {
            intake: open_log(dir, "intake", Arc::clone(&clock)),
            workflow: open_log(dir, "workflow", Arc::clone(&clock)),
            clock,
        }
    }

    pub(crate) async fn intake_event(&self, subject: Subject, event: Event) -> Record {
        let command = Command::new(subject, Context::by(Actor::System));
        let decide = move |(): &(), _| Ok::<_, Infallible>(vec![event]);
        self.intake
            .transact::<Intake, _>(command, decide)
            .await
            .unwrap()
            .records
            .remove(0)
    }

    /// Intake records feedback; workflow has not seen it yet.
    pub(crate) async fn say(&self, item: ItemId, feedback: &Feedback) -> Record {
        let subject = Subject::item("feedback", item);
        self.intake_event(subject, Event::Received(Box::new(feedback.clone())))
            .await
    }

    pub(crate) async fn say_again(&self, item: ItemId, feedback: &Feedback) -> Record {
        let subject = Subject::item("feedback", item);
        self.intake_event(subject, Event::HistoryReported(Box::new(feedback.clone())))
            .await
    }

    /// Workflow decides; false if it refuses or there is nothing to do.
    pub(crate) async fn ask(
        &self,
        item: ItemId,
        ask: impl Into<Ask>,
        cause: Option<&Record>,
    ) -> bool {
        let causation = cause.map(Record::as_cause);
        let context = Context {
            causation,
            ..Context::by(Actor::System)
        };
        let command = Command::new(Subject::item("complaint", item), context);
        let ask = ask.into();
        let done = self
            .workflow
            .transact::<Complaints, _>(command, move |state, moment| {
                complaint::decide(state, &ask, &Rules::default(), moment.time)
            })
            .await;
        done.is_ok_and(|done| !done.records.is_empty())
    }

    /// What workflow does with a complaint that intake recorded.
    pub(crate) async fn open(&self, item: ItemId, feedback: &Feedback, cause: &Record) {
        let reference = Reference::of_position(2026, cause.position).unwrap();
        let about = slices(feedback);
        let opened = match &feedback.reported {
            None => {
                let open = complaint::command::Open {
                    feedback: item,
                    reference,
                    about,
                };
                self.ask(item, open, Some(cause)).await
            }
            Some(report) => {
                let history = report.clone();
                let take_over = complaint::command::TakeOver {
                    feedback: item,
                    reference,
                    about,
                    history,
                };
                self.ask(item, take_over, Some(cause)).await
            }
        };
        assert!(opened);
    }

    /// Both: recorded, and opened if it is a complaint.
    pub(crate) async fn receive(&self, item: ItemId, feedback: &Feedback) -> Record {
        let record = self.say(item, feedback).await;
        if feedback.kind == Kind::Complaint {
            self.open(item, feedback, &record).await;
        }
        record
    }

    /// Another report, taken up by workflow.
    pub(crate) async fn report_again(&self, item: ItemId, feedback: &Feedback) {
        let cause = self.say_again(item, feedback).await;
        let history = feedback.reported.clone().unwrap();
        self.ask(
            item,
            complaint::command::ReportHistory { history },
            Some(&cause),
        )
        .await;
    }

    pub(crate) async fn begin_import(&self, name: &str) {
        let started = ImportStarted {
            format: "cfpb".to_owned(),
            source: name.to_owned(),
            rules: "cfpb/1".to_owned(),
            label: None,
        };
        let subject = Subject::item("import", item(name));
        self.intake_event(subject, Event::ImportStarted(started))
            .await;
    }

    pub(crate) async fn begin_import_again(&self, name: &str) {
        let subject = Subject::item("import", item(name));
        self.intake_event(subject, Event::ImportReopened(ImportReopened {}))
            .await;
    }

    pub(crate) async fn end_import(&self, name: &str) {
        let completed = ImportCompleted {
            rows: 0,
            new: 0,
            repeated: 0,
            updated: 0,
            rejected: 0,
            received_from: None,
            received_to: None,
        };
        let subject = Subject::item("import", item(name));
        self.intake_event(subject, Event::ImportCompleted(completed))
            .await;
    }

    pub(crate) async fn say_something_new(&self) {
        let subject = Subject::item("feedback", item("unknown"));
        let command = Command::new(subject, Context::by(Actor::System));
        let decide = |(): &(), _| Ok::<_, Infallible>(vec![()]);
        self.intake
            .transact::<Unknown, _>(command, decide)
            .await
            .unwrap();
    }

    pub(crate) fn token(&self) -> String {
        let mut token = self.intake.token(self.intake.head().size);
        token.merge(&self.workflow.token(self.workflow.head().size));
        token.to_string()
    }
}

pub(crate) async fn records(log: &Log) -> Vec<Record> {
    let stored = log.read(0, usize::MAX, usize::MAX).await.unwrap();
    stored
        .iter()
        .map(|stored| Record::decode(&stored.bytes).unwrap())
        .collect()
}

/// A log that ended at some size.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) log: Log,
    pub(crate) size: u64,
}

impl Source for Ended {
    fn place(&self) -> String {
        self.log.place()
    }

    fn log(&self) -> LogId {
        self.log.id()
    }

    fn next(
        &self,
        from: u64,
        max_records: usize,
    ) -> BoxFuture<'_, Result<Vec<Stored>, SourceError>> {
        Box::pin(async move {
            let Some(left) = self.size.checked_sub(from).filter(|left| *left > 0) else {
                return std::future::pending().await;
            };
            Ok(self
                .log
                .read(from, max_records.min(left as usize), 4 << 20)
                .await?)
        })
    }

    fn size(&self) -> BoxFuture<'_, Result<u64, SourceError>> {
        Box::pin(async move { Ok(self.size) })
    }
}

/// A reporting in a folder of its own; opened again it finds what it left.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
    store: Arc<dyn Store>,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            store: Arc::new(MemoryStore::default()),
        }
    }

    pub(crate) fn open(&self) -> Reporting {
        let config = ReportingConfig::below(self.dir.path(), "default", 0);
        let deps = ReportingDeps {
            clock: HandClock::at("2030-01-01T00:00:00Z"),
            new_log_id: log_id("reporting"),
            store: Some(Arc::clone(&self.store)),
        };
        Reporting::open(config, deps).unwrap()
    }

    pub(crate) async fn follow(&self, world: &World) -> Reporting {
        let reporting = self.open();
        let (intake, workflow) = (
            Arc::new(world.intake.clone()),
            Arc::new(world.workflow.clone()),
        );
        reporting.run(intake, workflow).await.unwrap();
        reporting
    }

    pub(crate) async fn follow_to(&self, world: &World, intake: u64, workflow: u64) -> Reporting {
        let reporting = self.open();
        let intake = Ended {
            log: world.intake.clone(),
            size: intake,
        };
        let workflow = Ended {
            log: world.workflow.clone(),
            size: workflow,
        };
        reporting
            .run(Arc::new(intake), Arc::new(workflow))
            .await
            .unwrap();
        reporting
    }
}

/// Waits until everything in the logs is consumed, judged and folded.
pub(crate) async fn caught_up(reporting: &Reporting, world: &World) {
    let sizes = [world.intake.head().size, world.workflow.head().size];
    reached(reporting, sizes).await;
}

pub(crate) async fn reached(reporting: &Reporting, sizes: [u64; 2]) {
    reached_within(reporting, sizes, Duration::from_mins(1)).await;
}

pub(crate) async fn reached_within(reporting: &Reporting, sizes: [u64; 2], patience: Duration) {
    let wait = async {
        for (mut consumed, size) in reporting.consumed().into_iter().zip(sizes) {
            assert!(
                consumed.reaches(size).await,
                "{:?}",
                reporting.watch_followers().borrow()
            );
        }
        let facts = reporting.facts_view().unwrap();
        while facts.position("intake/0") < sizes[0] || facts.position("workflow/0") < sizes[1] {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let own = reporting.log().token(reporting.log().head().size);
        reporting
            .signals_view()
            .wait_for(&own, Duration::from_secs(30))
            .await
            .unwrap();
    };
    tokio::time::timeout(patience, wait)
        .await
        .expect("it catches up");
}

/// Numbers that follow from a seed.
#[derive(Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len() as u64) as usize]
    }
}

pub(crate) fn channel(word: &str) -> Channel {
    Channel::known(word).unwrap()
}
