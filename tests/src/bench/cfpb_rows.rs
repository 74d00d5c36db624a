//! Generated rows in the shape of the public consumer complaints, as JSON Lines.

use fastrand::Rng;
use redress_feedback::cfpb::Row;

use super::lives::one_of;

const WORDS: [&str; 48] = [
    "account",
    "after",
    "again",
    "agent",
    "amount",
    "and",
    "answer",
    "bank",
    "because",
    "been",
    "before",
    "called",
    "card",
    "charged",
    "closed",
    "company",
    "complaint",
    "credit",
    "customer",
    "days",
    "debt",
    "did",
    "fee",
    "for",
    "from",
    "have",
    "interest",
    "letter",
    "loan",
    "money",
    "month",
    "mortgage",
    "never",
    "not",
    "paid",
    "payment",
    "phone",
    "received",
    "refund",
    "report",
    "said",
    "sent",
    "service",
    "that",
    "the",
    "told",
    "was",
    "XXXX",
];

/// Words of nobody's, of about so many bytes.
pub(crate) fn narrative(rng: &mut Rng, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 12);
    while text.len() < bytes {
        text.push_str(one_of(rng, &WORDS));
        text.push(' ');
    }
    text.truncate(text.trim_end().len());
    text
}

/// One line of the file, of about 1.2 KB in the mean: half of the rows have words, as in the public
/// sample.
pub(crate) fn line(number: u64) -> serde_json::Result<String> {
    let mut rng = Rng::with_seed(number);
    let some = |text: &str| Some(text.to_owned());
    let (received, sent) = days(&mut rng);
    let words = rng.bool().then(|| rng.usize(200..1_800));
    let row = Row {
        date_received: Some(received),
        product: some(one_of(
            &mut rng,
            &["Credit card", "Mortgage", "Debt collection"],
        )),
        sub_product: some("General-purpose credit card or charge card"),
        issue: some(one_of(
            &mut rng,
            &["Other", "Problem with a purchase", "Getting a loan"],
        )),
        sub_issue: some("Card was charged for something you did not purchase with the card"),
        narrative: words.map(|bytes| narrative(&mut rng, bytes)),
        company_public_response: None,
        company: some(one_of(
            &mut rng,
            &["BARCLAYS BANK DELAWARE", "EQUIFAX, INC."],
        )),
        state: some(one_of(&mut rng, &["CA", "MD", "WA", "IA", "TX"])),
        zip_code: Some(format!("{:05}", rng.u32(501..99_951))),
        tags: None,
        consent: some(if words.is_some() {
            "Consent provided"
        } else {
            "N/A"
        }),
        submitted_via: some("Web"),
        date_sent_to_company: Some(sent),
        company_response: some("Closed with explanation"),
        timely_response: some("Yes"),
        consumer_disputed: some(one_of(&mut rng, &["Yes", "No", "N/A"])),
        complaint_id: Some((1_000_000 + number).to_string()),
    };
    serde_json::to_string(&row)
}

fn days(rng: &mut Rng) -> (String, String) {
    let (year, month, day) = (rng.u32(2012..2026), rng.u32(1..13), rng.u32(1..27));
    (
        format!("{year}-{month:02}-{day:02}"),
        format!("{year}-{month:02}-{:02}", day + 2),
    )
}
