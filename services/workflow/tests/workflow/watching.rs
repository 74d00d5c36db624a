use std::time::Duration;

use redress_service::Problem;
use redress_wire::workflow::v1::{
    ComplaintFilter, WatchComplaintsRequest, WatchComplaintsResponse,
};
use tonic::Streaming;

use super::given::World;
use super::steps::{self, done, on};

async fn next(stream: &mut Streaming<WatchComplaintsResponse>) -> WatchComplaintsResponse {
    let told = tokio::time::timeout(Duration::from_secs(10), stream.message()).await;
    told.expect("told in time").unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_sees_each_change_and_resumes_where_it_was() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    let watch = WatchComplaintsRequest::default();
    let mut stream = client.watch_complaints(watch).await.unwrap().into_inner();
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    let first = next(&mut stream).await;
    let complaint = first.complaint.unwrap();
    assert_eq!(
        (complaint.complaint_id, &*complaint.status),
        (id.clone(), "acknowledged")
    );
    assert_eq!(first.event_type, "redress.complaint.acknowledged.v1");
    drop(stream);

    // What happens while nobody listens is told to whoever resumes.
    done!(client, assess_complaint, on(&id, steps::assess()));
    let other = world.complaint(2).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    let watch = WatchComplaintsRequest {
        resume_after: first.token,
        ..Default::default()
    };
    let mut stream = client.watch_complaints(watch).await.unwrap().into_inner();
    let (second, third) = (next(&mut stream).await, next(&mut stream).await);
    assert_eq!(second.complaint.unwrap().status, "assessed");
    assert_eq!(third.complaint.unwrap().complaint_id, other);
    assert_eq!(third.token, running.token());
    drop(stream);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_who_comes_late_sees_the_last_state_of_each_and_only_what_it_asked_for() {
    let world = World::new();
    let mut running = world.start().await;
    let start = running.workflow.log().token(0).to_string();
    let (fax, email) = (world.complaint(1).await, world.complaint(2).await);
    running.follow(&world).await;
    let client = &mut running.complaints;
    steps::handle(client, &fax.to_string()).await;
    steps::decide(client, &email.to_string()).await;
    let filter = Some(ComplaintFilter {
        channels: vec!["fax".into()],
        ..Default::default()
    });
    let watch = WatchComplaintsRequest {
        filter,
        resume_after: start,
    };
    let mut stream = client.watch_complaints(watch).await.unwrap().into_inner();
    let told = next(&mut stream).await.complaint.unwrap();
    assert_eq!(
        (told.complaint_id, &*told.status),
        (fax.to_string(), "closed")
    );
    done!(
        client,
        reopen_complaint,
        on(&fax.to_string(), steps::reopen())
    );
    let told = next(&mut stream).await.complaint.unwrap();
    assert_eq!((told.complaint_id, told.reopenings), (fax.to_string(), 1));

    // A stream ends when the service does, and says so.
    running.workflow.end_streams();
    let ended = stream.message().await.unwrap_err();
    assert_eq!(Problem::from_status(&ended).code, "STOPPING");
    drop(stream);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_holds_up_nobody() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let mut idle = running.client_of_few_bytes().await;
    let watch = WatchComplaintsRequest::default();
    let mut stream = idle.watch_complaints(watch).await.unwrap().into_inner();
    let client = &mut running.complaints;
    for n in 0..600 {
        let mut request = on(&id, steps::assign());
        request.handler = format!("user:h-{n}");
        done!(client, assign_complaint, request);
    }
    let (mut told, mut last) = (0, String::new());
    while last != "user:h-599" {
        last = next(&mut stream).await.complaint.unwrap().handler;
        told += 1;
    }
    assert!(told < 100, "{told} messages for 600 changes");
    drop(stream);
    running.stop().await;
}
