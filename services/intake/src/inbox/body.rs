//! The JSON form of a submission: the fields of `docs/json.md`.

use redress_feedback::Submission;
use redress_service::Problem;
use serde_json::{Map, Value};

use super::message::at;

/// A message without a channel came through a system of somebody else's.
const CHANNEL: &str = "partner_system";

/// Reads a submission; `field` is where it stands.
pub(crate) fn submission(json: &[u8], field: &str) -> Result<Submission, Problem> {
    let malformed = |line: usize, column: usize| {
        let why = format!("it is no submission: line {line}, column {column}");
        let field = wrong_field(json).unwrap_or_else(|| field.to_owned());
        let problem = Problem::invalid("SUBMISSION_MALFORMED", field, why)
            .with_remedy("write one JSON object with the fields of docs/json.md");
        at(problem, line, column)
    };
    // The parser would take a list for the fields in their order.
    if json.trim_ascii_start().first() != Some(&b'{') {
        return Err(malformed(1, 1));
    }
    // Its own message can quote the text, so only the place is told.
    let read = serde_json::from_slice(json);
    let mut submission: Submission =
        read.map_err(|error| malformed(error.line(), error.column()))?;
    if !submission.attachments.is_empty() {
        let why = "a file cannot come this way";
        return Err(
            Problem::invalid("ATTACHMENT_NOT_SUPPORTED", "attachments", why)
                .with_remedy("submit it over gRPC, or publish it without its files"),
        );
    }
    let is_blank = |text: &String| text.trim().is_empty();
    if submission.channel.as_ref().is_none_or(is_blank) {
        submission.channel = Some(CHANNEL.to_owned());
    }
    Ok(submission)
}

/// The first of our own fields whose value does not fit. What others call theirs is not repeated.
fn wrong_field(json: &[u8]) -> Option<String> {
    let fields: Map<String, Value> = serde_json::from_slice(json).ok()?;
    let known = serde_json::to_value(Submission::default()).ok()?;
    let fits = |name: &str, value: &Value| {
        let alone = Map::from_iter([(name.to_owned(), value.clone())]);
        serde_json::from_value::<Submission>(Value::Object(alone)).is_ok()
    };
    let mut ours = fields.iter().filter(|(name, _)| known.get(name).is_some());
    let (name, _) = ours.find(|(name, value)| !fits(name, value))?;
    Some(name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> (String, String) {
        let problem = submission(json.as_bytes(), "data").unwrap_err();
        assert!(problem.remedy.is_some());
        assert!(!problem.to_string().contains("secret"), "{problem}");
        let field = problem.field.unwrap_or_default();
        (problem.code.into(), field.into())
    }

    #[test]
    fn what_is_no_submission_is_named_by_its_field_where_that_is_ours() {
        let cases = [
            ("", "data"),
            ("[]", "data"),
            (r#"{"kind":"complaint","secret":1}"#, "data"),
            (r#"{"kind":7,"product":"x"}"#, "kind"),
            (
                r#"{"scores":[{"measure":"nps","value":"secret"}]}"#,
                "scores",
            ),
            (r#"{"occurred_at":"secret"}"#, "occurred_at"),
            (r#"{"customer":{"secret":"x"}}"#, "customer"),
        ];
        for (json, field) in cases {
            let expected = ("SUBMISSION_MALFORMED".to_owned(), field.to_owned());
            assert_eq!(refused(json), expected, "{json}");
        }
        let with_file = r#"{"kind":"complaint","attachments":[{"name":"a.png"}]}"#;
        assert_eq!(refused(with_file).0, "ATTACHMENT_NOT_SUPPORTED");
    }

    #[test]
    fn a_message_without_a_channel_came_from_a_partners_system() {
        let given = submission(br#"{"channel":"web"}"#, "data").unwrap();
        assert_eq!(given.channel.as_deref(), Some("web"));
        let absent = submission(br#"{"channel":" "}"#, "data").unwrap();
        assert_eq!(absent.channel.as_deref(), Some("partner_system"));
    }
}
