//! Random commands, restarts and sealing, against a list and a map.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use redress_envelope::Record;
use redress_event_log::{Log, TransactError};
use redress_store::{MemoryStore, SledStore, Store};

use crate::child::small_options;
use crate::tally::{
    Added, Tally, add, added, all_bytes, clock, command, config, encoded, fast_folder, noise,
    request, root_of, sealed, subject,
};

#[derive(Debug, Clone)]
enum Step {
    Add {
        stream: u64,
        events: u64,
        noise: usize,
    },
    Asked {
        stream: u64,
        request: u64,
        digest: u64,
        events: u64,
    },
    Expecting {
        stream: u64,
        version: u64,
    },
    Many {
        stream: u64,
        events: u64,
    },
    AtOnce {
        tasks: u64,
    },
    Restart,
    Seal,
}

fn step() -> impl Strategy<Value = Step> {
    let stream = 0_u64..4;
    prop_oneof![
        4 => (stream.clone(), 0_u64..5, 0_usize..4000)
            .prop_map(|(stream, events, noise)| Step::Add { stream, events, noise }),
        4 => (stream.clone(), 0_u64..8, 0_u64..2, 1_u64..4)
            .prop_map(|(stream, request, digest, events)| Step::Asked { stream, request, digest, events }),
        2 => (stream.clone(), 0_u64..6)
            .prop_map(|(stream, version)| Step::Expecting { stream, version }),
        3 => (stream, 60_u64..180).prop_map(|(stream, events)| Step::Many { stream, events }),
        1 => (2_u64..20).prop_map(|tasks| Step::AtOnce { tasks }),
        2 => Just(Step::Restart),
        2 => Just(Step::Seal),
    ]
}

/// What the log should be.
#[derive(Default)]
struct Oracle {
    records: Vec<Vec<u8>>,
    streams: BTreeMap<u64, Vec<u64>>,
    requests: BTreeMap<u64, (u64, u64, Vec<Vec<u8>>)>,
}

impl Oracle {
    fn took(&mut self, stream: u64, records: &[Record]) {
        for record in records {
            assert_eq!(record.position, self.records.len() as u64);
            let positions = self.streams.entry(stream).or_default();
            assert_eq!(record.version, positions.len() as u64);
            positions.push(record.position);
            self.records.push(record.encode().unwrap());
        }
    }

    fn version(&self, stream: u64) -> u64 {
        self.streams.get(&stream).map_or(0, Vec::len) as u64
    }

    async fn check(&self, log: &Log) {
        assert_eq!(log.head().size, self.records.len() as u64);
        assert!(
            all_bytes(log).await == self.records,
            "other bytes than were answered"
        );
        let root = root_of(&self.records);
        assert_eq!(
            (log.head().root, log.root_at(u64::MAX).await.unwrap()),
            (root, root)
        );
        for stream in 0..4 {
            let read = log.read_stream(subject(stream), u64::MAX).await.unwrap();
            let positions: Vec<u64> = read.iter().map(|record| record.position).collect();
            assert_eq!(
                positions,
                self.streams.get(&stream).cloned().unwrap_or_default()
            );
        }
        for (request, (_, _, records)) in &self.requests {
            let found = log.find_request(&request.to_string()).await.unwrap();
            assert_eq!(encoded(&found), *records);
        }
    }
}

struct Subject {
    home: tempfile::TempDir,
    memory: Option<Arc<MemoryStore>>,
    clock: Arc<dyn redress_event_log::Clock>,
}

impl Subject {
    fn open(&self) -> Log {
        let sled = || {
            let tail = self.home.path().join("log/tail");
            Arc::new(SledStore::open_with(&tail, small_options()).unwrap().0) as Arc<dyn Store>
        };
        let store = self.memory.clone().map_or_else(sled, |memory| memory as _);
        Log::open_with(config(self.home.path()), store, Arc::clone(&self.clock)).unwrap()
    }

    async fn run(&self, steps: &[Step]) -> Vec<Vec<u8>> {
        let mut log = self.open();
        let mut oracle = Oracle::default();
        for step in steps {
            log = self.step(log, &mut oracle, step).await;
        }
        oracle.check(&log).await;
        log.close().await.unwrap();
        let log = self.open();
        oracle.check(&log).await;
        log.close().await.unwrap();
        oracle.records
    }

    async fn step(&self, log: Log, oracle: &mut Oracle, step: &Step) -> Log {
        let number = oracle.records.len() as u64;
        match *step {
            Step::Add {
                stream,
                events,
                noise: bytes,
            } => {
                let mut random = fastrand::Rng::with_seed(number);
                let mut event = || Added {
                    amount: number,
                    noise: noise(&mut random, bytes),
                };
                let events = (0..events).map(|_| event()).collect();
                let done = add(&log, command(stream), events).await.unwrap();
                oracle.took(stream, &done.records);
                assert_eq!(done.version, oracle.version(stream));
                assert_eq!(done.state.events, done.version);
            }
            Step::Asked {
                stream,
                request: id,
                digest,
                events,
            } => {
                let asked = request(stream, &id.to_string(), &digest.to_string());
                let done = add(&log, asked, vec![added(1); events as usize]).await;
                match (oracle.requests.get(&id), done) {
                    (None, Ok(done)) => {
                        assert!(!done.repeated);
                        oracle.took(stream, &done.records);
                        let first = (stream, digest, encoded(&done.records));
                        oracle.requests.insert(id, first);
                    }
                    (Some((of, with, first)), Ok(done)) => {
                        assert!(done.repeated && (*of, *with) == (stream, digest));
                        assert_eq!(encoded(&done.records), *first);
                    }
                    (Some((of, with, _)), Err(TransactError::KeyReused { .. })) => {
                        assert_ne!((*of, *with), (stream, digest));
                    }
                    (_, Err(error)) => panic!("{error}"),
                }
            }
            Step::Expecting { stream, version } => {
                let mut command = command(stream);
                command.expected_version = Some(version);
                match add(&log, command, vec![added(3)]).await {
                    Ok(done) => {
                        assert_eq!(version, oracle.version(stream));
                        oracle.took(stream, &done.records);
                    }
                    Err(TransactError::Stale { actual, .. }) => {
                        assert_eq!(actual, oracle.version(stream));
                        assert_ne!(version, actual);
                    }
                    Err(error) => panic!("{error}"),
                }
            }
            Step::Many { stream, events } => {
                let done = add(&log, command(stream), vec![added(1); events as usize])
                    .await
                    .unwrap();
                oracle.took(stream, &done.records);
            }
            Step::AtOnce { tasks } => at_once(&log, oracle, tasks).await,
            Step::Restart => {
                log.close().await.unwrap();
                let log = self.open();
                oracle.check(&log).await;
                return log;
            }
            Step::Seal => {
                sealed(&log, log.head().size / 256 * 256).await;
                for stream in 0..4 {
                    let (state, version) =
                        log.load::<Tally>(subject(stream), u64::MAX).await.unwrap();
                    assert_eq!((state.events, version), (version, oracle.version(stream)));
                }
            }
        }
        log
    }
}

/// Commands on all streams at the same time: some order, the same for everybody.
async fn at_once(log: &Log, oracle: &mut Oracle, tasks: u64) {
    let under_way: Vec<_> = (0..tasks)
        .map(|task| {
            let log = log.clone();
            let adding = async move { add(&log, command(task % 4), vec![added(task); 2]).await };
            (task % 4, tokio::spawn(adding))
        })
        .collect();
    let mut done = Vec::new();
    for (stream, task) in under_way {
        done.push((stream, task.await.unwrap().unwrap().records));
    }
    done.sort_by_key(|(_, records)| records[0].position);
    for (stream, records) in done {
        oracle.took(stream, &records);
    }
}

fn run(steps: &[Step], memory: bool) -> Vec<Vec<u8>> {
    let subject = Subject {
        home: if memory {
            fast_folder()
        } else {
            tempfile::tempdir().unwrap()
        },
        memory: memory.then(|| Arc::new(MemoryStore::new())),
        clock: clock(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(subject.run(steps))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_log_does_what_a_list_and_a_map_would(steps in prop::collection::vec(step(), 1..40)) {
        run(&steps, true);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_log_in_sled_does_what_a_list_and_a_map_would(steps in prop::collection::vec(step(), 1..40)) {
        run(&steps, false);
    }

    #[test]
    fn the_same_commands_give_the_same_bytes(steps in prop::collection::vec(step(), 1..20)) {
        // Those at once come in any order.
        let steps: Vec<Step> =
            steps.into_iter().filter(|step| !matches!(step, Step::AtOnce { .. })).collect();
        let without: Vec<Step> = steps
            .iter()
            .filter(|step| !matches!(step, Step::Restart | Step::Seal))
            .cloned()
            .collect();
        assert_eq!(root_of(&run(&steps, true)), root_of(&run(&without, true)));
    }
}
