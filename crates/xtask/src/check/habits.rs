//! What no source file of ours does.

use super::purity::has_word;
use super::rules;
use super::source::Source;
use super::violation::Violation;

const NAMES: &str = "a file is named after what is inside";
const LENGTH: &str = "a file stays readable";
const EXPECT: &str = "an exception is `#[expect(.., reason)]`";
const UNDONE: &str = "nothing is left undone";
const IGNORE: &str = "#[ignore";
const IGNORED: &str = "a test runs; what is slow takes its size as an argument";

pub(crate) fn violations(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    let name = source.path.rsplit('/').next().unwrap_or_default();
    if rules::EMPTY_NAMES.contains(&name) {
        found.push(Violation::new(
            &source.path,
            1,
            NAMES,
            format!("`{name}` says nothing"),
        ));
    }
    if source.lines > rules::LONGEST_FILE && !has_reason(rules::LONG_FILES, source) {
        let what = format!("{} lines; cut it, or say why in rules.rs", source.lines);
        found.push(Violation::new(
            &source.path,
            rules::LONGEST_FILE + 1,
            LENGTH,
            what,
        ));
    }
    for (index, line) in source.code.lines().enumerate() {
        if let Some((rule, what)) = habit_broken(line)
            && !(rule == IGNORED && has_reason(rules::IGNORED_TESTS, source))
        {
            found.push(Violation::new(&source.path, index + 1, rule, what));
        }
    }
    found
}

/// Reasons in `rules` for what is not there any more.
pub(crate) fn needless_reasons(sources: &[Source]) -> Vec<Violation> {
    let long = rules::LONG_FILES.iter().map(|(path, _)| (LENGTH, *path));
    let ignored = rules::IGNORED_TESTS
        .iter()
        .map(|(path, _)| (IGNORED, *path));
    let is_needed = |rule: &str, path: &str| {
        sources.iter().any(|source| {
            source.path == path
                && (source.lines > rules::LONGEST_FILE || rule == IGNORED)
                && (source.code.contains(IGNORE) || rule == LENGTH)
        })
    };
    long.chain(ignored)
        .filter(|(rule, path)| !is_needed(rule, path))
        .map(|(rule, path)| Violation::new(path, 1, rule, "its reason in rules.rs is not needed"))
        .collect()
}

fn has_reason(reasons: &[(&str, &str)], source: &Source) -> bool {
    reasons.iter().any(|(path, _)| *path == source.path)
}

fn habit_broken(line: &str) -> Option<(&'static str, &'static str)> {
    if line.contains("#[allow(") || line.contains("#![allow(") {
        return Some((
            EXPECT,
            "`allow` hides the day on which it is not needed any more",
        ));
    }
    if has_word(line, "todo!") || has_word(line, "unimplemented!") {
        return Some((UNDONE, "a stub"));
    }
    line.contains(IGNORE)
        .then_some((IGNORED, "an ignored test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        violations(&Source::new(path, text))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn an_allow_is_named_with_its_line() {
        assert_eq!(
            found(
                "crates/store/src/a.rs",
                "fn a() {}\n#[allow(dead_code)]\nfn b() {}"
            ),
            [
                "crates/store/src/a.rs:2: an exception is `#[expect(.., reason)]`: \
                 `allow` hides the day on which it is not needed any more"
            ]
        );
        assert_eq!(
            found(
                "crates/store/src/a.rs",
                "#[expect(dead_code, reason = \"a\")]"
            )
            .len(),
            0
        );
    }

    #[test]
    fn stubs_and_ignored_tests_are_found() {
        assert_eq!(found("a.rs", "fn a() { todo!() }").len(), 1);
        assert_eq!(found("a.rs", "fn a() { unimplemented!(\"b\") }").len(), 1);
        assert_eq!(found("a.rs", "#[ignore = \"slow\"]\nfn a() {}").len(), 1);
        assert_eq!(found("a.rs", "// todo!()").len(), 0);
    }

    #[test]
    fn a_file_over_the_limit_is_named() {
        assert_eq!(found("a.rs", &"//\n".repeat(rules::LONGEST_FILE)).len(), 0);
        assert_eq!(
            found("a.rs", &"//\n".repeat(rules::LONGEST_FILE + 1)).len(),
            1
        );
    }

    #[test]
    fn a_name_that_says_nothing_is_found() {
        assert_eq!(found("crates/store/src/utils.rs", "").len(), 1);
        assert_eq!(found("crates/store/src/sled/mod.rs", "").len(), 1);
        assert_eq!(found("crates/store/src/janitor.rs", "").len(), 0);
    }
}
