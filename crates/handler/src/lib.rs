//! Who handles complaints: a register of people, what each may do, and who was let do what.
//!
//! Values and functions only: time is an argument. A person's stream is `handler/<pseudonym>`: [`decide`] says
//! what a [`Command`] does to it, [`evolve`] folds what happened. A name is no part of it: it is sealed, and the
//! event refers to it. Why somebody is absent is not asked, because it can be a matter of health.
//!
//! # Who may take a duty
//!
//! [`State::unfit`] is the one rule, for who is named by hand and for who is chosen. In this order:
//!
//! | Code | The rule |
//! |---|---|
//! | `HANDLER_NOT_REGISTERED` | Where a policy routes the complaint, who handles it is in the register. |
//! | `HANDLER_RETIRED` | Who was taken out of the register takes no duty. |
//! | `HANDLER_ABSENT` | Nobody is given a duty while absent. |
//! | `HANDLER_NOT_IN_QUEUE` | Who handles what waits in a queue belongs to that queue. |
//! | `SKILL_MISSING` | Every skill that the policy asks for is there, |
//! | `SKILL_EXPIRED` | and none of them has expired. |
//!
//! A time at which something ends does not belong to it: a skill that expires at noon is no skill at noon.
//!
//! Somebody is refused, too, whom the complaint is about (`COMPLAINED_OF`), and as an approver who investigated
//! (`APPROVER_INVESTIGATED`), where a policy separates these duties.
//!
//! # Who is chosen
//!
//! [`choose`] takes, of those who may and are below their limit, the one with the fewest open complaints; of
//! several the first by pseudonym. Everybody who was looked at is kept, with why not.
//!
//! # What is recorded on the complaint
//!
//! [`duty::Event`]: where it was routed and by which rule, who was chosen out of whom, and who was refused a duty
//! and why. A refusal that is recorded is not recorded again until that person was let in meanwhile.

pub mod duty;
pub mod event;

mod codec;
mod decide;
mod fitness;
mod refusal;
#[cfg(feature = "schema")]
pub mod schema;
mod state;

pub use codec::CodecError;
pub use decide::{Command, FUTURE_TOLERANCE, decide};
pub use event::Event;
pub use fitness::{Candidate, Choice, MAX_CONSIDERED, Unfit, Wanted, choose};
pub use refusal::{CODES, Refusal};
pub use state::{Absence, Handler, MAX_ABSENCES, Skill, State, evolve};
