use redress_wire::time_from_wire;
use redress_wire::workflow::v1::get_complaint_history_request::Key as HistoryKey;
use redress_wire::workflow::v1::{
    Complaint, GetComplaintHistoryRequest, GetComplaintRequest, get_complaint_request::Key,
};
use tonic::Request;

use super::given::{Complaints, World, complaint, item, refused, time};
use super::steps::{self, at, done, on, under};

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_goes_through_its_whole_life() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;

    let opened = steps::get(client, &id).await;
    assert_eq!(
        (&*opened.status, &*opened.reference),
        ("received", "RD-2026-000001-7")
    );
    let about = opened.about.unwrap();
    assert_eq!(
        (&*about.channel, &*about.product, about.vulnerable),
        ("fax", "Kettle 1", Some(true))
    );
    assert_eq!(about.remedy_sought, "refund");
    assert!(!opened.imported && opened.unknown_steps.is_empty());

    done!(
        client,
        acknowledge_complaint,
        at("2026-03-02T08:00:00Z", on(&id, steps::acknowledge()))
    );
    done!(client, assign_complaint, on(&id, steps::assign()));
    done!(client, assess_complaint, on(&id, steps::assess()));
    done!(client, start_investigation, on(&id, steps::start()));
    let proposed = client
        .propose_response(on(&id, steps::propose()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(proposed.remedy_numbers, [1, 2]);
    done!(client, communicate_decision, on(&id, steps::communicate()));
    done!(client, dispute_decision, on(&id, steps::dispute()));
    assert_eq!(steps::get(client, &id).await.status, "disputed");

    done!(client, start_investigation, on(&id, steps::start()));
    let again = client
        .propose_response(on(&id, steps::propose()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(again.remedy_numbers, [3, 4]);
    done!(client, communicate_decision, on(&id, steps::communicate()));
    done!(client, record_acceptance, on(&id, steps::accept()));
    done!(client, fulfil_remedy, on(&id, steps::fulfil(4)));
    done!(client, add_note, on(&id, steps::note()));
    done!(client, close_complaint, on(&id, steps::close("accepted")));

    let whole = steps::get(client, &id).await;
    let closed = whole.clone();
    assert_eq!(
        (&*closed.status, &*closed.closing_basis),
        ("closed", "accepted")
    );
    assert_eq!((&*closed.handler, &*closed.queue), ("user:h-1", "kettles"));
    assert_eq!(
        (closed.disputes, closed.reopenings, closed.accepted),
        (1, 0, true)
    );
    let assessment = closed.assessment.unwrap();
    assert_eq!(assessment.immediate_action, "needed");
    assert_eq!(
        assessment.immediate_action_what.unwrap().text,
        steps::AT_ONCE
    );
    let dispute = closed.dispute.unwrap();
    assert_eq!(
        (&*dispute.reason, &*dispute.explanation.unwrap().text),
        ("too_little", steps::DISPUTE)
    );
    assert_eq!(closed.acknowledgement_channel, "email");
    assert!(closed.accepted_at.is_some());
    assert_eq!(
        (closed.owed_remedies, &*closed.outcome),
        (vec![3], "upheld")
    );
    assert_eq!(closed.investigation.unwrap().investigator, "user:i-1");
    assert_eq!(closed.decision.unwrap().outcome, "upheld");
    let response = closed.response.unwrap();
    assert_eq!(response.cause_code, "seal_worn");
    let remedies = &response.remedies;
    assert_eq!(
        (remedies[0].number, &*remedies[0].promised_by),
        (3, "2026-12-24")
    );
    assert!(remedies[0].fulfilled_at.is_none() && remedies[1].fulfilled_at.is_some());
    assert_eq!(
        (closed.note_count, &*closed.notes[0].text),
        (1, steps::NOTE)
    );
    let acknowledged = time_from_wire(closed.acknowledged_at.unwrap()).unwrap();
    assert_eq!(acknowledged, time("2026-03-02T08:00:00Z"));
    assert!(closed.silence_ends_at.is_none());

    reopened_and_withdrawn(client, &id, &whole).await;
    running.stop().await;
}

/// What was known stays known, as what it was.
async fn reopened_and_withdrawn(client: &mut Complaints, id: &str, closed: &Complaint) {
    done!(client, reopen_complaint, on(id, steps::reopen()));
    let reopened = steps::get(client, id).await;
    assert_eq!(
        (&*reopened.status, reopened.reopenings),
        ("investigating", 1)
    );
    assert!(!reopened.accepted && reopened.closing_basis.is_empty());
    assert!(reopened.closed_at.is_none() && reopened.decision_communicated_at.is_none());
    assert!(reopened.outcome.is_empty() && reopened.response.unwrap().earlier);
    let [earlier] = &reopened.closures[..] else {
        panic!("it was closed once: {:?}", reopened.closures);
    };
    assert_eq!((&*earlier.basis, &*earlier.outcome), ("accepted", "upheld"));
    assert_eq!(earlier.closed_at, closed.closed_at);
    assert!(earlier.reopened_at.is_some());
    let why = earlier.reopening_explanation.as_ref().unwrap();
    assert_eq!(
        (&*earlier.reopening_reason, &*why.text),
        ("new_evidence", "Mrs Abendroth sent a picture")
    );
    done!(client, withdraw_complaint, on(id, steps::withdraw()));
    let withdrawn = steps::get(client, id).await;
    assert_eq!((&*withdrawn.status, withdrawn.version), ("withdrawn", 32));
    assert_eq!(withdrawn.outcome, "withdrawn");
    assert!(withdrawn.assessment.is_some() && withdrawn.investigation.is_some());
    assert_eq!(withdrawn.closures, reopened.closures);
    let withdrawal = withdrawn.withdrawal.unwrap();
    assert_eq!(
        (&*withdrawal.reason, &*withdrawal.promises),
        ("settled", "still_owed")
    );
    assert_eq!(
        withdrawal.explanation.unwrap().text,
        "Mrs Abendroth got it repaired"
    );
    assert_eq!(withdrawn.owed_remedies, [3]);
    // What was promised can be given also then.
    done!(client, fulfil_remedy, on(id, steps::fulfil(3)));
    assert!(steps::get(client, id).await.owed_remedies.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_can_be_answered_with_an_explained_no_and_closed_on_silence() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(2).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    done!(client, assess_complaint, on(&id, steps::assess()));
    done!(
        client,
        record_investigation_not_required,
        on(&id, steps::not_required())
    );
    let assessed = steps::get(client, &id).await;
    assert_eq!(assessed.status, "assessed");
    assert_eq!(
        assessed.investigation.unwrap().not_required_reason,
        "same_batch"
    );
    done!(client, propose_response, on(&id, steps::propose_no()));
    let told = at("2026-11-01T09:00:00Z", on(&id, steps::communicate_no()));
    done!(client, communicate_decision, told);
    let ends = steps::get(client, &id).await.silence_ends_at.unwrap();
    assert_eq!(time_from_wire(ends).unwrap(), time("2026-11-15T09:00:00Z"));
    done!(client, close_complaint, on(&id, steps::close("silent")));
    let closed = steps::get(client, &id).await;
    assert_eq!(
        (&*closed.status, &*closed.closing_basis),
        ("closed", "silent")
    );
    let response = closed.response.unwrap();
    assert_eq!(response.refusal_reason, "warranty_over");
    let told = response.refusal_explanation.unwrap().text;
    assert_eq!(told, steps::propose_no().refusal_explanation);
    let why = closed.investigation.unwrap().explanation.unwrap().text;
    assert_eq!(why, steps::not_required().explanation);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_tells_every_step_with_its_words() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(3).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    let mut request = Request::new(on(&id, steps::acknowledge()));
    request
        .metadata_mut()
        .insert("redress-actor", "user:h-7".parse().unwrap());
    client.acknowledge_complaint(request).await.unwrap();
    done!(client, assess_complaint, on(&id, steps::assess()));
    done!(client, add_note, on(&id, steps::note()));

    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = GetComplaintHistoryRequest {
            key: Some(HistoryKey::Reference("rd 2026 000001 7".into())),
            page_size: 3,
            page_token,
            ..Default::default()
        };
        let page = client
            .get_complaint_history(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!((&*page.complaint_id, &*page.incomplete_from), (&*id, ""));
        seen.extend(page.entries);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    // What is told of clocks has tests of its own.
    let (clocks, seen): (Vec<_>, Vec<_>) = seen
        .into_iter()
        .partition(|entry| entry.r#type.contains(".clock_"));
    assert_eq!(clocks.len(), 5);
    let kinds: Vec<_> = seen
        .iter()
        .map(|entry| entry.r#type.rsplit('.').nth(1).unwrap())
        .collect();
    assert_eq!(kinds, ["opened", "acknowledged", "assessed", "note_added"]);
    let said: Vec<_> = seen
        .iter()
        .map(|entry| entry.words.as_ref().map(|words| &*words.text))
        .collect();
    assert_eq!(said, [None, None, Some(steps::AT_ONCE), Some(steps::NOTE)]);
    assert_eq!((&*seen[0].actor, &*seen[1].actor), ("system", "user:h-7"));
    assert_eq!(seen[1].summary, "Acknowledged by email");
    let bytes = running.bytes().await;
    for entry in &seen {
        assert_eq!(entry.record, bytes[entry.position as usize]);
        assert_eq!(
            entry.leaf_hash,
            redress_evidence::leaf_hash(&entry.record).as_bytes()[..]
        );
    }
    let record = redress_envelope::Record::decode(&seen[1].record).unwrap();
    let cited = record.context.policy_version.unwrap();
    assert!(cited.starts_with("iso-10002@2:"), "{cited}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_names_what_a_person_needs_and_keeps_who_was_kept_out() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(3).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    done!(client, assess_complaint, on(&id, steps::assess()));
    let mut conflict = steps::start();
    conflict.declaration = "conflict".into();
    let conflict = under("k-1", on(&id, conflict));
    // Refused every time, and recorded once.
    for _ in 0..2 {
        let answer = client.start_investigation(conflict.clone()).await;
        assert_eq!(refused(answer).0, "CONFLICT_OF_INTEREST");
    }
    assert_eq!(steps::get(client, &id).await.status, "assessed");
    done!(client, start_investigation, on(&id, steps::start()));
    done!(client, propose_response, on(&id, steps::propose()));
    done!(client, communicate_decision, on(&id, steps::communicate()));
    done!(client, fulfil_remedy, on(&id, steps::fulfil(1)));
    done!(client, fulfil_remedy, on(&id, steps::fulfil(2)));
    done!(client, record_acceptance, on(&id, steps::accept()));
    done!(client, close_complaint, on(&id, steps::close("accepted")));
    let request = GetComplaintHistoryRequest {
        key: Some(HistoryKey::ComplaintId(id)),
        ..Default::default()
    };
    let told = client.get_complaint_history(request).await.unwrap();
    let told = told.into_inner().entries;
    let told = steps::without_clocks(told);
    let told: Vec<_> = told.iter().map(|entry| &*entry.summary).collect();
    assert_eq!(
        told[2..],
        [
            "Assessed as major; safety implication: possible; complexity: low; impact: medium; \
             immediate action needed",
            "Investigation by user:i-1 refused: conflict_of_interest",
            "Investigation started by user:i-1, who declared no conflict of interest",
            "Response proposed: remedy 1: refund of 19.99 EUR promised by 2026-12-24; remedy 2: \
             apology; cause: seal_worn",
            "Decision communicated by letter: upheld, recourse explained",
            "Remedy 1 fulfilled: refund of 19.99 EUR promised by 2026-12-24",
            "Remedy 2 fulfilled: apology",
            "Decision accepted by the complainant",
            "Closed: accepted, outcome upheld",
        ]
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_complaint_opens_a_complaint() {
    let world = World::new();
    let mut running = world.start().await;
    let kinds = [
        "compliment",
        "dispute",
        "regulator_referral",
        "safety_report",
    ];
    for (n, kind) in (0..).zip(kinds) {
        let mut said = serde_json::to_value(complaint(n)).unwrap();
        said["kind"] = kind.into();
        world
            .received(item(n), serde_json::from_value(said).unwrap())
            .await;
    }
    running.follow(&world).await;
    assert_eq!(running.workflow.log().head().size, 0);
    let key = Some(Key::ComplaintId(item(1).to_string()));
    let request = GetComplaintRequest {
        key,
        ..Default::default()
    };
    let answer = running.complaints.get_complaint(request).await;
    assert_eq!(refused(answer).0, "COMPLAINT_NOT_FOUND");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_found_by_the_reference_that_people_say() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    // Waits for what workflow makes of intake's record.
    let wait_for = world.intake.token(1).to_string();
    let client = &mut running.complaints;
    let ask = |text: &str| GetComplaintRequest {
        key: Some(Key::Reference(text.to_owned())),
        wait_for: wait_for.clone(),
        ..Default::default()
    };
    let found = client
        .get_complaint(ask("RD-2026-000001-7"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(found.complaint.unwrap().complaint_id, id);
    for (text, code) in [
        ("RD-2026-000001-3", "REFERENCE_INVALID"),
        ("RD-2026-000000-9", "REFERENCE_INVALID"),
        ("hello", "REFERENCE_INVALID"),
        ("RD-2026-000123-7", "COMPLAINT_NOT_FOUND"),
    ] {
        assert_eq!(
            refused(client.get_complaint(ask(text)).await).0,
            code,
            "{text}"
        );
    }
    running.stop().await;
}
