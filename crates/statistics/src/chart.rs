//! Control charts: a centre, limits around it, and the points that break a rule.
//!
//! A chart names its family, the rule set and the options it was made with, so that whoever shows
//! it can say so. Limits stand at three sigma, for individuals at 2.66 mean moving ranges. Plain u
//! and p limits are too narrow for large exposures; Laney's are the ones to use there.

mod counts;
mod individuals;
mod laney;
mod rules;

pub use counts::{c_chart, g_chart, np_chart, p_chart, u_chart};
pub use individuals::xmr_chart;
pub use laney::{laney_p_chart, laney_u_chart};

/// What kind of number is charted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Individual values and their moving ranges.
    Xmr,
    /// Events in equal exposures.
    C,
    /// Events per exposure.
    U,
    /// Share of a whole.
    P,
    /// Number out of a whole.
    Np,
    /// Events per exposure, with the spread that they really have.
    LaneyU,
    /// Share of a whole, with the spread that it really has.
    LaneyP,
    /// Cases between rare events.
    G,
}

impl Family {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xmr => "xmr",
            Self::C => "c",
            Self::U => "u",
            Self::P => "p",
            Self::Np => "np",
            Self::LaneyU => "laney_u",
            Self::LaneyP => "laney_p",
            Self::G => "g",
        }
    }
}

/// Which moving ranges count towards their mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum MovingRanges {
    #[default]
    Unscreened,
    /// Without those above 3.267 times their mean, once (Nelson, "Control Charts for Individual
    /// Measurements", Journal of Quality Technology 14, 1982; as qicharts2 does).
    Screened,
}

impl MovingRanges {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unscreened => "unscreened",
            Self::Screened => "screened",
        }
    }
}

/// Named so that a signal can say which rules it comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleSet {
    /// A point beyond the limits, and nothing else.
    Limits,
    /// Western Electric, Statistical Quality Control Handbook, 1956.
    #[default]
    WesternElectric,
    /// Nelson, "The Shewhart Control Chart: Tests for Special Causes", Journal of Quality
    /// Technology 16, 1984.
    Nelson,
}

impl RuleSet {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Limits => "limits",
            Self::WesternElectric => "western_electric",
            Self::Nelson => "nelson",
        }
    }

    /// The rules in the order of their numbers in the set, the first being rule 1.
    pub const fn rules(self) -> &'static [Rule] {
        match self {
            Self::Limits => &[Rule::BeyondLimits],
            Self::WesternElectric => &[
                Rule::BeyondLimits,
                Rule::TwoOfThreeBeyondTwoSigma,
                Rule::FourOfFiveBeyondOneSigma,
                Rule::EightOnOneSide,
            ],
            Self::Nelson => &[
                Rule::BeyondLimits,
                Rule::NineOnOneSide,
                Rule::SixInOneDirection,
                Rule::FourteenAlternating,
                Rule::TwoOfThreeBeyondTwoSigma,
                Rule::FourOfFiveBeyondOneSigma,
                Rule::FifteenWithinOneSigma,
                Rule::EightOutsideOneSigma,
            ],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    BeyondLimits,
    /// On the same side; the last of the three is beyond, too.
    TwoOfThreeBeyondTwoSigma,
    /// On the same side; the last of the five is beyond, too.
    FourOfFiveBeyondOneSigma,
    EightOnOneSide,
    NineOnOneSide,
    SixInOneDirection,
    FourteenAlternating,
    FifteenWithinOneSigma,
    /// On both sides; eight on one side are another rule's matter.
    EightOutsideOneSigma,
}

impl Rule {
    pub const fn name(self) -> &'static str {
        match self {
            Self::BeyondLimits => "beyond_limits",
            Self::TwoOfThreeBeyondTwoSigma => "two_of_three_beyond_two_sigma",
            Self::FourOfFiveBeyondOneSigma => "four_of_five_beyond_one_sigma",
            Self::EightOnOneSide => "eight_on_one_side",
            Self::NineOnOneSide => "nine_on_one_side",
            Self::SixInOneDirection => "six_in_one_direction",
            Self::FourteenAlternating => "fourteen_alternating",
            Self::FifteenWithinOneSigma => "fifteen_within_one_sigma",
            Self::EightOutsideOneSigma => "eight_outside_one_sigma",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Above,
    Below,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    pub moving_ranges: MovingRanges,
    /// For individuals that cannot be negative. Counts and shares always keep to their range.
    pub floor_at_zero: bool,
    pub rules: RuleSet,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub value: f64,
    pub centre: f64,
    /// A third of the way from the centre to a limit that nothing cuts off.
    pub sigma: f64,
    pub lower: f64,
    pub upper: f64,
}

impl Point {
    /// A point whose limits lie three sigma from the centre, but inside `range`.
    fn within(value: f64, centre: f64, sigma: f64, range: (f64, f64)) -> Self {
        Self {
            value,
            centre,
            sigma,
            lower: (centre - 3.0 * sigma).max(range.0),
            upper: (centre + 3.0 * sigma).min(range.1),
        }
    }

    /// A value on a limit is not out.
    pub fn out(&self) -> Option<Side> {
        if self.value > self.upper {
            Some(Side::Above)
        } else if self.value < self.lower {
            Some(Side::Below)
        } else {
            None
        }
    }
}

/// A rule that is broken, at the last point of its pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    pub rule: Rule,
    /// Counted from 0.
    pub point: usize,
    /// Where the pattern lies, for the rules that know a side.
    pub side: Option<Side>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    pub family: Family,
    pub options: Options,
    /// Of individuals only.
    pub mean_moving_range: Option<f64>,
    /// Of Laney's charts only: how much wider than plain limits theirs are.
    pub sigma_z: Option<f64>,
    pub points: Vec<Point>,
    /// In order of points, then of the rules' numbers.
    pub signals: Vec<Signal>,
}

impl Chart {
    fn new(family: Family, options: Options, points: Vec<Point>) -> Self {
        Self {
            family,
            options,
            mean_moving_range: None,
            sigma_z: None,
            signals: rules::signals(options.rules, &points),
            points,
        }
    }

    /// The points that break this rule, counted from 0, each once.
    pub fn broken(&self, rule: Rule) -> Vec<usize> {
        let signals = self.signals.iter().filter(|signal| signal.rule == rule);
        let mut points: Vec<_> = signals.map(|signal| signal.point).collect();
        points.dedup();
        points
    }
}
