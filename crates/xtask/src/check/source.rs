//! Rust source as the text rules see it: without comments, strings and, on request, tests.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the workspace, with `/`.
    pub(crate) path: String,
    pub(crate) lines: usize,
    /// The text with comments and the insides of literals blanked, line by line the same.
    pub(crate) code: String,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            lines: text.lines().count(),
            code: blanked(text),
        }
    }

    /// The crate's folder name and the path below it: `crates/store/src/a.rs` is (store, src/a.rs).
    pub(crate) fn place(&self) -> Option<(&str, &str)> {
        let below = self.path.strip_prefix("crates/")?;
        below.split_once('/')
    }

    /// The code without what only tests compile.
    pub(crate) fn shipped_code(&self) -> String {
        let mut code = self.code.clone();
        while let Some(start) = code.find("#[cfg(test)]") {
            let end = start + item_length(&code[start..]);
            let blank = keep_lines(&code[start..end]);
            code.replace_range(start..end, &blank);
        }
        code
    }
}

/// Every Rust file of the repository, in the order of its paths.
pub(crate) fn all(root: &Path) -> Result<Vec<Source>> {
    let mut found = Vec::new();
    collect(root, root, &mut found)?;
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("failed to list {}", folder.display()))?;
    for entry in entries {
        let path = entry.context("failed to list a folder")?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && !path.is_symlink() {
            if name != "target" && !name.starts_with('.') {
                collect(root, &path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("failed to read {}", path.display()))?;
            let below = path.strip_prefix(root).unwrap_or(&path);
            found.push(Source::new(
                &below.to_string_lossy().replace('\\', "/"),
                &text,
            ));
        }
    }
    Ok(())
}

/// How far the item that starts here goes: to its `;`, or to the brace that closes it.
fn item_length(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, character) in code.char_indices() {
        match character {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

fn keep_lines(text: &str) -> String {
    text.chars()
        .map(|character| if character == '\n' { '\n' } else { ' ' })
        .collect()
}

/// Blanks comments and the insides of strings and characters; everything else stays in its place.
fn blanked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_word = false;
    while let Some(first) = rest.chars().next() {
        let skipped = if in_word {
            quoted(rest)
        } else {
            prefixed(rest)
        };
        let length = skipped.unwrap_or(first.len_utf8());
        if skipped.is_some() {
            out.push_str(&keep_lines(&rest[..length]));
        } else {
            out.push(first);
        }
        in_word = skipped.is_none() && (first.is_alphanumeric() || first == '_');
        rest = &rest[length..];
    }
    out
}

/// The length of the literal or comment that starts here, raw strings included.
fn prefixed(rest: &str) -> Option<usize> {
    for prefix in ["br", "cr", "r"] {
        if let Some(length) = rest.strip_prefix(prefix).and_then(raw_string) {
            return Some(prefix.len() + length);
        }
    }
    quoted(rest)
}

fn raw_string(rest: &str) -> Option<usize> {
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let inside = rest[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let length = inside
        .find(&close)
        .map_or(inside.len(), |end| end + close.len());
    Some(hashes + 1 + length)
}

fn quoted(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment(rest));
    }
    if let Some(inside) = rest.strip_prefix('"') {
        return Some(1 + closing(inside, '"'));
    }
    let inside = rest.strip_prefix('\'')?;
    let mut next = inside.chars();
    let is_character = match next.next()? {
        '\\' => true,
        _ => next.next() == Some('\''),
    };
    is_character.then(|| 1 + closing(inside, '\''))
}

/// The length up to and with the closing quote.
fn closing(inside: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in inside.char_indices() {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == quote {
            return at + quote.len_utf8();
        }
    }
    inside.len()
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        Source::new("a.rs", text).code
    }

    #[test]
    fn comments_and_literals_are_blanked_and_code_stays() {
        assert_eq!(code("a(); // todo!()"), "a();           ");
        assert_eq!(code("a(\"to\\\"do\", b);"), "a(        , b);");
        assert_eq!(code("/* a /* b */ c */d"), "                 d");
        assert_eq!(code("let c = '\"'; d"), "let c =    ; d");
    }

    #[test]
    fn lifetimes_are_not_characters() {
        assert_eq!(code("fn a<'x>(b: &'x str) {}"), "fn a<'x>(b: &'x str) {}");
    }

    #[test]
    fn raw_strings_end_where_their_hashes_say() {
        assert_eq!(code("r#\"a \" b\"#;c"), "          ;c");
        assert_eq!(code("for\"a\";c"), "for   ;c");
    }

    #[test]
    fn every_line_keeps_its_number() {
        let text = "a\n/* b\n */ c\n\"d\ne\"\nf";
        assert_eq!(code(text).lines().count(), text.lines().count());
    }

    #[test]
    fn tests_are_not_shipped() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\nfn c() {}";
        let shipped = Source::new("a.rs", text).shipped_code();
        assert!(shipped.contains("fn a()") && shipped.contains("fn c()"));
        assert!(!shipped.contains("fn b()"));
        assert_eq!(shipped.lines().count(), 6);
    }

    #[test]
    fn a_place_is_a_crate_and_a_path_in_it() {
        assert_eq!(
            Source::new("crates/store/src/a.rs", "").place(),
            Some(("store", "src/a.rs"))
        );
        assert_eq!(Source::new("services/intake/src/lib.rs", "").place(), None);
    }
}
