//! Reacting to other logs: every effect once, and what is refused written down.

mod feedback;
mod signal;

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;

use redress_complaint::{self as complaint, Rules};
use redress_envelope::{Actor, Context, Record, Subject};
use redress_event_log::{
    Command, Consumed, Consumption, Follower, Life, Log, Moment, Source, TransactError,
};
use redress_improvement as improvement;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clocked::Clocked;
use crate::life::{ComplaintLife, ImprovementLife, ReactionLife};
use crate::policies::Policies;
use crate::reaction::{self, Event, Failed, State, Why};

/// A reaction under way: an error ends the follower.
type Reaction = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// What reactions need.
#[derive(Debug, Clone)]
pub(crate) struct Reactor {
    pub(crate) log: Log,
    pub(crate) partition: u16,
    pub(crate) rules: Arc<Rules>,
    pub(crate) policies: Policies,
}

/// What is to follow from a record.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) reaction: &'static str,
    /// The stream that it changes, where that is known.
    pub(crate) about: Option<Subject>,
    pub(crate) effect: Result<Effect, Why>,
}

#[derive(Debug, Clone)]
pub(crate) enum Effect {
    Complaint(complaint::Command),
    /// Opens an improvement of its slice, or is further evidence for the one that is open.
    Signal(improvement::CandidateOpened),
}

/// Why a reaction was not done, and on what it failed.
#[derive(Debug, Clone)]
pub(crate) struct Undone {
    pub(crate) about: Option<Subject>,
    pub(crate) why: Why,
}

/// Why an improvement does not take a signal.
enum Not {
    /// It is over, and took these signals: the next of the slice may.
    Over(BTreeSet<String>),
    Why(Why),
}

impl From<Why> for Not {
    fn from(why: Why) -> Self {
        Self::Why(why)
    }
}

impl Plan {
    fn failed(reaction: &'static str, about: Option<Subject>, why: Why) -> Self {
        Self {
            reaction,
            about,
            effect: Err(why),
        }
    }
}

/// One reaction to one record.
#[derive(Debug, Clone)]
pub(crate) struct Cause {
    reaction: &'static str,
    record: redress_envelope::Cause,
    correlation: Option<String>,
    traceparent: Option<String>,
    /// Nothing where it is tried again: then the record was consumed before.
    consumed: Option<Consumed>,
}

impl Cause {
    pub(crate) fn new(plan: &Plan, record: &Record, consumed: Option<Consumed>) -> Self {
        Self {
            reaction: plan.reaction,
            record: record.as_cause(),
            correlation: record.context.correlation.clone(),
            traceparent: record.context.traceparent.clone(),
            consumed,
        }
    }
}

/// Begins to follow a log, and says how far that has come.
pub(crate) fn follow(
    tasks: &mut JoinSet<()>,
    reactor: &Reactor,
    source: Arc<dyn Source>,
    plan: fn(&Reactor, &Record) -> Option<Plan>,
    stopped: &watch::Sender<Option<String>>,
) -> Consumption {
    let follower = Follower::new(reactor.log.clone(), source);
    let consumed = follower.consumed();
    let (reactor, stopped) = (reactor.clone(), stopped.clone());
    tasks.spawn(async move {
        let ended = follower
            .run(|record, consumed| {
                let plan = plan(&reactor, &record)?;
                Some(reactor.clone().react(plan, &record, consumed))
            })
            .await;
        let Err(why) = ended;
        tracing::error!(%why, "workflow no longer follows");
        stopped.send_replace(Some(why.to_string()));
    });
    consumed
}

impl Reactor {
    #[expect(clippy::unused_self, reason = "it is a rule as the other")]
    pub(crate) fn plan_of_intake(&self, record: &Record) -> Option<Plan> {
        feedback::plan(record)
    }

    pub(crate) fn plan_of_reporting(&self, record: &Record) -> Option<Plan> {
        signal::plan(record, self.partition)
    }

    /// Does what is to follow; what is refused is written down instead.
    fn react(self, plan: Plan, record: &Record, consumed: Consumed) -> Reaction {
        let cause = Cause::new(&plan, record, Some(consumed));
        Box::pin(async move {
            match self.carry_out(&cause, plan).await? {
                Ok(()) => Ok(()),
                Err(undone) => self.write_down(&cause, undone).await,
            }
        })
    }

    /// The outer error ends the follower.
    pub(crate) async fn carry_out(
        &self,
        cause: &Cause,
        plan: Plan,
    ) -> Result<Result<(), Undone>, String> {
        let (about, effect) = match (plan.about, plan.effect) {
            (Some(about), Ok(effect)) => (about, effect),
            (about, Err(why)) => return Ok(Err(Undone { about, why })),
            (None, Ok(_)) => return Err("an effect without a place".to_owned()),
        };
        match effect {
            Effect::Complaint(command) => {
                let rules = Arc::clone(&self.rules);
                // Until it is recorded nobody puts another policy in force.
                let in_force = self.policies.in_force_together().await;
                let in_force = in_force.map_err(|why| why.to_string())?;
                let book = Arc::clone(in_force.book());
                let decide = move |case: &Clocked, moment: Moment| {
                    let state = &case.complaint;
                    let decided = complaint::decide(state, &command, &rules, moment.time);
                    let events = decided.map_err(|refusal| Why::of_complaint(&refusal))?;
                    let events = case.with_clocks(events, &book);
                    events.map_err(|refusal| Why::new(refusal.code()))
                };
                let cited = Some(in_force.cited());
                let attempt =
                    self.attempt::<ComplaintLife, Why>(cause, about.clone(), cited, decide);
                let done = attempt.await?;
                drop(in_force);
                let about = Some(about);
                Ok(done.map_err(|why| Undone { about, why }))
            }
            Effect::Signal(signal) => self.take_signal(cause, signal).await,
        }
    }

    /// The improvements of a slice follow one another, each under an id of the slice and of the signals
    /// that the one before took: one is open, those before it are over. The writer decides on each as it
    /// stands then, so that the same log always leads to the same improvement, and a signal that was taken
    /// is known by the one that took it.
    async fn take_signal(
        &self,
        cause: &Cause,
        signal: improvement::CandidateOpened,
    ) -> Result<Result<(), Undone>, String> {
        let tenant = self.log.identity().tenant.clone();
        let mut before = BTreeSet::new();
        loop {
            let subject = signal::improvement(&signal, &before, &tenant, self.partition);
            let command = improvement::Command::TakeSignal(signal.clone());
            let decide = move |state: &improvement::State, moment: Moment| {
                improvement::decide(state, &command, moment.time).map_err(|refusal| {
                    match (refusal.rule(), state) {
                        (
                            improvement::Rule::Over { .. },
                            improvement::State::Opened { signals, .. },
                        ) => Not::Over(signals.clone()),
                        _ => Not::Why(Why::of_improvement(&refusal)),
                    }
                })
            };
            let taken = self.attempt::<ImprovementLife, Not>(cause, subject.clone(), None, decide);
            match taken.await? {
                Ok(()) => return Ok(Ok(())),
                // Each took others than those before it: none comes twice.
                Err(Not::Over(took)) if took != before => before = took,
                Err(Not::Over(_)) => {
                    return Err("an improvement that is over took no signal".to_owned());
                }
                Err(Not::Why(why)) => {
                    let about = Some(subject);
                    return Ok(Err(Undone { about, why }));
                }
            }
        }
    }

    /// Tries until it is decided. The outer error ends the follower.
    async fn attempt<L: Life, N: From<Why> + Send + 'static>(
        &self,
        cause: &Cause,
        subject: Subject,
        policies: Option<String>,
        decide: impl Fn(&L::State, Moment) -> Result<Vec<L::Event>, N> + Clone + Send + 'static,
    ) -> Result<Result<(), N>, String> {
        let command = Command {
            consumed: cause.consumed.clone(),
            ..Command::new(subject, context(cause, policies))
        };
        loop {
            let Err(error) = self
                .log
                .transact::<L, N>(command.clone(), decide.clone())
                .await
            else {
                return Ok(Ok(()));
            };
            let Err(error) = error.waited().await else {
                continue;
            };
            match error {
                TransactError::AlreadyConsumed { .. } => return Ok(Ok(())),
                TransactError::Stopped(_)
                | TransactError::Read(_)
                | TransactError::Busy { .. }
                | TransactError::Full(_)
                | TransactError::Held(_) => return Err(error.to_string()),
                TransactError::Refused(why) => return Ok(Err(why)),
                TransactError::TooLarge(_) => return Ok(Err(Why::new("RECORD_TOO_LARGE").into())),
                TransactError::Unwritable(_) => {
                    return Ok(Err(Why::new("RECORD_UNWRITABLE").into()));
                }
                TransactError::Unreadable(event) => {
                    let why = Why::new("EVENT_UNREADABLE").fact("type", event.kind);
                    return Ok(Err(why.fact("position", event.position).into()));
                }
                // What a panic says may hold anything.
                TransactError::Panicked(_)
                | TransactError::Stale { .. }
                | TransactError::KeyReused { .. } => {
                    return Ok(Err(Why::new("INTERNAL").into()));
                }
            }
        }
    }

    /// Records that a reaction was not done, so that the next ones are.
    pub(crate) async fn write_down(
        &self,
        cause: &Cause,
        Undone { about, why }: Undone,
    ) -> Result<(), String> {
        let (reaction, code) = (cause.reaction, &*why.code);
        tracing::warn!(reaction, cause = %cause.record, code, "a reaction failed");
        let failed = Failed {
            reaction: reaction.to_owned(),
            cause: cause.record,
            about,
            why,
        };
        let subject = failed.subject(self.partition);
        let decide = move |state: &State, _: Moment| {
            let failed = Event::Failed(Box::new(failed.clone()));
            Ok(reaction::fail(state, failed))
        };
        let attempt = self.attempt::<ReactionLife, Why>(cause, subject, None, decide);
        let attempt = attempt.await?;
        attempt.map_err(|why| format!("a failed reaction cannot be recorded: {}", why.code))
    }
}

fn context(cause: &Cause, policies: Option<String>) -> Context {
    Context {
        causation: Some(cause.record),
        correlation: cause.correlation.clone(),
        traceparent: cause.traceparent.clone(),
        policy_version: policies,
        ..Context::by(Actor::System)
    }
}
