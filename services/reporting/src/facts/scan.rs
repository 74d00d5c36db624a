//! Reading facts, item by item.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use redress_envelope::ItemId;
use redress_view::{ReadError, ViewRows};

use super::case::Case;
use super::course::Course;
use super::fact::{Said, Step, read_said};
use super::fold::read_import;
use super::key::{self, CLUSTER_BYTES, Cluster, Origin};
use super::promise::{Beat, Promises};
use super::report::Report;

/// How many records of each log are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) intake: u64,
    pub(crate) workflow: u64,
}

/// Times of receipt, in microseconds: from (inclusive) and to (exclusive).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ScanError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("a row of facts cannot be read: {key:02x?}")]
    Row { key: Vec<u8> },
    #[error("the reading was ended")]
    Ended,
}

impl Received {
    fn contains(self, received: i64) -> bool {
        self.from.is_none_or(|from| from <= received) && self.to.is_none_or(|to| received < to)
    }
}

/// Shows every item that was received in a range, as it was when the logs had so many records.
pub(crate) fn for_each(
    rows: &ViewRows,
    bounds: Bounds,
    range: Received,
    mut see: impl FnMut(&Case<'_>),
) -> Result<(), ScanError> {
    let mut see_if = |case: &Case<'_>| {
        if range.contains(case.received()) {
            see(case);
        }
    };
    let from = key::facts_from(range.from.unwrap_or(i64::MIN));
    let to = range.to.map_or_else(key::facts_end, key::facts_from);
    read(rows, bounds, &from, &to, &mut see_if)?;
    for cluster in shifted_into(rows, range)? {
        let from = cluster.prefix();
        let to = [from.as_slice(), &[u8::MAX; 10]].concat();
        read(rows, bounds, &from, &to, &mut see_if)?;
    }
    Ok(())
}

/// Items that stand elsewhere, and that some report says were received in the range.
fn shifted_into(rows: &ViewRows, range: Received) -> Result<BTreeSet<Cluster>, ScanError> {
    let mut clusters = BTreeSet::new();
    if range == Received::default() {
        return Ok(clusters);
    }
    let mut broken = None;
    let from = key::shifted_from(range.from.unwrap_or(i64::MIN));
    let to = range.to.map_or_else(key::shifted_end, key::shifted_from);
    rows.for_each(&from, Some(&to), |key, _| {
        match key::shifted_to(key) {
            Some(cluster) if range.contains(cluster.received) => {}
            Some(cluster) => {
                clusters.insert(cluster);
            }
            None => {
                broken = Some(key.to_vec());
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })?;
    broken.map_or(Ok(clusters), |key| Err(ScanError::Row { key }))
}

fn read(
    rows: &ViewRows,
    bounds: Bounds,
    from: &[u8],
    to: &[u8],
    see: &mut impl FnMut(&Case<'_>),
) -> Result<(), ScanError> {
    let mut gathered = Gathered::default();
    let mut broken = None;
    rows.for_each(from, Some(to), |key, row| {
        if gathered.take(key, row, bounds, see).is_some() {
            ControlFlow::Continue(())
        } else {
            broken = Some(key.to_vec());
            ControlFlow::Break(())
        }
    })?;
    if broken.is_none() && gathered.show(see).is_none() {
        broken = Some(gathered.cluster.clone());
    }
    broken.map_or(Ok(()), |key| Err(ScanError::Row { key }))
}

/// The facts of the item that is being read: copies, because a row goes when the next one comes.
#[derive(Debug, Default)]
struct Gathered {
    /// What the keys of its facts begin with; empty before the first item.
    cluster: Vec<u8>,
    /// The row of intake that counts; empty if there is none.
    said: Vec<u8>,
    /// The row that opened the complaint; empty if there is none.
    opened: Vec<u8>,
    /// The row with the report that counts in workflow's log; empty if there is none.
    reported: Vec<u8>,
    course: Course,
}

impl Gathered {
    /// None if the row cannot be read.
    fn take(
        &mut self,
        key: &[u8],
        row: &[u8],
        bounds: Bounds,
        see: &mut impl FnMut(&Case<'_>),
    ) -> Option<()> {
        let cluster = key.get(..CLUSTER_BYTES)?;
        if self.cluster != cluster {
            self.show(see)?;
            self.begin(cluster);
        }
        let position = key::position(key)?;
        match key::origin(key)? {
            Origin::Intake if position < bounds.intake => self.hear(row),
            Origin::Workflow if position < bounds.workflow => self.step(row),
            Origin::Intake | Origin::Workflow => Some(()),
        }
    }

    fn begin(&mut self, cluster: &[u8]) {
        cluster.clone_into(&mut self.cluster);
        self.said.clear();
        self.opened.clear();
        self.reported.clear();
        self.course.clear();
    }

    fn hear(&mut self, row: &[u8]) -> Option<()> {
        let counts = self.said.is_empty() || {
            let (now, later) = (read_said(&self.said)?.report, read_said(row)?.report);
            match (now, later) {
                (Some(now), Some(later)) => now.is_superseded_by(&later),
                (None, later) => later.is_some(),
                (Some(_), None) => false,
            }
        };
        if counts {
            row.clone_into(&mut self.said);
        }
        Some(())
    }

    fn step(&mut self, row: &[u8]) -> Option<()> {
        let step = Step::read(row)?;
        if step.about().is_some() {
            row.clone_into(&mut self.opened);
        }
        if let Some(later) = step.report() {
            let now = report(&self.reported);
            if now.is_none_or(|now| now.is_superseded_by(later)) {
                row.clone_into(&mut self.reported);
            }
        }
        self.course.take(&step, report(&self.reported).as_ref());
        Some(())
    }

    /// Shows the item, if any of its facts were within bounds. None if a row cannot be read.
    fn show(&self, see: &mut impl FnMut(&Case<'_>)) -> Option<()> {
        let said = if self.said.is_empty() {
            None
        } else {
            Some(read_said(&self.said)?)
        };
        let (about, report, scores) = match said {
            Some(Said {
                about,
                report,
                scores,
            }) => (about, report, scores),
            None if self.opened.is_empty() => return Some(()),
            None => (
                Step::read(&self.opened)?.about()?,
                report(&self.reported),
                &[][..],
            ),
        };
        let id = Cluster::from_prefix(&self.cluster)?.item;
        let (is_feedback, course) = (said.is_some(), &self.course);
        see(&Case {
            id,
            about,
            report,
            is_feedback,
            scores,
            course,
        });
        Some(())
    }
}

/// The report in a row; none in an empty one.
fn report(row: &[u8]) -> Option<Report<'_>> {
    Step::read(row)?.report().copied()
}

/// Shows the promises of every item that may have been received in a range: those whose receipt is told
/// differently are shown, too.
pub(crate) fn for_each_promise(
    rows: &ViewRows,
    bounds: Bounds,
    range: Received,
    mut see: impl FnMut(ItemId, &Promises),
) -> Result<(), ScanError> {
    let from = key::clocks_from(range.from.unwrap_or(i64::MIN));
    let to = range.to.map_or_else(key::clocks_end, key::clocks_from);
    read_promises(rows, bounds, &from, &to, &mut see)?;
    for cluster in shifted_into(rows, range)? {
        let from = cluster.clocks();
        let to = [from.as_slice(), &[u8::MAX; 9]].concat();
        read_promises(rows, bounds, &from, &to, &mut see)?;
    }
    Ok(())
}

fn read_promises(
    rows: &ViewRows,
    bounds: Bounds,
    from: &[u8],
    to: &[u8],
    see: &mut impl FnMut(ItemId, &Promises),
) -> Result<(), ScanError> {
    let (mut of, mut promises, mut broken) = (None, Promises::default(), None);
    rows.for_each(from, Some(to), |key, row| {
        let read = (key::item_of(key), key::position(key), Beat::read(row));
        let (Some(item), Some(position), Some((clock, beat))) = read else {
            broken = Some(key.to_vec());
            return ControlFlow::Break(());
        };
        if of != Some(item) {
            if let Some(before) = of.replace(item)
                && !promises.is_empty()
            {
                see(before, &promises);
            }
            promises.clear();
        }
        if position < bounds.workflow {
            promises.take(clock, beat);
        }
        ControlFlow::Continue(())
    })?;
    if let Some(item) = of
        && !promises.is_empty()
    {
        see(item, &promises);
    }
    broken.map_or(Ok(()), |key| Err(ScanError::Row { key }))
}

/// Whether an import had begun and not ended when intake's log had so many records.
pub(crate) fn imports_under_way(rows: &ViewRows, bounds: Bounds) -> Result<bool, ScanError> {
    let mut open = BTreeSet::new();
    rows.for_each(
        &key::import(0),
        Some(&key::import(bounds.intake)),
        |_, row| {
            match read_import(row) {
                Some((true, id)) => {
                    open.insert(id.to_vec());
                }
                Some((false, id)) => {
                    open.remove(id);
                }
                None => {}
            }
            ControlFlow::Continue(())
        },
    )?;
    Ok(!open.is_empty())
}
