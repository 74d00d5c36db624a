//! What was found out, and who may find it out.

use redress_wire::workflow::v1::GetComplaintHistoryRequest;
use redress_wire::workflow::v1::get_complaint_history_request::Key;

use super::given::{World, refused};
use super::steps::{self, done, get, on, under};

#[tokio::test(flavor = "multi_thread")]
async fn what_an_investigation_sees_and_finds_is_shown_with_its_words() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    done!(client, assess_complaint, on(&id, steps::assess()));
    done!(client, start_investigation, on(&id, steps::start()));
    for number in 1..=2 {
        let answer = client.record_evidence(on(&id, steps::evidence())).await;
        assert_eq!(answer.unwrap().into_inner().evidence_number, number);
    }
    let again = || under("f-1", on(&id, steps::finding(&[2, 1])));
    for _ in 0..2 {
        let answer = client.record_finding(again()).await.unwrap().into_inner();
        assert_eq!(answer.finding_number, 1);
    }
    done!(
        client,
        reclassify_complaint,
        on(&id, steps::reclassify("critical"))
    );
    let it = get(client, &id).await;
    let seen: Vec<_> = it
        .evidence
        .iter()
        .map(|it| (it.number, &*it.kind, &*it.source))
        .collect();
    assert_eq!(
        seen,
        [
            (1, "measurement", "laboratory"),
            (2, "measurement", "laboratory")
        ]
    );
    assert_eq!(
        it.evidence[0].description.as_ref().unwrap().text,
        steps::SEEN
    );
    assert_eq!((it.evidence_count, it.finding_count), (2, 1));
    let finding = &it.findings[0];
    assert_eq!(
        (&*finding.result, &finding.evidence[..]),
        ("substantiated", &[1, 2][..])
    );
    assert_eq!(finding.description.as_ref().unwrap().text, steps::FOUND);
    let assessment = it.assessment.unwrap();
    assert_eq!(assessment.severity, "critical");
    assert_eq!(assessment.because, "");
    assert_eq!(
        assessment.immediate_action_what.unwrap().text,
        steps::AT_ONCE
    );
    let before = it.reclassification.unwrap();
    assert_eq!(
        (&*before.earlier_severity, &*before.reason),
        ("major", "seal_measured")
    );
    assert_eq!(before.because, "new_facts");
    assert_eq!(before.explanation.unwrap().text, steps::SEEN);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_of_who_has_a_conflict_is_refused_and_stands_in_the_history() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    done!(client, assess_complaint, on(&id, steps::assess()));
    done!(
        client,
        declare_conflict,
        on(&id, steps::declare_conflict("user:i-1"))
    );
    let found = refused(client.start_investigation(on(&id, steps::start())).await);
    assert_eq!(found.0, "CONFLICT_OF_INTEREST");
    assert_eq!(get(client, &id).await.conflicts_of_interest, ["user:i-1"]);
    done!(
        client,
        clear_conflict,
        on(&id, steps::clear_conflict("user:i-1"))
    );
    done!(client, start_investigation, on(&id, steps::start()));
    let it = get(client, &id).await;
    assert_eq!(
        (it.conflicts_of_interest.len(), &*it.status),
        (0, "investigating")
    );
    let request = GetComplaintHistoryRequest {
        key: Some(Key::ComplaintId(id)),
        ..Default::default()
    };
    let answer = client
        .get_complaint_history(request)
        .await
        .unwrap()
        .into_inner();
    let entries = steps::without_clocks(answer.entries);
    let told: Vec<_> = entries.iter().map(|it| &*it.summary).collect();
    assert_eq!(
        told[3..],
        [
            "Conflict of interest of user:i-1 declared",
            "Investigation by user:i-1 refused: conflict_of_interest",
            "Conflict of interest of user:i-1 cleared, ended",
            "Investigation started by user:i-1, who declared no conflict of interest",
        ]
    );
    assert_eq!(entries[3].words.as_ref().unwrap().text, steps::BROTHER);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_stands_in_the_place_of_other_evidence_and_who_assesses_again_says_why() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    done!(client, assess_complaint, on(&id, steps::assess()));
    done!(client, start_investigation, on(&id, steps::start()));
    done!(client, record_evidence, on(&id, steps::evidence()));
    let mut instead = steps::evidence();
    instead.supersedes = 1;
    done!(client, record_evidence, on(&id, instead));
    let mut minor = steps::assess_again();
    "minor".clone_into(&mut minor.severity);
    done!(client, assess_complaint, on(&id, minor));
    let it = get(client, &id).await;
    let pairs: Vec<_> = it
        .evidence
        .iter()
        .map(|it| (it.supersedes, it.superseded_by))
        .collect();
    assert_eq!(pairs, [(0, 2), (1, 0)]);
    assert_eq!(it.assessment.unwrap().because, "corrected");
    running.stop().await;
}
