//! An item as it is handed in.

use redress_envelope::Money;
use redress_feedback::{
    Submission, SubmittedCustomer, SubmittedReference, SubmittedRemedy, SubmittedScore,
};

use super::item::{DemoItem, ExternalReference, RemedySought, Score};

pub(super) fn submission(item: &DemoItem) -> Submission {
    Submission {
        kind: Some(item.kind.to_owned()),
        channel: Some(item.channel.to_owned()),
        product: Some(item.product.to_owned()),
        sub_product: Some(item.sub_product.to_owned()),
        issue: item.issue.map(str::to_owned),
        site: item.site.map(str::to_owned),
        supplier: item.supplier.map(str::to_owned),
        business_unit: Some(item.business_unit.to_owned()),
        segment: Some(item.customer.segment.to_owned()),
        jurisdiction: Some(item.customer.jurisdiction.to_owned()),
        language: Some(item.customer.language.to_owned()),
        tags: item.tags.iter().copied().map(str::to_owned).collect(),
        remedy_sought: item.remedy_sought.as_ref().map(remedy),
        immediate_action: item.immediate_action.map(str::to_owned),
        scores: item.scores.iter().map(score).collect(),
        accessibility_need: item.customer.accessibility_need.then_some(true),
        vulnerable: item.customer.vulnerable.then_some(true),
        assisted_by: item.assisted_by.map(str::to_owned),
        occurred_at: item.occurred_at,
        received_at: Some(item.received_at),
        description: Some(item.text.clone()),
        customer: SubmittedCustomer {
            reference: Some(item.customer.reference.clone()),
            name: Some(item.customer.name.clone()),
            email: Some(item.customer.email.clone()),
            phone: item.customer.phone.clone(),
            ..SubmittedCustomer::default()
        },
        external_references: item.external_references.iter().map(reference).collect(),
        ..Submission::default()
    }
}

fn reference(it: &ExternalReference) -> SubmittedReference {
    SubmittedReference {
        system: Some(it.system.to_owned()),
        source: None,
        id: Some(it.id.clone()),
    }
}

fn remedy(sought: &RemedySought) -> SubmittedRemedy {
    let amount = sought
        .amount
        .and_then(|it| Money::new(it.minor_units, it.currency).ok());
    SubmittedRemedy {
        kind: Some(sought.kind.to_owned()),
        amount,
    }
}

fn score(score: &Score) -> SubmittedScore {
    SubmittedScore {
        measure: Some(score.measure.to_owned()),
        value: score.value,
    }
}
