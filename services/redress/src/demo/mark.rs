//! What a demo's data directory says of itself, so that a second start goes on where the first was.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use jiff::civil::Date;
use redress_service::Kind;
use serde::{Deserialize, Serialize};

use super::regime::Regime;
use crate::failure::Failure;

const NAME: &str = "demo.json";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) seed: u64,
    pub(super) years: u8,
    /// Everything happens before this day.
    pub(super) end: Date,
    /// What it is handled under.
    #[serde(default)]
    pub(super) policy: Regime,
    /// Everything is loaded, and the last import completed.
    pub(super) loaded: bool,
}

impl Mark {
    /// What its import is called.
    pub(super) fn label(&self) -> String {
        let Self {
            seed,
            years,
            end,
            policy,
            ..
        } = self;
        let under = match policy {
            Regime::Iso10002 => String::new(),
            Regime::UkDisp | Regime::UsCfpb => format!(", under {}", policy.name()),
        };
        format!("seed {seed}, {years} years until {end}{under}")
    }
}

/// The demo that is there, or the wanted one in a directory that is empty or not there yet. The day
/// on which it ends matters where somebody has named it.
pub(super) fn find_or_begin(
    data: &Path,
    wanted: Mark,
    until: Option<Date>,
) -> Result<Mark, Failure> {
    match fs::read(data.join(NAME)) {
        Ok(bytes) => found(data, &bytes, wanted, until),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some()) {
                let message = format!("{} holds something else than a demo", data.display());
                return Err(
                    Failure::new(Kind::FailedPrecondition, "DEMO_DIRECTORY", message)
                        .with_remedy("name an empty directory with --data"),
                );
            }
            write(data, &wanted)?;
            Ok(wanted)
        }
        // A file in its place is told by whoever starts on it.
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => Ok(wanted),
        Err(error) => Err(Failure::file(&data.join(NAME), error)),
    }
}

fn found(data: &Path, bytes: &[u8], wanted: Mark, until: Option<Date>) -> Result<Mark, Failure> {
    let path = data.join(NAME);
    let mark: Mark = serde_json::from_slice(bytes).map_err(|e| Failure::file(&path, e))?;
    let is_day = until.is_none_or(|day| day == mark.end);
    let what = |mark: &Mark| (mark.seed, mark.years, mark.policy);
    if what(&mark) == what(&wanted) && is_day {
        return Ok(mark);
    }
    let message = format!("{} holds the demo of {}", data.display(), mark.label());
    Err(
        Failure::new(Kind::FailedPrecondition, "DEMO_DIRECTORY", message)
            .with_remedy("name another directory with --data, or delete this one"),
    )
}

pub(super) fn write(data: &Path, mark: &Mark) -> Result<(), Failure> {
    let replace = || -> std::io::Result<()> {
        fs::create_dir_all(data)?;
        let temporary = data.join(format!("{NAME}.tmp"));
        let mut file = File::create(&temporary)?;
        file.write_all(&serde_json::to_vec_pretty(mark)?)?;
        file.sync_all()?;
        fs::rename(&temporary, data.join(NAME))?;
        File::open(data)?.sync_all()
    };
    replace().map_err(|error| Failure::file(data, error))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const WANTED: Mark = Mark {
        seed: 1,
        years: 3,
        end: date(2026, 5, 17),
        policy: Regime::Iso10002,
        loaded: false,
    };

    #[test]
    fn a_second_start_finds_the_first_demo_also_on_another_day() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("new");
        assert_eq!(find_or_begin(&data, WANTED, None).unwrap(), WANTED);
        write(
            &data,
            &Mark {
                loaded: true,
                ..WANTED
            },
        )
        .unwrap();
        let later = Mark {
            end: date(2026, 5, 18),
            ..WANTED
        };
        assert_eq!(
            find_or_begin(&data, later, None).unwrap(),
            Mark {
                loaded: true,
                ..WANTED
            }
        );
        let refused = find_or_begin(&data, later, Some(later.end)).unwrap_err();
        assert_eq!(refused.code(), "DEMO_DIRECTORY");
        let other = find_or_begin(&data, Mark { seed: 2, ..WANTED }, None).unwrap_err();
        assert_eq!(other.code(), "DEMO_DIRECTORY");
        let policy = Regime::UkDisp;
        let other = find_or_begin(&data, Mark { policy, ..WANTED }, None).unwrap_err();
        assert_eq!(other.code(), "DEMO_DIRECTORY");
    }

    #[test]
    fn a_file_in_its_place_is_left_to_be_told_by_whoever_starts_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("notes.txt");
        fs::write(&file, "words").unwrap();
        assert_eq!(find_or_begin(&file, WANTED, None).unwrap(), WANTED);
        assert_eq!(fs::read(&file).unwrap(), b"words");
    }

    #[test]
    fn somebodys_data_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine"), "x").unwrap();
        let refused = find_or_begin(folder.path(), WANTED, None).unwrap_err();
        assert_eq!(refused.code(), "DEMO_DIRECTORY");
    }
}
