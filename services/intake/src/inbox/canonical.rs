//! One text for every way to write the same JSON, so that a repeat is known however it is written; and
//! never one text for two.

use std::fmt::Write as _;

use serde_json::Value;

/// The value with sorted names, no blanks and one way to write each number; none if it is no JSON, too
/// deep to be read, or names a field twice, so that readers may differ about what it says.
pub(crate) fn canonical(json: &[u8]) -> Option<String> {
    canonical_without(json, &[])
}

/// The same, without some fields of the outermost object.
pub(crate) fn canonical_without(json: &[u8], left_out: &[&str]) -> Option<String> {
    // Every rule of JSON is the parser's, the depth too: what follows only walks over what is right.
    serde_json::from_slice::<Value>(json).ok()?;
    let mut walk = Walk {
        rest: std::str::from_utf8(json).ok()?,
    };
    let mut text = String::with_capacity(json.len());
    walk.value(&mut text, left_out)?;
    Some(text)
}

/// Over a text that is JSON. The parser's own values do not do: they keep a number as far as a float
/// goes, and of a name that stands twice the last.
struct Walk<'a> {
    rest: &'a str,
}

impl<'a> Walk<'a> {
    fn value(&mut self, text: &mut String, left_out: &[&str]) -> Option<()> {
        match self.peek()? {
            '{' => self.object(text, left_out)?,
            '[' => self.array(text)?,
            '"' => {
                let _ = write!(text, "{}", Value::from(self.string()?));
            }
            't' | 'f' | 'n' => text.push_str(self.take_while(|c| c.is_ascii_lowercase())),
            _ => text.push_str(&number(
                self.take_while(|c| !c.is_whitespace() && !",]}".contains(c)),
            )),
        }
        Some(())
    }

    fn object(&mut self, text: &mut String, left_out: &[&str]) -> Option<()> {
        let mut fields = Vec::new();
        self.skip(1);
        while self.peek()? != '}' {
            let name = self.string()?;
            self.peek();
            self.skip(1);
            let mut value = String::new();
            self.value(&mut value, &[])?;
            if !left_out.contains(&name.as_str()) {
                fields.push((name, value));
            }
            if self.peek()? == ',' {
                self.skip(1);
            }
        }
        self.skip(1);
        fields.sort();
        if fields.windows(2).any(|two| two[0].0 == two[1].0) {
            return None;
        }
        text.push('{');
        for (index, (name, value)) in fields.into_iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(text, "{comma}{}:{value}", Value::from(name));
        }
        text.push('}');
        Some(())
    }

    fn array(&mut self, text: &mut String) -> Option<()> {
        self.skip(1);
        text.push('[');
        while self.peek()? != ']' {
            self.value(text, &[])?;
            if self.peek()? == ',' {
                self.skip(1);
                text.push(',');
            }
        }
        self.skip(1);
        text.push(']');
        Some(())
    }

    fn string(&mut self) -> Option<String> {
        self.peek();
        let mut escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let (quoted, rest) = self.rest.split_at(end? + 2);
        self.rest = rest;
        serde_json::from_str(quoted).ok()
    }

    /// What comes next that is no blank.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn take_while(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !is_part(c));
        let (taken, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }
}

/// A number by its value, with all its digits: `100`, `1e2` and `100.0` are `1e2`.
fn number(written: &str) -> String {
    value_of(written).unwrap_or_else(|| written.to_owned())
}

fn value_of(written: &str) -> Option<String> {
    let (mantissa, exponent) = written.split_once(['e', 'E']).unwrap_or((written, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let digits = mantissa.trim_start_matches('-');
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = [whole, fraction].concat();
    let all = all.trim_start_matches('0');
    let significant = all.trim_end_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    let moved = i64::try_from(all.len() - significant.len()).ok()?;
    let fraction = i64::try_from(fraction.len()).ok()?;
    let exponent = exponent.checked_add(moved)?.checked_sub(fraction)?;
    let sign = if mantissa.starts_with('-') { "-" } else { "" };
    Some(match exponent {
        0 => format!("{sign}{significant}"),
        _ => format!("{sign}{significant}e{exponent}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts stand, hashed, in records: what a line says may never change, lines are only added.
    #[test]
    fn the_texts_are_those_that_were_recorded() {
        let golden: Vec<(String, String)> =
            serde_json::from_str(include_str!("canonical.golden.json")).unwrap();
        assert!(golden.len() > 20);
        for (json, text) in golden {
            assert_eq!(canonical(json.as_bytes()), Some(text.clone()), "{json}");
            assert_eq!(canonical(text.as_bytes()), Some(text), "{json}, once more");
        }
    }

    #[test]
    fn two_contents_never_have_one_text() {
        let different = [
            "1",
            "10",
            "-1",
            "\"1\"",
            "0.1",
            "0.10000000000000000001",
            "18446744073709551616",
            "18446744073709551617",
            "[1,2]",
            "[2,1]",
            "[[1],2]",
            "[1,[2]]",
            "{}",
            "[]",
            "\"\"",
            "null",
            "\"null\"",
            "{\"a\":1}",
            "{\"a\":\"1\"}",
            "{\"a\":{\"b\":1}}",
            "{\"a,b\":1}",
            "{\"a\":1,\"b\":1}",
            "\"a\\u0000\"",
            "\"a\\\\u0000\"",
            "\"\\\"\"",
        ];
        let mut texts: Vec<_> = different
            .iter()
            .map(|it| canonical(it.as_bytes()).unwrap())
            .collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), different.len());
    }

    #[test]
    fn what_readers_may_differ_about_has_no_text() {
        for none in [
            "",
            "{",
            "1 2",
            "{\"a\":1,\"a\":2}",
            "[{\"a\":1,\"\\u0061\":1}]",
            "\"\\ud800\"",
            "01",
            "1e999",
        ] {
            assert_eq!(canonical(none.as_bytes()), None, "{none}");
        }
        assert_eq!(canonical(b"\"\xff\""), None);
        assert_eq!(canonical("[".repeat(100_000).as_bytes()), None);
    }

    #[test]
    fn only_fields_of_the_outermost_object_are_left_out() {
        let json = br#"{"time":1,"data":{"time":2},"a":3}"#;
        let text = canonical_without(json, &["time"]).unwrap();
        assert_eq!(text, r#"{"a":3,"data":{"time":2}}"#);
    }
}
