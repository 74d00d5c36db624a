//! Rows that come together: one way into the vault, one into the log, in their order.

use std::collections::{BTreeSet, VecDeque};

use redress_feedback::{Command as Submit, Refusal, State};
use redress_service::{Kind, Problem, Refused};

use crate::import::row::{self, ImportRow, Imported, Looked, Named, Open, Run};
use crate::intake::Inner;
use crate::item::reference_year;
use crate::life::FeedbackLife;
use crate::sealing::seal_all;
use crate::submit::not_recorded;

/// A row as it was read, with what could not be read of it.
pub(super) type Read = Result<(ImportRow, Vec<Problem>), Refused>;
pub(super) type Taken = Result<Imported, Refused>;

/// Rows that are looked at before others get a turn.
const TURN: usize = 32;

/// Takes rows in; the answers are in their order, and so are the records. A row that is refused does
/// not keep the others out; an error of the whole can leave some of them recorded, and a repeat is
/// safe.
pub(super) async fn take_in(
    intake: &Inner,
    run: &mut Run,
    rows: Vec<Read>,
) -> Result<Vec<Taken>, Refused> {
    let mut left: VecDeque<Result<Named, Refused>> = rows
        .into_iter()
        .map(|row| row.and_then(|(row, problems)| row::named(&intake.names, row, problems)))
        .collect();
    let mut taken = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let next = first_of_their_names(&mut left, intake.import_rows);
        taken.extend(record(intake, run, next).await?);
    }
    Ok(taken)
}

/// The next rows, up to one whose name was among them: it will be a repeat once they are recorded.
fn first_of_their_names(
    left: &mut VecDeque<Result<Named, Refused>>,
    limit: usize,
) -> Vec<Result<Named, Refused>> {
    let (mut next, mut names) = (Vec::new(), BTreeSet::new());
    while next.len() < limit
        && let Some(row) = left.pop_front()
    {
        if let Ok(named) = &row
            && !names.insert(named.key.clone())
        {
            left.push_front(row);
            break;
        }
        next.push(row);
    }
    next
}

async fn record(
    intake: &Inner,
    run: &mut Run,
    rows: Vec<Result<Named, Refused>>,
) -> Result<Vec<Taken>, Refused> {
    let (mut taken, mut open) = (Vec::with_capacity(rows.len()), Vec::new());
    for (index, row) in rows.into_iter().enumerate() {
        if index % TURN == TURN - 1 {
            tokio::task::yield_now().await;
        }
        taken.push(match row {
            Err(refused) => Some(Err(refused)),
            Ok(named) => match row::look(intake, run, named).await? {
                Looked::Answered(answer) => Some(answer),
                Looked::Open(row) => {
                    open.push((index, *row));
                    None
                }
            },
        });
    }
    run.open_for(&intake.log, &open).await?;
    let count = u32::try_from(open.len()).unwrap_or(u32::MAX);
    let room = intake.rows.acquire_many(count).await;
    let _until_they_are_recorded = room.map_err(|_| Problem::internal("the import was closed"))?;
    for (index, answer) in record_open(intake, open).await {
        taken[index] = Some(answer);
    }
    if let Some(Err(refused)) = taken.iter().flatten().find(|it| stops_the_whole(it)) {
        return Err(refused.clone());
    }
    Ok(taken.into_iter().flatten().collect())
}

/// Seals the rows together, and hands them to the log in their order.
async fn record_open(intake: &Inner, open: Vec<(usize, Open)>) -> Vec<(usize, Taken)> {
    let (mut places, mut unsealed) = (Vec::new(), Vec::new());
    for (index, row) in open {
        places.push((index, row.item, row.command));
        unsealed.push(row.unsealed);
    }
    let mut answers = Vec::with_capacity(places.len());
    let (mut recorded, mut commands) = (Vec::new(), Vec::new());
    let sealed = seal_all(intake, unsealed).await;
    for ((index, item, command), feedback) in places.into_iter().zip(sealed) {
        match feedback {
            Err(problem) => answers.push((index, Err(problem.into()))),
            Ok(feedback) => {
                recorded.push((index, item, reference_year(&feedback)));
                let submit = Submit::Submit(Box::new(feedback));
                let decide = move |state: &State, _| redress_feedback::decide(state, &submit);
                commands.push((command, decide));
            }
        }
    }
    let done = intake
        .log
        .transact_in_order::<FeedbackLife, Refusal, _>(commands)
        .await;
    for ((index, item, year), done) in recorded.into_iter().zip(done) {
        let imported = match done {
            Ok(done) => row::imported(&intake.log, item, year, done).await,
            Err(error) => Err(not_recorded(error)),
        };
        answers.push((index, imported.map_err(Refused::from)));
    }
    answers
}

/// Whether it is the server that is wrong, and not the row.
fn stops_the_whole(taken: &Taken) -> bool {
    let Err(refused) = taken else { return false };
    match refused.first().kind {
        Kind::InvalidArgument
        | Kind::FailedPrecondition
        | Kind::AlreadyExists
        | Kind::ResourceExhausted => false,
        Kind::NotFound
        | Kind::Aborted
        | Kind::OutOfRange
        | Kind::DeadlineExceeded
        | Kind::Unavailable
        | Kind::PermissionDenied
        | Kind::Unauthenticated
        | Kind::Unimplemented
        | Kind::DataLoss
        | Kind::Cancelled
        | Kind::Internal => true,
    }
}
