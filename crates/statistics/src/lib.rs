//! The arithmetic behind every indicator, chart and signal, each with the source of its formula.
//!
//! Inside, values are `f64`, and only operations that IEEE 754 rounds correctly are used
//! (`+ - * /` and the square root), so that every machine gives the same digits. What is stored
//! leaves through [`fixed`]. Whether a value is out of its limits is decided in whole numbers where
//! the inputs are whole ([`xmr_judge`]). What cannot be computed is refused by name, never NaN.

pub mod chart;
mod error;
mod fixed;
mod judge;
mod pareto;
mod proportion;
mod score;
mod summary;

pub use chart::{Chart, Family, MovingRanges, Options, Point, Rule, RuleSet, Side, Signal};
pub use error::StatisticsError;
pub use fixed::{NotANumber, fixed};
pub use judge::{
    BaselineRefusal, Judgement, MIN_BASELINE_MEAN, MIN_BASELINE_POINTS, XMR_RULE, xmr_judge,
};
pub use pareto::{Pareto, ParetoRow, pareto};
pub use proportion::{Proportion, Z_95, wilson};
pub use score::{Ces, Csat, Nps, ces, csat, nps};
pub use summary::{SMALL_N, Summary, is_small, mean, quantile, summary};
