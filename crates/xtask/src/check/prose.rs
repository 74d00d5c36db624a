//! What people read fits on the screens that it promises.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::rules;
use super::violation::Violation;

pub(crate) fn violations(root: &Path) -> Result<Vec<Violation>> {
    let mut found = Vec::new();
    for (file, most) in rules::PROSE {
        let text = fs::read_to_string(root.join(file))
            .with_context(|| format!("failed to read {file}"))?;
        found.extend(too_long(file, &text, *most));
    }
    Ok(found)
}

fn too_long(file: &str, text: &str, most: usize) -> Option<Violation> {
    let lines = text.lines().count();
    (lines > most).then(|| {
        Violation::new(
            file,
            most + 1,
            "people read one screen",
            format!("{lines} lines of {most}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_too_many_is_too_many() {
        assert!(too_long("README.md", "a\nb\n", 2).is_none());
        assert_eq!(
            too_long("README.md", "a\nb\nc\n", 2).map(|violation| violation.to_string()),
            Some("README.md:3: people read one screen: 3 lines of 2".to_owned())
        );
    }
}
