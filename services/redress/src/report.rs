//! `redress report ..`

mod chart;
mod clocks;
mod indicators;
mod json;
mod pareto;
mod scope;
mod series;
mod signals;

use clap::Subcommand;

use crate::failure::Failure;
use crate::global::Global;

pub(crate) use indicators::table as indicators_table;
pub(crate) use json::{indicators as indicators_json, signal as signal_json};
pub(crate) use signals::table as signals_table;

/// Of figures that would otherwise look as if nothing were ever over.
const IMPORT_OPEN: &str = "an import is open: until it is run to its end or closed, no month is over and none \
                           is judged (`redress view status` names it)";

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// How many, how fast, with what outcome
    Indicators(indicators::Arguments),
    /// What came in and went out in each day, week or month, and what was open
    Series(series::Arguments),
    /// The control chart of one product or issue by month
    Chart(chart::Arguments),
    /// What was promised, and what became of it: by policy and clock
    Clocks(clocks::Arguments),
    /// The slices of one dimension, the largest first
    Pareto(pareto::Arguments),
    /// Months that lie outside of what their past lets expect: what the charts found
    Signals(signals::Arguments),
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Indicators(arguments) => indicators::run(global, arguments).await,
        Verb::Series(arguments) => series::run(global, arguments).await,
        Verb::Chart(arguments) => chart::run(global, arguments).await,
        Verb::Clocks(arguments) => clocks::run(global, arguments).await,
        Verb::Pareto(arguments) => pareto::run(global, arguments).await,
        Verb::Signals(arguments) => signals::run(global, arguments).await,
    }
}
