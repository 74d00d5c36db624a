//! An input file: its digest, and what is in it, by its first bytes and not by its name.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
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

const MAX_NAME_CHARS: usize = 200;
/// What cannot be read as text, by how it begins, and what would make it right.
const OTHERS: [(&[u8], &str, &str); 5] = [
    (
        b"PK\x03\x04",
        "a zip archive",
        "unpack it and import what is in it; it may be packed with gzip",
    ),
    (
        b"\xff\xfe",
        "text as UTF-16",
        "save it as UTF-8, in a spreadsheet as \"CSV UTF-8\"",
    ),
    (
        b"\xfe\xff",
        "text as UTF-16",
        "save it as UTF-8, in a spreadsheet as \"CSV UTF-8\"",
    ),
    (
        b"\x28\xb5\x2f\xfd",
        "packed with zstd",
        "unpack it; it may be packed with gzip",
    ),
    (
        b"[",
        "one JSON array",
        "write one JSON object on each line, as `jq -c '.[]'` does",
    ),
];

pub(super) type Reader = BufReader<Box<dyn Read + Send>>;

/// How the rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Csv,
    JsonLines,
}

pub(super) struct Input {
    pub(super) path: PathBuf,
    pub(super) reader: Reader,
    pub(super) shape: Shape,
    /// Bytes of the file that were read so far, packed as they are.
    pub(super) read: Arc<AtomicU64>,
}

/// What a file is called, without its folders, in what can stand in a record.
pub(super) fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.chars().take(MAX_NAME_CHARS);
    name.map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// SHA-256 over the file as it is, and its size. What is packed must be whole: what is cut off would be
/// an import that never comes to its end.
pub(super) fn digest(path: &Path) -> Result<(String, u64), Failure> {
    let failed = |error: io::Error| Failure::file(path, error);
    let digested = Digested {
        inner: File::open(path).map_err(failed)?,
        digest: Sha256::new(),
        size: 0,
    };
    let mut packed = BufReader::with_capacity(BUFFER_BYTES, digested);
    if packed.fill_buf().map_err(failed)?.starts_with(&GZIP) {
        let mut rows = MultiGzDecoder::new(&mut packed);
        io::copy(&mut rows, &mut io::sink()).map_err(|error| cut_off(path, &error))?;
    }
    io::copy(&mut packed, &mut io::sink()).map_err(failed)?;
    let Digested { digest, size, .. } = packed.into_inner();
    let bytes: [u8; 32] = digest.finalize().into();
    Ok((Hash::from(bytes).to_string(), size))
}

/// Digests what is read.
struct Digested<R> {
    inner: R,
    digest: Sha256,
    size: u64,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.update(&buffer[..count]);
        self.size += count as u64;
        Ok(count)
    }
}

pub(super) fn open(path: &Path) -> Result<Input, Failure> {
    let failed = |error: io::Error| Failure::file(path, error);
    let file = File::open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(Failure::file(path, "not a file").with_remedy(
            "give a file: an import reads it twice, so it cannot be a pipe or a folder",
        ));
    }
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
    let shape = shape(&mut reader).map_err(|error| cut_off(path, &error))?;
    let start = reader.fill_buf().map_err(|error| cut_off(path, &error))?;
    if start.is_empty() {
        let empty = Failure::usage(
            "FILE_EMPTY",
            format!("{}: nothing is in it", path.display()),
        );
        return Err(empty.with_remedy("look whether it was written to its end"));
    }
    if let Some((_, what, remedy)) = OTHERS.iter().find(|it| start.starts_with(it.0)) {
        let message = format!("{}: this is {what}", path.display());
        return Err(Failure::usage("FILE_SHAPE_UNKNOWN", message).with_remedy(*remedy));
    }
    Ok(Input {
        path: path.to_owned(),
        reader,
        shape,
        read,
    })
}

pub(super) fn cut_off(path: &Path, error: &io::Error) -> Failure {
    let message = format!(
        "{}: the file cannot be read to its end: {error}",
        path.display()
    );
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
    }

    #[test]
    fn what_is_no_text_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |bytes: &[u8]| {
            let path = folder.path().join("file");
            std::fs::write(&path, bytes).unwrap();
            open(&path).err().map(|failure| failure.code().to_owned())
        };
        for bytes in [b"".as_slice(), b"\xef\xbb\xbf", b" \n\n", &packed("")] {
            assert_eq!(refused(bytes).as_deref(), Some("FILE_EMPTY"), "{bytes:?}");
        }
        for bytes in [b"PK\x03\x04..".as_slice(), b"\xff\xfea\0", b"[{\"a\":1}]"] {
            let code = refused(bytes);
            assert_eq!(code.as_deref(), Some("FILE_SHAPE_UNKNOWN"), "{bytes:?}");
        }
        assert_eq!(refused(b"a,b\n"), None);
        let code = open(folder.path())
            .err()
            .map(|failure| failure.code().to_owned());
        assert_eq!(code.as_deref(), Some("FILE_UNUSABLE"));
    }

    #[test]
    fn a_name_can_stand_in_a_record() {
        let name = |path: &str| name_of(Path::new(path));
        assert_eq!(name("some/folder/rows.csv.gz"), "rows.csv.gz");
        assert_eq!(name("a\nb"), "a\u{fffd}b");
        assert_eq!(name(&"x".repeat(250)).len(), 200);
    }

    #[test]
    fn a_digest_is_of_the_bytes() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let (digest, size) = digest(file.path()).unwrap();
        assert!(digest.starts_with("e3b0c44298fc1c149afbf4c8996fb924"));
        assert_eq!(size, 0);
        let whole = [packed("abc"), packed("def")].concat();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&whole).unwrap();
        let (digest, size) = super::digest(file.path()).unwrap();
        let bytes: [u8; 32] = Sha256::digest(&whole).into();
        assert_eq!(digest, Hash::from(bytes).to_string());
        assert_eq!(size, whole.len() as u64);
    }

    #[test]
    fn what_is_packed_and_cut_off_is_found_before_its_first_row() {
        let whole = packed(&"a,b\n1,2\n".repeat(100));
        for length in [1, 12, whole.len() / 2, whole.len() - 1] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&whole[..length]).unwrap();
            let refused = digest(file.path()).err().map(|it| it.code().to_owned());
            let expected = (length > 1).then(|| "FILE_UNREADABLE".to_owned());
            assert_eq!(refused, expected, "{length}");
        }
    }
}
