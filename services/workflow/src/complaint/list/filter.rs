//! Which complaints a list shows, and which rows can hold them.

use jiff::{SignedDuration, Timestamp};
use redress_complaint::{Outcome, Severity, Status, WaitingFor};
use redress_service::Problem;
use redress_wire::workflow::v1::{Complaint, ComplaintFilter};
use redress_wire::{optional_time, time_from_wire};

use super::super::list_rows::{Facet, LATE};
use crate::field;

/// How many complaints can be named one by one.
const NAMED: usize = 500;
const DAY_HOURS: i64 = 24;

/// A filter whose fields are checked.
#[derive(Debug, Clone)]
pub(in super::super) struct Filter {
    asked: ComplaintFilter,
    reference: Option<String>,
    received: Between,
    due: Between,
}

/// At or after, and before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Between {
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
}

impl Between {
    /// The time that is in both.
    fn and(self, from: Option<Timestamp>, to: Option<Timestamp>) -> Self {
        Self {
            from: self.from.max(from),
            to: match (self.to, to) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            },
        }
    }

    fn has(self, time: Option<Timestamp>) -> bool {
        self.from.is_none_or(|from| time >= Some(from))
            && self.to.is_none_or(|to| time.is_some_and(|time| time < to))
    }
}

/// A filter at a moment: ages and what is due soon hang on it.
#[derive(Debug, Clone)]
pub(in super::super) struct Asked {
    filter: Filter,
    pub(super) received: Between,
    pub(super) due: Between,
}

impl Filter {
    pub(in super::super) fn read(asked: ComplaintFilter) -> Result<Self, Problem> {
        field::words("filter.statuses", &asked.statuses, Status::WORDS)?;
        field::words("filter.severities", &asked.severities, Severity::WORDS)?;
        field::words("filter.outcomes", &asked.outcomes, Outcome::WORDS)?;
        field::words("filter.waiting_for", &asked.waiting_for, WaitingFor::WORDS)?;
        field::actors("filter.handlers", &asked.handlers)?;
        if asked.complaint_ids.len() > NAMED {
            let why = format!("a filter names at most {NAMED} complaints");
            return Err(
                Problem::invalid("FIELD_TOO_MANY", "filter.complaint_ids", why)
                    .with_remedy("ask for them in several lists"),
            );
        }
        for id in &asked.complaint_ids {
            field::item("filter.complaint_ids", "COMPLAINT_ID_INVALID", id)?;
        }
        let reference = match asked.reference.trim() {
            "" => None,
            text => {
                let reference = field::reference(text);
                Some(
                    reference
                        .map_err(|it| it.with_field("filter.reference"))?
                        .to_string(),
                )
            }
        };
        let received = Between {
            from: field::time("filter.received_from", optional_time(asked.received_from))?,
            to: field::time("filter.received_to", optional_time(asked.received_to))?,
        };
        let due = Between {
            from: field::time("filter.due_from", optional_time(asked.due_from))?,
            to: field::time("filter.due_to", optional_time(asked.due_to))?,
        };
        Ok(Self {
            asked,
            reference,
            received,
            due,
        })
    }

    pub(in super::super) fn asked_at(self, now: Timestamp) -> Asked {
        let asked = &self.asked;
        let hours = |hours: i64| SignedDuration::from_hours(hours);
        let ago = |days: u32| {
            let received = now.checked_sub(hours(i64::from(days) * DAY_HOURS));
            (days > 0).then(|| received.unwrap_or(Timestamp::MIN))
        };
        let soon = (asked.due_within_hours > 0).then(|| {
            let soon = now.checked_add(hours(asked.due_within_hours.into()));
            soon.unwrap_or(Timestamp::MAX)
        });
        Asked {
            // Who is so old was received then or before.
            received: self
                .received
                .and(ago(asked.age_days_to), ago(asked.age_days_from)),
            due: self.due.and(None, soon),
            filter: self,
        }
    }
}

impl Asked {
    /// The complaints that are named one by one, if they are.
    pub(super) fn named(&self) -> Option<Named<'_>> {
        match &self.filter.reference {
            Some(reference) => Some(Named::Reference(reference)),
            None if self.filter.asked.complaint_ids.is_empty() => None,
            None => Some(Named::Ids(&self.filter.asked.complaint_ids)),
        }
    }

    /// What every complaint that is let through has one value of, each with those values; the first are
    /// mostly the rarest.
    pub(super) fn facets(&self) -> Vec<(Facet, Vec<String>)> {
        let asked = &self.filter.asked;
        let mut facets = Vec::new();
        let mut add = |facet, values: &[String]| {
            if !values.is_empty() {
                // A value that is said twice is read once.
                let mut values: Vec<String> = values.to_vec();
                values.sort_unstable();
                values.dedup();
                facets.push((facet, values));
            }
        };
        if asked.unassigned_only {
            add(Facet::Handler, &[String::new()]);
        }
        if asked.late_only {
            add(Facet::Late, &[LATE.to_owned()]);
        }
        add(Facet::Handler, &asked.handlers);
        add(Facet::Supplier, &asked.suppliers);
        add(Facet::Site, &asked.sites);
        add(Facet::Queue, &asked.queues);
        add(Facet::Product, &asked.products);
        add(Facet::Status, &asked.statuses);
        add(Facet::Severity, &asked.severities);
        if self.asks_for_open() {
            add(Facet::Open, &[String::new()]);
        }
        facets
    }

    /// Whether it is all the open complaints, and nothing else.
    pub(super) fn is_all_open(&self) -> bool {
        let plain = ComplaintFilter {
            open_only: true,
            ..ComplaintFilter::default()
        };
        self.filter.asked == plain
    }

    /// Only an open complaint has flags.
    fn asks_for_open(&self) -> bool {
        let asked = &self.filter.asked;
        asked.open_only
            || asked.unassigned_only
            || !asked.waiting_for.is_empty()
            || asked.on_hold_only
            || asked.escalation_level_from > 0
    }

    pub(in super::super) fn lets_through(&self, row: &Complaint) -> bool {
        let asked = &self.filter.asked;
        let any = |wanted: &[String], found: &str| {
            wanted.is_empty() || wanted.iter().any(|wanted| wanted == found)
        };
        let no_about = redress_wire::workflow::v1::ComplaintAbout::default();
        let about = row.about.as_ref().unwrap_or(&no_about);
        any(&asked.statuses, &row.status)
            && any(&asked.severities, Facet::Severity.of(row))
            && any(&asked.handlers, &row.handler)
            && any(&asked.queues, &row.queue)
            && any(&asked.channels, &about.channel)
            && any(&asked.products, &about.product)
            && any(&asked.sites, &about.site)
            && any(&asked.suppliers, &about.supplier)
            && any(&asked.issues, &about.issue)
            && any(&asked.languages, &about.language)
            && any(&asked.outcomes, &row.outcome)
            && any(&asked.complaint_ids, &row.complaint_id)
            && (!asked.open_only || is_open(row))
            && (!asked.owing_only || !row.owed_remedies.is_empty())
            && (!asked.late_only || row.late)
            && (!asked.unassigned_only || (is_open(row) && row.handler.is_empty()))
            && self.flags_let_through(row)
            && asked
                .imported
                .is_none_or(|imported| imported == row.imported)
            && self
                .filter
                .reference
                .as_ref()
                .is_none_or(|reference| *reference == row.reference)
            && self.is_in_time(row)
    }

    fn flags_let_through(&self, row: &Complaint) -> bool {
        let asked = &self.filter.asked;
        let waiting_for = row.waiting.as_ref().map_or("", |it| &it.waiting_for);
        let level = row.escalation.as_ref().map_or(0, |it| it.level);
        (asked.waiting_for.is_empty() || asked.waiting_for.iter().any(|it| it == waiting_for))
            && (!asked.on_hold_only || row.hold.is_some())
            && asked.escalation_level_from <= level
    }

    fn is_in_time(&self, row: &Complaint) -> bool {
        let received = row.received_at.and_then(|it| time_from_wire(it).ok());
        let due = row.due_at.and_then(|it| time_from_wire(it).ok());
        self.received.has(received) && self.due.has(due)
    }
}

/// Complaints that are named one by one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Named<'a> {
    Reference(&'a str),
    Ids(&'a [String]),
}

pub(super) fn is_open(row: &Complaint) -> bool {
    let over = [
        Status::Closed,
        Status::FollowedUp,
        Status::Merged,
        Status::Withdrawn,
    ];
    over.iter().all(|it| it.as_str() != row.status)
}
