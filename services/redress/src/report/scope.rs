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

fn slice(text: &str) -> Result<SliceValue, String> {
    let (dimension, value) = text
        .split_once('=')
        .ok_or("write it as in product=Kettle")?;
    Ok(SliceValue {
        dimension: dimension.to_owned(),
        value: value.to_owned(),
    })
}
