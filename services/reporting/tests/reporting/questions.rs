//! Questions that cannot be answered, each with its reason.

use redress_reporting::Endpoints;
use redress_wire::log::v1::{AsOf, as_of};
use redress_wire::reporting::v1 as wire;
use redress_wire::reporting::v1::reporting_service_server::ReportingService;
use redress_wire::time_to_wire;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::world::{Place, World, about, at, caught_up, item, log_id};

fn check(status: &Status, code: Code, reason: &str, field: &str) {
    let details = status.get_error_details();
    let info = details.error_info().unwrap();
    assert_eq!(
        (status.code(), info.reason.as_str()),
        (code, reason),
        "{status}"
    );
    assert!(
        info.metadata.contains_key("remedy"),
        "{reason} says what would make it right"
    );
    let violations = details
        .bad_request()
        .map(|it| it.field_violations.as_slice());
    let blamed = violations
        .and_then(|it| it.first())
        .map_or("", |it| it.field.as_str());
    if code == Code::InvalidArgument {
        assert_eq!(blamed, field, "{reason}");
    }
}

async fn scope(endpoints: &Endpoints, scope: wire::Scope) -> Status {
    let request = wire::GetIndicatorsRequest {
        scope: Some(scope),
        ..Default::default()
    };
    endpoints
        .get_indicators(Request::new(request))
        .await
        .unwrap_err()
}

async fn series(endpoints: &Endpoints, request: wire::GetSeriesRequest) -> Status {
    endpoints
        .get_series(Request::new(request))
        .await
        .unwrap_err()
}

async fn pareto(endpoints: &Endpoints, dimension: &str, limit: u32) -> Status {
    let dimension = dimension.to_owned();
    let request = wire::GetParetoRequest {
        dimension,
        limit,
        ..Default::default()
    };
    endpoints
        .get_pareto(Request::new(request))
        .await
        .unwrap_err()
}

async fn chart(endpoints: &Endpoints, ask: [&str; 4]) -> Status {
    let [dimension, value, from_month, to_month] = ask.map(str::to_owned);
    let request = wire::GetChartRequest {
        dimension,
        value,
        from_month,
        to_month,
        ..Default::default()
    };
    endpoints
        .get_chart(Request::new(request))
        .await
        .unwrap_err()
}

async fn list(endpoints: &Endpoints, request: wire::ListSignalsRequest) -> Status {
    endpoints
        .list_signals(Request::new(request))
        .await
        .unwrap_err()
}

fn slice(dimension: &str) -> wire::SliceValue {
    slice_of(dimension, "Kettle")
}

fn slice_of(dimension: &str, value: &str) -> wire::SliceValue {
    wire::SliceValue {
        dimension: dimension.to_owned(),
        value: value.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_no_complaint_can_have_is_refused_with_those_that_it_can_have() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-06-01T00:00:00Z");
    let place = Place::new();
    let reporting = place.follow(&world).await;
    let endpoints = &reporting.endpoints();
    for (dimension, wrong, right) in [
        ("status", "clsed", "closed"),
        ("severity", "majour", "major"),
        ("outcome", "won", "upheld"),
        ("response_class", "Closed", "closed_with_relief"),
        ("reported_timely", "true", "yes"),
        ("vulnerable", "maybe", "unknown"),
    ] {
        let asked = |value| wire::Scope {
            slices: vec![slice("product"), slice_of(dimension, value)],
            ..wire::Scope::default()
        };
        let status = scope(endpoints, asked(wrong)).await;
        let (code, field) = (Code::InvalidArgument, "scope.slices[1].value");
        check(&status, code, "FIELD_UNKNOWN_VALUE", field);
        assert!(format!("{status:?}").contains(right), "{status:?}");
        for known in [right, ""] {
            let request = wire::GetIndicatorsRequest {
                scope: Some(asked(known)),
                ..Default::default()
            };
            let answer = endpoints.get_indicators(Request::new(request)).await;
            assert!(answer.is_ok(), "{dimension} {known}");
        }
    }
    reporting.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_cannot_be_right_is_refused_with_field_and_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-06-01T00:00:00Z");
    world
        .receive(item("1"), &about("Kettle", "1990-01-01T00:00:00Z"))
        .await;
    world
        .receive(item("2"), &about("Kettle", "2026-03-01T00:00:00Z"))
        .await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let endpoints = &reporting.endpoints();
    let invalid =
        |status: Status, reason, field| check(&status, Code::InvalidArgument, reason, field);
    let bare = wire::Scope::default;
    let time = |text: &str| Some(time_to_wire(at(text)));

    let slices = vec![slice("colour")];
    let status = scope(endpoints, wire::Scope { slices, ..bare() }).await;
    invalid(status, "DIMENSION_UNKNOWN", "scope.slices[0].dimension");
    let slices = vec![slice("")];
    let status = scope(endpoints, wire::Scope { slices, ..bare() }).await;
    invalid(status, "FIELD_REQUIRED", "scope.slices[0].dimension");
    let slices = vec![slice("product"), slice("product")];
    let status = scope(endpoints, wire::Scope { slices, ..bare() }).await;
    invalid(status, "DIMENSION_REPEATED", "scope.slices[1].dimension");
    let (received_from, received_to) = (time("2026-03-01T00:00:00Z"), time("2026-03-01T00:00:00Z"));
    let status = scope(
        endpoints,
        wire::Scope {
            received_from,
            received_to,
            ..bare()
        },
    )
    .await;
    invalid(status, "RANGE_INVALID", "scope.received_to");
    let mut received_from = time("2026-03-01T00:00:00Z");
    received_from.as_mut().unwrap().seconds = i64::MAX;
    let status = scope(
        endpoints,
        wire::Scope {
            received_from,
            ..bare()
        },
    )
    .await;
    invalid(status, "TIME_OUT_OF_RANGE", "scope.received_from");
    let time_zone = "Mars/Olympus".to_owned();
    let status = scope(
        endpoints,
        wire::Scope {
            time_zone,
            ..bare()
        },
    )
    .await;
    invalid(status, "TIME_ZONE_UNKNOWN", "scope.time_zone");

    invalid(
        series(endpoints, wire::GetSeriesRequest::default()).await,
        "FIELD_REQUIRED",
        "bucket",
    );
    let days = wire::GetSeriesRequest {
        bucket: 1,
        ..Default::default()
    };
    invalid(series(endpoints, days).await, "TOO_MANY_POINTS", "scope");
    invalid(
        pareto(endpoints, "", 0).await,
        "FIELD_REQUIRED",
        "dimension",
    );
    invalid(
        pareto(endpoints, "colour", 0).await,
        "DIMENSION_UNKNOWN",
        "dimension",
    );
    invalid(
        pareto(endpoints, "product", 501).await,
        "LIMIT_INVALID",
        "limit",
    );
    let status = chart(endpoints, ["channel", "web", "", ""]).await;
    invalid(status, "DIMENSION_UNKNOWN", "dimension");
    let status = chart(endpoints, ["product", "", "", ""]).await;
    invalid(status, "FIELD_REQUIRED", "value");
    let status = chart(endpoints, ["product", "Kettle", "2026-13", ""]).await;
    invalid(status, "MONTH_INVALID", "from_month");
    let status = chart(endpoints, ["product", "Kettle", "2026-03", "2026-02"]).await;
    invalid(status, "RANGE_INVALID", "to_month");
    let status = chart(endpoints, ["product", "Kettle", "0001-01", "9999-12"]).await;
    invalid(status, "TOO_MANY_POINTS", "from_month");
    reporting.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_for_signals_that_cannot_be_right_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-06-01T00:00:00Z");
    let place = Place::new();
    let reporting = place.follow(&world).await;
    let endpoints = &reporting.endpoints();
    let invalid =
        |status: Status, reason, field| check(&status, Code::InvalidArgument, reason, field);
    let ask = wire::ListSignalsRequest::default;
    let status = list(
        endpoints,
        wire::ListSignalsRequest {
            page_size: 501,
            ..ask()
        },
    )
    .await;
    invalid(status, "PAGE_SIZE_INVALID", "page_size");
    for page_token in ["x", "00.61", "00000000000000000000000000000000.zz"] {
        let page_token = page_token.to_owned();
        let status = list(
            endpoints,
            wire::ListSignalsRequest {
                page_token,
                ..ask()
            },
        )
        .await;
        invalid(status, "PAGE_TOKEN_INVALID", "page_token");
    }
    let filter = wire::SignalFilter {
        direction: "sideways".to_owned(),
        ..Default::default()
    };
    let status = list(
        endpoints,
        wire::ListSignalsRequest {
            filter: Some(filter),
            ..ask()
        },
    )
    .await;
    invalid(status, "FIELD_UNKNOWN_VALUE", "filter.direction");
    let unordered = wire::ListSignalsRequest { order: 7, ..ask() };
    let status = list(endpoints, unordered).await;
    invalid(status, "FIELD_UNKNOWN_VALUE", "order");
    let backwards = wire::SignalFilter {
        from_month: "2026-05".to_owned(),
        to_month: "2026-04".to_owned(),
        ..Default::default()
    };
    let backwards = wire::ListSignalsRequest {
        filter: Some(backwards),
        ..ask()
    };
    let status = list(endpoints, backwards).await;
    invalid(status, "RANGE_INVALID", "filter.to_month");
    let none = wire::GetSignalRequest {
        signal_id: "0-1".to_owned(),
        ..Default::default()
    };
    let status = endpoints.get_signal(Request::new(none)).await.unwrap_err();
    check(&status, Code::NotFound, "SIGNAL_NOT_FOUND", "signal_id");
    reporting.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_nowhere_or_of_the_future_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-06-01T00:00:00Z");
    world
        .receive(item("1"), &about("Kettle", "2026-03-01T00:00:00Z"))
        .await;
    let place = Place::new();
    let closed = place.open();
    let unasked = wire::GetIndicatorsRequest::default();
    let early = closed
        .endpoints()
        .get_indicators(Request::new(unasked))
        .await
        .unwrap_err();
    check(&early, Code::Unavailable, "VIEW_UNAVAILABLE", "");
    closed.close().await.unwrap();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let endpoints = reporting.endpoints();
    let wait = async |wait_for: String| {
        let request = wire::GetIndicatorsRequest {
            wait_for,
            ..Default::default()
        };
        endpoints
            .get_indicators(Request::new(request))
            .await
            .unwrap_err()
    };
    check(
        &wait("x".to_owned()).await,
        Code::InvalidArgument,
        "TOKEN_MALFORMED",
        "wait_for",
    );
    let other = format!("intake/0/{}@1", log_id("other"));
    check(
        &wait(other.clone()).await,
        Code::FailedPrecondition,
        "TOKEN_OF_ANOTHER_LIFE",
        "wait_for",
    );
    let future = world.intake.token(99).to_string();
    check(
        &wait(future).await,
        Code::DeadlineExceeded,
        "WAIT_TIMED_OUT",
        "wait_for",
    );
    let as_of = async |token: String| {
        let point = Some(as_of::Point::Token(token));
        let request = wire::GetIndicatorsRequest {
            as_of: Some(AsOf { point }),
            ..Default::default()
        };
        let answer = endpoints.get_indicators(Request::new(request)).await;
        answer.unwrap_err()
    };
    check(
        &as_of(other).await,
        Code::FailedPrecondition,
        "TOKEN_OF_ANOTHER_LIFE",
        "as_of",
    );
    // Of intake alone it would say that no complaint was ever opened.
    check(
        &as_of(world.intake.token(1).to_string()).await,
        Code::InvalidArgument,
        "TOKEN_INCOMPLETE",
        "as_of",
    );
    reporting.close().await.unwrap();
}
