//! Rows as they stand in a file, each with its number, good or not.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use csv::{ByteRecord, ReaderBuilder};
use redress_feedback::cfpb;
use redress_service::Kind;
use serde_json::{Map, Value};

use super::file::{Reader, cut_off};
use super::reject::Reason;
use crate::failure::Failure;

/// Columns that every row of the bureau has.
pub(super) const NAMES: [&str; 3] = [cfpb::COLUMNS[17], cfpb::COLUMNS[0], cfpb::COLUMNS[1]];
/// More is no row: a quote that is never closed would otherwise be read to the end of the file.
pub(super) const MAX_ROW_BYTES: usize = 1 << 20;

/// One row of text.
#[derive(Debug)]
pub(super) struct Text<T> {
    /// From 1, the header not counted.
    pub(super) number: u64,
    pub(super) row: Result<T, (Reason, String)>,
}

fn reason(code: &'static str, message: &str, remedy: &str) -> Reason {
    Reason {
        code: code.to_owned(),
        field: None,
        message: message.to_owned(),
        remedy: Some(remedy.to_owned()),
    }
}

fn not_utf8() -> Reason {
    reason(
        "ROW_NOT_UTF8",
        "the row is not UTF-8",
        "save the file as UTF-8",
    )
}

/// JSON Lines. Empty lines are passed over.
pub(super) struct Lines {
    path: PathBuf,
    reader: Reader,
    number: u64,
    /// The first line, which was looked at before.
    first: Option<Text<String>>,
}

impl Lines {
    /// Refuses a file whose first row is one of something else: it has none of the names.
    pub(super) fn new(reader: Reader, path: &Path, names: &[&str]) -> Result<Self, Failure> {
        let mut lines = Self {
            path: path.to_owned(),
            reader,
            number: 0,
            first: None,
        };
        let file = path.display();
        lines.first = lines.next()?;
        let Some(Text { row: Ok(line), .. }) = &lines.first else {
            return Ok(lines);
        };
        if line == "{" {
            let message = format!("{file}: this is JSON, but not one object on each line");
            let remedy = "write each object on one line, as `jq -c .` does";
            return Err(Failure::usage("FILE_SHAPE_UNKNOWN", message).with_remedy(remedy));
        }
        // A first row that cannot be read is a bad row like any other.
        let row = serde_json::from_str::<Map<String, Value>>(line);
        if row.is_ok_and(|row| !names.iter().any(|name| row.contains_key(*name))) {
            let message = format!("{file}: the first row has none of {}", names.join(", "));
            return Err(Failure::usage("FILE_HEADER_UNKNOWN", message).with_remedy(
                "give a file of this format: of `cfpb` with the bureau's column names, of `feedback` \
                 with the fields of docs/json.md",
            ));
        }
        Ok(lines)
    }

    /// The next line, without its end.
    pub(super) fn next(&mut self) -> Result<Option<Text<String>>, Failure> {
        match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.read().map_err(|error| cut_off(&self.path, &error)),
        }
    }

    fn read(&mut self) -> io::Result<Option<Text<String>>> {
        loop {
            let mut line = Vec::new();
            let limit = MAX_ROW_BYTES as u64 + 1;
            if self
                .reader
                .by_ref()
                .take(limit)
                .read_until(b'\n', &mut line)?
                == 0
            {
                return Ok(None);
            }
            let is_whole = line.last() == Some(&b'\n') || line.len() <= MAX_ROW_BYTES;
            if !is_whole {
                self.skip_line()?;
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            self.number += 1;
            let row = if is_whole {
                String::from_utf8(line).map_err(|error| (not_utf8(), lossy(error.as_bytes())))
            } else {
                let too_long = reason("ROW_TOO_LONG", "the row is too long", "shorten it to 1 MiB");
                Err((too_long, lossy(&line)))
            };
            let row = row.map(|line| line.trim().to_owned());
            return Ok(Some(Text {
                number: self.number,
                row,
            }));
        }
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let count = end.map_or(buffer.len(), |at| at + 1);
            self.reader.consume(count);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

/// Enough of a raw row to find it again.
const KEPT_CHARS: usize = 2000;

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .take(KEPT_CHARS)
        .collect()
}

/// A JSON object as a row. What the parser says of it may quote it, so only the place is told.
pub(super) fn json<T: serde::de::DeserializeOwned>(line: &str) -> Result<T, Reason> {
    serde_json::from_str(line).map_err(|error| {
        let message = format!("the row cannot be read (column {})", error.column());
        if error.is_data() {
            let remedy = "give every column a text or null, under the names of the format";
            reason("ROW_VALUE_MALFORMED", &message, remedy)
        } else {
            reason(
                "ROW_MALFORMED",
                &message,
                "write one whole JSON object on each line",
            )
        }
    })
}

/// CSV with the bureau's header.
pub(super) struct CsvRows {
    path: PathBuf,
    reader: csv::Reader<Guarded>,
    header: ByteRecord,
    left: Arc<AtomicUsize>,
    number: u64,
}

impl CsvRows {
    pub(super) fn new(reader: Reader, path: &Path) -> Result<Self, Failure> {
        let left = Arc::new(AtomicUsize::new(MAX_ROW_BYTES));
        let guarded = Guarded {
            inner: reader,
            left: Arc::clone(&left),
        };
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(guarded);
        let header = reader
            .byte_headers()
            .map_err(|error| unreadable(path, &error, 0))?
            .clone();
        let missing: Vec<&str> = NAMES
            .into_iter()
            .filter(|name| !header.iter().any(|column| column == name.as_bytes()))
            .collect();
        if missing.is_empty() {
            return Ok(Self {
                path: path.to_owned(),
                reader,
                header,
                left,
                number: 0,
            });
        }
        let message = format!(
            "{}: the file has no column {}",
            path.display(),
            missing.join(", ")
        );
        Err(Failure::usage("FILE_HEADER_UNKNOWN", message).with_remedy(remedy(&header)))
    }

    pub(super) fn next(&mut self) -> Result<Option<Text<cfpb::Row>>, Failure> {
        let mut record = ByteRecord::new();
        self.left.store(MAX_ROW_BYTES, Ordering::Relaxed);
        let read = self.reader.read_byte_record(&mut record);
        if !read.map_err(|error| unreadable(&self.path, &error, self.number + 1))? {
            return Ok(None);
        }
        self.number += 1;
        let raw = || record.iter().map(lossy).collect::<Vec<_>>().join(",");
        let row = if record.len() == self.header.len() {
            // Whatever the row holds, its columns are texts: only the encoding can be wrong.
            record
                .deserialize(Some(&self.header))
                .map_err(|_| (not_utf8(), raw()))
        } else {
            let message = format!("{} values for {} columns", record.len(), self.header.len());
            let remedy = "quote values that hold commas, quotes or line ends";
            Err((reason("ROW_COLUMNS_DISAGREE", &message, remedy), raw()))
        };
        Ok(Some(Text {
            number: self.number,
            row,
        }))
    }
}

/// What would make a header right that is none.
fn remedy(header: &ByteRecord) -> &'static str {
    let has = |byte: u8| header.iter().any(|column| column.contains(&byte));
    if header.len() == 1 && (has(b';') || has(b'\t')) {
        return "separate the values by commas, and not by semicolons or tabs";
    }
    "give a file with the bureau's column names, as CSV with a header or as JSON Lines"
}

fn unreadable(path: &Path, error: &csv::Error, row: u64) -> Failure {
    let message = format!(
        "{}: the file cannot be read on from row {row}: {error}",
        path.display()
    );
    Failure::new(Kind::DataLoss, "FILE_UNREADABLE", message)
        .with_fact("row", row)
        .with_remedy(
            "look for a quote that is never closed; import the file made right, and close this import",
        )
}

/// Stops a row that never ends, before it fills the memory.
struct Guarded {
    inner: Reader,
    left: Arc<AtomicUsize>,
}

impl Read for Guarded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Err(io::Error::other("a row is longer than 1 MiB"));
        }
        let most = buffer.len().min(left);
        let count = self.inner.read(&mut buffer[..most])?;
        self.left.store(left - count, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn reader(bytes: &[u8]) -> Reader {
        io::BufReader::new(Box::new(Cursor::new(bytes.to_vec())))
    }

    fn line_codes(bytes: &[u8]) -> Vec<String> {
        let mut lines = Lines::new(reader(bytes), Path::new("file"), &NAMES).unwrap();
        let mut codes = Vec::new();
        while let Some(text) = lines.next().unwrap() {
            assert_eq!(text.number as usize, codes.len() + 1);
            let row = match text.row {
                Ok(line) => json::<cfpb::Row>(&line).err().map(|it| it.code),
                Err((reason, _)) => Some(reason.code),
            };
            codes.push(row.unwrap_or_else(|| "good".to_owned()));
        }
        codes
    }

    #[test]
    fn a_bad_line_is_named_and_the_next_one_is_read() {
        let deep = "[".repeat(500);
        let good = "{\"Product\":\"Mortgage\",\"unknown\":1}";
        let text = [
            good,
            "",
            "{\"Product\":",
            "{\"Product\":7}",
            "{\"Product\":[\"a\"]}",
            "[1]",
            &deep,
            good,
        ]
        .join("\n");
        let expected = [
            "good",
            "ROW_MALFORMED",
            "ROW_VALUE_MALFORMED",
            "ROW_VALUE_MALFORMED",
            "ROW_VALUE_MALFORMED",
            "ROW_VALUE_MALFORMED",
            "good",
        ];
        let codes = line_codes(text.as_bytes());
        assert_eq!(codes.len(), expected.len());
        for (code, expected) in codes.iter().zip(expected) {
            let is_row = code.starts_with("ROW_") && expected.starts_with("ROW_");
            assert!(code == expected || is_row, "{code} is not {expected}");
        }
        assert_eq!(line_codes(b"\xff\xfe\n{}\n"), ["ROW_NOT_UTF8", "good"]);
        assert_eq!(line_codes(b"{\"Produ\n{}\n"), ["ROW_MALFORMED", "good"]);
        let long = [vec![b'x'; MAX_ROW_BYTES * 2], b"\n{}\n".to_vec()].concat();
        assert_eq!(line_codes(&long), ["ROW_TOO_LONG", "good"]);
    }

    #[test]
    fn what_the_parser_says_does_not_quote_the_row() {
        let reason = json::<cfpb::Row>("{\"Product\":{\"secret\":1}}").unwrap_err();
        assert!(!reason.message.contains("secret"), "{}", reason.message);
    }

    const HEADER: &str = "Date received,Product,Complaint ID\n";

    fn csv_codes(rows: &[u8]) -> Vec<String> {
        let mut csv = CsvRows::new(
            reader(&[HEADER.as_bytes(), rows].concat()),
            Path::new("file"),
        )
        .unwrap();
        let mut codes = Vec::new();
        while let Some(text) = csv.next().unwrap() {
            codes.push(
                text.row
                    .err()
                    .map_or("good".to_owned(), |(reason, _)| reason.code),
            );
        }
        codes
    }

    #[test]
    fn a_bad_row_of_csv_is_named_and_the_next_one_is_read() {
        let rows = b"2015-01-01,\"a\nb\",1\n2015-01-01,a\n2015-01-01,a,2,3\n2015-01-01,\xff,3\n2015-01-01,a,4\n";
        let expected = [
            "good",
            "ROW_COLUMNS_DISAGREE",
            "ROW_COLUMNS_DISAGREE",
            "ROW_NOT_UTF8",
            "good",
        ];
        assert_eq!(csv_codes(rows), expected);
    }

    #[test]
    fn a_header_of_another_file_is_refused() {
        let refused = |text: &str| match CsvRows::new(reader(text.as_bytes()), Path::new("file")) {
            Ok(_) => panic!("it was taken"),
            Err(failure) => failure.to_string(),
        };
        assert!(refused("a,b\n1,2\n").contains("FILE_HEADER_UNKNOWN"));
        assert!(refused("").contains("FILE_HEADER_UNKNOWN"));
        let semicolons = refused("Date received;Product;Complaint ID\n");
        assert!(semicolons.contains("by commas"), "{semicolons}");
        let check =
            |text: &str, code| match Lines::new(reader(text.as_bytes()), Path::new("file"), &NAMES)
            {
                Ok(_) => panic!("it was taken: {text}"),
                Err(failure) => assert_eq!(failure.code(), code),
            };
        check("{\"kind\":\"complaint\"}\n", "FILE_HEADER_UNKNOWN");
        check("{\n  \"Product\": \"a\"\n}\n", "FILE_SHAPE_UNKNOWN");
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_the_reading_and_not_the_memory() {
        let text = [
            HEADER.as_bytes(),
            b"2015-01-01,\"",
            &vec![b'x'; MAX_ROW_BYTES * 3],
        ]
        .concat();
        let mut csv = CsvRows::new(reader(&text), Path::new("file")).unwrap();
        assert_eq!(csv.next().unwrap_err().code(), "FILE_UNREADABLE");
    }
}
