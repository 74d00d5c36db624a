//! Many clients at once, until the server is gone or they are told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use redress_service::Problem;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tonic::Status;

use super::client::{Client, is_complaint, is_too_early};
use super::ledger::{Answer, Ledger, Step};
use super::server::PATIENCE;

/// After a refusal, and with a slow load after each number.
const PAUSE: Duration = Duration::from_millis(10);

pub(crate) fn runtime() -> Runtime {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("threads can be had")
}

/// Workers that submit feedback and then deal with the complaint that it opened.
#[derive(Debug)]
pub(crate) struct Load {
    workers: JoinSet<()>,
    enough: Arc<AtomicBool>,
}

#[derive(Debug, Clone)]
struct Worker {
    client: Client,
    ledger: Ledger,
    enough: Arc<AtomicBool>,
    pause: Duration,
}

impl Load {
    pub(crate) fn start(
        runtime: &Runtime,
        client: &Client,
        ledger: &Ledger,
        workers: usize,
    ) -> Self {
        Self::start_with(runtime, client, ledger, workers, Duration::ZERO)
    }

    /// Each worker rests between two numbers.
    pub(crate) fn start_with(
        runtime: &Runtime,
        client: &Client,
        ledger: &Ledger,
        workers: usize,
        pause: Duration,
    ) -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let (client, ledger) = (client.clone(), ledger.clone());
        let worker = Worker {
            client,
            ledger,
            enough: Arc::clone(&enough),
            pause,
        };
        let mut set = JoinSet::new();
        for _ in 0..workers {
            set.spawn_on(worker.clone().work(), runtime.handle());
        }
        Self {
            workers: set,
            enough,
        }
    }

    /// Waits for the workers: of a server that is gone, or that answers what was asked.
    pub(crate) fn end(mut self, runtime: &Runtime) {
        self.enough.store(true, Ordering::SeqCst);
        runtime.block_on(async {
            while let Some(ended) = self.workers.join_next().await {
                ended.expect("a worker does not panic");
            }
        });
    }
}

impl Worker {
    async fn work(self) {
        while !self.enough.load(Ordering::SeqCst) {
            let number = self.ledger.take_number();
            let story = self.story(number).await;
            match story {
                Ok(()) => tokio::time::sleep(self.pause).await,
                Err(status) if is_from_the_server(&status) => {
                    self.ledger
                        .refused(Problem::from_status(&status).code.into_owned());
                    tokio::time::sleep(PAUSE).await;
                }
                Err(_the_connection_broke) => return,
            }
        }
    }

    async fn story(&self, number: u64) -> Result<(), Status> {
        let answer = self.ask(number, Step::Submit, "").await?;
        if is_complaint(number) && number.is_multiple_of(2) {
            if !self.catch_up(&answer.token).await? {
                return Ok(());
            }
            self.ask(number, Step::Acknowledge, &answer.id).await?;
            self.ask(number, Step::Note, &answer.id).await?;
        }
        Ok(())
    }

    /// `false` if it was told to stop meanwhile.
    async fn catch_up(&self, token: &str) -> Result<bool, Status> {
        while !self.enough.load(Ordering::SeqCst) {
            match self.client.catch_up("workflow", token).await {
                Err(error) if is_too_early(&error) => {}
                caught_up => return caught_up.map(|_token| true),
            }
        }
        Ok(false)
    }

    async fn ask(&self, number: u64, step: Step, id: &str) -> Result<Answer, Status> {
        self.ledger.asks(number, step);
        let answer = self.client.ask(number, step, id).await?;
        self.ledger.answered(number, step, &answer);
        Ok(answer)
    }
}

/// Whether a method answered; what the connection itself says has no details.
fn is_from_the_server(status: &Status) -> bool {
    !status.details().is_empty()
}

/// Waits for so many more acknowledgements; `false` if there is nobody left to give them.
pub(crate) fn wait_for_answers(
    ledger: &Ledger,
    count: usize,
    mut alive: impl FnMut() -> bool,
) -> bool {
    let (enough, end) = (ledger.answers() + count, Instant::now() + PATIENCE);
    while ledger.answers() < enough {
        if !alive() {
            return false;
        }
        assert!(
            Instant::now() < end,
            "{} of {enough} answers came",
            ledger.answers()
        );
        std::thread::sleep(Duration::from_micros(500));
    }
    true
}
