//! `GetPareto`.

use redress_service::Problem;
use redress_statistics::pareto;
use redress_wire::reporting::v1 as wire;

use super::folded;
use crate::dimension::Dimension;
use crate::facts::Case;
use crate::indicators::decimal;
use crate::reporting::Running;
use crate::scope::{Scope, dimension};
use crate::tally::Tally;

const DEFAULT_ROWS: u32 = 20;
const MAX_ROWS: u32 = 500;

pub(super) async fn get(
    running: &Running,
    request: wire::GetParetoRequest,
) -> Result<wire::GetParetoResponse, Problem> {
    let scope = Scope::from_wire(request.scope)?;
    let by = dimension("dimension", &request.dimension, &Dimension::ALL)?;
    let limit = limit(request.limit)?;
    let moment = running
        .moment(&request.wait_for, request.as_of.as_ref())
        .await?;
    let range = scope.received;
    let add = move |tally: &mut Tally, case: &Case<'_>| count(tally, by, &scope, case);
    let tally = folded(&moment, range, Tally::default(), add).await?;
    let pareto = pareto(tally.into_counts());
    let rows: Vec<_> = pareto.rows.into_iter().take(limit).map(row).collect();
    let shown = rows.last().map_or(0, |row| row.cumulative_count);
    Ok(wire::GetParetoResponse {
        rows,
        total: pareto.total,
        other: pareto.total - shown,
        token: moment.token,
        incomplete_from: moment.incomplete_from,
    })
}

fn count(tally: &mut Tally, by: Dimension, scope: &Scope, case: &Case<'_>) {
    if case.complaint().is_some() && scope.lets_through(case) {
        tally.add(by.of(case));
    }
}

fn row(row: redress_statistics::ParetoRow<String>) -> wire::ParetoRow {
    wire::ParetoRow {
        key: row.name,
        count: row.count,
        share: decimal(row.share, 6),
        cumulative_share: decimal(row.cumulative_share, 6),
        cumulative_count: row.cumulative_count,
    }
}

fn limit(limit: u32) -> Result<usize, Problem> {
    match limit {
        0 => Ok(DEFAULT_ROWS as usize),
        1..=MAX_ROWS => Ok(limit as usize),
        _ => Err(
            Problem::invalid("LIMIT_INVALID", "limit", "so many rows are not answered")
                .with_remedy(format!("ask for 1 to {MAX_ROWS} rows")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounded shares that were added up would miss the whole.
    #[test]
    fn shares_are_rounded_one_by_one_and_what_adds_up_is_the_counts() {
        for parts in [3_u64, 7, 13, 1999] {
            let counts = (0..parts).map(|name| (format!("{name:04}"), 1));
            let rows: Vec<_> = pareto(counts).rows.into_iter().map(row).collect();
            let last = rows.last().unwrap();
            assert_eq!(last.cumulative_share, "1.000000", "{parts} parts");
            for (index, row) in rows.iter().enumerate() {
                let so_far = (index + 1) as f64 / parts as f64;
                assert_eq!(row.cumulative_share, format!("{so_far:.6}"));
            }
        }
        let thirds = pareto([
            ("a".to_owned(), 1),
            ("b".to_owned(), 1),
            ("c".to_owned(), 1),
        ]);
        let rows: Vec<_> = thirds.rows.into_iter().map(row).collect();
        let shares: Vec<_> = rows.iter().map(|it| &*it.cumulative_share).collect();
        assert_eq!(shares, ["0.333333", "0.666667", "1.000000"]);
        assert!(rows.iter().all(|it| it.share == "0.333333"));
    }
}
