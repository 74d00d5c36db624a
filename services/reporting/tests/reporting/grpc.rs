//! Over a real server on loopback, as clients ask.

use redress_reporting::Reporting;
use redress_wire::reporting::v1 as wire;
use redress_wire::reporting::v1::reporting_service_client::ReportingServiceClient;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Channel, Server};

use crate::world::{Place, World, about, item};

async fn serve(reporting: &Reporting) -> ReportingServiceClient<Channel> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder().add_service(reporting.server());
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    ReportingServiceClient::connect(format!("http://{address}"))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_waits_for_its_token_sees_its_own_complaint() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-06-01T00:00:00Z");
    let place = Place::new();
    let reporting = place.follow(&world).await;
    let mut client = serve(&reporting).await;
    for number in 0..20 {
        let said = about("Kettle", "2026-03-01T00:00:00Z");
        world.receive(item(&number.to_string()), &said).await;
        let wait_for = world.token();
        let request = wire::GetIndicatorsRequest {
            wait_for: wait_for.clone(),
            ..Default::default()
        };
        let answer = client.get_indicators(request).await.unwrap().into_inner();
        assert_eq!(answer.indicators.unwrap().received, number + 1);
        assert_eq!(
            (answer.token, answer.incomplete_from),
            (wait_for, String::new())
        );
    }
}

/// Kettles and toasters, ten of each a month for 25 months, both three times as many in the 20th.
async fn two_shifts(world: &World) {
    world.begin_import("history").await;
    for number in 0..25_u32 {
        for each in 0..if number == 20 { 28 } else { 9 + number % 3 } {
            let month = format!("{}-{:02}", 2024 + number / 12, number % 12 + 1);
            let received = format!("{month}-{:02}T00:00:00Z", each + 1);
            for product in ["Kettle", "Toaster"] {
                let item = item(&format!("{product} {number} {each}"));
                world.say(item, &about(product, &received)).await;
            }
        }
    }
    world.end_import("history").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_are_listed_page_by_page_and_read_one_by_one() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-02-01T00:00:00Z");
    two_shifts(&world).await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    crate::world::caught_up(&reporting, &world).await;
    let mut client = serve(&reporting).await;
    let (mut found, mut page_token) = (Vec::new(), String::new());
    let ask = wire::ListSignalsRequest {
        page_size: 1,
        ..Default::default()
    };
    loop {
        let request = wire::ListSignalsRequest {
            page_token,
            ..ask.clone()
        };
        let answer = client.list_signals(request).await.unwrap().into_inner();
        assert_eq!(answer.signals.len(), 1);
        found.extend(answer.signals);
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let slices: Vec<_> = found
        .iter()
        .map(|it| (it.value.as_str(), it.month.as_str()))
        .collect();
    assert_eq!(slices, [("Kettle", "2025-09"), ("Toaster", "2025-09")]);
    let kettle = &found[0];
    assert_eq!(
        kettle.summary,
        "product Kettle: 28 complaints in 2025-09, above the limits of 6.45 to 13.45 (mean 9.95 \
         over 20 months)"
    );
    assert_eq!(
        (
            kettle.complaint_ids.len(),
            kettle.figures.as_ref().unwrap().observed
        ),
        (20, 28)
    );
    let signal_id = kettle.signal_id.clone();
    let request = wire::GetSignalRequest {
        signal_id: signal_id.clone(),
        ..Default::default()
    };
    let read = client.get_signal(request).await.unwrap().into_inner();
    assert_eq!(read.signal.as_ref(), Some(kettle));
    let filter = wire::SignalFilter {
        value: "Toaster".to_owned(),
        ..Default::default()
    };
    let request = wire::ListSignalsRequest {
        filter: Some(filter),
        ..Default::default()
    };
    let answer = client.list_signals(request).await.unwrap().into_inner();
    assert_eq!(answer.signals, found[1..]);
    // As of a moment before it was raised it is not there.
    let before = reporting.log().token(kettle.position).to_string();
    let point = redress_wire::log::v1::as_of::Point::Token(before);
    let as_of = Some(redress_wire::log::v1::AsOf { point: Some(point) });
    let request = wire::GetSignalRequest {
        signal_id,
        as_of,
        ..Default::default()
    };
    let problem = client.get_signal(request).await.unwrap_err();
    assert_eq!(problem.code(), tonic::Code::NotFound);
}
