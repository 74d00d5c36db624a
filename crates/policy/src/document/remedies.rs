//! `[remedies]`: what may be offered, and up to which amount without another person's approval.

use std::collections::BTreeMap;

use redress_envelope::Money;

use super::clock::each;
use super::reader::{Reader, Table, Value};

/// `[remedies]`. Without it everything may be offered by anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemedyRule {
    /// The kinds that may be offered; without it all.
    pub kinds: Option<Vec<String>>,
    /// By currency, what one person may offer alone. Where there are limits, an amount in any other
    /// currency needs approval, however small.
    pub limits: Option<BTreeMap<String, Money>>,
}

pub(super) fn read(reader: &mut Reader<'_>, table: &Table<'_>) -> RemedyRule {
    reader.only(table, &["kinds", "limits"], "a rule of remedies");
    let kinds = table.get("kinds");
    RemedyRule {
        kinds: kinds.map(|value| each(reader, value, kind)),
        limits: reader.optional(table, "limits", limits),
    }
}

fn limits(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<BTreeMap<String, Money>> {
    let table = reader.table(value)?;
    let mut limits = BTreeMap::new();
    for (currency, value) in table {
        let (name, place) = (currency.get_ref().to_string(), currency.span());
        let Ok(nothing) = Money::new(0, &name) else {
            let message = format!("`{name}` is no currency");
            let remedy = "write an ISO 4217 code, as `EUR`";
            reader.flaw(place, "CURRENCY_UNKNOWN", message, remedy);
            continue;
        };
        let Some(text) = reader.text(value) else {
            continue;
        };
        if let Some(limit) = amount(&text, &nothing) {
            limits.insert(name, limit);
        } else {
            let message = format!("`{text}` is no amount of {name}");
            let remedy = format!("write it as people do, as \"{}\"", example(&nothing));
            reader.flaw(value.span(), "AMOUNT_INVALID", message, remedy);
        }
    }
    Some(limits)
}

fn kind(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<String> {
    reader.name(value)
}

/// `100` or `100.00`, with as many decimals as the currency has.
fn amount(text: &str, nothing: &Money) -> Option<Money> {
    let decimals = decimals(nothing);
    let (whole, rest) = match text.split_once('.') {
        Some((whole, rest)) if rest.len() == decimals && decimals > 0 => (whole, rest),
        Some(_) => return None,
        None => (text, ""),
    };
    let is_digits = |it: &str| it.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(rest) {
        return None;
    }
    let minor_units = format!("{whole}{rest:0<decimals$}").parse().ok()?;
    Money::new(minor_units, &nothing.currency).ok()
}

/// As the amount of nothing shows them: `0.00 EUR`.
fn decimals(nothing: &Money) -> usize {
    let shown = nothing.to_string();
    let number = shown.split(' ').next().unwrap_or_default();
    number.split_once('.').map_or(0, |(_, rest)| rest.len())
}

fn example(nothing: &Money) -> String {
    match decimals(nothing) {
        0 => "100".to_owned(),
        decimals => format!("100.{}", "0".repeat(decimals)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_the_decimals_of_its_currency_or_none() {
        let read = |text, currency| {
            let nothing = Money::new(0, currency).unwrap();
            amount(text, &nothing).map(|it| it.minor_units)
        };
        assert_eq!(read("100", "EUR"), Some(10_000));
        assert_eq!(read("100.05", "EUR"), Some(10_005));
        assert_eq!(read("0.00", "EUR"), Some(0));
        assert_eq!(read("100", "JPY"), Some(100));
        assert_eq!(read("1.500", "KWD"), Some(1500));
        for (text, currency) in [
            ("100.5", "EUR"),
            ("100.", "EUR"),
            (".50", "EUR"),
            ("", "EUR"),
            ("-1", "EUR"),
            ("1e3", "EUR"),
            ("100.00", "JPY"),
            ("99999999999999999999", "EUR"),
        ] {
            assert_eq!(read(text, currency), None, "{text} {currency}");
        }
    }
}
