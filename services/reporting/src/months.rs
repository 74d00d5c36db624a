//! The complaints of one slice by month, and how one month compares with those before it.

use std::collections::BTreeMap;

use redress_statistics::{BaselineRefusal, Judgement, Side, xmr_judge};

use crate::indicators::decimal;
use crate::month::Month;
use crate::signal::{Direction, Figures};

/// A baseline has at most so many months.
const BASELINE_MONTHS: i32 = 24;

/// Complaints by the month of receipt. Between the first month and the last, one without is zero.
#[derive(Debug, Clone, Default)]
pub(crate) struct Months(BTreeMap<Month, u64>);

/// One month against its baseline, which it is not part of.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    month: Month,
    pub(crate) value: u64,
    pub(crate) result: Result<Judgement, BaselineRefusal>,
}

/// What makes a month a signal.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) direction: Direction,
    pub(crate) figures: Figures,
    pub(crate) baseline_from: Month,
    pub(crate) baseline_to: Month,
}

impl Months {
    pub(crate) fn add(&mut self, month: Month) {
        *self.0.entry(month).or_default() += 1;
    }

    pub(crate) fn first(&self) -> Option<Month> {
        self.0.first_key_value().map(|(month, _)| *month)
    }

    pub(crate) fn last(&self) -> Option<Month> {
        self.0.last_key_value().map(|(month, _)| *month)
    }

    fn count(&self, month: Month) -> u64 {
        self.0.get(&month).copied().unwrap_or(0)
    }

    /// The baseline are the months before, up to 24, from the slice's first complaint on.
    pub(crate) fn judge(&self, month: Month) -> Judged {
        let from = self
            .first()
            .unwrap_or(month)
            .max(month.plus(-BASELINE_MONTHS));
        let baseline: Vec<u64> = from.until(month).map(|month| self.count(month)).collect();
        let value = self.count(month);
        Judged {
            month,
            value,
            result: xmr_judge(&baseline, value),
        }
    }
}

impl Judged {
    /// What is to be said of it, if it is out of its limits.
    pub(crate) fn out(&self) -> Option<Finding> {
        let judgement = self.result.as_ref().ok()?;
        let direction = match judgement.out? {
            Side::Above => Direction::Above,
            Side::Below => Direction::Below,
        };
        let months = i32::try_from(judgement.baseline_points).unwrap_or(i32::MAX);
        let figures = [
            ("observed", self.value.to_string()),
            ("centre", decimal(judgement.centre, 4)),
            ("mean_moving_range", decimal(judgement.mean_moving_range, 4)),
            ("lower", decimal(judgement.lower, 4)),
            ("upper", decimal(judgement.upper, 4)),
            ("baseline_months", months.to_string()),
        ];
        Some(Finding {
            direction,
            figures: figures.map(|(name, it)| (name.to_owned(), it)).into(),
            baseline_from: self.month.plus(-months),
            baseline_to: self.month.plus(-1),
        })
    }
}
