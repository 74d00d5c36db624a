//! Folding rows that are not served yet, until they can be.

use std::sync::Arc;

use redress_store::Ingested;
use tokio::sync::watch;

use crate::generation::Generation;
use crate::runner::{End, Runner};
use crate::shared::Shared;
use crate::stop::Stop;

/// A generation that lacks no more than this many records takes over.
const NEARLY_THERE: u64 = 10_000;

/// Folds until it has nearly caught up with logs that go on growing.
pub(crate) async fn build(
    shared: Arc<Shared>,
    mut runner: Runner,
    told: watch::Receiver<bool>,
) -> (Runner, End) {
    let mut hears = told.clone();
    loop {
        let goal = tokio::select! {
            goal = sizes(&shared) => goal,
            _ = hears.wait_for(|told| *told) => return (runner, End::Told),
        };
        let goal = match goal {
            Ok(goal) => goal,
            Err(stop) => return (runner, End::Stopped(stop)),
        };
        let positions = runner.generation.progress().positions(&shared.followed);
        let behind: u64 = goal
            .iter()
            .zip(&positions)
            .map(|(goal, at)| goal.saturating_sub(*at))
            .sum();
        shared.building.send_modify(|building| {
            if let Some(building) = building {
                building.aim(&goal);
            }
        });
        let end = runner.run(Some(&goal), told.clone()).await;
        if end != End::Reached {
            return (runner, end);
        }
        if behind > NEARLY_THERE {
            continue;
        }
        if !runner.generation.is_staged() {
            return (runner, end);
        }
        // What is appended meanwhile is folded afterwards, as long as the old rows still follow the logs.
        match runner.sort(told.clone()).await {
            Ok(Ingested::All) => {}
            Ok(Ingested::Nothing) => return (runner, End::Told),
            Err(stop) => return (runner, End::Stopped(stop)),
        }
    }
}

async fn sizes(shared: &Shared) -> Result<Vec<u64>, Stop> {
    let mut sizes = Vec::new();
    for source in shared.sources() {
        let size = source.size().await.map_err(|error| Stop::Source {
            place: source.place(),
            position: 0,
            why: error.to_string(),
        })?;
        sizes.push(size);
    }
    Ok(sizes)
}

pub(crate) async fn finish(generation: Arc<Generation>) -> Result<(), Stop> {
    let finished = tokio::task::spawn_blocking(move || generation.finish()).await;
    match finished {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Stop::Rows {
            why: error.to_string(),
        }),
        Err(_) => Err(Stop::Rows {
            why: "the thread that wrote them panicked".to_owned(),
        }),
    }
}
