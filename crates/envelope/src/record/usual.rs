//! Reading a record in the form in which this program writes it: attribute after attribute, without
//! looking for any of them and without escapes.
//!
//! Nearly all records are read that way, again and again. Whatever is not exactly so is read as any
//! JSON object is, and what is read here would be the same there.

use std::borrow::Cow;
use std::str::FromStr;

use super::Attributes;

pub(super) fn read(bytes: &[u8]) -> Option<Attributes<'_>> {
    let mut from = Reading(str::from_utf8(bytes).ok()?);
    // In the order in which they stand there. One that may be missing and is not as usual is still
    // ahead when the next is asked for, which is then not found.
    Some(Attributes {
        specversion: from.text(r#"{"specversion":""#)?,
        id: from.text(r#","id":""#)?.parse().ok()?,
        source: from.text(r#","source":""#)?,
        kind: from.text(r#","type":""#)?,
        subject: from.text(r#","subject":""#)?.parse().ok()?,
        time: from.text(r#","time":""#)?,
        datacontenttype: from.text(r#","datacontenttype":""#)?,
        tenant: Cow::Borrowed(from.text(r#","tenant":""#)?),
        partition: from.text(r#","partition":""#)?,
        sequence: from.text(r#","sequence":""#)?,
        version: from.text(r#","version":""#)?,
        commandend: from.flag(r#","commandend":true"#),
        requestid: from.text(r#","requestid":""#).map(Cow::Borrowed),
        requestdigest: from.text(r#","requestdigest":""#).map(Cow::Borrowed),
        inboundkey: from.text(r#","inboundkey":""#).map(Cow::Borrowed),
        causation: parsed(from.text(r#","causation":""#)).ok()?,
        correlation: from.text(r#","correlation":""#).map(Cow::Borrowed),
        traceparent: from.text(r#","traceparent":""#).map(Cow::Borrowed),
        actor: from.text(r#","actor":""#)?.parse().ok()?,
        onbehalfof: parsed(from.text(r#","onbehalfof":""#)).ok()?,
        authenticated: from.flag(r#","authenticated":true"#),
        policyversion: from.text(r#","policyversion":""#).map(Cow::Borrowed),
        data: from.data()?,
    })
}

fn parsed<T: FromStr>(text: Option<&str>) -> Result<Option<T>, T::Err> {
    text.map(str::parse).transpose()
}

/// What has not been read yet.
struct Reading<'a>(&'a str);

impl<'a> Reading<'a> {
    /// The text after `before`, which ends with the quote that opens it.
    fn text(&mut self, before: &str) -> Option<&'a str> {
        let rest = self.0.strip_prefix(before)?;
        let ends = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < b' ';
        let end = rest.as_bytes().iter().position(ends)?;
        let (text, rest) = rest.split_at(end);
        self.0 = rest.strip_prefix('"')?;
        Some(text)
    }

    fn flag(&mut self, set: &str) -> bool {
        let rest = self.0.strip_prefix(set);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// The last attribute, and the end of the record.
    fn data(self) -> Option<&'a serde_json::value::RawValue> {
        let data = self.0.strip_prefix(r#","data":"#)?.strip_suffix('}')?;
        serde_json::from_str(data).ok()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;
    use crate::{Actor, Cause, Context, LogId, Record, Subject, derived_uuid};

    fn record() -> impl Strategy<Value = Record> {
        let text = || prop::option::of(r#"[a-z0-9 äß€"\\-]{0,12}"#);
        let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
        let texts = (text(), text(), text(), text(), text(), text());
        let data = prop::sample::select(vec!["{}", r#"{"a":[1,"\"}"]}"#, r#"{"ä": {"b":null} }"#]);
        (texts, flags, any::<u64>(), data).prop_map(|(texts, flags, number, data)| {
            let log = LogId(derived_uuid("log", &[]));
            let cause = Cause {
                log,
                partition: 7,
                position: number,
            };
            Record {
                service: "intake".to_owned(),
                log,
                tenant: "default".to_owned(),
                partition: 3,
                position: number,
                subject: Subject::new("feedback", "x-1").unwrap(),
                version: number / 2,
                time: Timestamp::from_microsecond((number >> 20).cast_signed()).unwrap(),
                kind: "redress.feedback.received.v1".to_owned(),
                command_end: flags.0,
                context: Context {
                    actor: Actor::User("somebody".to_owned()),
                    on_behalf_of: flags.1.then_some(Actor::System),
                    authenticated: flags.2,
                    request_id: texts.0,
                    request_digest: texts.1,
                    inbound_key: texts.2,
                    causation: flags.3.then_some(cause),
                    correlation: texts.3,
                    traceparent: texts.4,
                    policy_version: texts.5,
                },
                data: RawValue::from_string(data.to_owned()).unwrap(),
            }
        })
    }

    fn shown(attributes: Option<Attributes<'_>>) -> Option<String> {
        let attributes = attributes?;
        let id = attributes.id;
        let record = attributes.into_record().map_err(|error| error.to_string());
        Some(format!("{id} {record:?}"))
    }

    fn in_any_form(bytes: &[u8]) -> Option<String> {
        shown(serde_json::from_slice(bytes).ok())
    }

    proptest! {
        #[test]
        fn a_record_that_needs_no_escapes_is_read_in_its_usual_form(record in record()) {
            let bytes = record.encode().unwrap();
            let texts = format!("{:?}", record.context);
            let usual = shown(read(&bytes));
            prop_assert_eq!(usual.is_some(), !texts.contains('\\'));
            prop_assert!(usual.is_none() || usual == in_any_form(&bytes));
            prop_assert_eq!(format!("{:?}", Record::decode(&bytes).unwrap()), format!("{record:?}"));
        }

        #[test]
        fn what_is_read_in_the_usual_form_is_the_same_in_any(
            record in record(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4), 0..4),
        ) {
            let mut bytes = record.encode().unwrap();
            for (at, byte, how) in changes {
                let at = at.index(bytes.len());
                match how {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    2 => drop(bytes.remove(at)),
                    // Whole attributes twice, or not at all.
                    _ => drop(bytes.drain(at / 2..at)),
                }
                if bytes.is_empty() {
                    break;
                }
            }
            let usual = shown(read(&bytes));
            prop_assert!(usual.is_none() || usual == in_any_form(&bytes), "{:?}", usual);
        }
    }
}
