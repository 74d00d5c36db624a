//! One text for every way to write the same JSON, so that a repeat is known however it is written.

use std::fmt::Write as _;

use serde_json::Value;

/// The value with sorted keys and no blanks; none if it is no JSON, or too deep to be read.
pub(crate) fn canonical(json: &[u8]) -> Option<String> {
    let value = serde_json::from_slice(json).ok()?;
    let mut text = String::with_capacity(json.len());
    write(&value, &mut text);
    Some(text)
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (index, (name, value)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                let _ = write!(text, "{}:", Value::from(name.as_str()));
                write(value, text);
            }
            text.push('}');
        }
        Value::Array(all) => {
            text.push('[');
            for (index, value) in all.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(value, text);
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let _ = write!(text, "{value}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_has_one_text_however_it_is_written() {
        let one = canonical(br#"{ "b": [1, {"y":null,"x":"\u00e9"}], "a": 2.50 }"#);
        let other = canonical("{\"a\":2.5,\"b\":[1,{\"x\":\"é\",\"y\":null}]}".as_bytes());
        assert_eq!(one, other);
        assert_eq!(
            one.unwrap(),
            "{\"a\":2.5,\"b\":[1,{\"x\":\"é\",\"y\":null}]}"
        );
        assert_ne!(canonical(b"[1,2]"), canonical(b"[2,1]"));
        assert_eq!(canonical(b"{"), None);
        assert_eq!(canonical("[".repeat(100_000).as_bytes()), None);
    }
}
