//! Bytes of a row: numbers big-endian, texts with their length before them.

/// Writes a row's value.
#[derive(Debug, Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn number(&mut self, number: i64) {
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    /// No record holds a text of more than 65,535 bytes; one that did would be cut.
    pub(super) fn text(&mut self, text: &str) {
        let text = &text[..text.floor_char_boundary(usize::from(u16::MAX))];
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads a row's value; `None` where it is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(super) fn number(&mut self) -> Option<i64> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(i64::from_be_bytes(*bytes))
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let (length, rest) = self.0.split_first_chunk()?;
        let (text, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_value_reads_back_what_was_written(byte: u8, number: i64, text in ".{0,40}") {
            let mut writer = Writer::default();
            writer.byte(byte);
            writer.text(&text);
            writer.number(number);
            writer.text("");
            let bytes = writer.finish();
            let mut reader = Reader(&bytes);
            prop_assert_eq!(reader.byte(), Some(byte));
            prop_assert_eq!(reader.text(), Some(text.as_str()));
            prop_assert_eq!(reader.number(), Some(number));
            prop_assert_eq!(reader.text(), Some(""));
            prop_assert_eq!(reader.byte(), None);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut reader = Reader(&bytes);
            let _ = (reader.text(), reader.number(), reader.byte(), reader.text());
        }
    }
}
