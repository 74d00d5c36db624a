//! Which complaints a report is about.

use clap::Args;
use jiff::Timestamp;
use redress_wire::reporting::v1::{Scope, SliceValue};
use redress_wire::time_to_wire;

use crate::moment::{Seen, end, instant};

#[derive(Debug, Args)]
pub(crate) struct Scoped {
    /// Received then or later
    #[arg(long, value_name = "TIME", value_parser = instant)]
    from: Option<Timestamp>,

    /// Received before that time, or on that day
    #[arg(long, value_name = "TIME", value_parser = end)]
    to: Option<Timestamp>,

    /// Only complaints with that value: `product=Kettle`, `status=closed`, ..; the dimensions are those
    /// of `report pareto --by`
    #[arg(long = "where", value_name = "DIMENSION=VALUE", value_parser = slice)]
    slices: Vec<SliceValue>,

    /// The IANA zone in which days and months are cut, such as Europe/Vienna; without it UTC
    #[arg(
        long,
        value_name = "ZONE",
        default_value = "",
        hide_default_value = true
    )]
    time_zone: String,

    /// Only those with (true) or without (false) a history that another system reported
    #[arg(long, value_name = "BOOL")]
    imported: Option<bool>,

    #[command(flatten)]
    pub(crate) seen: Seen,
}

impl Scoped {
    pub(crate) fn to_wire(&self) -> Scope {
        Scope {
            received_from: self.from.map(time_to_wire),
            received_to: self.to.map(time_to_wire),
            slices: self.slices.clone(),
            time_zone: self.time_zone.clone(),
            imported: self.imported,
        }
    }
}

impl Scoped {
    /// What a report says that found nothing. A word of an open list cannot be told from one that is
    /// misspelt.
    pub(crate) fn nothing(&self) -> String {
        let in_time = if self.from.or(self.to).is_some() {
            " in that time"
        } else {
            ""
        };
        let Some(first) = self.slices.first() else {
            return format!("no complaints{in_time}");
        };
        let asked = self.slices.iter().map(|it| match it.value.as_str() {
            "" => format!("no {}", it.dimension),
            value => format!("{} {value}", it.dimension),
        });
        format!(
            "no complaint{in_time} has {}: `redress report pareto --by {}` names the values that there are",
            asked.collect::<Vec<_>>().join(" and "),
            first.dimension
        )
    }
}

fn slice(text: &str) -> Result<SliceValue, String> {
    let (dimension, value) = text
        .split_once('=')
        .ok_or("write it as in product=Kettle")?;
    Ok(SliceValue {
        dimension: dimension.to_owned(),
        value: value.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scoped(slices: &[&str], from: Option<&str>) -> Scoped {
        Scoped {
            from: from.map(|it| instant(it).unwrap()),
            to: None,
            slices: slices.iter().map(|it| slice(it).unwrap()).collect(),
            time_zone: String::new(),
            imported: None,
            seen: Seen::default(),
        }
    }

    #[test]
    fn a_report_of_nothing_says_of_what_and_where_the_words_are() {
        assert_eq!(scoped(&[], None).nothing(), "no complaints");
        let in_time = scoped(&[], Some("2026-05-17")).nothing();
        assert_eq!(in_time, "no complaints in that time");
        assert_eq!(
            scoped(&["product=Kettel", "site="], None).nothing(),
            "no complaint has product Kettel and no site: `redress report pareto --by product` names \
             the values that there are"
        );
    }
}
