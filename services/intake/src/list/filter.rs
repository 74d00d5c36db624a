//! Which feedback a list shows.

use jiff::Timestamp;
use redress_feedback::{Channel, Kind, Vocabulary};
use redress_service::Problem;
use redress_wire::intake::v1::FeedbackFilter;
use redress_wire::optional_time;

use crate::item::Item;
use crate::names::{Names, required};

/// A request's filter, with hashes where it names a person.
#[derive(Debug, Default)]
pub(super) struct Filter {
    kinds: Vec<String>,
    channels: Vec<String>,
    products: Vec<String>,
    issues: Vec<String>,
    languages: Vec<String>,
    sites: Vec<String>,
    suppliers: Vec<String>,
    imported: Option<bool>,
    /// Keyed hashes that an item must all have.
    pub(super) hashes: Vec<String>,
    /// That of the source of one of them.
    source_hash: Option<String>,
    /// Microseconds of receipt: at or after, and before.
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
}

impl Filter {
    pub(super) fn read(filter: FeedbackFilter, names: &Names) -> Result<Self, Problem> {
        let time = |field: &str, value| {
            let time = optional_time(value).map_err(|error| {
                Problem::invalid(error.code(), format!("filter.{field}"), error.to_string())
                    .with_remedy(error.remedy())
            })?;
            Ok::<_, Problem>(time.map(Timestamp::as_microsecond))
        };
        known("kinds", Kind::KNOWN, &filter.kinds)?;
        known("channels", Channel::KNOWN, &filter.channels)?;
        let (mut hashes, mut source_hash) = (Vec::new(), None);
        let customer = filter.customer_reference.trim();
        if !customer.is_empty() {
            hashes.push(names.customer(customer));
        }
        if let Some(reference) = &filter.external_reference {
            let (system, id) = (reference.system.trim(), reference.id.trim());
            if system.is_empty() {
                return Err(required("filter.external_reference.system"));
            }
            if id.is_empty() {
                return Err(required("filter.external_reference.id"));
            }
            hashes.push(names.reference(system, id));
            let source = reference.source.trim();
            source_hash = (!source.is_empty()).then(|| names.source(system, source));
        }
        Ok(Self {
            from: time("received_from", filter.received_from)?,
            to: time("received_to", filter.received_to)?,
            kinds: filter.kinds,
            channels: filter.channels,
            products: filter.products,
            issues: filter.issues,
            languages: filter.languages,
            sites: filter.sites,
            suppliers: filter.suppliers,
            imported: filter.imported,
            hashes,
            source_hash,
        })
    }

    pub(super) fn lets_through(&self, item: &Item) -> bool {
        let facts = &*item.facts;
        let received = facts.received_at.as_microsecond();
        let has = |hash: &String| {
            facts.customer_hash.as_ref() == Some(hash)
                || facts
                    .external_references
                    .iter()
                    .any(|it| it.keyed_hash == *hash)
        };
        let has_source = |hash: &String| {
            let mut references = facts.external_references.iter();
            references.any(|it| {
                it.source_hash.as_ref() == Some(hash) && self.hashes.contains(&it.keyed_hash)
            })
        };
        any_of(&self.kinds, Some(facts.kind.as_str()))
            && any_of(&self.channels, Some(facts.channel.as_str()))
            && any_of(&self.products, facts.product.as_deref())
            && any_of(&self.issues, facts.issue.as_deref())
            && any_of(&self.languages, facts.language.as_deref())
            && any_of(&self.sites, facts.site.as_deref())
            && any_of(&self.suppliers, facts.supplier.as_deref())
            && self
                .imported
                .is_none_or(|imported| imported == facts.reported.is_some())
            && self.from.is_none_or(|from| received >= from)
            && self.to.is_none_or(|to| received < to)
            && self.hashes.iter().all(has)
            && self.source_hash.iter().all(has_source)
    }
}

/// A word that nothing can have is a slip of the pen, not a question to which nothing is the answer.
fn known(field: &str, known: &[&str], asked: &[String]) -> Result<(), Problem> {
    let Some(at) = asked.iter().position(|it| !known.contains(&it.as_str())) else {
        return Ok(());
    };
    let field = format!("filter.{field}[{at}]");
    Err(
        Problem::invalid("FIELD_UNKNOWN_VALUE", field, "the word is not known")
            .with_remedy(format!("send one of {}", known.join(", "))),
    )
}

/// No words let everything through.
fn any_of(wanted: &[String], found: Option<&str>) -> bool {
    wanted.is_empty() || found.is_some_and(|found| wanted.iter().any(|it| it == found))
}
