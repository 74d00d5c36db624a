use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use redress_wire::workflow::v1::workflow_service_client::WorkflowServiceClient;
use redress_wire::workflow::v1::{ListComplaintsRequest, WatchComplaintsRequest};

use super::*;

/// The settings with which an HTTP/2 server begins.
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
/// Status 200 and a content type of gRPC, on the first stream.
const HEADERS: &[u8] = b"\0\0\x14\x01\x04\0\0\0\x01\x88\x0f\x10\x10application/grpc";
/// An empty message, and more to come.
const MESSAGE: &[u8] = &[0, 0, 5, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0];
/// The end of the stream, without trailers.
const END: &[u8] = &[0, 0, 0, 0, 1, 0, 0, 0, 1];

/// Where `answer` answers each connection; it is closed behind it.
fn listening(answer: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let (mut connection, answer) = (connection.unwrap(), Arc::clone(&answer));
            std::thread::spawn(move || {
                answer(&mut connection);
                let _ = connection.shutdown(Shutdown::Both);
            });
        }
    });
    address
}

/// Reads a request: what comes before its headers takes fewer bytes.
fn request(connection: &mut TcpStream) {
    let (mut read, mut bytes) = (0, [0; 4096]);
    while read < 150 {
        match connection.read(&mut bytes) {
            Ok(count @ 1..) => read += count,
            Ok(0) | Err(_) => return,
        }
    }
}

fn say(connection: &mut TcpStream, bytes: &[&[u8]]) {
    let _ = connection.write_all(&bytes.concat());
}

async fn client(address: &str) -> WorkflowServiceClient<Line> {
    let patience = [Duration::from_millis(300); 2];
    let line = Line::patient("workflow", address, Duration::from_secs(5), patience);
    WorkflowServiceClient::new(line.await.unwrap())
}

/// How a question is answered, as the command line tells it.
async fn asked(address: &str) -> String {
    let question = ListComplaintsRequest::default();
    let status = client(address).await.list_complaints(question).await;
    told(status.unwrap_err(), address)
}

/// How a watch ends.
async fn watched(address: &str) -> String {
    let mut client = client(address).await;
    let watching = client.watch_complaints(WatchComplaintsRequest::default());
    let mut changes = watching.await.unwrap().into_inner();
    assert!(changes.message().await.unwrap().is_some());
    told(changes.message().await.unwrap_err(), address)
}

fn told(status: Status, address: &str) -> String {
    let failure = Failure::from(status);
    assert_eq!(failure.code(), "UNREACHABLE", "{failure}");
    let text = failure.to_string();
    assert!(text.contains(address), "{text}");
    let problem = failure.into_problem();
    assert_eq!(problem.exit_code(), 4, "{text}");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn something_else_at_the_port_is_told_with_the_setting_that_names_it() {
    let nats = listening(|it| {
        say(it, &[b"INFO {\"server_id\":\"x\"}\r\n"]);
        request(it);
    });
    let http = listening(|it| {
        let _ = it.read(&mut [0; 100]);
        say(
            it,
            &[b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"],
        );
    });
    let rude = listening(|_| ());
    for (address, who) in [
        (nats, "it is a NATS server"),
        (http, "it is an HTTP server without gRPC"),
        (rude, "it hangs up"),
    ] {
        let text = asked(&address).await;
        for part in [who, "does not speak Redress's gRPC", "client.workflow"] {
            assert!(text.contains(part), "`{part}` is not in: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_nothing_is_not_waited_for_for_ever() {
    let address = listening(|_| std::thread::sleep(Duration::from_mins(1)));
    let text = asked(&address).await;
    assert!(text.contains("it says nothing"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_in_a_call_is_told_as_that() {
    let address = listening(|it| {
        say(it, &[SETTINGS]);
        request(it);
    });
    let text = asked(&address).await;
    assert!(text.contains("the connection to workflow at"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_goes_away_while_its_answer_streams_is_told_as_that() {
    let gone = listening(|it| {
        say(it, &[SETTINGS]);
        request(it);
        say(it, &[HEADERS, MESSAGE]);
        std::thread::sleep(Duration::from_millis(100));
    });
    let cut_off = listening(|it| {
        say(it, &[SETTINGS]);
        request(it);
        say(it, &[HEADERS, MESSAGE, END]);
        std::thread::sleep(Duration::from_millis(500));
    });
    for address in [gone, cut_off] {
        let text = watched(&address).await;
        assert!(text.contains("the connection to workflow at"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_ours_is_told_with_what_it_answers() {
    let not_found = b"\0\0\x01\x01\x05\0\0\0\x01\x8d";
    let address = listening(|it| {
        say(it, &[SETTINGS]);
        request(it);
        say(it, &[not_found]);
        std::thread::sleep(Duration::from_millis(500));
    });
    let text = asked(&address).await;
    assert!(text.contains("HTTP status 404"), "{text}");
}

#[tokio::test]
async fn whoever_cannot_be_reached_is_named_with_the_ways_to_say_where_it_is() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let line = Line::connect("workflow", &address, Duration::from_secs(5)).await;
    let failure = line.unwrap_err().to_string();
    for part in [
        &format!("workflow cannot be reached at {address}: Connection refused"),
        "(UNREACHABLE)",
        "--address URL",
        "client.workflow",
        "REDRESS_CLIENT__WORKFLOW",
    ] {
        assert!(failure.contains(part), "`{part}` is not in: {failure}");
    }
}
