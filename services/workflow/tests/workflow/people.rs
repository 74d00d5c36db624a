//! The register of handlers: what is recorded, what is told of it, and what is refused.

use redress_wire::log::v1::{AsOf, as_of};
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{
    AnnounceAbsenceRequest, EndAbsenceRequest, GetHandlerRequest, GrantSkillRequest, Handler,
    HandlerFilter, JoinQueueRequest, LeaveQueueRequest, LimitLoadRequest, ListHandlersRequest,
    RegisterHandlerRequest, RetireHandlerRequest, RevokeSkillRequest,
};

use super::given::{Running, World, refused, time};
use super::steps::{self, done, if_still, on, under};

pub(crate) fn register(queue: &str) -> RegisterHandlerRequest {
    RegisterHandlerRequest {
        queues: vec![queue.to_owned()],
        ..Default::default()
    }
}

pub(crate) fn grant(skill: &str, expires_at: Option<&str>) -> GrantSkillRequest {
    GrantSkillRequest {
        skill: skill.to_owned(),
        expires_at: expires_at.map(|at| time_to_wire(time(at))),
        ..Default::default()
    }
}

pub(crate) fn absent(from: Option<&str>, to: Option<&str>) -> AnnounceAbsenceRequest {
    AnnounceAbsenceRequest {
        from: from.map(|at| time_to_wire(time(at))),
        to: to.map(|at| time_to_wire(time(at))),
        ..Default::default()
    }
}

pub(crate) fn join(queue: &str) -> JoinQueueRequest {
    JoinQueueRequest {
        queue: queue.to_owned(),
        ..Default::default()
    }
}

fn named() -> RegisterHandlerRequest {
    RegisterHandlerRequest {
        name: "Anna Berger".to_owned(),
        load_limit: Some(2),
        ..register("kettles")
    }
}

fn ask(handler: &str, token: Option<&str>) -> GetHandlerRequest {
    GetHandlerRequest {
        handler: handler.to_owned(),
        as_of: token.map(|token| AsOf {
            point: Some(as_of::Point::Token(token.to_owned())),
        }),
        ..Default::default()
    }
}

pub(crate) async fn show(running: &mut Running, handler: &str) -> Handler {
    let answer = running.handlers.get_handler(ask(handler, None)).await;
    answer.unwrap().into_inner().handler.unwrap()
}

const ANNA: &str = "user:h-1";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_of_the_register_is_told_as_they_are_and_as_they_were() {
    let world = World::new();
    let mut running = world.start().await;
    let client = &mut running.handlers;
    let first = done!(client, register_handler, on(ANNA, named()));
    done!(client, join_queue, on(ANNA, join("lids")));
    done!(
        client,
        grant_skill,
        on(ANNA, grant("safety", Some("2027-01-01T00:00:00Z")))
    );
    done!(
        client,
        announce_absence,
        on(ANNA, absent(Some("2026-12-01T00:00:00Z"), None))
    );
    let it = show(&mut running, ANNA).await;
    assert_eq!((&*it.handler, it.version, it.retired), (ANNA, 4, false));
    assert_eq!(it.name.unwrap().text, "Anna Berger");
    assert_eq!(it.queues, ["kettles", "lids"]);
    assert_eq!((it.load_limit, it.load), (Some(2), Some(0)));
    assert_eq!(it.skills[0].skill, "safety");
    assert_eq!(it.absences.len(), 1);
    let client = &mut running.handlers;
    let before = client.get_handler(ask(ANNA, Some(&first.token))).await;
    let before = before.unwrap().into_inner().handler.unwrap();
    assert_eq!(
        (before.queues, before.load),
        (vec!["kettles".to_owned()], None)
    );

    done!(
        client,
        leave_queue,
        on(
            ANNA,
            LeaveQueueRequest {
                queue: "lids".to_owned(),
                ..Default::default()
            }
        )
    );
    done!(client, limit_load, on(ANNA, LimitLoadRequest::default()));
    done!(
        client,
        revoke_skill,
        on(
            ANNA,
            RevokeSkillRequest {
                skill: "safety".to_owned(),
                reason: "examination_failed".to_owned(),
                ..Default::default()
            }
        )
    );
    done!(
        client,
        end_absence,
        on(
            ANNA,
            EndAbsenceRequest {
                from: Some(time_to_wire(time("2026-12-01T00:00:00Z"))),
                ..Default::default()
            }
        )
    );
    let it = show(&mut running, ANNA).await;
    assert_eq!(it.queues, ["kettles"]);
    assert_eq!(
        (it.load_limit, it.skills.len(), it.absences.len()),
        (None, 0, 0)
    );
    let client = &mut running.handlers;
    done!(
        client,
        retire_handler,
        on(ANNA, RetireHandlerRequest::default())
    );
    let it = show(&mut running, ANNA).await;
    assert!(it.retired && it.name.is_none() && it.queues.is_empty());
    // Nobody's name stands in the log.
    for bytes in running.bytes().await {
        assert!(!String::from_utf8(bytes).unwrap().contains("Berger"));
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_so_already_and_what_was_asked_before_are_recorded_once() {
    let world = World::new();
    let mut running = world.start().await;
    let client = &mut running.handlers;
    for again in [false, true] {
        let request = || under("r-1", on(ANNA, named()));
        let recorded = done!(client, register_handler, request());
        assert_eq!(recorded.already_done, again);
        let recorded = done!(client, join_queue, on(ANNA, join("lids")));
        assert_eq!(recorded.already_done, again);
    }
    let other = under("r-1", on(ANNA, register("kettles")));
    assert_eq!(
        refused(client.register_handler(other).await).0,
        "REQUEST_ID_REUSED"
    );
    let stale = if_still("v1", on(ANNA, join("pans")));
    assert_eq!(refused(client.join_queue(stale).await).0, "ETAG_STALE");
    assert_eq!(running.records().await.len(), 2);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_names_its_field() {
    let world = World::new();
    let mut running = world.start().await;
    let client = &mut running.handlers;
    let found = refused(client.join_queue(on(ANNA, join("lids"))).await);
    assert_eq!(found, ("HANDLER_NOT_FOUND".into(), "handler".into()));
    let found = refused(client.get_handler(ask(ANNA, None)).await);
    assert_eq!(found, ("HANDLER_NOT_FOUND".into(), "handler".into()));
    for (who, code) in [
        ("", "FIELD_REQUIRED"),
        ("Anna", "ACTOR_INVALID"),
        ("service:crm", "ACTOR_INVALID"),
        ("system", "ACTOR_INVALID"),
    ] {
        let found = refused(client.register_handler(on(who, named())).await);
        assert_eq!(found, (code.into(), "handler".into()), "{who}");
    }
    done!(client, register_handler, on(ANNA, named()));
    let found = refused(client.register_handler(on(ANNA, named())).await);
    assert_eq!(
        found,
        ("HANDLER_ALREADY_REGISTERED".into(), "handler".into())
    );
    let long = RegisterHandlerRequest {
        name: "x".repeat(201),
        ..Default::default()
    };
    let found = refused(client.register_handler(on("user:h-2", long)).await);
    assert_eq!(found, ("FIELD_TOO_LONG".into(), "name".into()));
    let found = refused(client.join_queue(on(ANNA, join("Lids and pans"))).await);
    assert_eq!(found, ("FIELD_NOT_A_CODE".into(), "queue".into()));
    let past = grant("safety", Some("2026-01-01T00:00:00Z"));
    let found = refused(client.grant_skill(on(ANNA, past)).await);
    assert_eq!(
        found,
        ("SKILL_EXPIRES_IN_THE_PAST".into(), "expires_at".into())
    );
    let backwards = absent(Some("2026-12-02T00:00:00Z"), Some("2026-12-01T00:00:00Z"));
    let found = refused(client.announce_absence(on(ANNA, backwards)).await);
    assert_eq!(found, ("ABSENCE_INVALID".into(), "to".into()));
    let unknown = EndAbsenceRequest {
        from: Some(time_to_wire(time("2026-12-02T00:00:00Z"))),
        ..Default::default()
    };
    let found = refused(client.end_absence(on(ANNA, unknown)).await);
    assert_eq!(found, ("ABSENCE_UNKNOWN".into(), "from".into()));
    running.stop().await;
}

fn listing(filter: HandlerFilter, size: u32, after: String) -> ListHandlersRequest {
    ListHandlersRequest {
        filter: Some(filter),
        page_size: size,
        page_token: after,
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_is_listed_in_pages_and_by_what_people_do() {
    let world = World::new();
    let mut running = world.start().await;
    let token = {
        let client = &mut running.handlers;
        for n in 1..=5 {
            let who = format!("user:h-{n}");
            let queue = if n % 2 == 0 { "even" } else { "odd" };
            done!(client, register_handler, on(&who, register(queue)));
        }
        done!(client, grant_skill, on("user:h-4", grant("safety", None)));
        done!(
            client,
            retire_handler,
            on("user:h-5", RetireHandlerRequest::default())
        )
        .token
    };
    let mut names = async |filter: HandlerFilter, size, after| {
        let request = ListHandlersRequest {
            wait_for: token.clone(),
            ..listing(filter, size, after)
        };
        let answer = running
            .handlers
            .list_handlers(request)
            .await
            .unwrap()
            .into_inner();
        let names: Vec<String> = answer.handlers.into_iter().map(|it| it.handler).collect();
        (names.join(" "), answer.next_page_token)
    };
    let all = HandlerFilter::default;
    let (first, next) = names(all(), 3, String::new()).await;
    assert_eq!(first, "user:h-1 user:h-2 user:h-3");
    let (second, end) = names(all(), 3, next).await;
    assert_eq!((&*second, &*end), ("user:h-4", ""));
    let retired = HandlerFilter {
        include_retired: true,
        ..all()
    };
    assert!(
        names(retired, 0, String::new())
            .await
            .0
            .ends_with("user:h-5")
    );
    let even = HandlerFilter {
        queues: vec!["even".to_owned()],
        ..all()
    };
    assert_eq!(names(even, 0, String::new()).await.0, "user:h-2 user:h-4");
    let safe = HandlerFilter {
        skills: vec!["safety".to_owned()],
        ..all()
    };
    assert_eq!(names(safe, 0, String::new()).await.0, "user:h-4");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_is_the_open_complaints_in_hand_whatever_happens_to_them() {
    let world = World::new();
    let mut running = world.start().await;
    done!(
        running.handlers,
        register_handler,
        on(ANNA, register("kettles"))
    );
    let mut ids = Vec::new();
    for n in 1..=3 {
        ids.push(world.complaint(n).await.to_string());
    }
    running.follow(&world).await;
    let client = &mut running.complaints;
    for id in &ids {
        done!(client, assign_complaint, on(id, steps::assign()));
    }
    assert_eq!(show(&mut running, ANNA).await.load, Some(3));
    let client = &mut running.complaints;
    steps::handle(client, &ids[0]).await;
    done!(client, withdraw_complaint, on(&ids[1], steps::withdraw()));
    assert_eq!(show(&mut running, ANNA).await.load, Some(1));
    let client = &mut running.complaints;
    done!(client, reopen_complaint, on(&ids[0], steps::reopen()));
    assert_eq!(show(&mut running, ANNA).await.load, Some(2));
    let mut other = steps::assign();
    other.handler = "user:h-2".into();
    let client = &mut running.complaints;
    done!(client, assign_complaint, on(&ids[2], other));
    assert_eq!(show(&mut running, ANNA).await.load, Some(1));
    // A view that was lost is the same again.
    running.stop().await;
    world.delete_views();
    let mut running = world.start().await;
    assert_eq!(show(&mut running, ANNA).await.load, Some(1));
    running.stop().await;
}
