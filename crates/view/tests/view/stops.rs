//! What a view does with records it cannot fold, and with logs that are not what they were.

use redress_view::{Incomplete, Stop, Unavailable, View, WaitError};
use tempfile::tempdir;

use crate::toy::{
    ADDED, BROKEN, LONG, NEW, Sums, all_rows, append, caught_up, fill, log_id, open_log, oracle,
    records, start,
};

async fn stop_of(view: &View) -> Stop {
    let mut stopped = view.watch_stopped();
    let stop = tokio::time::timeout(LONG, stopped.wait_for(Option::is_some)).await;
    stop.unwrap().unwrap().clone().unwrap()
}

#[tokio::test]
async fn a_broken_record_stops_its_view_there_and_leaves_the_rows_before_it() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    let other_dir = tempdir().unwrap();
    let mended = || Sums::<1> {
        mended: true,
        ..Sums::default()
    };
    let other = caught_up(other_dir.path(), mended(), &[&log]).await;
    append(
        &log,
        "a",
        &[(ADDED, 1), (ADDED, 2), (BROKEN, 100), (ADDED, 4)],
        None,
    )
    .await;
    let why = "it is broken".to_owned();
    let broken = Stop::Broken {
        place: "intake/0".to_owned(),
        position: 2,
        why,
    };
    assert_eq!(stop_of(&view).await, broken);
    assert_eq!(view.status().await.stopped, Some(broken.clone()));
    assert_eq!(view.wait_for(&log.token(2), LONG).await, Ok(()));
    assert_eq!(
        view.wait_for(&log.token(3), LONG).await,
        Err(WaitError::Stopped(broken.clone()))
    );
    assert_eq!(
        all_rows(&view),
        oracle(&[records(&log).await[..2].to_vec()])
    );
    assert_eq!(other.wait_for(&log.token(4), LONG).await, Ok(()));

    view.close().await;
    let view = start(dir.path(), Sums::<1>::default(), &[&log]);
    assert_eq!(stop_of(&view).await, broken, "it stops there again");
    view.close().await;
    let view = caught_up(dir.path(), mended(), &[&log]).await;
    assert_eq!(
        view.position("intake/0"),
        4,
        "a fold that can goes on from there"
    );
}

#[tokio::test]
async fn an_unknown_type_is_passed_over_and_told_until_a_version_knows_it() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    append(
        &log,
        "a",
        &[(ADDED, 1), (NEW, 100), (NEW, 7), (ADDED, 2)],
        None,
    )
    .await;
    let place = || "intake/0".to_owned();
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    let here = Incomplete {
        position: 1,
        kind: NEW.to_owned(),
    };
    assert_eq!(view.rows().unwrap().incomplete().get(&place()), Some(&here));
    assert_eq!(
        view.rows().unwrap().get(b"sum/intake/note/a").unwrap(),
        Some(b"3".to_vec())
    );
    view.close().await;

    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    assert_eq!(view.status().await.sources[0].incomplete_from, Some(here));
    view.close().await;

    let view = caught_up(dir.path(), Sums::<2>::default(), &[&log]).await;
    assert!(view.status().await.is_complete());
    assert_eq!(
        view.rows().unwrap().get(b"sum/intake/note/a").unwrap(),
        Some(b"110".to_vec())
    );
}

#[tokio::test]
async fn another_record_where_the_view_stands_stops_it_and_a_rebuild_mends_it() {
    let (dir, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 30).await;
    caught_up(dir.path(), Sums::<1>::default(), &[&log])
        .await
        .close()
        .await;
    let other = open_log(elsewhere.path(), "intake", log_id("intake"));
    append(&other, "x", &[(ADDED, 5); 40], None).await;
    let view = start(dir.path(), Sums::<1>::default(), &[&other]);
    let changed = Stop::SourceChanged {
        place: "intake/0".to_owned(),
        position: 29,
    };
    assert_eq!(stop_of(&view).await, changed);
    assert_eq!(view.rows().unwrap_err(), Unavailable::Stopped(changed));
    view.rebuild().await.unwrap();
    assert_eq!(all_rows(&view), oracle(&[records(&other).await]));
    assert_eq!(view.status().await.stopped, None);
}

#[tokio::test]
async fn a_view_ahead_of_its_log_or_of_another_life_refuses() {
    let (dir, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 30).await;
    caught_up(dir.path(), Sums::<1>::default(), &[&log])
        .await
        .close()
        .await;

    let shorter = open_log(elsewhere.path(), "intake", log_id("intake"));
    fill(&shorter, 20).await;
    let view = start(dir.path(), Sums::<1>::default(), &[&shorter]);
    let stop = stop_of(&view).await;
    let place = "intake/0".to_owned();
    assert_eq!(
        stop,
        Stop::SourceShorter {
            place,
            position: 30,
            size: 20
        }
    );
    assert_eq!(view.rows().unwrap_err(), Unavailable::Stopped(stop));
    view.close().await;

    let later_life = open_log(elsewhere.path(), "intake", log_id("later"));
    let view = start(dir.path(), Sums::<1>::default(), &[&later_life]);
    assert!(matches!(
        stop_of(&view).await,
        Stop::OtherLog { position: 30, .. }
    ));
}
