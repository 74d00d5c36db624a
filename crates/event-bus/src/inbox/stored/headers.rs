//! Headers as they came over the wire. What is none is passed over: a publisher can write anything.

/// Each name in lower case with its value, in their order.
pub(super) fn read(bytes: &[u8]) -> Vec<(String, String)> {
    // The first line is the version.
    bytes
        .split(|byte| *byte == b'\n')
        .skip(1)
        .filter_map(|line| header(line.strip_suffix(b"\r").unwrap_or(line)))
        .collect()
}

fn header(line: &[u8]) -> Option<(String, String)> {
    let (name, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
    let value = value.trim();
    let is_value = !value
        .chars()
        .any(|letter| letter.is_control() && letter != '\t');
    (is_name && is_value).then(|| (name.to_ascii_lowercase(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_header_is_passed_over() {
        let bytes =
            b"NATS/1.0 503 away\r\nCE-Id:  a b \r\nX: a\rb\r\nno colon\r\nY: \xff\r\n: z\r\n\
            A B: c\r\n\r\n";
        assert_eq!(read(bytes), [("ce-id".to_owned(), "a b".to_owned())]);
        for nothing in [&b""[..], b"NATS/1.0", b"\xff\xff", b"NATS/1.0\r\n\r\n"] {
            assert_eq!(read(nothing), []);
        }
    }
}
