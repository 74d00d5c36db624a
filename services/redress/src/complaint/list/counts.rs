//! How many complaints there are, by what was asked for.

use redress_wire::workflow::v1::{ComplaintCounts, FacetCounts};
use serde_json::{Value, json};

use crate::json::text;
use crate::table::Table;

pub(super) fn as_json(counts: &ComplaintCounts) -> Value {
    json!({
        "total": counts.total,
        "capped": counts.capped,
        "facets": counts.facets.iter().map(facet).collect::<Vec<_>>(),
    })
}

fn facet(it: &FacetCounts) -> Value {
    let counts = it.counts.iter();
    let counts = counts.map(|it| json!({ "value": text(&it.value), "count": it.count }));
    json!({
        "facet": it.facet,
        "counts": counts.collect::<Vec<_>>(),
        "other": it.other,
    })
}

pub(super) fn render(counts: &ComplaintCounts) -> String {
    let mut table = Table::new(&["count", "by", "value"]);
    for facet in &counts.facets {
        for count in &facet.counts {
            let value = match &*count.value {
                "" => "(none)".to_owned(),
                value => value.to_owned(),
            };
            table.row([count.count.to_string(), facet.facet.clone(), value]);
        }
        if facet.other > 0 {
            let others = "(others)".to_owned();
            table.row([facet.other.to_string(), facet.facet.clone(), others]);
        }
    }
    let total = if counts.capped {
        format!(
            "at least {} complaints: only the first were counted",
            counts.total
        )
    } else {
        format!("{} complaints in all", counts.total)
    };
    format!("\n{total}\n\n{}", table.render())
}

#[cfg(test)]
mod tests {
    use redress_wire::workflow::v1::ComplaintCount;

    use super::*;

    #[test]
    fn counts_that_were_cut_short_say_so() {
        let count = ComplaintCount {
            value: String::new(),
            count: 7,
        };
        let counts = |capped| ComplaintCounts {
            total: 7,
            capped,
            facets: vec![FacetCounts {
                facet: "handler".to_owned(),
                counts: vec![count.clone()],
                other: 0,
            }],
        };
        assert!(render(&counts(true)).contains("at least 7"));
        let whole = render(&counts(false));
        assert!(
            whole.contains("7 complaints in all") && whole.contains("(none)"),
            "{whole}"
        );
    }
}
