//! No clock, chance, waiting, input or output in the source of a pure crate.

use super::rules;
use super::source::Source;
use super::violation::Violation;

const RULE: &str = "a pure crate is values and functions";

pub(crate) fn violations(source: &Source) -> Vec<Violation> {
    if !is_pure(source) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (index, line) in source.shipped_code().lines().enumerate() {
        for (word, why) in rules::IMPURE_WORDS {
            if has_word(line, word) {
                found.push(Violation::new(
                    &source.path,
                    index + 1,
                    RULE,
                    format!("`{word}`: {why}"),
                ));
            }
        }
    }
    found
}

fn is_pure(source: &Source) -> bool {
    source.place().is_some_and(|(name, below)| {
        rules::PURE.contains(&name)
            && below.starts_with("src/")
            && !below.ends_with("/tests.rs")
            && !below.contains("/tests/")
    })
}

/// Whether `word` stands there by itself, not as part of a longer name.
pub(crate) fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_in_name) && (word.ends_with('!') || !after.is_some_and(is_in_name))
    })
}

fn is_in_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
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
    fn a_pure_crate_does_not_wait() {
        assert_eq!(
            found(
                "crates/complaint/src/decide.rs",
                "//! Decisions.\npub async fn decide() {}"
            ),
            [
                "crates/complaint/src/decide.rs:2: a pure crate is values and functions: \
                 `async`: pure code never waits"
            ]
        );
    }

    #[test]
    fn a_pure_crate_reads_no_clock_and_keeps_no_hash_order() {
        let text = "use std::collections::HashMap;\nlet t = jiff::Timestamp::now();";
        assert_eq!(found("crates/envelope/src/a.rs", text).len(), 2);
    }

    #[test]
    fn words_in_comments_strings_and_longer_names_are_no_violation() {
        let text = "// async\nlet a = \"HashMap\";\nstruct Instantly; fn asynchronous() {}";
        assert_eq!(found("crates/envelope/src/a.rs", text), [""; 0]);
    }

    #[test]
    fn tests_of_a_pure_crate_may_read_files() {
        let text = "#[cfg(test)]\nmod tests {\n    use std::fs;\n}";
        assert_eq!(found("crates/envelope/src/a.rs", text), [""; 0]);
        assert_eq!(
            found("crates/envelope/src/codec/tests.rs", "use std::fs;"),
            [""; 0]
        );
        assert_eq!(
            found("crates/envelope/tests/golden.rs", "use std::fs;"),
            [""; 0]
        );
    }

    #[test]
    fn the_shell_may_wait() {
        assert_eq!(
            found("crates/event-log/src/a.rs", "async fn a() {}"),
            [""; 0]
        );
        assert_eq!(
            found("services/intake/src/a.rs", "async fn a() {}"),
            [""; 0]
        );
    }
}
