//! Judges each month once, when it is complete.
//!
//! A month is complete when something was received after it, and no import is under way: a month
//! after which nothing came at all may be one in which nothing could come. So two records of
//! intake's log call for a judgement: the first feedback that was received in a later month than all
//! before, and the end of an import. What is known when that record is consumed (a token) is what
//! the judgement rests on; the token is recorded with it, so a chart as of it shows the same figures
//! for ever. After a crash the same record comes again, and what is missing is recorded then.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redress_envelope::{Actor, Context, ItemId, Record, Subject, Token};
use redress_event_log::{Command, Consumed, LOG_STREAMS, Log, ReadError};
use redress_feedback::Event::{
    HistoryReported, ImportCompleted, ImportReopened, ImportStarted, InputRejected, Received,
    RejectedInputAccepted, RejectedInputDiscarded,
};
use redress_statistics::{BaselineRefusal, XMR_RULE};
use redress_view::{Unavailable, View, WaitError};
use tokio::sync::watch;

use crate::dimension::Dimension;
use crate::facts::{self, Bounds, Case, Received as Range, ScanError};
use crate::month::Month;
use crate::months::{Finding, Months};
use crate::signal::{
    CodecError, Event, Evidence, MonthJudged, SignalLife, SignalRaised, Slice, decide, decode,
    judgement_subject, signal_subject,
};

const IMPORT_COMPLETED: &str = "redress.feedback_import.completed.v1";
const WAIT: Duration = Duration::from_mins(1);
/// Records of reporting's log that are read at a time.
const PAGE: usize = 1_000;
const PAGE_BYTES: usize = 4 << 20;

#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    #[error("reporting's own log cannot be read: {0}")]
    Log(#[from] ReadError),
    #[error("reporting's own log cannot be read at {position}: {why}")]
    Record { position: u64, why: String },
}

/// The slices of all dimensions that are charted.
type Slices = BTreeMap<(Dimension, String), Months>;

#[derive(Debug)]
pub(crate) struct Judge {
    work: Arc<Work>,
    /// The latest month in which feedback was received, and how many judgements were called for.
    seen: Mutex<(Option<Month>, u64)>,
}

#[derive(Debug)]
struct Work {
    log: Log,
    facts: View,
    /// The months that were judged by the one rule there is, and from what.
    judged: Mutex<BTreeMap<Month, String>>,
    /// How many judgements are done: they are made in the order in which they were called for.
    turn: watch::Sender<u64>,
}

impl Judge {
    /// Finds out what was judged before.
    pub(crate) async fn begin(log: Log, facts: View) -> Result<Self, JudgeError> {
        let judged = judged_months(&log).await?;
        // Nothing is judged before something was received after it. To call once too often is
        // harmless: what was judged stays judged.
        let month = judged.last_key_value().map(|(last, _)| last.plus(1));
        let turn = watch::Sender::new(0);
        let work = Work {
            log,
            facts,
            judged: Mutex::new(judged),
            turn,
        };
        Ok(Self {
            work: Arc::new(work),
            seen: Mutex::new((month, 0)),
        })
    }

    /// What a record of intake's log leads to.
    pub(crate) fn react(
        &self,
        record: Record,
        consumed: Consumed,
    ) -> Option<impl Future<Output = Result<(), String>> + Send + 'static> {
        let month = received_in(&record);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let begins = seen.0 < month;
        seen.0 = seen.0.max(month);
        if !begins && record.kind != IMPORT_COMPLETED {
            return None;
        }
        let place = seen.1;
        seen.1 += 1;
        let work = Arc::clone(&self.work);
        Some(async move {
            let mut turn = work.turn.subscribe();
            let mine = turn.wait_for(|turn| *turn == place).await;
            mine.map_err(|error| error.to_string())?;
            work.judge_complete(&record, consumed).await?;
            work.turn.send_replace(place + 1);
            Ok(())
        })
    }
}

/// The months with a judgement by this rule in the log. Those by others are not this judge's.
async fn judged_months(log: &Log) -> Result<BTreeMap<Month, String>, JudgeError> {
    let (mut judged, mut from) = (BTreeMap::new(), 0);
    let size = log.head().size;
    while from < size {
        for stored in log.read(from, PAGE, PAGE_BYTES).await? {
            from = stored.position + 1;
            let broken = |why: &dyn std::fmt::Display| JudgeError::Record {
                position: stored.position,
                why: why.to_string(),
            };
            let record = Record::decode(&stored.bytes).map_err(|error| broken(&error))?;
            if record.subject.kind() == LOG_STREAMS {
                continue;
            }
            match decode(&record.kind, &record.data) {
                Ok(Event::MonthJudged(month)) if month.rule == XMR_RULE => {
                    judged.insert(month.month, month.token);
                }
                Ok(Event::MonthJudged(_) | Event::Raised(_)) => {}
                Err(error @ (CodecError::UnknownType { .. } | CodecError::Data { .. })) => {
                    return Err(broken(&error));
                }
            }
        }
    }
    Ok(judged)
}

/// The month in which a record says that feedback was received.
fn received_in(record: &Record) -> Option<Month> {
    match redress_feedback::decode(&record.kind, &record.data) {
        Ok(Received(feedback) | HistoryReported(feedback)) => Some(Month::of(feedback.received_at)),
        // What this version cannot read the facts cannot either, and say so.
        Ok(
            ImportStarted(_)
            | ImportReopened(_)
            | ImportCompleted(_)
            | InputRejected(_)
            | RejectedInputAccepted(_)
            | RejectedInputDiscarded(_),
        )
        | Err(_) => None,
    }
}

impl Work {
    /// Judges every complete month that was not judged, and consumes the record that called for it.
    async fn judge_complete(&self, trigger: &Record, consumed: Consumed) -> Result<(), String> {
        let bounds = Bounds {
            intake: trigger.position + 1,
            workflow: 0,
        };
        let token = self.reach(trigger).await?;
        if let Some((slices, Some(latest))) = self.slices(bounds).await? {
            let text = token.to_string();
            let first = slices.values().filter_map(Months::first).min();
            for month in first.unwrap_or(latest).until(latest) {
                let before = self
                    .judged
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .get(&month)
                    .cloned();
                if before.is_none_or(|before| before == text) {
                    self.judge(month, &slices, bounds, &text, trigger).await?;
                }
            }
        }
        let passed = self.log.advance(consumed).await;
        passed.map_err(|error| error.to_string())
    }

    /// Waits until the facts include a record of intake's log. The token speaks of the life in which the
    /// record was written: so it is the same whenever it is made.
    async fn reach(&self, trigger: &Record) -> Result<Token, String> {
        let (service, log) = (&trigger.service, trigger.log);
        let mut token = Token::new();
        token.include(service, trigger.partition, log, trigger.position + 1);
        loop {
            match self.facts.wait_for(&token, WAIT).await {
                Ok(()) => return Ok(token),
                Err(WaitError::Timeout { reached }) => {
                    tracing::warn!(%token, %reached, "judging waits for the facts");
                }
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    /// All slices by month, and the latest month in which anything was received; none while an import
    /// is under way.
    async fn slices(&self, bounds: Bounds) -> Result<Option<(Slices, Option<Month>)>, String> {
        let rows = self
            .facts
            .rows()
            .map_err(|error: Unavailable| error.to_string())?;
        let gather = move || {
            if facts::imports_under_way(&rows, bounds)? {
                return Ok(None);
            }
            let (mut slices, mut latest) = (Slices::new(), None);
            facts::for_each(&rows, bounds, Range::default(), |case| {
                latest = latest.max(Some(case.month()));
                add(&mut slices, case);
            })?;
            Ok::<_, ScanError>(Some((slices, latest)))
        };
        let gathered = tokio::task::spawn_blocking(gather).await;
        gathered
            .unwrap_or(Err(ScanError::Ended))
            .map_err(|error| error.to_string())
    }

    async fn judge(
        &self,
        month: Month,
        slices: &Slices,
        bounds: Bounds,
        token: &str,
        trigger: &Record,
    ) -> Result<(), String> {
        let partition = self.log.identity().partition;
        let (judgement, outs) = judgement(month, slices, token, partition);
        let subject = judgement_subject(XMR_RULE, month).map_err(|error| error.to_string())?;
        let mut evidence = self.evidence(month, &outs, bounds).await?;
        self.record(subject, Event::MonthJudged(judgement), trigger)
            .await?;
        for out in outs {
            let evidence = evidence.remove(&out.slice).unwrap_or_default();
            let (id, raised) = (out.id, out.raised(month, evidence, token));
            self.record(signal_subject(id), Event::Raised(Box::new(raised)), trigger)
                .await?;
        }
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        judged.insert(month, token.to_owned());
        Ok(())
    }

    async fn record(&self, subject: Subject, event: Event, trigger: &Record) -> Result<(), String> {
        let context = Context {
            causation: Some(trigger.as_cause()),
            correlation: trigger.context.correlation.clone(),
            traceparent: trigger.context.traceparent.clone(),
            ..Context::by(Actor::System)
        };
        let command = Command::new(subject, context);
        loop {
            let (command, event) = (command.clone(), event.clone());
            let decided = self
                .log
                .transact::<SignalLife, Infallible>(command, move |state, _| decide(*state, event));
            match decided.await {
                Ok(_) => return Ok(()),
                Err(error) => error.waited().await.map_err(|error| error.to_string())?,
            }
        }
    }

    /// The complaints that a month's signals are about.
    async fn evidence(
        &self,
        month: Month,
        outs: &[Out],
        bounds: Bounds,
    ) -> Result<BTreeMap<(Dimension, String), Evidence>, String> {
        let rows = self
            .facts
            .rows()
            .map_err(|error: Unavailable| error.to_string())?;
        let wanted = outs
            .iter()
            .map(|out| (out.slice.clone(), Evidence::default()));
        let mut found: BTreeMap<_, _> = wanted.collect();
        if found.is_empty() {
            return Ok(found);
        }
        let range = Range {
            from: Some(month.start()),
            to: Some(month.plus(1).start()),
        };
        let gather = move || {
            facts::for_each(&rows, bounds, range, |case| {
                for (dimension, value) in slices_of(case) {
                    if let Some(evidence) = found.get_mut(&(dimension, value.to_owned())) {
                        evidence.add(case.id);
                    }
                }
            })?;
            Ok::<_, ScanError>(found)
        };
        let gathered = tokio::task::spawn_blocking(gather).await;
        gathered
            .unwrap_or(Err(ScanError::Ended))
            .map_err(|error| error.to_string())
    }
}

fn add(slices: &mut Slices, case: &Case<'_>) {
    for (dimension, value) in slices_of(case) {
        slices
            .entry((dimension, value.to_owned()))
            .or_default()
            .add(case.month());
    }
}

/// The slices that a complaint counts in; what has no product is in no product's slice.
fn slices_of<'a>(case: &Case<'a>) -> impl Iterator<Item = (Dimension, &'a str)> {
    let is_complaint = case.complaint().is_some();
    let value = |dimension: Dimension| (dimension, dimension.of(case));
    let slices = Dimension::CHARTED.map(value);
    slices
        .into_iter()
        .filter(move |(_, value)| is_complaint && !value.is_empty())
}

/// A slice whose month is out of its limits.
struct Out {
    id: ItemId,
    slice: (Dimension, String),
    finding: Finding,
}

impl Out {
    fn raised(self, month: Month, evidence: Evidence, token: &str) -> SignalRaised {
        let (dimension, value) = self.slice;
        SignalRaised {
            signal_id: self.id,
            slice: Slice {
                dimension: dimension.name().to_owned(),
                value,
            },
            month,
            rule: XMR_RULE.to_owned(),
            direction: self.finding.direction,
            figures: self.finding.figures,
            baseline_from: Some(self.finding.baseline_from),
            baseline_to: Some(self.finding.baseline_to),
            evidence,
            token: token.to_owned(),
        }
    }
}

/// Why a slice has no limits, as it is stored.
fn reason(refusal: BaselineRefusal) -> &'static str {
    match refusal {
        BaselineRefusal::TooShort { .. } => "baseline_too_short",
        BaselineRefusal::MeanTooLow { .. } => "baseline_mean_too_low",
    }
}

fn judgement(
    month: Month,
    slices: &Slices,
    token: &str,
    partition: u16,
) -> (MonthJudged, Vec<Out>) {
    let (mut judged, mut not_judged, mut outs) = (0, BTreeMap::<String, u64>::new(), Vec::new());
    for (slice, months) in slices {
        if months.first().is_none_or(|first| first > month) {
            continue;
        }
        let verdict = months.judge(month);
        match &verdict.result {
            Ok(_) => judged += 1,
            Err(refusal) => *not_judged.entry(reason(*refusal).to_owned()).or_default() += 1,
        }
        if let Some(finding) = verdict.out() {
            let parts = [slice.0.name(), &slice.1, &month.to_string(), XMR_RULE];
            let id = ItemId::derived(partition, "signal", &parts);
            outs.push(Out {
                id,
                slice: slice.clone(),
                finding,
            });
        }
    }
    let signals = outs.iter().map(|out| out.id).collect();
    let judgement = MonthJudged {
        month,
        time_zone: Month::TIME_ZONE.to_owned(),
        token: token.to_owned(),
        rule: XMR_RULE.to_owned(),
        dimensions: Dimension::CHARTED.map(|it| it.name().to_owned()).into(),
        judged,
        not_judged,
        signals,
    };
    (judgement, outs)
}
