//! A remedy as it is typed, `refund:1250EUR@2026-06-30`, and its amount as it is shown: `12.50 EUR`.

use jiff::civil::Date;
use redress_wire::value::v1::Money;
use redress_wire::workflow::v1::ProposedRemedy;

/// Reads `KIND[:MINOR_UNITS CURRENCY][@DAY]`.
pub(super) fn parse(text: &str) -> Result<ProposedRemedy, String> {
    let (rest, day) = match text.split_once('@') {
        Some((rest, day)) => (rest, Some(day)),
        None => (text, None),
    };
    let (kind, amount) = match rest.split_once(':') {
        Some((kind, amount)) => (kind, Some(amount)),
        None => (rest, None),
    };
    let is_day = |day: &&str| day.parse::<Date>().is_ok() && day.len() == 10;
    if day.is_some_and(|day| !is_day(&day)) {
        return Err("the day behind @ is not written as in 2026-06-30".to_owned());
    }
    Ok(ProposedRemedy {
        kind: kind.to_owned(),
        amount: amount.map(money).transpose()?,
        promised_by: day.unwrap_or_default().to_owned(),
    })
}

/// Reads `MINOR_UNITS CURRENCY`.
pub(super) fn money(text: &str) -> Result<Money, String> {
    let wrong = || "write an amount in minor units: 1250EUR is 12.50 euros".to_owned();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, currency) = text.split_at(digits);
    let minor_units = number.parse().map_err(|_| wrong())?;
    if currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return Ok(Money {
            minor_units,
            currency: currency.to_owned(),
        });
    }
    Err(wrong())
}

/// An amount as people write it: `12.50 EUR`.
pub(super) fn shown(money: &Money) -> String {
    redress_wire::money_from_wire(money).map_or_else(
        |_| format!("{} {}", money.minor_units, money.currency),
        |money| money.to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_is_a_kind_with_an_amount_and_a_day_where_there_are() {
        let check = |text: &str, kind: &str, amount: Option<(i64, &str)>, day: &str| {
            let remedy = parse(text).unwrap();
            let given = remedy
                .amount
                .as_ref()
                .map(|it| (it.minor_units, it.currency.as_str()));
            assert_eq!((remedy.kind.as_str(), given), (kind, amount), "{text}");
            assert_eq!(remedy.promised_by, day, "{text}");
        };
        check("apology", "apology", None, "");
        check("refund:1250EUR", "refund", Some((1250, "EUR")), "");
        check(
            "refund:1250EUR@2026-06-30",
            "refund",
            Some((1250, "EUR")),
            "2026-06-30",
        );
        check("repair@2026-06-30", "repair", None, "2026-06-30");
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "refund:12.50EUR",
            "refund:EUR",
            "refund:5eur",
            "repair@soon",
            "repair@",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
