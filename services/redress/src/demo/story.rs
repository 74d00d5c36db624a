//! How the company handles one complaint: one command after the other, each when people work, and
//! nothing at or after the end.

mod response;

use jiff::Timestamp;

use super::calendar::{at_work, minutes_after};
use super::catalogue::{HANDLERS, INVESTIGATORS, LEADS, LEAKS_WATER, OVERHEATS, Origin, origin};
use super::chance::Chance;
use super::item::{Action, Customer, Step};
use super::words;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
/// Recourse was explained this long ago before silence is taken as consent: more than the policy
/// that ships asks for.
const SILENCE_DAYS: i64 = 21;

/// What the story is about.
#[derive(Debug)]
pub(super) struct Case<'a> {
    pub(super) issue: &'static str,
    pub(super) channel: &'static str,
    pub(super) customer: &'a Customer,
    pub(super) remedy_sought: Option<&'static str>,
    pub(super) price_minor_units: i64,
    pub(super) received_at: Timestamp,
    /// An earlier item about the same fault whose investigation is done.
    pub(super) precedent: Option<u32>,
}

/// Tells the whole story up to the end.
pub(super) fn tell(case: &Case<'_>, end: Timestamp, chance: &mut Chance) -> Vec<Step> {
    let mut teller = Teller::new(case, chance);
    teller.whole();
    let mut steps = teller.steps;
    steps.retain(|step| step.occurred_at < end);
    let is_recent = minutes_after(case.received_at, 100 * DAY) >= end;
    if is_recent && steps.len() > 3 && chance.percent(10) {
        // Left lying: a backlog has such ones.
        let kept = chance.pick(&[1, 2, 3]);
        steps.truncate(kept);
    }
    steps
}

#[derive(Debug)]
struct Teller<'a> {
    case: &'a Case<'a>,
    chance: &'a mut Chance,
    now: Timestamp,
    handler: &'static str,
    /// Remedies are numbered through the whole complaint.
    remedies: u32,
    steps: Vec<Step>,
}

impl<'a> Teller<'a> {
    fn new(case: &'a Case<'a>, chance: &'a mut Chance) -> Self {
        let handler = chance.pick(HANDLERS);
        Self {
            case,
            now: case.received_at,
            handler,
            remedies: 0,
            steps: Vec::new(),
            chance,
        }
    }

    fn whole(&mut self) {
        self.acknowledge();
        if self.chance.percent(3) {
            self.wait(4 * HOUR, 5 * DAY);
            let reason = self
                .chance
                .weighted(&[("solved_by_the_customer", 3), ("duplicate", 1)]);
            return self.step(self.handler, Action::Withdraw { reason });
        }
        self.assign();
        self.assess();
        self.find_out();
        let outcome = self.chance.weighted(OUTCOMES);
        let open = self.respond(outcome);
        match self.chance.weighted(ENDINGS) {
            Ending::Accepted => {
                self.settle(&open);
                if self.chance.percent(4) {
                    self.reopen();
                }
            }
            Ending::Silent => self.close_after_silence(&open),
            Ending::Disputed => self.dispute(),
        }
    }

    fn acknowledge(&mut self) {
        if self.chance.percent(8) {
            self.wait(2 * DAY, 6 * DAY);
        } else {
            self.wait(20, 22 * HOUR);
        }
        let channel = self.answering_channel();
        self.step(self.handler, Action::Acknowledge { channel });
    }

    fn assign(&mut self) {
        self.wait(10, 5 * HOUR);
        let queue = match origin(self.case.issue) {
            Origin::Machine => "repairs",
            Origin::Delivery => "deliveries",
            Origin::Service => "accounts",
        };
        let lead = self.lead();
        self.step(
            lead,
            Action::Assign {
                handler: self.handler,
                queue,
            },
        );
        if self.chance.percent(15) {
            self.wait(30, 8 * HOUR);
            let text = self.chance.pick(NOTES);
            self.step(self.handler, Action::AddNote { text });
        }
    }

    fn assess(&mut self) {
        self.wait(30, 20 * HOUR);
        let safety_implication = self.safety_implication();
        let severity = match safety_implication {
            "actual" => self.chance.weighted(&[("critical", 2), ("major", 3)]),
            "possible" => self.chance.weighted(&[("major", 3), ("moderate", 2)]),
            _ => self
                .chance
                .weighted(&[("major", 8), ("moderate", 52), ("minor", 40)]),
        };
        let assess = Action::Assess {
            severity,
            safety_implication,
            complexity: self
                .chance
                .weighted(&[("low", 55), ("medium", 35), ("high", 10)]),
            impact: self
                .chance
                .weighted(&[("low", 50), ("medium", 38), ("high", 12)]),
            immediate_action: (safety_implication != "none")
                .then_some("customer asked to unplug the machine"),
        };
        self.step(self.handler, assess);
    }

    fn safety_implication(&mut self) -> &'static str {
        match self.case.issue {
            OVERHEATS => self
                .chance
                .weighted(&[("none", 45), ("possible", 45), ("actual", 10)]),
            LEAKS_WATER => self.chance.weighted(&[("none", 90), ("possible", 10)]),
            _ => "none",
        }
    }

    /// Investigates, or says why that is not needed.
    fn find_out(&mut self) {
        self.wait(HOUR, 2 * DAY);
        let origin = origin(self.case.issue);
        if origin == Origin::Machine && self.case.precedent.is_some() && self.chance.percent(35) {
            self.skip_investigation(
                "known fault",
                "The same fault of the same model was investigated before.",
                self.case.precedent,
            );
        } else if origin == Origin::Service && self.chance.percent(30) {
            self.skip_investigation(
                "plain from the records",
                "The account shows what happened.",
                None,
            );
        } else {
            self.investigate();
        }
    }

    fn skip_investigation(
        &mut self,
        reason: &'static str,
        explanation: &'static str,
        relies_on: Option<u32>,
    ) {
        let decided_by = self.lead();
        let skip = Action::RecordInvestigationNotRequired {
            reason,
            explanation,
            decided_by,
            relies_on,
        };
        self.step(decided_by, skip);
    }

    fn investigate(&mut self) {
        let investigator = self.chance.pick(INVESTIGATORS);
        self.step(investigator, Action::StartInvestigation { investigator });
        match origin(self.case.issue) {
            Origin::Machine => self.wait(2 * DAY, 14 * DAY),
            Origin::Delivery => self.wait(DAY, 6 * DAY),
            Origin::Service => self.wait(6 * HOUR, 4 * DAY),
        }
    }

    fn settle(&mut self, open: &[u32]) {
        self.fulfil(open);
        self.wait(3 * HOUR, 5 * DAY);
        self.step(self.handler, Action::RecordAcceptance);
        self.close("accepted");
    }

    fn close_after_silence(&mut self, open: &[u32]) {
        let told_at = self.now;
        self.fulfil(open);
        self.now = self.now.max(minutes_after(told_at, SILENCE_DAYS * DAY));
        self.wait(HOUR, 9 * DAY);
        self.close("silent");
    }

    fn close(&mut self, basis: &'static str) {
        self.wait(5, 6 * HOUR);
        self.step(self.handler, Action::Close { basis });
    }

    fn dispute(&mut self) {
        self.wait(DAY, 12 * DAY);
        let explanation = words::of(self.case.customer.language).dispute;
        self.step(
            self.handler,
            Action::Dispute {
                reason: "decision_rejected",
                explanation,
            },
        );
        self.wait(4 * HOUR, 2 * DAY);
        self.investigate();
        if self.chance.percent(70) {
            let open = self.respond("partly_upheld");
            return self.settle(&open);
        }
        self.respond("not_upheld");
        self.wait(30 * DAY, 60 * DAY);
        let text = "The ombudsman has closed the case in our favour; nothing is left to try.";
        self.step(self.handler, Action::AddNote { text });
        self.close("options_exhausted");
    }

    fn reopen(&mut self) {
        self.wait(12 * DAY, 70 * DAY);
        let explanation = words::of(self.case.customer.language).recurrence;
        self.step(
            self.handler,
            Action::Reopen {
                reason: "fault_came_back",
                explanation,
            },
        );
        self.wait(2 * HOUR, 2 * DAY);
        self.investigate();
        let open = self.respond("upheld");
        self.settle(&open);
    }

    fn answering_channel(&mut self) -> &'static str {
        match self.case.channel {
            "phone" | "in_person" => self.chance.weighted(&[("phone", 5), ("email", 5)]),
            "letter" => "letter",
            _ => "email",
        }
    }

    fn lead(&mut self) -> &'static str {
        self.chance.pick(LEADS)
    }

    /// Lets between so many and so many minutes pass, and then the rest of the night.
    fn wait(&mut self, least: i64, most: i64) {
        let minutes = self.chance.between(least, most);
        self.now = at_work(minutes_after(self.now, minutes));
    }

    fn step(&mut self, actor: &'static str, action: Action) {
        self.steps.push(Step {
            occurred_at: self.now,
            actor,
            action,
        });
    }
}

#[derive(Debug, Clone, Copy)]
enum Ending {
    Accepted,
    Silent,
    Disputed,
}

const ENDINGS: &[(Ending, u32)] = &[
    (Ending::Accepted, 63),
    (Ending::Silent, 25),
    (Ending::Disputed, 12),
];

const OUTCOMES: &[(&str, u32)] = &[
    ("upheld", 62),
    ("partly_upheld", 18),
    ("not_upheld", 18),
    ("out_of_scope", 2),
];

const NOTES: &[&str] = &[
    "Called back; the customer sends photographs.",
    "Asked the plant for the batch number.",
    "Customer is away until next week; call after that.",
    "Proof of purchase received.",
];
