//! Services and NATS in network namespaces of their own, between which packets are lost: both ways, or
//! one. Each service goes on as far as it can, catches up, and ends equal to the logs.
//!
//! It needs root, and `ip` of iproute2; without these the tests print `SKIPPED`, and fail instead when
//! `REDRESS_FORBID_SKIP` is set.

mod network;

use std::time::Instant;

use serde_json::Value;

use crate::programs::{INTAKE, Patience, Programs, REPORTING, SERVICES, WORKFLOW};
use crate::three::nats::Nats;
use network::{Network, Way};

const NATS: usize = SERVICES.len();
const EVERYBODY: [usize; 3] = [INTAKE, WORKFLOW, REPORTING];

/// Three services and NATS, each on a host of its own, and how many complaints were handed in.
struct Site {
    // In the order in which they end.
    programs: Programs,
    _nats: Nats,
    network: Network,
    submitted: usize,
}

impl Site {
    fn start() -> Option<Self> {
        let network = Network::new(SERVICES.len() + 1)?;
        let mut nats = Nats::prepared_on(network.host(NATS))?;
        nats.run();
        let programs = Programs::start_on(&nats, EVERYBODY.map(|it| network.host(it)));
        Some(Self {
            programs,
            _nats: nats,
            network,
            submitted: 0,
        })
    }

    /// A few more complaints, each of which intake takes at once.
    fn submit(&mut self) -> (String, String) {
        let mut last = (String::new(), String::new());
        for _ in 0..3 {
            self.submitted += 1;
            let done = self.programs.json(&format!(
                "feedback submit --kind=complaint --channel=email --product=Kettle \
                 --description=It_leaks --request-id=submission-{}",
                self.submitted
            ));
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            last = (text(&done["reference"]), text(&done["recorded"]["token"]));
        }
        last
    }

    /// Repeats a question until it is answered: a wait for a token ends after a while.
    fn eventually(&self, service: usize, typed: &str) -> Value {
        let mut patience = Patience::new("the answer comes");
        loop {
            let output = self.programs.beside(service).run(typed);
            if output.status.success() {
                return serde_json::from_slice(&output.stdout).unwrap();
            }
            patience.wait(&Value::Null);
        }
    }

    /// Waits until workflow itself has found out that it does not reach NATS.
    fn until_cut_off(&self) {
        let typed = format!("ready --http {}", self.programs.health(WORKFLOW));
        let mut patience = Patience::new("workflow notices");
        loop {
            let told = self.programs.beside(WORKFLOW).json(&typed);
            if told["warnings"].to_string().contains("NATS is away") {
                return;
            }
            patience.wait(&told);
        }
    }

    /// Everything is there once, and a reading from the beginning, undisturbed, comes to the same.
    fn judge(&mut self) {
        self.programs.settle();
        let items = |service, event: &str| {
            let records = self.programs.records(service);
            let of_type = records.iter().filter(|it| it["type"] == event);
            let item = |it: &Value| {
                let subject = it["subject"].as_str().unwrap();
                subject.split_once('/').unwrap().1.to_owned()
            };
            of_type.map(item).collect::<Vec<_>>()
        };
        let received = items(INTAKE, "redress.feedback.received.v1");
        assert_eq!(received.len(), self.submitted);
        // Workflow follows in order, so that it opened them in the same.
        assert_eq!(items(WORKFLOW, "redress.complaint.opened.v1"), received);
        let followed = self.reports();
        assert_eq!(followed[0]["indicators"]["received"], self.submitted);
        self.programs.json("log verify");
        self.programs.beside(REPORTING).json("view rebuild");
        assert_eq!(self.reports(), followed);
    }

    /// What reporting says, but for how far it had read.
    fn reports(&self) -> Vec<Value> {
        let verbs = ["indicators", "series", "pareto --by product"];
        let report = |verb: &str| {
            let mut report = self
                .programs
                .beside(REPORTING)
                .json(&format!("report {verb}"));
            report.as_object_mut().unwrap().remove("token").unwrap();
            report
        };
        verbs.into_iter().map(report).collect()
    }
}

/// The same with each way of losing packets, each on a site of its own, and all at the same time.
fn each_way(of: impl Fn(&mut Site, Way) + Sync) {
    std::thread::scope(|scope| {
        for way in [Way::Both, Way::There, Way::Back] {
            let of = &of;
            scope.spawn(move || {
                let Some(mut site) = Site::start() else {
                    return;
                };
                site.submit();
                site.programs.settle();
                let begin = Instant::now();
                of(&mut site, way);
                println!(
                    "{way:?}: cut, healed and caught up after {:.1?}",
                    begin.elapsed()
                );
                site.judge();
            });
        }
    });
}

#[test]
fn without_a_way_to_nats_and_back_commands_are_taken_and_the_owners_are_followed() {
    each_way(|site, way| {
        for service in EVERYBODY {
            site.network.cut(service, NATS, way);
        }
        let (reference, token) = site.submit();
        // Workflow learns of them from intake itself, and reporting of what comes of it.
        let show = format!("complaint show {reference} --wait-for {token}");
        site.eventually(WORKFLOW, &show);
        let acknowledge = format!("complaint acknowledge {reference} --channel=email");
        let done = site.programs.json(&acknowledge);
        let token = done["recorded"]["token"].as_str().unwrap();
        let told = site.eventually(REPORTING, &format!("report indicators --wait-for {token}"));
        assert_eq!(told["indicators"]["received"], site.submitted);
        site.until_cut_off();
        site.submit();
        site.network.heal();
        site.programs.settle();
    });
}

#[test]
fn a_service_that_is_cut_off_from_all_others_answers_and_catches_up() {
    each_way(|site, way| {
        let (reference, _) = site.submit();
        site.programs.settle();
        for other in [INTAKE, REPORTING, NATS] {
            site.network.cut(WORKFLOW, other, way);
        }
        let (_, newest) = site.submit();
        site.until_cut_off();
        // What it has it shows, and takes commands on.
        let workflow = site.programs.beside(WORKFLOW);
        workflow.json(&format!(
            "complaint acknowledge {reference} --channel=email"
        ));
        let listed = workflow.json("complaint list --limit 100");
        let known = listed["complaints"].as_array().unwrap().len();
        match way {
            Way::Both | Way::Back => assert_eq!(known, site.submitted - 3),
            // What it had asked NATS for before can still come.
            Way::There => assert!((site.submitted - 3..=site.submitted).contains(&known)),
        }
        // The others go on without it.
        let mut patience = Patience::new("reporting counts what intake took");
        loop {
            let told = site.programs.beside(REPORTING).json("report indicators");
            let kinds = told["indicators"]["feedback_by_kind"].as_array().unwrap();
            if kinds.iter().any(|it| it["count"] == site.submitted) {
                break;
            }
            patience.wait(&told["indicators"]);
        }
        site.network.heal();
        site.eventually(WORKFLOW, &format!("complaint list --wait-for {newest}"));
        site.programs.settle();
    });
}
