//! Publishers that we did not write, at the inbox of a real process: `docs/publish.md` shows the same
//! programs. `chaos.rs` has them publish while everything is killed.

pub(crate) mod publisher;
mod refused;

use serde_json::{Value, json};

use crate::programs::{Patience, Programs};
use crate::started::root;
use crate::three::nats::Nats;
use publisher::Publisher;

fn message(id: &str) -> Value {
    json!({ "id": id, "data": { "kind": "compliment", "product": "Kettle", "description": id,
        "customer": { "reference": id } } })
}

#[test]
fn the_page_shows_the_programs_that_are_tested() {
    let page = std::fs::read_to_string(root().join("docs/publish.md")).unwrap();
    for program in ["publish.py", "publish.mjs"] {
        let text = std::fs::read_to_string(root().join("tests/publishers").join(program)).unwrap();
        assert!(
            page.contains(&text),
            "docs/publish.md shows another {program}"
        );
    }
}

fn is_documented(answer: &Value) {
    let page = std::fs::read_to_string(root().join("docs/publish.md")).unwrap();
    for field in answer.as_object().unwrap().keys() {
        let named = format!("`{field}`");
        assert!(page.contains(&named), "{field} is not in docs/publish.md");
    }
}

#[test]
fn strangers_get_acknowledgements_and_receipts_and_what_is_wrong_can_be_corrected() {
    let Some(nats) = Nats::start() else { return };
    let programs = Programs::start(&nats);
    let folder = programs.folder();
    for source in publisher::sources() {
        let wrong = json!({ "id": "wrong", "data": { "kind": "rant", "product": "Kettle" } });
        let lines = format!("{}\n{wrong}\n", message("right"));
        let mut publisher = Publisher::start(source, folder, &nats, &lines);
        let mut patience = Patience::new("the publisher has its receipts");
        while !publisher.has_ended() {
            patience.wait(&publisher.received().into());
        }
        let receipts = publisher.receipts();
        let of = |id: &str| receipts.iter().find(|it| it["id"] == id).unwrap();
        assert_eq!(of("right")["status"], "accepted");
        assert_eq!(of("right")["receipt"]["repeated"], false);
        assert_eq!(of("wrong")["status"], "rejected");
        assert_eq!(of("wrong")["code"], "FIELD_UNKNOWN_VALUE");
        let id = of("wrong")["rejected_id"].as_str().unwrap();
        let state = |state| {
            let typed = format!("feedback rejected list --state {state} --source {source}");
            programs.json(&typed)
        };
        assert_eq!(state("open")["rejected"][0]["rejected_id"], id);
        let shown = programs.json(&format!("feedback rejected show {id}"));
        assert_eq!(shown["message"]["id"], "wrong");
        is_documented(&shown["rejected"][0]);
        is_documented(&shown["message"]);
        let corrected = json!({ "kind": "complaint", "product": "Kettle" }).to_string();
        std::fs::write(folder.join("corrected.json"), corrected).unwrap();
        let done = programs.json(&format!("feedback retry {id} --file corrected.json"));
        assert!(done["reference"].as_str().unwrap().starts_with("RD-"));
        assert_eq!(
            state("accepted")["rejected"][0]["feedback_id"],
            done["feedback_id"]
        );
    }
}
