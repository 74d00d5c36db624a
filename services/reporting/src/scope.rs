//! Which items a report is about.

use jiff::tz::TimeZone;
use redress_service::Problem;
use redress_wire::optional_time;
use redress_wire::reporting::v1 as wire;

use crate::dimension::Dimension;
use crate::facts::{Case, Received};

#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) received: Received,
    pub(crate) zone: TimeZone,
    slices: Vec<(Dimension, String)>,
    imported: Option<bool>,
}

impl Scope {
    pub(crate) fn from_wire(scope: Option<wire::Scope>) -> Result<Self, Problem> {
        let scope = scope.unwrap_or_default();
        let time = |field, time| {
            optional_time(time)
                .map(|time| time.map(jiff::Timestamp::as_microsecond))
                .map_err(|error| {
                    Problem::invalid("TIME_OUT_OF_RANGE", field, error.to_string())
                        .with_remedy("send a time of the years 1 to 9999")
                })
        };
        let received = Received {
            from: time("scope.received_from", scope.received_from)?,
            to: time("scope.received_to", scope.received_to)?,
        };
        if let (Some(from), Some(to)) = (received.from, received.to)
            && from >= to
        {
            return Err(Problem::invalid(
                "RANGE_INVALID",
                "scope.received_to",
                "the range ends before it begins",
            )
            .with_remedy("send a `received_to` later than `received_from`"));
        }
        Ok(Self {
            received,
            zone: zone(&scope.time_zone)?,
            slices: slices(scope.slices)?,
            imported: scope.imported,
        })
    }

    /// Whether it is about all complaints, whenever they were received.
    pub(crate) fn is_everything(&self) -> bool {
        self.received == Received::default() && self.slices.is_empty() && self.imported.is_none()
    }

    pub(crate) fn lets_through(&self, case: &Case<'_>) -> bool {
        self.imported
            .is_none_or(|imported| imported == case.report.is_some())
            && self
                .slices
                .iter()
                .all(|(dimension, value)| dimension.of(case) == value)
    }
}

fn zone(name: &str) -> Result<TimeZone, Problem> {
    if name.is_empty() {
        return Ok(TimeZone::UTC);
    }
    TimeZone::get(name).map_err(|_| {
        Problem::invalid(
            "TIME_ZONE_UNKNOWN",
            "scope.time_zone",
            "the time zone is not known",
        )
        .with_remedy("send an IANA name such as Europe/Vienna, or none for UTC")
    })
}

fn slices(slices: Vec<wire::SliceValue>) -> Result<Vec<(Dimension, String)>, Problem> {
    let mut read: Vec<(Dimension, String)> = Vec::new();
    for (index, slice) in slices.into_iter().enumerate() {
        let field = format!("scope.slices[{index}].dimension");
        let dimension = dimension(&field, &slice.dimension, &Dimension::ALL)?;
        known_word(index, dimension, &slice.value)?;
        if read.iter().any(|(earlier, _)| *earlier == dimension) {
            return Err(Problem::invalid(
                "DIMENSION_REPEATED",
                field,
                "a complaint has one value in a dimension",
            )
            .with_remedy("name each dimension once"));
        }
        read.push((dimension, slice.value));
    }
    Ok(read)
}

/// A word that no complaint can have is a slip of the pen, not a question whose answer is nought.
fn known_word(index: usize, dimension: Dimension, value: &str) -> Result<(), Problem> {
    let Some(words) = dimension.words() else {
        return Ok(());
    };
    if value.is_empty() || words.contains(&value) {
        return Ok(());
    }
    let field = format!("scope.slices[{index}].value");
    let why = format!("no complaint has that {}", dimension.name());
    Err(Problem::invalid("FIELD_UNKNOWN_VALUE", field, why)
        .with_remedy(format!("send one of {}", words.join(", "))))
}

/// Reads the name of a dimension that must be one of some.
pub(crate) fn dimension(
    field: &str,
    name: &str,
    known: &[Dimension],
) -> Result<Dimension, Problem> {
    let named = Dimension::named(name).filter(|dimension| known.contains(dimension));
    named.ok_or_else(|| {
        let all: Vec<_> = known.iter().map(|dimension| dimension.name()).collect();
        let problem = if name.is_empty() {
            Problem::invalid("FIELD_REQUIRED", field, "the dimension is not said")
        } else {
            Problem::invalid(
                "DIMENSION_UNKNOWN",
                field,
                "the dimension is not known here",
            )
        };
        problem.with_remedy(format!("send one of {}", all.join(", ")))
    })
}
