//! The rules that points break. A pattern needs all its points, and its signal stands on the last.

use std::cmp::Ordering;

use super::{Point, Rule, RuleSet, Side, Signal};

pub(super) fn signals(set: RuleSet, points: &[Point]) -> Vec<Signal> {
    let ends = 1..=points.len();
    ends.flat_map(|end| {
        set.rules()
            .iter()
            .filter_map(move |rule| signal(*rule, &points[..end]))
    })
    .collect()
}

/// Whether the last of the points ends a pattern of this rule.
fn signal(rule: Rule, points: &[Point]) -> Option<Signal> {
    let point = points.len().checked_sub(1)?;
    let found = |side| Signal { rule, point, side };
    let sided = |side: Option<Side>| side.map(|side| found(Some(side)));
    let unsided = |broken: bool| broken.then(|| found(None));
    match rule {
        Rule::BeyondLimits => sided(points[point].out()),
        Rule::TwoOfThreeBeyondTwoSigma => sided(most_beyond(last(points, 3)?, 2, 2.0)),
        Rule::FourOfFiveBeyondOneSigma => sided(most_beyond(last(points, 5)?, 4, 1.0)),
        Rule::EightOnOneSide => sided(most_beyond(last(points, 8)?, 8, 0.0)),
        Rule::NineOnOneSide => sided(most_beyond(last(points, 9)?, 9, 0.0)),
        Rule::SixInOneDirection => sided(one_direction(last(points, 6)?)),
        Rule::FourteenAlternating => unsided(alternating(last(points, 14)?)),
        Rule::FifteenWithinOneSigma => unsided(last(points, 15)?.iter().all(within_one_sigma)),
        Rule::EightOutsideOneSigma => unsided(outside_on_both_sides(last(points, 8)?)),
    }
}

fn last(points: &[Point], count: usize) -> Option<&[Point]> {
    points.get(points.len().checked_sub(count)?..)
}

fn beyond(point: &Point, sigmas: f64, side: Side) -> bool {
    match side {
        Side::Above => point.value > point.centre + sigmas * point.sigma,
        Side::Below => point.value < point.centre - sigmas * point.sigma,
    }
}

/// At least so many of the window, its last point among them, so far out on one side.
fn most_beyond(window: &[Point], needed: usize, sigmas: f64) -> Option<Side> {
    [Side::Above, Side::Below].into_iter().find(|side| {
        let count = window
            .iter()
            .filter(|point| beyond(point, sigmas, *side))
            .count();
        count >= needed
            && window
                .last()
                .is_some_and(|point| beyond(point, sigmas, *side))
    })
}

/// Strictly inside, so that points without any spread do not count as remarkably calm.
fn within_one_sigma(point: &Point) -> bool {
    (point.value - point.centre).abs() < point.sigma
}

fn outside_on_both_sides(window: &[Point]) -> bool {
    let above = window
        .iter()
        .filter(|point| beyond(point, 1.0, Side::Above))
        .count();
    let below = window
        .iter()
        .filter(|point| beyond(point, 1.0, Side::Below))
        .count();
    above > 0 && below > 0 && above + below == window.len()
}

/// From one point to the next: up, down or neither.
fn steps(window: &[Point]) -> impl Iterator<Item = Ordering> {
    window
        .windows(2)
        .map(|pair| pair[1].value.total_cmp(&pair[0].value))
}

fn one_direction(window: &[Point]) -> Option<Side> {
    if steps(window).all(Ordering::is_gt) {
        Some(Side::Above)
    } else if steps(window).all(Ordering::is_lt) {
        Some(Side::Below)
    } else {
        None
    }
}

fn alternating(window: &[Point]) -> bool {
    let next = steps(window).skip(1);
    steps(window)
        .zip(next)
        .all(|(one, other)| one.is_ne() && one == other.reverse())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values are sigmas from the centre.
    fn check(set: RuleSet, rule: Rule, values: &[f64], expected: &[(usize, Option<Side>)]) {
        let points: Vec<Point> = values
            .iter()
            .map(|value| Point::within(*value, 0.0, 1.0, (-3.0, 3.0)))
            .collect();
        let found: Vec<_> = signals(set, &points)
            .into_iter()
            .filter(|signal| signal.rule == rule)
            .map(|signal| (signal.point, signal.side))
            .collect();
        assert_eq!(found, expected, "{}", rule.name());
    }

    const ABOVE: Option<Side> = Some(Side::Above);
    const BELOW: Option<Side> = Some(Side::Below);

    #[test]
    fn one_point_beyond_three_sigma() {
        let values = [0.0, 3.0, 3.1, -3.0, -3.1];
        for set in [RuleSet::Limits, RuleSet::WesternElectric, RuleSet::Nelson] {
            check(set, Rule::BeyondLimits, &values, &[(2, ABOVE), (4, BELOW)]);
        }
    }

    #[test]
    fn two_of_three_beyond_two_sigma_on_the_same_side() {
        let rule = Rule::TwoOfThreeBeyondTwoSigma;
        let check = |values: &[f64], expected: &[_]| {
            check(RuleSet::WesternElectric, rule, values, expected);
        };
        check(&[0.0, 2.1, 0.0, 2.1, 0.0], &[(3, ABOVE)]);
        check(&[0.0, -2.1, -2.1], &[(2, BELOW)]);
        check(&[0.0, 2.1, -2.1, 0.0, 2.1], &[]);
        check(&[2.1, 0.0, 0.0, 2.1], &[]);
        // The first three points are a pattern's least; the last of them is inside.
        check(&[2.1, 2.1, 0.0], &[]);
    }

    #[test]
    fn four_of_five_beyond_one_sigma_on_the_same_side() {
        let rule = Rule::FourOfFiveBeyondOneSigma;
        let check = |values: &[f64], expected: &[_]| {
            check(RuleSet::Nelson, rule, values, expected);
        };
        check(&[1.1, 1.1, 0.0, 1.1, 1.1, 0.0], &[(4, ABOVE)]);
        check(
            &[-1.1, -1.1, -1.1, 1.1, -1.1, -1.1],
            &[(4, BELOW), (5, BELOW)],
        );
        check(&[1.0, 1.1, 1.1, 1.1, 1.0], &[]);
    }

    #[test]
    fn a_run_on_one_side_ends_on_the_centre() {
        let (eight, nine) = (Rule::EightOnOneSide, Rule::NineOnOneSide);
        let mut values = [0.5; 10];
        let set = RuleSet::WesternElectric;
        check(set, eight, &values, &[(7, ABOVE), (8, ABOVE), (9, ABOVE)]);
        check(RuleSet::Nelson, nine, &values, &[(8, ABOVE), (9, ABOVE)]);
        values[3] = 0.0;
        check(set, eight, &values, &[]);
        check(set, eight, &[-0.1; 8], &[(7, BELOW)]);
    }

    #[test]
    fn six_points_make_a_direction() {
        let rule = Rule::SixInOneDirection;
        let rising = [-0.3, -0.2, -0.1, 0.1, 0.2, 0.3, 0.3];
        check(RuleSet::Nelson, rule, &rising, &[(5, ABOVE)]);
        let falling = rising.map(|value| -value);
        check(RuleSet::Nelson, rule, &falling, &[(5, BELOW)]);
        check(RuleSet::Nelson, rule, &rising[..5], &[]);
    }

    #[test]
    fn fourteen_points_alternate() {
        let rule = Rule::FourteenAlternating;
        let values: Vec<f64> = (0..15).map(|n| f64::from(n % 2)).collect();
        check(RuleSet::Nelson, rule, &values, &[(13, None), (14, None)]);
        let mut level = values;
        level[6] = level[5];
        check(RuleSet::Nelson, rule, &level, &[]);
    }

    #[test]
    fn fifteen_points_within_one_sigma_are_too_calm() {
        let rule = Rule::FifteenWithinOneSigma;
        let values: Vec<f64> = (0..16)
            .map(|n| if n % 3 == 0 { 0.9 } else { -0.9 })
            .collect();
        check(RuleSet::Nelson, rule, &values, &[(14, None), (15, None)]);
        let mut wider = values;
        wider[1] = 1.0;
        check(RuleSet::Nelson, rule, &wider, &[]);
        let same = [Point::within(4.0, 4.0, 0.0, (0.0, 9.0)); 20];
        assert_eq!(signals(RuleSet::Nelson, &same), []);
    }

    #[test]
    fn eight_points_outside_one_sigma_on_both_sides() {
        let rule = Rule::EightOutsideOneSigma;
        let mut values = [1.1, -1.1, -1.1, 1.1, 1.1, -1.1, 1.1, -1.1];
        check(RuleSet::Nelson, rule, &values, &[(7, None)]);
        values[4] = 0.9;
        check(RuleSet::Nelson, rule, &values, &[]);
        check(RuleSet::Nelson, rule, &[1.1; 8], &[]);
    }

    #[test]
    fn signals_stand_in_order_of_points_then_rules() {
        let points = [0.0, 2.5, 3.5].map(|value| Point::within(value, 0.0, 1.0, (-9.0, 9.0)));
        let found = signals(RuleSet::WesternElectric, &points);
        let rules: Vec<_> = found
            .iter()
            .map(|signal| (signal.point, signal.rule))
            .collect();
        let second = Rule::TwoOfThreeBeyondTwoSigma;
        assert_eq!(rules, [(2, Rule::BeyondLimits), (2, second)]);
    }
}
