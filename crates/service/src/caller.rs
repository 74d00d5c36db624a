//! Who calls, as the metadata of a request says it.

use redress_envelope::{Actor, Context};
use tonic::metadata::MetadataMap;

use crate::ids::Ids;
use crate::problem::Problem;
use crate::telemetry;

/// Metadata key of the one who acts: `user:<pseudonym>` or `service:<name>`.
pub const ACTOR: &str = "redress-actor";
/// Metadata key of the one for whom the actor acts.
pub const ON_BEHALF_OF: &str = "redress-on-behalf-of";
/// Metadata key of an id by which the caller finds again all that came of its doing.
pub const CORRELATION: &str = "redress-correlation";
const TRACEPARENT: &str = "traceparent";
const MAX_REQUEST_ID_BYTES: usize = 128;

/// Who a request is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub actor: Actor,
    pub on_behalf_of: Option<Actor>,
    /// False as long as callers only assert who they are.
    pub authenticated: bool,
    pub correlation: Option<String>,
    pub traceparent: Option<String>,
}

impl Caller {
    /// Reads the metadata of a request. Without an actor it is `user:anonymous`.
    pub fn from_metadata(metadata: &MetadataMap) -> Result<Self, Problem> {
        let anonymous = || Actor::User("anonymous".to_owned());
        let received = metadata.get(TRACEPARENT).and_then(|it| it.to_str().ok());
        Ok(Self {
            actor: actor(metadata, ACTOR)?.unwrap_or_else(anonymous),
            on_behalf_of: actor(metadata, ON_BEHALF_OF)?,
            authenticated: false,
            correlation: correlation(metadata)?,
            traceparent: telemetry::current_traceparent().or_else(|| {
                telemetry::parse_traceparent(received?)?;
                received.map(str::to_owned)
            }),
        })
    }

    /// What the records of the caller's command have in common.
    pub fn context(&self, request_id: Option<String>, request_digest: Option<String>) -> Context {
        Context {
            on_behalf_of: self.on_behalf_of.clone(),
            authenticated: self.authenticated,
            correlation: self.correlation.clone(),
            traceparent: self.traceparent.clone(),
            request_id,
            request_digest,
            ..Context::by(self.actor.clone())
        }
    }
}

fn actor(metadata: &MetadataMap, key: &'static str) -> Result<Option<Actor>, Problem> {
    let Some(value) = metadata.get(key) else {
        return Ok(None);
    };
    let read = value.to_str().ok().and_then(|text| text.parse().ok());
    match read {
        Some(actor @ (Actor::User(_) | Actor::Service(_))) => Ok(Some(actor)),
        // Only Redress itself acts as `system`.
        Some(Actor::System) | None => Err(Problem::invalid(
            "ACTOR_INVALID",
            key,
            format!("the metadata `{key}` is not an actor"),
        )
        .with_remedy(
            "send `user:<pseudonym>` or `service:<name>`, 1 to 64 of A-Z a-z 0-9 . _ - after the \
             colon",
        )),
    }
}

/// No `@` and no blank: an address or a name must not end up in a record.
fn is_opaque(id: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    (1..=MAX_REQUEST_ID_BYTES).contains(&id.len()) && id.bytes().all(good)
}

fn correlation(metadata: &MetadataMap) -> Result<Option<String>, Problem> {
    let Some(value) = metadata.get(CORRELATION) else {
        return Ok(None);
    };
    let read = value.to_str().ok().filter(|text| is_opaque(text));
    let read = read.map(|text| Some(text.to_owned()));
    read.ok_or_else(|| {
        Problem::invalid(
            "CORRELATION_INVALID",
            CORRELATION,
            format!("the metadata `{CORRELATION}` cannot be used"),
        )
        .with_remedy("send 1 to 128 of A-Z a-z 0-9 . _ : - that name nobody, or none at all")
    })
}

/// The client's request id, or a new one where it gave none.
pub fn request_id(given: &str, ids: &dyn Ids) -> Result<String, Problem> {
    if given.is_empty() {
        return Ok(ids.next().to_string());
    }
    if is_opaque(given) {
        return Ok(given.to_owned());
    }
    Err(Problem::invalid(
        "REQUEST_ID_INVALID",
        "request_id",
        "the request id cannot be used",
    )
    .with_remedy("send 1 to 128 of A-Z a-z 0-9 . _ : - that name nobody, or none at all"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SeededIds;

    fn check(key: &'static str, value: &str) -> Result<Caller, &'static str> {
        let mut metadata = MetadataMap::new();
        metadata.insert(key, value.parse().unwrap());
        Caller::from_metadata(&metadata).map_err(|problem| {
            assert_eq!(problem.code, "ACTOR_INVALID");
            key
        })
    }

    #[test]
    fn whoever_says_nothing_is_anonymous() {
        let caller = Caller::from_metadata(&MetadataMap::new()).unwrap();
        assert_eq!(caller.actor.to_string(), "user:anonymous");
        assert!(!caller.context(None, None).authenticated);
    }

    #[test]
    fn an_actor_is_taken_from_the_metadata() {
        assert_eq!(
            check(ACTOR, "user:u-17").unwrap().actor.to_string(),
            "user:u-17"
        );
        let other = check(ON_BEHALF_OF, "service:crm")
            .unwrap()
            .on_behalf_of
            .unwrap();
        assert_eq!(other.to_string(), "service:crm");
    }

    #[test]
    fn a_correlation_is_an_opaque_id() {
        let mut metadata = MetadataMap::new();
        metadata.insert(CORRELATION, "case:4711".parse().unwrap());
        let caller = Caller::from_metadata(&metadata).unwrap();
        let context = caller.context(None, None);
        assert_eq!(context.correlation.as_deref(), Some("case:4711"));
        for text in ["ada@example.org", "", "Ada Example"] {
            metadata.insert(CORRELATION, text.parse().unwrap());
            let problem = Caller::from_metadata(&metadata).unwrap_err();
            assert_eq!(problem.code, "CORRELATION_INVALID");
        }
    }

    #[test]
    fn nobody_outside_is_the_system_and_no_name_is_an_actor() {
        for text in [
            "system",
            "user:Jane Doe",
            "user:",
            "jane@example.org",
            "admin:x",
        ] {
            assert_eq!(check(ACTOR, text), Err(ACTOR), "{text}");
        }
    }

    #[test]
    fn a_traceparent_is_kept_only_if_it_is_one() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(
            check("traceparent", good).unwrap().traceparent.as_deref(),
            Some(good)
        );
        assert_eq!(
            check("traceparent", "00-zz-1-01").unwrap().traceparent,
            None
        );
    }

    #[test]
    fn a_request_id_is_the_clients_or_a_new_one() {
        let ids = SeededIds::new(1);
        assert_eq!(request_id("abc-1", &ids).unwrap(), "abc-1");
        assert_ne!(request_id("", &ids).unwrap(), request_id("", &ids).unwrap());
        for bad in ["a b", "a\n", "ä", "jane@example.org", &"x".repeat(129)] {
            assert_eq!(
                request_id(bad, &ids).unwrap_err().code,
                "REQUEST_ID_INVALID"
            );
        }
    }
}
