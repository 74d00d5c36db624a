//! The guards of the domain, written down once more and simply.

use super::*;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Received,
    Acknowledged,
    Assessed,
    Found,
    Proposed,
    Told,
    Accepted,
    Disputed,
    Closed,
    Withdrawn,
}

/// What the checker remembers of one story.
#[derive(Debug)]
struct Followed {
    place: Place,
    last: Timestamp,
    told_at: Option<Timestamp>,
    /// Remedies that were proposed: (number, last promised day, fulfilled).
    open: Vec<(u32, Date)>,
    proposed: u32,
    was_disputed: bool,
}

impl Followed {
    fn step(&mut self, step: &Step) -> Result<(), String> {
        if step.occurred_at < self.last {
            return Err("a step before the one before".to_owned());
        }
        self.last = step.occurred_at;
        let place = self.place;
        self.place = self
            .moved(step)
            .ok_or_else(|| format!("{:?} at {place:?}", step.action))?;
        Ok(())
    }

    fn moved(&mut self, step: &Step) -> Option<Place> {
        use Place as P;
        let is_open = !matches!(self.place, P::Closed | P::Withdrawn);
        match (&step.action, self.place) {
            (Action::Acknowledge { .. }, P::Received) => Some(P::Acknowledged),
            (Action::Assign { .. } | Action::AddNote { .. }, place) if is_open => Some(place),
            (Action::Assess { .. }, P::Acknowledged) => Some(P::Assessed),
            (Action::StartInvestigation { .. }, P::Assessed | P::Disputed | P::Found) => {
                Some(P::Found)
            }
            (Action::RecordInvestigationNotRequired { .. }, P::Assessed)
            | (Action::Reopen { .. }, P::Closed) => Some(P::Found),
            (
                Action::ProposeResponse {
                    remedies, refusal, ..
                },
                P::Found,
            ) => {
                self.open.clear();
                for remedy in remedies {
                    self.proposed += 1;
                    self.open.push((self.proposed, remedy.promised_by?));
                }
                (refusal.is_some() == remedies.is_empty()).then_some(P::Proposed)?;
                Some(P::Proposed)
            }
            (
                Action::CommunicateDecision {
                    recourse_explained: true,
                    ..
                },
                P::Proposed,
            ) => {
                self.told_at = Some(step.occurred_at);
                Some(P::Told)
            }
            (Action::FulfilRemedy { remedy }, P::Told) => {
                let at = self.open.iter().position(|(number, _)| number == remedy)?;
                self.open.remove(at);
                Some(P::Told)
            }
            (Action::RecordAcceptance, P::Told) => Some(P::Accepted),
            (Action::Dispute { .. }, P::Told) => {
                self.was_disputed = true;
                Some(P::Disputed)
            }
            (Action::Close { basis }, place) => self.may_close(basis, place).then_some(P::Closed),
            (Action::Withdraw { .. }, _) if is_open => Some(P::Withdrawn),
            _ => None,
        }
    }

    fn may_close(&self, basis: &str, place: Place) -> bool {
        let today = day_of(self.last);
        let is_scheduled = self
            .open
            .iter()
            .all(|(_, promised_by)| *promised_by > today);
        let silent_since = self.told_at.map(|at| minutes_after(at, 14 * 24 * 60));
        is_scheduled
            && match basis {
                "accepted" => place == Place::Accepted,
                "silent" => place == Place::Told && silent_since.is_some_and(|at| at <= self.last),
                "options_exhausted" => place == Place::Told && self.was_disputed,
                _ => false,
            }
    }
}

fn followed(item: &DemoItem) -> Result<Place, String> {
    let mut followed = Followed {
        place: Place::Received,
        last: item.received_at,
        told_at: None,
        open: Vec::new(),
        proposed: 0,
        was_disputed: false,
    };
    for step in &item.story {
        followed
            .step(step)
            .map_err(|problem| format!("item {}: {problem}", item.number))?;
    }
    Ok(followed.place)
}

#[test]
fn every_story_obeys_the_order_of_times_and_the_guards() {
    for seed in 1..=5 {
        for item in complaints(&items(seed)) {
            followed(item).unwrap();
            assert!(
                item.story
                    .iter()
                    .all(|step| step.occurred_at < midnight(END))
            );
        }
    }
}

#[test]
fn only_complaints_have_a_story() {
    assert!(
        items(1)
            .iter()
            .all(|item| item.kind == "complaint" || item.story.is_empty())
    );
}

#[test]
fn most_stories_end_and_the_recent_ones_are_open() {
    let items = items(1);
    let places: Vec<Place> = complaints(&items)
        .map(|item| followed(item).unwrap())
        .collect();
    let count = |place: Place| places.iter().filter(|it| **it == place).count();
    let ended = count(Place::Closed) + count(Place::Withdrawn);
    let open = places.len() - ended;
    println!("{ended} ended, {open} open");
    assert!(open > 60 && open * 8 < ended, "{ended} ended, {open} open");
    let old = minutes_after(midnight(END), -200 * 24 * 60);
    let is_old_and_open = |item: &&DemoItem| {
        item.received_at < old && !matches!(followed(item), Ok(Place::Closed | Place::Withdrawn))
    };
    assert_eq!(complaints(&items).filter(is_old_and_open).count(), 0);
}

#[test]
fn every_kind_of_turn_is_taken() {
    let items = items(1);
    let mut taken: Vec<String> = Vec::new();
    for step in complaints(&items).flat_map(|item| &item.story) {
        let shown = format!("{:?}", step.action);
        let name = shown
            .split([' ', '{'])
            .next()
            .unwrap_or_default()
            .to_owned();
        if !taken.contains(&name) {
            taken.push(name);
        }
    }
    assert_eq!(taken.len(), 14, "{taken:?}");
}

#[test]
fn an_investigation_that_is_relied_on_was_done_before() {
    let items = items(1);
    let mut relied = 0;
    for item in complaints(&items) {
        for step in &item.story {
            let Action::RecordInvestigationNotRequired {
                relies_on: Some(number),
                ..
            } = step.action
            else {
                continue;
            };
            let earlier = &items[number as usize - 1];
            assert_eq!(
                (earlier.sub_product, earlier.issue),
                (item.sub_product, item.issue)
            );
            let answered = earlier
                .story
                .iter()
                .find(|it| matches!(it.action, Action::ProposeResponse { .. }));
            assert!(answered.is_some_and(|it| it.occurred_at < step.occurred_at));
            relied += 1;
        }
    }
    assert!(relied > 50, "{relied}");
}
