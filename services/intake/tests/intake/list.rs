//! `ListFeedback`: filters, orders, pages.

use std::collections::BTreeSet;

use redress_wire::intake::v1::{
    Customer, ExternalReference, Feedback, FeedbackFilter, FeedbackOrder, ListFeedbackRequest,
    Submission,
};

use crate::running::Running;
use crate::running::{
    Client, SECRETS, complaint, config, deps, open, reason, request, running, time,
};

/// Feedback of many sorts, some of it received at the same time.
fn some(index: usize) -> Submission {
    let of = |words: &[&str]| words[index % words.len()].to_owned();
    let day = 1 + (index * 7) % 27;
    Submission {
        kind: of(&["complaint", "compliment", "suggestion"]),
        channel: of(&["web", "phone"]),
        product: of(&["Kettle", "Toaster", "Grill", "Kettle"]),
        issue: of(&["Leaks", "Smells"]),
        language: of(&["de", "en", "fr", "en", "es"]),
        site: of(&["Linz", "Brno", "Lyon"]),
        supplier: of(&["Moulds", "Coils"]),
        received_at: Some(time(&format!("2026-03-{day:02}T00:00:00Z"))),
        customer: Some(Customer {
            reference: of(&["C-1", "C-2", "C-3"]),
            ..Customer::default()
        }),
        external_references: vec![ExternalReference {
            system: "orders".into(),
            id: format!("O-{}", index % 10),
            ..ExternalReference::default()
        }],
        ..Submission::default()
    }
}

/// All pages, and the last answer's token.
async fn all(client: &mut Client, mut question: ListFeedbackRequest) -> Vec<Feedback> {
    let mut found = Vec::new();
    for _ in 0..1000 {
        let page = client
            .list_feedback(question.clone())
            .await
            .unwrap()
            .into_inner();
        let size = if question.page_size == 0 {
            50
        } else {
            question.page_size
        };
        assert!(page.feedback.len() <= size as usize);
        assert_eq!(page.incomplete_from, "");
        found.extend(page.feedback);
        if page.next_page_token.is_empty() {
            return found;
        }
        question.page_token = page.next_page_token;
    }
    panic!("the list has no end");
}

fn positions(found: &[Feedback]) -> Vec<u64> {
    found.iter().map(|it| it.position).collect()
}

type Keep = fn(usize, &Submission) -> bool;

fn filters() -> Vec<(FeedbackFilter, Keep)> {
    let words = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let none = FeedbackFilter::default();
    let reference = |id: &str| {
        Some(ExternalReference {
            system: "orders".into(),
            id: id.into(),
            ..ExternalReference::default()
        })
    };
    vec![
        (none.clone(), |_, _| true),
        (
            FeedbackFilter {
                kinds: words(&["complaint", "suggestion"]),
                ..none.clone()
            },
            |_, s| s.kind != "compliment",
        ),
        (
            FeedbackFilter {
                channels: words(&["phone"]),
                ..none.clone()
            },
            |_, s| s.channel == "phone",
        ),
        (
            FeedbackFilter {
                products: words(&["Kettle"]),
                issues: words(&["Smells"]),
                ..none.clone()
            },
            |_, s| s.product == "Kettle" && s.issue == "Smells",
        ),
        (
            FeedbackFilter {
                languages: words(&["fr", "es"]),
                ..none.clone()
            },
            |_, s| s.language == "fr" || s.language == "es",
        ),
        (
            FeedbackFilter {
                sites: words(&["Linz"]),
                suppliers: words(&["Coils"]),
                ..none.clone()
            },
            |_, s| s.site == "Linz" && s.supplier == "Coils",
        ),
        (
            FeedbackFilter {
                customer_reference: " C-2 ".into(),
                ..none.clone()
            },
            |_, s| s.customer.as_ref().unwrap().reference == "C-2",
        ),
        (
            FeedbackFilter {
                external_reference: reference("O-7"),
                ..none.clone()
            },
            |index, _| index % 10 == 7,
        ),
        (
            FeedbackFilter {
                customer_reference: "C-1".into(),
                external_reference: reference("O-3"),
                ..none.clone()
            },
            |index, _| index % 3 == 0 && index % 10 == 3,
        ),
        (
            FeedbackFilter {
                received_from: Some(time("2026-03-08T00:00:00Z")),
                received_to: Some(time("2026-03-20T00:00:00Z")),
                ..none.clone()
            },
            |index, _| (8..20).contains(&(1 + (index * 7) % 27)),
        ),
        (
            FeedbackFilter {
                imported: Some(false),
                ..none.clone()
            },
            |_, _| true,
        ),
        (
            FeedbackFilter {
                imported: Some(true),
                ..none.clone()
            },
            |_, _| false,
        ),
        (
            FeedbackFilter {
                products: words(&["Nothing"]),
                ..none
            },
            |_, _| false,
        ),
    ]
}

#[tokio::test]
async fn every_filter_order_and_page_size_shows_what_a_plain_search_finds() {
    let data = tempfile::tempdir().unwrap();
    let mut config = config(data.path());
    // Pages end early, and go on.
    config.limits.list_rows = 9;
    let intake = redress_intake::Intake::open(config, deps(1)).unwrap();
    let mut running = Running::start(intake).await;
    let mut wait_for = String::new();
    for index in 0..60 {
        let answer = running
            .client
            .submit_feedback(request(some(index), ""))
            .await
            .unwrap();
        wait_for = answer.into_inner().recorded.unwrap().token;
    }
    for (number, (filter, keep)) in filters().into_iter().enumerate() {
        let mut expected: Vec<_> = (0..60)
            .filter(|index| keep(*index, &some(*index)))
            .collect();
        expected.sort_by_key(|index| (1 + (index * 7) % 27, *index));
        for (order, page_size) in [
            (FeedbackOrder::ReceivedAsc, 1),
            (FeedbackOrder::ReceivedAsc, 7),
            (FeedbackOrder::ReceivedDesc, 3),
            (FeedbackOrder::Unspecified, 0),
            (FeedbackOrder::ReceivedDesc, 500),
        ] {
            let question = ListFeedbackRequest {
                filter: Some(filter.clone()),
                order: order.into(),
                page_size,
                wait_for: wait_for.clone(),
                ..ListFeedbackRequest::default()
            };
            let found = all(&mut running.client, question).await;
            let mut expected: Vec<_> = expected.iter().map(|it| *it as u64).collect();
            if order != FeedbackOrder::ReceivedAsc {
                expected.reverse();
            }
            assert_eq!(
                positions(&found),
                expected,
                "filter {number}, {order:?}, {page_size}"
            );
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn a_list_shows_no_words_and_nothing_that_points_at_a_person() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let answer = running
        .client
        .submit_feedback(request(complaint(), ""))
        .await
        .unwrap();
    let answer = answer.into_inner();
    let question = ListFeedbackRequest {
        wait_for: answer.recorded.unwrap().token,
        ..ListFeedbackRequest::default()
    };
    let page = running
        .client
        .list_feedback(question)
        .await
        .unwrap()
        .into_inner();
    let found = &page.feedback[0];
    assert_eq!(
        (&found.feedback_id, &found.reference),
        (&answer.feedback_id, &answer.reference)
    );
    assert_eq!(page.token, running.intake.log().token(1).to_string());
    let submission = found.submission.as_ref().unwrap();
    assert_eq!(submission.product, "Kettle");
    assert_eq!(submission.external_references[0].system, "orders");
    let everything = [
        &submission.description,
        &submission.immediate_action,
        &submission.external_references[0].id,
        &submission
            .customer
            .as_ref()
            .map(|it| it.name.clone())
            .unwrap_or_default(),
    ];
    for text in everything {
        assert_eq!(text, "");
    }
    for file in walk(&data.path().join("acme/intake/views")) {
        let bytes = std::fs::read(&file).unwrap();
        for secret in SECRETS.iter().filter(|it| it.len() > 5) {
            let found = bytes
                .windows(secret.len())
                .any(|it| it == secret.as_bytes());
            assert!(!found, "{secret} stands in {}", file.display());
        }
    }
    running.stop().await;
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}

#[tokio::test]
async fn paging_shows_everything_once_while_more_comes_in() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let mut wait_for = String::new();
    for index in 0..20 {
        let answer = running
            .client
            .submit_feedback(request(some(index), ""))
            .await
            .unwrap();
        wait_for = answer.into_inner().recorded.unwrap().token;
    }
    for order in [FeedbackOrder::ReceivedDesc, FeedbackOrder::ReceivedAsc] {
        let mut question = ListFeedbackRequest {
            order: order.into(),
            page_size: 3,
            wait_for: wait_for.clone(),
            ..ListFeedbackRequest::default()
        };
        let mut found = Vec::new();
        for more in 20.. {
            let page = running
                .client
                .list_feedback(question.clone())
                .await
                .unwrap()
                .into_inner();
            found.extend(positions(&page.feedback));
            if page.next_page_token.is_empty() {
                break;
            }
            question.page_token = page.next_page_token;
            let answer = running
                .client
                .submit_feedback(request(some(more), ""))
                .await
                .unwrap();
            question.wait_for = answer.into_inner().recorded.unwrap().token;
        }
        let once: BTreeSet<_> = found.iter().copied().collect();
        assert_eq!(
            once.len(),
            found.len(),
            "something was shown twice: {found:?}"
        );
        assert!(
            (0..20).all(|position| once.contains(&position)),
            "something is missing: {found:?}"
        );
    }
    running.stop().await;
}

type Change<'a> = &'a dyn Fn(&mut ListFeedbackRequest);

fn filter(question: &mut ListFeedbackRequest) -> &mut FeedbackFilter {
    question.filter.get_or_insert_default()
}

/// As a question of its own: no page comes before it.
fn ask_for(question: &mut ListFeedbackRequest, system: &str, id: &str) {
    question.page_token.clear();
    filter(question).external_reference = Some(ExternalReference {
        system: system.into(),
        id: id.into(),
        ..ExternalReference::default()
    });
}

#[tokio::test]
async fn a_question_that_cannot_be_answered_says_why() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let mut wait_for = String::new();
    for index in 0..4 {
        let answer = running
            .client
            .submit_feedback(request(some(index), ""))
            .await
            .unwrap();
        wait_for = answer.into_inner().recorded.unwrap().token;
    }
    let first = ListFeedbackRequest {
        page_size: 2,
        wait_for,
        ..ListFeedbackRequest::default()
    };
    let page = running
        .client
        .list_feedback(first.clone())
        .await
        .unwrap()
        .into_inner();
    let next = ListFeedbackRequest {
        page_token: page.next_page_token.clone(),
        ..first.clone()
    };
    let place = page.next_page_token.replace('0', "z");
    let rows: [(Change<'_>, &str, &str); 11] = [
        (&|q| q.page_size = 501, "PAGE_SIZE_INVALID", "page_size"),
        (&|q| q.order = 7, "FIELD_UNKNOWN_VALUE", "order"),
        (
            &|q| q.page_token = "abc".into(),
            "PAGE_TOKEN_INVALID",
            "page_token",
        ),
        (
            &|q| q.page_token.clone_from(&place),
            "PAGE_TOKEN_INVALID",
            "page_token",
        ),
        (&|q| q.order = 2, "PAGE_TOKEN_INVALID", "page_token"),
        (
            &|q| filter(q).kinds = vec!["enquiry".into()],
            "PAGE_TOKEN_INVALID",
            "page_token",
        ),
        (
            &|q| {
                q.page_token.clear();
                filter(q).kinds = vec!["enquiry".into(), "complant".into()];
            },
            "FIELD_UNKNOWN_VALUE",
            "filter.kinds[1]",
        ),
        (
            &|q| {
                q.page_token.clear();
                filter(q).channels = vec!["fone".into()];
            },
            "FIELD_UNKNOWN_VALUE",
            "filter.channels[0]",
        ),
        (
            &|q| q.wait_for = "intake".into(),
            "TOKEN_MALFORMED",
            "wait_for",
        ),
        (
            &|q| ask_for(q, "", "1"),
            "FIELD_REQUIRED",
            "filter.external_reference.system",
        ),
        (
            &|q| ask_for(q, "crm", ""),
            "FIELD_REQUIRED",
            "filter.external_reference.id",
        ),
    ];
    for (change, code, field) in rows {
        let mut question = next.clone();
        change(&mut question);
        let status = running.client.list_feedback(question).await.unwrap_err();
        assert_eq!(reason(&status), (code.to_owned(), Some(field.to_owned())));
    }
    let page = running
        .client
        .list_feedback(next)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (page.feedback.len(), page.next_page_token.as_str()),
        (2, "")
    );
    running.stop().await;
}

#[tokio::test]
async fn deleted_views_are_folded_again_to_the_same_rows() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    for index in 0..30 {
        running
            .client
            .submit_feedback(request(some(index), ""))
            .await
            .unwrap();
    }
    let token = running.intake.log().token(30);
    let wait = std::time::Duration::from_secs(10);
    running
        .intake
        .list_view()
        .wait_for(&token, wait)
        .await
        .unwrap();
    let before = running.intake.list_view().digest().await.unwrap();
    running.stop().await;
    std::fs::remove_dir_all(data.path().join("acme/intake/views")).unwrap();
    let intake = open(data.path(), 2);
    intake.list_view().wait_for(&token, wait).await.unwrap();
    assert_eq!(intake.list_view().digest().await.unwrap(), before);
    let status = &intake.views().await[0];
    assert_eq!((status.lag(), status.is_complete()), (Some(0), true));
    intake.close().await.unwrap();
}
