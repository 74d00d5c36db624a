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
    sent_on: Option<Date>,
    narrative: bool,
    digest: &'a str,
    source: &'a str,
}

/// A row holds the places in these lists.
const CLASSES: [ResponseClass; 10] = [
    ResponseClass::InProgress,
    ResponseClass::UntimelyResponse,
    ResponseClass::ClosedWithMonetaryRelief,
    ResponseClass::ClosedWithNonMonetaryRelief,
    ResponseClass::ClosedWithRelief,
    ResponseClass::ClosedWithExplanation,
    ResponseClass::ClosedWithoutRelief,
    ResponseClass::Closed,
    ResponseClass::Unknown,
    ResponseClass::Other,
];
const ANSWERS: [Answer; 3] = [Answer::Unknown, Answer::No, Answer::Yes];

const HAS_NARRATIVE: u8 = 1;
const HAS_SENT_ON: u8 = 2;

impl<'a> Report<'a> {
    pub(super) fn of_feedback(it: &'a ReportedHistory) -> Self {
        Self {
            class: it.response_class,
            timely: it.timely,
            disputed: it.disputed,
            response: it.response.as_deref().unwrap_or_default(),
            sent_on: it.sent_to_company_on,
            narrative: it.submitted_narrative,
            digest: &it.digest,
            source: &it.source,
        }
    }

    pub(super) fn of_complaint(it: &'a redress_complaint::ReportedHistory) -> Self {
        // Both crates write the same words.
        let class = |class: &ResponseClass| class.as_str() == it.response_class.as_str();
        let answer = |reported: redress_complaint::Reported| {
            ANSWERS
                .into_iter()
                .find(|answer| answer.as_str() == reported.as_str())
                .unwrap_or_default()
        };
        Self {
            class: CLASSES
                .into_iter()
                .find(class)
                .unwrap_or(ResponseClass::Other),
            timely: answer(it.timely),
            disputed: answer(it.disputed),
            response: it.response.as_deref().unwrap_or_default(),
            sent_on: it.sent_to_company_on,
            narrative: it.submitted_narrative,
            digest: &it.digest,
            source: &it.source,
        }
    }

    /// Whether another report of the same item counts instead, by the domain's own rule.
    pub(super) fn is_superseded_by(&self, later: &Self) -> bool {
        later.history().rank() > self.history().rank()
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
            sent_to_company_on: self.sent_on,
            sent_before_received: false,
            public_response: None,
            submitted_narrative: self.narrative,
        }
    }

    pub(super) fn write(&self, to: &mut Writer) {
        let narrative = if self.narrative { HAS_NARRATIVE } else { 0 };
        let sent_on = if self.sent_on.is_some() {
            HAS_SENT_ON
        } else {
            0
        };
        to.byte(place(&CLASSES, &self.class));
        to.byte(place(&ANSWERS, &self.timely));
        to.byte(place(&ANSWERS, &self.disputed));
        to.byte(narrative | sent_on);
        if let Some(day) = self.sent_on {
            let month = i64::from(day.year()) * 12 + i64::from(day.month()) - 1;
            to.number(month * 32 + i64::from(day.day()));
        }
        to.text(self.response);
        to.text(self.digest);
        to.text(self.source);
    }

    pub(super) fn read(from: &mut Reader<'a>) -> Option<Self> {
        let class = *CLASSES.get(usize::from(from.byte()?))?;
        let timely = *ANSWERS.get(usize::from(from.byte()?))?;
        let disputed = *ANSWERS.get(usize::from(from.byte()?))?;
        let flags = from.byte()?;
        let sent_on = match flags & HAS_SENT_ON {
            0 => None,
            _ => Some(day(from.number()?)?),
        };
        Some(Self {
            class,
            timely,
            disputed,
            response: from.text()?,
            sent_on,
            narrative: flags & HAS_NARRATIVE != 0,
            digest: from.text()?,
            source: from.text()?,
        })
    }
}

/// Every value of the lists stands in them; another one would not be read back.
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
        for class in CLASSES {
            for (timely, disputed) in ANSWERS.into_iter().zip(ANSWERS.into_iter().rev()) {
                let report = Report {
                    class,
                    timely,
                    disputed,
                    response: "Closed",
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

    #[test]
    fn the_complaints_words_are_those_of_the_feedback() {
        let words: Vec<&str> = CLASSES.iter().map(|class| class.as_str()).collect();
        for word in redress_complaint::ResponseClass::WORDS {
            assert!(words.contains(word), "{word}");
        }
        assert_eq!(words.len(), redress_complaint::ResponseClass::WORDS.len());
        let answers = ANSWERS.map(Answer::as_str);
        for word in redress_complaint::Reported::WORDS {
            assert!(answers.contains(word), "{word}");
        }
    }
}
