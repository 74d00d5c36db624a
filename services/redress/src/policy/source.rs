//! Where a policy and its calendar come from: a file, or what comes with the program.

use std::fs;
use std::path::Path;

use redress_policy::document::Flaw;
use redress_policy::register::Written;
use redress_policy::{Calendar, PACKS, Pack, Policy};

use crate::failure::Failure;

/// A policy is read whole; a larger file is none.
const MOST_BYTES: u64 = 1 << 20;

/// A file, or else the name of a pack. The errors of a document come back for themselves.
pub(super) fn read(name: &str) -> Result<Result<Policy, Vec<Flaw>>, Failure> {
    Ok(read_with_text(name)?.map(|written| written.policy))
}

/// One that is to be put in force, with all of its text.
pub(super) fn written(name: &str) -> Result<Written, Failure> {
    read_with_text(name)?.map_err(|flaws| flawed(name, &flaws))
}

fn read_with_text(name: &str) -> Result<Result<Written, Vec<Flaw>>, Failure> {
    let path = Path::new(name);
    if !path.exists() {
        if let Some(pack) = Pack::named(name) {
            let none = &mut |file: &str| Err(format!("a policy of the program has no {file}"));
            return Ok(Written::read(name, pack.text.to_owned(), none));
        }
        if !is_meant_as_file(name) {
            return Err(unknown(name));
        }
    }
    let text = text_of(path).map_err(|why| Failure::file(path, why))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let beside = &mut |file: &str| text_of(&folder.join(file));
    Ok(Written::read(name, text, beside))
}

fn is_meant_as_file(name: &str) -> bool {
    let is_document = Path::new(name).extension().is_some_and(|it| it == "toml");
    is_document || name.contains(std::path::is_separator)
}

fn unknown(name: &str) -> Failure {
    let packs: Vec<String> = PACKS.iter().map(|it| format!("`{}`", it.name)).collect();
    let packs = packs.join(", ");
    Failure::usage("POLICY_UNKNOWN", format!("there is no policy `{name}`"))
        .with_field("policy")
        .with_remedy(format!("write one of {packs}, or the path of a document"))
}

fn text_of(path: &Path) -> Result<String, String> {
    let found = fs::metadata(path).map_err(|error| error.to_string())?;
    if found.len() > MOST_BYTES {
        return Err(format!("it has more than {MOST_BYTES} bytes"));
    }
    fs::read_to_string(path).map_err(|error| error.to_string())
}

/// One that is to be worked with.
pub(super) fn policy(name: &str) -> Result<Policy, Failure> {
    read(name)?.map_err(|flaws| flawed(name, &flaws))
}

fn flawed(name: &str, flaws: &[Flaw]) -> Failure {
    let first = flaws.first().map_or(String::new(), ToString::to_string);
    let message = format!("{}; the first: {first}", counted(name, flaws));
    invalid(message).with_remedy(format!("`redress policy check {name}` tells all of them"))
}

/// `policy.toml has 3 errors`.
pub(super) fn counted(name: &str, flaws: &[Flaw]) -> String {
    let errors = if flaws.len() == 1 { "error" } else { "errors" };
    format!("the policy `{name}` has {} {errors}", flaws.len())
}

pub(super) fn invalid(message: String) -> Failure {
    Failure::usage("POLICY_INVALID", message).with_field("policy")
}

/// A calendar by its name, and the version of the policy that it is of.
pub(super) fn calendar(policy: Option<&str>, name: &str) -> Result<(Calendar, String), Failure> {
    let policies = if let Some(policy) = policy {
        vec![self::policy(policy)?]
    } else {
        let packs = PACKS.iter().map(|pack| self::policy(pack.name));
        packs.collect::<Result<Vec<_>, _>>()?
    };
    let found = policies.iter().find_map(|it| {
        let calendar = it.calendars().get(name)?;
        Some((calendar.clone(), it.version().to_owned()))
    });
    found.ok_or_else(|| {
        let all = policies.iter().flat_map(|it| it.calendars().keys());
        let all: Vec<String> = all.map(|it| format!("`{it}`")).collect();
        Failure::usage("CALENDAR_UNKNOWN", format!("there is no calendar `{name}`"))
            .with_field("calendar")
            .with_remedy(if all.is_empty() {
                "the policy has no calendars; write a table `[calendars.NAME]`".to_owned()
            } else {
                format!(
                    "write one of {}, or name a policy with --policy",
                    all.join(", ")
                )
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_no_policy_is_told_with_the_names_that_there_are() {
        for name in ["uk-dips", "UK-DISP", "uk-disp.tmol", ""] {
            let error = read(name).unwrap_err();
            assert_eq!(error.code(), "POLICY_UNKNOWN", "{name}");
            let told = error.to_string();
            assert!(told.contains(&format!("no policy `{name}`")), "{told}");
            for pack in PACKS {
                assert!(told.contains(&format!("`{}`", pack.name)), "{told}");
            }
        }
    }

    #[test]
    fn a_path_of_no_file_is_told_as_a_path() {
        for name in ["uk-dips.toml", "./uk-dips", "policies/uk-disp"] {
            let error = read(name).unwrap_err();
            assert_eq!(error.code(), "FILE_UNUSABLE", "{name}");
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
