use jiff::civil::date;

use super::super::calendar::MONTHS;
use super::super::item::Score;
use super::*;

const END: Date = date(2026, 5, 17);

fn items(seed: u64) -> Vec<DemoItem> {
    generate(seed, END).collect()
}

fn complaints(items: &[DemoItem]) -> impl Iterator<Item = &DemoItem> {
    items.iter().filter(|item| item.kind == "complaint")
}

/// How many of them were received in each complete month.
fn by_month<'a>(items: impl Iterator<Item = &'a DemoItem>) -> Vec<f64> {
    let mut counts = vec![0.0; MONTHS as usize];
    let first = first_day(END);
    for item in items {
        let day = day_of(item.received_at);
        let month = i32::from(day.year() - first.year()) * 12 + i32::from(day.month())
            - i32::from(first.month());
        if let Some(count) = usize::try_from(month)
            .ok()
            .and_then(|it| counts.get_mut(it))
        {
            *count += 1.0;
        }
    }
    counts
}

/// The months (from 1) that lie above the limit of an individuals chart: that of up to 24 months before them.
fn months_out(counts: &[f64]) -> Vec<usize> {
    let mut out = Vec::new();
    for month in 12..counts.len() {
        let baseline = &counts[month.saturating_sub(24)..month];
        let mean = baseline.iter().sum::<f64>() / baseline.len() as f64;
        let ranges = baseline
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs())
            .sum::<f64>();
        let limit = mean + 2.66 * ranges / (baseline.len() - 1) as f64;
        if mean >= 5.0 && counts[month] > limit {
            out.push(month + 1);
        }
    }
    out
}

fn slice(items: &[DemoItem], product: Option<&str>, issue: Option<&str>) -> Vec<f64> {
    by_month(complaints(items).filter(|item| {
        product.is_none_or(|it| it == item.product) && (issue.is_none() || issue == item.issue)
    }))
}

#[test]
fn the_same_seed_makes_the_same_items_and_another_seed_makes_others() {
    assert_eq!(items(1), items(1));
    assert_ne!(items(1), items(2));
}

#[test]
fn three_years_hold_three_to_four_thousand_complaints_and_more_of_the_rest() {
    let items = items(1);
    let complained = complaints(&items).count();
    assert!((3_000..=4_200).contains(&complained), "{complained}");
    for (kind, monthly) in OTHER_KINDS {
        let count = items.iter().filter(|item| item.kind == *kind).count() as f64;
        assert!(count > monthly * 36.0 * 0.7, "{kind}: {count}");
    }
    for (month, count) in slice(&items, None, None).iter().enumerate() {
        assert!(
            (60.0..170.0).contains(count),
            "month {}: {count}",
            month + 1
        );
    }
}

#[test]
fn items_come_in_order_and_before_the_end() {
    let items = items(3);
    for (index, item) in items.iter().enumerate() {
        assert_eq!(item.number as usize, index + 1);
        assert!(item.occurred_at.is_none_or(|at| at < item.received_at));
        assert!(item.received_at < midnight(END));
    }
    assert!(items.is_sorted_by_key(|item| item.received_at));
    assert_eq!(day_of(items[0].received_at), first_day(END));
}

#[test]
fn the_planted_shift_is_found_soon_in_nearly_every_demo_and_in_the_end_in_all() {
    let (mut charts, mut found_soon) = (0, 0);
    for seed in 1..=10 {
        let items = items(seed);
        let both = (Some(SHIFT.product), Some(SHIFT.issue));
        for (product, issue) in [(both.0, None), (None, both.1), both] {
            let out = months_out(&slice(&items, product, issue));
            let found = out
                .iter()
                .find(|month| **month >= SHIFT.from_month as usize);
            assert!(found.is_some(), "seed {seed}, {product:?}, {issue:?}");
            charts += 1;
            found_soon += usize::from(found.is_some_and(|month| *month <= 28));
        }
    }
    println!("{found_soon} of {charts} charts find the shift within two months");
    assert!(found_soon * 10 >= charts * 9, "{found_soon} of {charts}");
}

#[test]
fn other_slices_rarely_signal() {
    let (mut judged, mut signals) = (0, 0);
    for seed in 1..=10 {
        let items = items(seed);
        let mut issues: Vec<_> = items.iter().filter_map(|item| item.issue).collect();
        issues.sort_unstable();
        issues.dedup();
        let products = PRODUCTS.iter().map(|product| (Some(product.name), None));
        let slices = products.chain(issues.into_iter().map(|issue| (None, Some(issue))));
        for (product, issue) in slices {
            if product != Some(SHIFT.product) && issue != Some(SHIFT.issue) {
                let counts = slice(&items, product, issue);
                judged += counts.len() - 12;
                signals += months_out(&counts).len();
            }
        }
    }
    println!("{signals} signals in {judged} judged months outside the shift");
    // A limit of three sigma that is estimated from 12 to 24 months is passed now and then.
    assert!(
        signals * 100 <= judged * 2,
        "{signals} signals in {judged} judged months"
    );
}

#[test]
fn customers_come_back_and_write_in_five_languages() {
    let items = items(1);
    let mut customers: Vec<_> = items.iter().map(|item| &item.customer.reference).collect();
    customers.sort_unstable();
    customers.dedup();
    assert!(customers.len() * 10 < items.len() * 9 && customers.len() * 2 > items.len());
    for language in ["en", "de", "fr", "es", "nl"] {
        assert!(
            items.iter().any(|item| item.customer.language == language),
            "{language}"
        );
    }
    assert!(items.iter().all(|item| !item.text.contains(['{', '}'])));
    assert!(complaints(&items).all(|item| !item.text.is_empty()));
}

mod stories;
mod submissions;
