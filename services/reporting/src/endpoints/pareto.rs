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
