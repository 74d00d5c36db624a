//! How the JSON of a submission is read: as its schema says, and nothing beyond. The parsers of times and
//! days take more ways of writing than a stranger could know, and what is stored has parts that are open.

use jiff::Timestamp;
use jiff::civil::Date;
use redress_envelope::Money;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

use crate::history::{Answer, ReportedHistory, ResponseClass};

/// `2026-05-20T08:00:00.123Z`, or with an offset from UTC.
pub(super) fn time<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(source)? else {
        return Ok(None);
    };
    let wrong = || D::Error::custom("no time of RFC 3339");
    if !is_time(&text) {
        return Err(wrong());
    }
    text.parse().map(Some).map_err(|_| wrong())
}

fn is_time(text: &str) -> bool {
    let Some((day, time)) = text.split_once('T') else {
        return false;
    };
    let (time, offset) = match time.find(['Z', '+', '-']) {
        Some(end) => time.split_at(end),
        None => return false,
    };
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let is_fraction =
        (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let is_offset = offset == "Z" || below(&offset[1..], ':', &[24, 60]);
    is_digits(day, '-', &[4, 2, 2]) && below(clock, ':', &[24, 60, 60]) && is_fraction && is_offset
}

fn is_digits(text: &str, between: char, lengths: &[usize]) -> bool {
    let parts: Vec<&str> = text.split(between).collect();
    let good = |(part, length): (&&str, &usize)| {
        part.len() == *length && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    parts.len() == lengths.len() && parts.iter().zip(lengths).all(good)
}

/// Parts of two digits, each below its limit.
fn below(text: &str, between: char, limits: &[u32]) -> bool {
    let parts = text.split(between).zip(limits);
    is_digits(text, between, &vec![2; limits.len()])
        && parts
            .into_iter()
            .all(|(part, limit)| part.parse::<u32>().is_ok_and(|it| it < *limit))
}

pub(super) fn day<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Date>, D::Error> {
    let Some(text) = Option::<String>::deserialize(source)? else {
        return Ok(None);
    };
    // The parser would also take a time of that day.
    let day = text
        .parse()
        .ok()
        .filter(|day: &Date| day.to_string() == text);
    day.map(Some).ok_or_else(|| D::Error::custom("no day"))
}

/// A whole number, also where it is written with a point, as some languages write every number.
pub(super) fn whole<'de, D: Deserializer<'de>>(source: D) -> Result<i64, D::Error> {
    source.deserialize_i64(Whole)
}

struct Whole;

/// The largest whole number up to which a float has each.
const LARGEST: f64 = 9_007_199_254_740_992.0;

impl Visitor<'_> for Whole {
    type Value = i64;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        let wrong = |_| E::invalid_value(Unexpected::Unsigned(number), &self);
        i64::try_from(number).map_err(wrong)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
        if number.fract() != 0.0 || number.abs() > LARGEST {
            return Err(E::custom("no whole number"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is whole, and small enough"
        )]
        Ok(number as i64)
    }
}

/// [`Money`], which is open where it is stored.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amount {
    #[serde(deserialize_with = "whole")]
    minor_units: i64,
    currency: String,
}

pub(super) fn amount<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Money>, D::Error> {
    let amount = Option::<Amount>::deserialize(source)?;
    Ok(amount.map(|it| Money {
        minor_units: it.minor_units,
        currency: it.currency,
    }))
}

/// The same of [`ReportedHistory`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    source: String,
    digest: String,
    #[serde(default)]
    response: Option<String>,
    response_class: ResponseClass,
    timely: Answer,
    disputed: Answer,
    #[serde(default, deserialize_with = "time")]
    acknowledged_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    closed_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "day")]
    sent_to_company_on: Option<Date>,
    #[serde(default)]
    sent_before_received: bool,
    #[serde(default)]
    public_response: Option<String>,
    #[serde(default)]
    submitted_narrative: bool,
}

pub(super) fn report<'de, D: Deserializer<'de>>(
    source: D,
) -> Result<Option<ReportedHistory>, D::Error> {
    let report = Option::<Report>::deserialize(source)?;
    Ok(report.map(|it| ReportedHistory {
        source: it.source,
        digest: it.digest,
        response: it.response,
        response_class: it.response_class,
        timely: it.timely,
        disputed: it.disputed,
        acknowledged_at: it.acknowledged_at,
        closed_at: it.closed_at,
        sent_to_company_on: it.sent_to_company_on,
        sent_before_received: it.sent_before_received,
        public_response: it.public_response,
        submitted_narrative: it.submitted_narrative,
    }))
}
