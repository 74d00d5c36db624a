//! What a command does to somebody in the register: events, nothing if it is so already, or a refusal.

use jiff::{SignedDuration, Timestamp};
use redress_envelope::VaultRef;

use crate::event::{
    AbsenceAnnounced, AbsenceEnded, Event, LoadLimited, QueueJoined, QueueLeft, Registered,
    Retired, SkillGranted, SkillRevoked,
};
use crate::refusal::Refusal;
use crate::state::{Absence, Handler, State};

/// How far `occurred_at` may lie ahead: clocks differ, the future does not happen.
pub const FUTURE_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

const MAX_QUEUES: usize = 100;
const MAX_SKILLS: usize = 100;
const MAX_CODE_BYTES: usize = 60;

/// What can be asked of the register about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Put somebody into the register. A repeat that says the same, or gives no name, is nothing new.
    Register {
        name: Option<VaultRef>,
        queues: Vec<String>,
        load_limit: Option<u32>,
    },
    JoinQueue {
        queue: String,
    },
    LeaveQueue {
        queue: String,
    },
    /// `None`: any number.
    LimitLoad {
        load_limit: Option<u32>,
    },
    /// Grant a skill, or prolong one.
    GrantSkill {
        skill: String,
        expires_at: Option<Timestamp>,
    },
    RevokeSkill {
        skill: String,
        reason: Option<String>,
    },
    /// Without a beginning: from when it is said.
    AnnounceAbsence {
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    },
    /// End the absences of the moment; or the one that begins then, which may be still to come.
    EndAbsence {
        from: Option<Timestamp>,
    },
    Retire {
        reason: Option<String>,
    },
}

/// `at` is when the command is decided: it is also when it happens, where `occurred_at` does not say.
pub fn decide(
    state: &State,
    command: &Command,
    occurred_at: Option<Timestamp>,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let occurred_at = whole_microseconds(occurred_at.unwrap_or(at));
    if occurred_at.duration_since(at) > FUTURE_TOLERANCE {
        return Err(Refusal::OccurredInFuture { occurred_at });
    }
    match command {
        Command::Register {
            name,
            queues,
            load_limit,
        } => register(state, name.as_ref(), queues, *load_limit, occurred_at),
        Command::Retire { reason } => retire(state, reason.as_deref(), occurred_at),
        Command::JoinQueue { .. }
        | Command::LeaveQueue { .. }
        | Command::LimitLoad { .. }
        | Command::GrantSkill { .. }
        | Command::RevokeSkill { .. }
        | Command::AnnounceAbsence { .. }
        | Command::EndAbsence { .. } => match state.handler() {
            Some(handler) => change(handler, command, occurred_at),
            None => Err(Refusal::NotRegistered),
        },
    }
}

fn register(
    state: &State,
    name: Option<&VaultRef>,
    queues: &[String],
    load_limit: Option<u32>,
    occurred_at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let mut queues = queues.to_vec();
    queues.sort();
    queues.dedup();
    for queue in &queues {
        code("queues", queue)?;
    }
    if queues.len() > MAX_QUEUES {
        let (field, max) = ("queues", MAX_QUEUES);
        return Err(Refusal::TooMany { field, max });
    }
    match state {
        State::NotRegistered | State::Retired => Ok(vec![Event::Registered(Registered {
            name: name.cloned(),
            queues,
            load_limit,
            occurred_at,
        })]),
        State::Registered(handler) => {
            let same = handler.queues.iter().eq(&queues) && handler.load_limit == load_limit;
            if same && name.is_none() {
                Ok(Vec::new())
            } else {
                Err(Refusal::AlreadyRegistered)
            }
        }
    }
}

fn retire(
    state: &State,
    reason: Option<&str>,
    occurred_at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    optional_code("reason", reason)?;
    match state {
        State::NotRegistered => Err(Refusal::NotRegistered),
        State::Retired => Ok(Vec::new()),
        State::Registered(_) => Ok(vec![Event::Retired(Retired {
            reason: reason.map(str::to_owned),
            occurred_at,
        })]),
    }
}

/// Of somebody who is in the register.
fn change(
    handler: &Handler,
    command: &Command,
    occurred_at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    Ok(match command {
        Command::Register { .. } | Command::Retire { .. } => Vec::new(),
        Command::JoinQueue { queue } => join_queue(handler, queue, occurred_at)?,
        Command::LeaveQueue { queue } if handler.queues.contains(queue) => {
            let queue = queue.clone();
            vec![Event::QueueLeft(QueueLeft { queue, occurred_at })]
        }
        Command::LeaveQueue { queue } => {
            code("queue", queue)?;
            Vec::new()
        }
        Command::LimitLoad { load_limit } if handler.load_limit == *load_limit => Vec::new(),
        Command::LimitLoad { load_limit } => vec![Event::LoadLimited(LoadLimited {
            load_limit: *load_limit,
            occurred_at,
        })],
        Command::GrantSkill { skill, expires_at } => {
            grant_skill(handler, skill, *expires_at, occurred_at)?
        }
        Command::RevokeSkill { skill, reason } => {
            code("skill", skill)?;
            optional_code("reason", reason.as_deref())?;
            if !handler.skills.contains_key(skill) {
                return Ok(Vec::new());
            }
            vec![Event::SkillRevoked(SkillRevoked {
                skill: skill.clone(),
                reason: reason.clone(),
                occurred_at,
            })]
        }
        Command::AnnounceAbsence { from, to } => {
            announce_absence(handler, *from, *to, occurred_at)?
        }
        Command::EndAbsence { from } => end_absence(handler, *from, occurred_at)?,
    })
}

fn join_queue(
    handler: &Handler,
    queue: &str,
    occurred_at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    code("queue", queue)?;
    if handler.queues.contains(queue) {
        return Ok(Vec::new());
    }
    if handler.queues.len() >= MAX_QUEUES {
        let (field, max) = ("queue", MAX_QUEUES);
        return Err(Refusal::TooMany { field, max });
    }
    let queue = queue.to_owned();
    Ok(vec![Event::QueueJoined(QueueJoined { queue, occurred_at })])
}

fn grant_skill(
    handler: &Handler,
    skill: &str,
    expires_at: Option<Timestamp>,
    occurred_at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    code("skill", skill)?;
    let expires_at = expires_at.map(whole_microseconds);
    let known = handler.skills.get(skill);
    if known.is_some_and(|known| known.expires_at == expires_at) {
        return Ok(Vec::new());
    }
    if let Some(expires_at) = expires_at.filter(|it| *it <= occurred_at) {
        return Err(Refusal::ExpiresInThePast { expires_at });
    }
    if known.is_none() && handler.skills.len() >= MAX_SKILLS {
        let (field, max) = ("skill", MAX_SKILLS);
        return Err(Refusal::TooMany { field, max });
    }
    Ok(vec![Event::SkillGranted(SkillGranted {
        skill: skill.to_owned(),
        expires_at,
        occurred_at,
    })])
}

fn announce_absence(
    handler: &Handler,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    occurred_at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let to = to.map(whole_microseconds);
    let begins = from.map_or(occurred_at, whole_microseconds);
    if to.is_some_and(|to| to <= begins) {
        return Err(Refusal::AbsenceInvalid);
    }
    // Who says only that somebody is away now, and until when, says nothing new where that is so.
    let known = if from.is_none() {
        handler.absence(begins)
    } else {
        handler.absences.get(&begins).copied()
    };
    if known == Some(Absence { to }) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::AbsenceAnnounced(AbsenceAnnounced {
        from: begins,
        to,
        occurred_at,
    })])
}

fn end_absence(
    handler: &Handler,
    from: Option<Timestamp>,
    occurred_at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let ended = |from| Event::AbsenceEnded(AbsenceEnded { from, occurred_at });
    let Some(from) = from.map(whole_microseconds) else {
        let away = handler.absent(occurred_at);
        return Ok(away.map(|(from, _)| ended(from)).collect());
    };
    match handler.absences.get(&from) {
        None => Err(Refusal::AbsenceUnknown { from }),
        Some(absence) if absence.to.is_some_and(|to| to <= occurred_at) => Ok(Vec::new()),
        Some(_) => Ok(vec![ended(from)]),
    }
}

fn optional_code(field: &'static str, text: Option<&str>) -> Result<(), Refusal> {
    text.map_or(Ok(()), |text| code(field, text))
}

/// As the codes of a complaint are.
fn code(field: &'static str, text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err(Refusal::FieldEmpty { field });
    }
    let first = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let inside = |b: u8| first(b) || b"._-".contains(&b);
    let is_code = text.len() <= MAX_CODE_BYTES
        && text.bytes().next().is_some_and(first)
        && text.bytes().all(inside);
    if is_code {
        Ok(())
    } else {
        Err(Refusal::FieldNotACode { field })
    }
}

/// As exact as a record's own time is.
fn whole_microseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}
