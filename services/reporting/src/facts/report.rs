//! What another system reported of an item.

use jiff::civil::Date;
use redress_feedback::{Answer, ReportedHistory, ResponseClass};

use super::bytes::{Reader, Writer};

/// A report, as far as it is counted, and what decides whether it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Report<'a> {
    pub(crate) class: ResponseClass,
    pub(crate) timely: Answer,
    pub(crate) disputed: Answer,
    /// In the reporter's words; empty where nothing was said.
    pub(crate) response: &'a str,
    /// Microseconds.
    pub(crate) acknowledged: Option<i64>,
    /// Microseconds; only where the report says that it was closed.
    pub(crate) closed: Option<i64>,
    sent_on: Option<Date>,
    narrative: bool,
    digest: &'a str,
    source: &'a str,
}

const HAS_NARRATIVE: u8 = 1;
const HAS_SENT_ON: u8 = 2;
const HAS_ACKNOWLEDGED: u8 = 4;
const HAS_CLOSED: u8 = 8;

impl<'a> Report<'a> {
    pub(super) fn of(it: &'a ReportedHistory) -> Self {
        Self {
            class: it.response_class,
            timely: it.timely,
            disputed: it.disputed,
            response: it.response.as_deref().unwrap_or_default(),
            acknowledged: it.acknowledged_at.map(jiff::Timestamp::as_microsecond),
            closed: it.closed().map(jiff::Timestamp::as_microsecond),
            sent_on: it.sent_to_company_on,
            narrative: it.submitted_narrative,
            digest: &it.digest,
            source: &it.source,
        }
    }

    /// Whether another report of the same item counts instead, by the domain's own rule.
    pub(super) fn is_superseded_by(&self, later: &Self) -> bool {
        later.history().supersedes(&self.history())
    }

    /// What the rule looks at. Rarely asked for: most items have one report.
    fn history(&self) -> ReportedHistory {
        ReportedHistory {
            source: self.source.to_owned(),
            digest: self.digest.to_owned(),
            response: None,
            response_class: self.class,
            timely: self.timely,
            disputed: self.disputed,
            acknowledged_at: None,
            closed_at: None,
            sent_to_company_on: self.sent_on,
            sent_before_received: false,
            public_response: None,
            submitted_narrative: self.narrative,
        }
    }

    pub(super) fn write(&self, to: &mut Writer) {
        let flags = [
            (self.narrative, HAS_NARRATIVE),
            (self.sent_on.is_some(), HAS_SENT_ON),
            (self.acknowledged.is_some(), HAS_ACKNOWLEDGED),
            (self.closed.is_some(), HAS_CLOSED),
        ];
        let set = flags.iter().filter(|(is_set, _)| *is_set);
        to.byte(place(ResponseClass::ALL, &self.class));
        to.byte(place(Answer::ALL, &self.timely));
        to.byte(place(Answer::ALL, &self.disputed));
        to.byte(set.fold(0, |all, (_, flag)| all | flag));
        if let Some(day) = self.sent_on {
            let month = i64::from(day.year()) * 12 + i64::from(day.month()) - 1;
            to.number(month * 32 + i64::from(day.day()));
        }
        for time in [self.acknowledged, self.closed].into_iter().flatten() {
            to.number(time);
        }
        to.text(self.response);
        to.text(self.digest);
        to.text(self.source);
    }

    pub(super) fn read(from: &mut Reader<'a>) -> Option<Self> {
        let class = *ResponseClass::ALL.get(usize::from(from.byte()?))?;
        let timely = *Answer::ALL.get(usize::from(from.byte()?))?;
        let disputed = *Answer::ALL.get(usize::from(from.byte()?))?;
        let flags = from.byte()?;
        let sent_on = match flags & HAS_SENT_ON {
            0 => None,
            _ => Some(day(from.number()?)?),
        };
        let mut time = |flag| match flags & flag {
            0 => Some(None),
            _ => Some(Some(from.number()?)),
        };
        let (acknowledged, closed) = (time(HAS_ACKNOWLEDGED)?, time(HAS_CLOSED)?);
        Some(Self {
            class,
            timely,
            disputed,
            response: from.text()?,
            acknowledged,
            closed,
            sent_on,
            narrative: flags & HAS_NARRATIVE != 0,
            digest: from.text()?,
            source: from.text()?,
        })
    }
}

/// A row holds places in lists of all values, so every value is found; another one would not be read
/// back.
fn place<T: PartialEq>(list: &[T], value: &T) -> u8 {
    list.iter()
        .position(|it| it == value)
        .unwrap_or(usize::from(u8::MAX)) as u8
}

fn day(number: i64) -> Option<Date> {
    let (month, day) = (number.div_euclid(32), number.rem_euclid(32));
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    Date::new(
        year.try_into().ok()?,
        month.try_into().ok()?,
        day.try_into().ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_each_class_and_answer_reads_back() {
        for class in ResponseClass::ALL.iter().copied() {
            for (timely, disputed) in Answer::ALL
                .iter()
                .copied()
                .zip(Answer::ALL.iter().copied().rev())
            {
                let report = Report {
                    class,
                    timely,
                    disputed,
                    response: "Closed",
                    acknowledged: Some(-7).filter(|_| disputed != Answer::No),
                    closed: Some(1 << 50).filter(|_| timely == Answer::Yes),
                    sent_on: Date::new(2016, 12, 31)
                        .ok()
                        .filter(|_| timely != Answer::No),
                    narrative: timely == Answer::Yes,
                    digest: "d",
                    source: "cfpb",
                };
                let mut writer = Writer::default();
                report.write(&mut writer);
                let bytes = writer.finish();
                assert_eq!(Report::read(&mut Reader(&bytes)), Some(report));
            }
        }
    }
}
