//! Against R (qcc, qicharts2, base), statsmodels and a published example, where their answers are at
//! hand: `REDRESS_REAL_DATA` names the folder.

use std::path::PathBuf;

use redress_statistics::chart::{
    c_chart, laney_p_chart, laney_u_chart, np_chart, p_chart, u_chart, xmr_chart,
};
use redress_statistics::{
    Chart, MovingRanges, Options, Rule, RuleSet, nps, pareto, quantile, wilson,
};
use serde_json::Value;

fn oracle(name: &str) -> Option<Vec<Value>> {
    let Some(folder) = std::env::var_os("REDRESS_REAL_DATA").map(PathBuf::from) else {
        println!("SKIPPED: REDRESS_REAL_DATA is not set");
        return None;
    };
    let text = std::fs::read_to_string(folder.join("oracles").join(name)).unwrap();
    // Python writes NaN, which is no JSON; no case with it is compared here.
    Some(serde_json::from_str(&text.replace(": NaN", ": null")).unwrap())
}

/// R's JSON drops the brackets around one value.
fn values(value: &Value) -> &[Value] {
    value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice)
}

fn numbers(value: &Value) -> Vec<f64> {
    values(value)
        .iter()
        .map(|value| value.as_f64().unwrap())
        .collect()
}

fn wholes(value: &Value) -> Vec<u64> {
    values(value)
        .iter()
        .map(|value| value.as_u64().unwrap())
        .collect()
}

fn close(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs().max(1e-6)
}

#[track_caller]
fn assert_close(id: &str, what: &str, found: &[f64], expected: &Value, tolerance: f64) {
    let mut expected = numbers(expected);
    if expected.len() == 1 {
        expected = vec![expected[0]; found.len()];
    }
    assert_eq!(found.len(), expected.len(), "{id}: {what}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            close(*found, expected, tolerance),
            "{id}: {what} {index}: {found} and not {expected}"
        );
    }
}

/// The chart of a case, or nothing where the family is not one of ours.
fn chart_of(case: &Value, rules: RuleSet) -> Option<Chart> {
    let (input, x) = (&case["input"], &case["input"]["x"]);
    let screened = case["screened_mr"].as_bool().unwrap_or(false);
    let options = Options {
        moving_ranges: if screened {
            MovingRanges::Screened
        } else {
            MovingRanges::Unscreened
        },
        floor_at_zero: false,
        rules,
    };
    let shares = || {
        wholes(x)
            .into_iter()
            .zip(wholes(&input["n"]))
            .collect::<Vec<_>>()
    };
    let rates = || {
        wholes(x)
            .into_iter()
            .zip(numbers(&input["n"]))
            .collect::<Vec<_>>()
    };
    let chart = match case["chart"].as_str()? {
        "p" => p_chart(&shares(), options),
        "np" => np_chart(&shares(), options),
        "u" => u_chart(&rates(), options),
        "c" => c_chart(&wholes(x), options),
        "xbar.one" => xmr_chart(&numbers(x), options),
        "pp" => laney_p_chart(&shares(), options),
        "up" => laney_u_chart(&rates(), options),
        // CUSUM, EWMA, run lengths and Taylor's I' are not built.
        "cusum" | "cusum-arl" | "ewma" | "ip" => return None,
        other => panic!("{other} is a family that this test does not know"),
    };
    Some(chart.unwrap())
}

fn compare_limits(case: &Value, chart: &Chart) {
    let id = case["id"].as_str().unwrap();
    // qcc has 1.128379 for d2 of individuals, and 2.66 is 3 / 1.128 rounded.
    let tolerance = if case["chart"] == "xbar.one" {
        1e-3
    } else {
        1e-9
    };
    let of = |value: fn(&redress_statistics::Point) -> f64| {
        chart.points.iter().map(value).collect::<Vec<_>>()
    };
    let centre = case.get("center").unwrap_or(&case["cl"]);
    let charted = case.get("statistics").unwrap_or(&case["y"]);
    assert_close(id, "centre", &of(|point| point.centre), centre, tolerance);
    assert_close(id, "value", &of(|point| point.value), charted, tolerance);
    assert_close(
        id,
        "lower",
        &of(|point| point.lower),
        &case["lcl"],
        tolerance,
    );
    assert_close(
        id,
        "upper",
        &of(|point| point.upper),
        &case["ucl"],
        tolerance,
    );
}

fn one_based(points: &[usize]) -> Vec<u64> {
    points.iter().map(|point| *point as u64 + 1).collect()
}

#[test]
fn charts_are_those_of_qcc_and_qicharts2() {
    let Some(cases) = oracle("spc.json") else {
        return;
    };
    let (mut charts, mut rules) = (0, 0);
    for case in cases {
        let Some(chart) = chart_of(&case, RuleSet::Limits) else {
            continue;
        };
        let id = case["id"].as_str().unwrap();
        compare_limits(&case, &chart);
        charts += 1;
        if let Some(expected) = case.get("sigma_signal") {
            let found = one_based(&chart.broken(Rule::BeyondLimits));
            assert_eq!(found, wholes(expected), "{id}: sigma signals");
        }
        for (set, key, prefix) in [
            (RuleSet::WesternElectric, "we", "WER"),
            (RuleSet::Nelson, "nelson", "NEL"),
        ] {
            let Some(expected) = case["rules"].get(key) else {
                continue;
            };
            let chart = chart_of(&case, set).unwrap();
            for (number, rule) in (1..).zip(set.rules()) {
                let expected = wholes(&expected[format!("{prefix}{number}")]);
                assert_eq!(
                    one_based(&chart.broken(*rule)),
                    expected,
                    "{id}: {prefix}{number}"
                );
                rules += 1;
            }
        }
    }
    println!("compared {charts} charts and {rules} rule results");
    assert!(charts >= 18 && rules >= 100);
}

#[test]
fn quantiles_and_pareto_are_those_of_r() {
    let Some(cases) = oracle("spc.json") else {
        return;
    };
    let mut compared = 0;
    for case in cases {
        if let Some(expected) = case.get("type7") {
            let p = case["input"]["p"].as_f64().unwrap();
            let found = quantile(&numbers(&case["input"]["x"]), p).unwrap();
            assert!(close(found, expected.as_f64().unwrap(), 1e-12));
            compared += 1;
        }
        if let Some(expected) = case.get("cum_pct") {
            let names = case["names"].as_array().unwrap();
            let names = names.iter().map(|name| name.as_str().unwrap());
            let mut counts: Vec<_> = names.zip(wholes(&case["n"])).collect();
            let (order, sizes): (Vec<_>, Vec<_>) = counts.iter().copied().unzip();
            counts.reverse();
            let found = pareto(counts);
            let rows = &found.rows;
            assert_eq!(rows.iter().map(|row| row.name).collect::<Vec<_>>(), order);
            assert_eq!(rows.iter().map(|row| row.count).collect::<Vec<_>>(), sizes);
            let shares: Vec<_> = rows
                .iter()
                .map(|row| 100.0 * row.cumulative_share)
                .collect();
            assert_close("pareto", "cumulative", &shares, expected, 1e-12);
            compared += 1;
        }
    }
    println!("compared {compared} cases");
    assert_eq!(compared, 2);
}

#[test]
fn wilson_intervals_are_those_of_r_and_statsmodels() {
    let (Some(r), Some(python)) = (oracle("spc.json"), oracle("py.json")) else {
        return;
    };
    let mut compared = 0;
    for case in r.iter().filter(|case| case["test"] == "proportion") {
        // Two proportions have another interval.
        let Some(successes) = case["input"]["x"].as_u64() else {
            continue;
        };
        let found = wilson(successes, case["input"]["n"].as_u64().unwrap()).unwrap();
        let id = case["id"].as_str().unwrap();
        assert_close(id, "ci", &[found.lower, found.upper], &case["ci"], 1e-11);
        compared += 1;
    }
    // The inputs of this file's cases stand in the other's, but for the last.
    for (id, successes, trials) in [
        ("prop-fixture-timely-py", 1771, 1802),
        ("prop-fixture-disputed-py", 167, 843),
        ("prop-zero-py", 0, 25),
        ("prop-all-py", 25, 25),
    ] {
        let case = python.iter().find(|case| case["id"] == id).unwrap();
        let found = wilson(successes, trials).unwrap();
        assert_close(
            id,
            "wilson",
            &[found.lower, found.upper],
            &case["wilson"],
            1e-11,
        );
        compared += 1;
    }
    println!("compared {compared} intervals");
    assert_eq!(compared, 7);
}

#[test]
fn the_promoter_score_is_that_of_the_published_example() {
    let Some(cases) = oracle("nps.json") else {
        return;
    };
    for case in &cases {
        let scores: Vec<u8> = wholes(&case["scores"])
            .into_iter()
            .map(|s| s as u8)
            .collect();
        let found = nps(&scores).unwrap();
        assert_eq!(Some(found.promoters), case["promoters"].as_u64());
        assert_eq!(Some(found.passives), case["passives"].as_u64());
        assert_eq!(Some(found.detractors), case["detractors"].as_u64());
        let (lower, upper) = found.interval_95();
        assert_close("nps", "score", &[found.score], &case["nps"], 1e-12);
        assert_close("nps", "error", &[found.standard_error], &case["se"], 1e-12);
        // The example has 1.959964 for the normal quantile.
        assert_close("nps", "interval", &[lower, upper], &case["wald95"], 1e-7);
    }
    println!("compared {} scores", cases.len());
    assert!(!cases.is_empty());
}
