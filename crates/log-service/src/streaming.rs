//! Answers that go on: each has a place among all streams of the process, and ends with it.

use redress_service::{Problem, Shutdown, StreamLimit};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Response, Status};

pub(crate) type Answers<T> = ReceiverStream<Result<T, Status>>;

/// What streams of a process share.
#[derive(Debug, Clone)]
pub(crate) struct Streaming {
    limit: StreamLimit,
    shutdown: Shutdown,
}

impl Streaming {
    pub(crate) fn new(limit: StreamLimit, shutdown: Shutdown) -> Self {
        Self { limit, shutdown }
    }

    /// Answers with what `work` sends.
    pub(crate) fn answer<T, F>(
        &self,
        work: impl FnOnce(mpsc::Sender<Result<T, Status>>) -> F,
    ) -> Result<Response<Answers<T>>, Problem>
    where
        T: Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let place = self.limit.take()?;
        let shutdown = self.shutdown.clone();
        let (send, receive) = mpsc::channel(1);
        let work = work(send);
        tokio::spawn(async move {
            let _kept_as_long_as_the_stream = place;
            tokio::select! {
                () = work => {}
                () = shutdown.soft() => {}
            }
        });
        Ok(Response::new(ReceiverStream::new(receive)))
    }
}
