//! Bulk loads: rows that another system reported.

mod batch;
mod complete;
mod feedback;
mod gate;
mod open;
mod row;
mod start;
mod together;

pub(crate) use batch::batch;
pub(crate) use complete::complete;
pub(crate) use feedback::feedback;
pub(crate) use gate::Gates;
pub(crate) use open::{list_open, remind};
pub use row::{ImportRow, Imported, RowOutcome};
pub(crate) use start::start;

use redress_envelope::ItemId;
use redress_feedback::{Refusal, Rule};
use redress_service::Problem;

use crate::names::required;
use crate::refused::problem_of;

/// The kind of subject of an import's stream.
const IMPORT: &str = "import";

fn import_id(text: &str) -> Result<ItemId, Problem> {
    if text.is_empty() {
        return Err(required("import_id"));
    }
    text.parse().map_err(|_| {
        Problem::invalid("FIELD_MALFORMED", "import_id", "this is no import id")
            .with_remedy("send the id that StartImport gave")
    })
}

/// A rule about imports as a problem.
fn import_problem(refusal: &Refusal) -> Problem {
    let path = |field: Option<&str>| match field {
        Some("rows") => "counts.rows".to_owned(),
        Some(field) => field.to_owned(),
        None => "import_id".to_owned(),
    };
    let problem = problem_of(refusal, path);
    if *refusal.rule() == Rule::ImportNotStarted {
        return problem.with_field("import_id");
    }
    problem
}
