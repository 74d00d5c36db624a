//! Several commands that keep their order on their way to the writer.

use std::sync::Arc;

use redress_envelope::Record;
use tokio::sync::oneshot;

use crate::history::ReadError;
use crate::log::Log;
use crate::transact::{
    Answer, Command, Done, Known, Life, Loaded, Moment, TransactError, blocking, boxed, job, look,
    look_in_memory,
};

/// A command, its decision, and what was found out.
type LookedAt<F, R> = (Command, F, Result<Known, TransactError<R>>);

/// One of several commands after it was handed over.
enum UnderWay {
    Waiting(oneshot::Receiver<Answer>),
    Repeated(Box<Record>, &'static str),
}

impl Log {
    /// Several commands, each as in [`transact`](Self::transact). They reach the writer in the order
    /// in which they are given, so that the same commands make the same log, and share their way to
    /// the disk. The answers are in that order, too. Bounded by whoever calls: it waits for room in the
    /// queue.
    pub async fn transact_in_order<L, R, F>(
        &self,
        commands: Vec<(Command, F)>,
    ) -> Vec<Result<Done<L::State>, TransactError<R>>>
    where
        L: Life,
        R: Send + 'static,
        F: FnOnce(&L::State, Moment) -> Result<Vec<L::Event>, R> + Send + 'static,
    {
        let count = commands.len();
        let Ok(looked_at) = self.look_at_all::<L, R, F>(commands).await else {
            return (0..count).map(|_| Err(ReadError::Ended.into())).collect();
        };
        let mut under_way = Vec::with_capacity(looked_at.len());
        for (command, decide, known) in looked_at {
            let known = match known {
                Ok(Known::Loaded(loaded)) => match self.refuse_if_held() {
                    Ok(()) => {
                        let (job, answer) = job(command.clone(), loaded, boxed::<L, R>(decide));
                        // Whoever came back later would have lost its place.
                        let queued = self.wait_in_queue(job).await;
                        queued.map(|()| UnderWay::Waiting(answer))
                    }
                    Err(held) => Err(held),
                },
                Ok(Known::Repeated(first, key)) => Ok(UnderWay::Repeated(first, key)),
                Err(error) => Err(error),
            };
            under_way.push((command, known));
        }
        let mut done = Vec::with_capacity(under_way.len());
        for (command, known) in under_way {
            done.push(match known {
                Ok(UnderWay::Waiting(answer)) => match self.answer(answer).await.settled() {
                    Ok(answer) => self.conclude::<L, R>(command, answer).await,
                    // Only the order among themselves is lost, where somebody else was faster.
                    Err(again) => self.run::<L, R>(*again.command, again.decide).await,
                },
                Ok(UnderWay::Repeated(first, key)) => {
                    self.repeated::<L, R>(&command, *first, key).await
                }
                Err(error) => Err(error),
            });
        }
        done
    }

    /// Finds out about all commands; what is not in memory is read in one go.
    async fn look_at_all<L, R, F>(
        &self,
        commands: Vec<(Command, F)>,
    ) -> Result<Vec<LookedAt<F, R>>, ReadError>
    where
        L: Life,
        R: Send + 'static,
        F: Send + 'static,
    {
        let in_memory = |command: &Command| look_in_memory::<L>(&self.shared, command);
        let known: Vec<Option<Loaded>> = commands
            .iter()
            .map(|(command, _)| in_memory(command))
            .collect();
        let shared = Arc::clone(&self.shared);
        let all_in_memory = known.iter().all(Option::is_some);
        let look = move || {
            let both = commands.into_iter().zip(known);
            let looked_at = both.map(|((command, decide), known)| {
                let known = match known {
                    Some(loaded) => Ok(Known::Loaded(loaded)),
                    None => look::<L, R>(&shared, &command),
                };
                (command, decide, known)
            });
            looked_at.collect()
        };
        if all_in_memory {
            return Ok(look());
        }
        blocking(look).await
    }
}
