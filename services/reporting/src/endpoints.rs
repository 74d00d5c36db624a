//! The gRPC door: one file for each question.

mod chart;
mod clocks;
mod indicators;
mod pareto;
mod series;
mod signals;

use std::sync::Arc;

use redress_service::Problem;
use redress_wire::reporting::v1 as wire;
use redress_wire::reporting::v1::reporting_service_server::ReportingService;
use tonic::{Request, Response, Status};

use crate::facts::{self, Case, Received, ScanError};
use crate::moment::{Moment, scan_problem, view_unavailable};
use crate::reporting::{Inner, Running};

/// `redress.reporting.v1.ReportingService`.
#[derive(Debug, Clone)]
pub struct Endpoints {
    inner: Arc<Inner>,
}

impl Endpoints {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    fn running(&self) -> Result<&Running, Problem> {
        self.inner
            .running()
            .ok_or_else(|| view_unavailable("reporting does not follow any log yet"))
    }
}

/// Folds all items of a range where waiting for the disk holds up nobody else.
async fn folded<T: Send + 'static>(
    moment: &Moment,
    range: Received,
    mut folded: T,
    add: impl Fn(&mut T, &Case<'_>) + Send + 'static,
) -> Result<T, Problem> {
    let (rows, bounds) = (moment.rows.clone(), moment.bounds);
    let fold = move || {
        facts::for_each(&rows, bounds, range, |case| add(&mut folded, case))?;
        Ok::<_, ScanError>(folded)
    };
    let done = tokio::task::spawn_blocking(fold)
        .await
        .unwrap_or(Err(ScanError::Ended));
    done.map_err(|error| scan_problem(&error))
}

/// Whether an import is under way at a moment: then nothing is complete.
async fn importing(moment: &Moment) -> Result<bool, Problem> {
    let (rows, bounds) = (moment.rows.clone(), moment.bounds);
    let look = move || facts::imports_under_way(&rows, bounds);
    let found = tokio::task::spawn_blocking(look)
        .await
        .unwrap_or(Err(ScanError::Ended));
    found.map_err(|error| scan_problem(&error))
}

type Answer<T> = Result<Response<T>, Status>;

fn answer<T>(answer: Result<T, Problem>) -> Answer<T> {
    Ok(Response::new(answer?))
}

#[tonic::async_trait]
impl ReportingService for Endpoints {
    async fn get_indicators(
        &self,
        request: Request<wire::GetIndicatorsRequest>,
    ) -> Answer<wire::GetIndicatorsResponse> {
        answer(indicators::get(self.running()?, request.into_inner()).await)
    }

    async fn get_series(
        &self,
        request: Request<wire::GetSeriesRequest>,
    ) -> Answer<wire::GetSeriesResponse> {
        answer(series::get(self.running()?, request.into_inner()).await)
    }

    async fn get_pareto(
        &self,
        request: Request<wire::GetParetoRequest>,
    ) -> Answer<wire::GetParetoResponse> {
        answer(pareto::get(self.running()?, request.into_inner()).await)
    }

    async fn get_chart(
        &self,
        request: Request<wire::GetChartRequest>,
    ) -> Answer<wire::GetChartResponse> {
        answer(chart::get(self.running()?, request.into_inner()).await)
    }

    async fn get_clocks(
        &self,
        request: Request<wire::GetClocksRequest>,
    ) -> Answer<wire::GetClocksResponse> {
        answer(clocks::get(self.running()?, request.into_inner()).await)
    }

    async fn list_signals(
        &self,
        request: Request<wire::ListSignalsRequest>,
    ) -> Answer<wire::ListSignalsResponse> {
        answer(signals::list(&self.inner, request.into_inner()).await)
    }

    async fn get_signal(
        &self,
        request: Request<wire::GetSignalRequest>,
    ) -> Answer<wire::GetSignalResponse> {
        answer(signals::get(&self.inner, request.into_inner()).await)
    }
}
