//! An input file: its digest, and what is in it, by its first bytes and not by its name.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;
use redress_evidence::Hash;
use redress_service::Kind;
use sha2::{Digest, Sha256};

use crate::failure::Failure;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
const BUFFER_BYTES: usize = 256 << 10;

pub(super) type Reader = BufReader<Box<dyn Read + Send>>;

/// How the rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Csv,
    JsonLines,
}

pub(super) struct Input {
    pub(super) reader: Reader,
    pub(super) shape: Shape,
    /// Bytes of the file that were read so far, packed as they are.
    pub(super) read: Arc<AtomicU64>,
}

/// SHA-256 over the file as it is, and its size.
pub(super) fn digest(path: &Path) -> Result<(String, u64), Failure> {
    let failed = |error: io::Error| Failure::file(path, error);
    let mut file = File::open(path).map_err(failed)?;
    let (mut digest, mut size) = (Sha256::new(), 0);
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let count = file.read(&mut buffer).map_err(failed)?;
        if count == 0 {
            break;
        }
        digest.update(&buffer[..count]);
        size += count as u64;
    }
    let bytes: [u8; 32] = digest.finalize().into();
    Ok((Hash::from(bytes).to_string(), size))
}

pub(super) fn open(path: &Path) -> Result<Input, Failure> {
    let failed = |error: io::Error| Failure::file(path, error);
    let file = File::open(path).map_err(failed)?;
    let read = Arc::new(AtomicU64::new(0));
    let counted = Counted {
        inner: file,
        read: Arc::clone(&read),
    };
    let mut packed = BufReader::with_capacity(BUFFER_BYTES, counted);
    let is_gzip = packed.fill_buf().map_err(failed)?.starts_with(&GZIP);
    let inner: Box<dyn Read + Send> = if is_gzip {
        Box::new(MultiGzDecoder::new(packed))
    } else {
        Box::new(packed)
    };
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, inner);
    let shape = shape(&mut reader).map_err(|error| cut_off(&error))?;
    Ok(Input {
        reader,
        shape,
        read,
    })
}

pub(super) fn cut_off(error: &io::Error) -> Failure {
    let message = format!("the file cannot be read to its end: {error}");
    Failure::new(Kind::DataLoss, "FILE_UNREADABLE", message)
        .with_remedy("get the whole file and run the import again; nothing is recorded twice")
}

/// Rows in JSON begin with a brace; everything else is taken for CSV, whose header is checked.
fn shape(reader: &mut Reader) -> io::Result<Shape> {
    if reader.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
        reader.consume(BYTE_ORDER_MARK.len());
    }
    loop {
        let start = reader.fill_buf()?;
        let blanks = start
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        if blanks == 0 || start.is_empty() {
            break;
        }
        reader.consume(blanks);
    }
    let is_json = reader.fill_buf()?.starts_with(b"{");
    Ok(if is_json {
        Shape::JsonLines
    } else {
        Shape::Csv
    })
}

/// Counts what is read, for the progress bar.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn check(bytes: &[u8], shape: Shape, text: &str) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut input = open(file.path()).unwrap();
        let mut found = String::new();
        input.reader.read_to_string(&mut found).unwrap();
        assert_eq!((input.shape, found.as_str()), (shape, text));
        assert_eq!(input.read.load(Ordering::Relaxed), bytes.len() as u64);
    }

    fn packed(text: &str) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap()
    }

    #[test]
    fn the_content_says_what_a_file_is() {
        check(b"{\"a\":1}\n", Shape::JsonLines, "{\"a\":1}\n");
        check(b"\xef\xbb\xbf\n {}", Shape::JsonLines, "{}");
        check(b"a,b\n1,2\n", Shape::Csv, "a,b\n1,2\n");
        check(&packed("a,b\n"), Shape::Csv, "a,b\n");
        let twice = [packed("{}\n"), packed("{}\n")].concat();
        check(&twice, Shape::JsonLines, "{}\n{}\n");
        check(b"", Shape::Csv, "");
    }

    #[test]
    fn a_digest_is_of_the_bytes() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let (digest, size) = digest(file.path()).unwrap();
        assert!(digest.starts_with("e3b0c44298fc1c149afbf4c8996fb924"));
        assert_eq!(size, 0);
    }
}
