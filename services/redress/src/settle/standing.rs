//! How far views and followers are, and why they get no further.

use std::collections::BTreeMap;

use redress_service::Kind;
use redress_wire::log::v1::{FollowedLog, FollowerStatus, ViewStatus};

use super::patience::PATIENCE;
use crate::failure::Failure;
use crate::log::Service;

/// Views that lack records.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Behind {
    /// Over all of them.
    pub(super) reached: u64,
    pub(super) wanted: u64,
    /// The first of them, and why it may be behind.
    view: String,
    why: String,
}

/// What some views lack of logs of these lengths; none if nothing. One that has stopped is an error.
pub(super) fn behind(
    views: &[ViewStatus],
    heads: &BTreeMap<String, u64>,
) -> Result<Option<Behind>, Failure> {
    let (mut reached, mut wanted, mut first) = (0, 0, None);
    for view in views {
        let lacks = |log: &&FollowedLog| heads.get(&log.log) > Some(&log.position);
        let Some(log) = view.logs.iter().find(lacks) else {
            continue;
        };
        if !view.stopped.is_empty() {
            return Err(stopped(view));
        }
        let built = view.rebuilding.as_ref().map_or(0, |it| it.done);
        reached += view.logs.iter().map(|log| log.position).sum::<u64>() + built;
        let heads = view.logs.iter().filter_map(|log| heads.get(&log.log));
        wanted += heads.sum::<u64>();
        first.get_or_insert_with(|| (name(view), why(view, log)));
    }
    Ok(first.map(|(view, why)| Behind {
        reached,
        wanted,
        view,
        why,
    }))
}

fn name(view: &ViewStatus) -> String {
    format!("{}/{}", view.service, view.view)
}

fn why(view: &ViewStatus, log: &FollowedLog) -> String {
    let (place, position) = (&log.log, log.position);
    let mut waiting = view.logs.iter().filter(|it| !it.waiting_for.is_empty());
    let why = match (&view.rebuilding, waiting.next()) {
        (Some(it), _) => format!("it is being built, {} of {} records", it.done, it.total),
        (None, Some(log)) => format!("it waits for the record {}", log.waiting_for),
        (None, None) => "nobody says why".to_owned(),
    };
    format!("it holds {position} records of {place}; {why}")
}

const RECORDED: &str = "what was sent is recorded, but";

fn stopped(view: &ViewStatus) -> Failure {
    let name = name(view);
    let message = format!("{RECORDED} the view {name} has stopped: {}", view.stopped);
    Failure::new(Kind::Internal, "VIEW_STOPPED", message).with_remedy(format!(
        "`redress view status` says where; restart the service, or fold it again with `redress view \
         rebuild {name}`"
    ))
}

pub(super) fn views_stand_still(left: &Behind) -> Failure {
    let (view, why) = (&left.view, &left.why);
    let minutes = PATIENCE.as_secs() / 60;
    let message =
        format!("{RECORDED} the view {view} has got no further for {minutes} minutes: {why}");
    Failure::new(Kind::DeadlineExceeded, "NOT_CAUGHT_UP", message)
        .with_remedy("`redress view status` says how far it is; see the log of the service")
}

/// How far a service has consumed a log, as it says itself.
pub(super) fn follower<'a>(
    followers: &'a [FollowerStatus],
    by: Service,
    place: &str,
) -> Option<&'a FollowerStatus> {
    let mut followers = followers.iter();
    followers.find(|it| it.service == by.name() && it.log == place)
}

/// Why it has stopped, if it has.
pub(super) fn follower_stopped(follower: &FollowerStatus) -> Option<Failure> {
    let FollowerStatus {
        service,
        log,
        stopped,
        ..
    } = follower;
    let message = format!("{RECORDED} {service} follows {log} no further: {stopped}");
    let failure = Failure::new(Kind::Unavailable, "FOLLOWER_STOPPED", message).with_remedy(
        "`redress view status` says how far it came; do what the reason says, and restart it",
    );
    (!stopped.is_empty()).then_some(failure)
}

pub(super) fn follower_stands_still(
    by: Service,
    of: Service,
    follower: Option<&FollowerStatus>,
    head: u64,
) -> Failure {
    let why = match follower {
        None => "it has not begun to".to_owned(),
        Some(it) if !it.hiccup.is_empty() => it.hiccup.clone(),
        Some(it) if it.via == "nobody" => "there is nobody to read it from".to_owned(),
        Some(_) => "nobody says why".to_owned(),
    };
    let consumed = follower.map_or(0, |it| it.consumed);
    let (by, of) = (by.name(), of.name());
    let minutes = PATIENCE.as_secs() / 60;
    let message = format!(
        "{RECORDED} {by} has followed {of} no further than {consumed} of {head} records for \
         {minutes} minutes: {why}"
    );
    Failure::new(Kind::DeadlineExceeded, "NOT_CAUGHT_UP", message)
        .with_remedy("`redress view status` and `/readyz` say what is in the way")
}

#[cfg(test)]
mod tests {
    use redress_wire::log::v1::Rebuilding;

    use super::*;

    fn heads() -> BTreeMap<String, u64> {
        [("intake/0".to_owned(), 10), ("workflow/0".to_owned(), 20)].into()
    }

    fn view(intake: u64, workflow: u64) -> ViewStatus {
        let log = |log: &str, position| FollowedLog {
            log: log.to_owned(),
            position,
            ..FollowedLog::default()
        };
        ViewStatus {
            service: "reporting".to_owned(),
            view: "facts".to_owned(),
            served: true,
            logs: vec![log("intake/0", intake), log("workflow/0", workflow)],
            ..ViewStatus::default()
        }
    }

    #[test]
    fn views_that_hold_all_that_is_asked_for_are_done_though_the_logs_went_on() {
        assert_eq!(
            behind(&[view(10, 20), view(11, 25)], &heads()).unwrap(),
            None
        );
    }

    #[test]
    fn a_view_that_lacks_something_is_told_with_how_far_it_is_and_why() {
        let mut waiting = view(10, 7);
        waiting.logs[1].waiting_for = "intake/0/00012".to_owned();
        let left = behind(&[view(10, 20), waiting], &heads()).unwrap().unwrap();
        assert_eq!((left.reached, left.wanted), (17, 30));
        let text = views_stand_still(&left).to_string();
        for part in [
            "NOT_CAUGHT_UP",
            "reporting/facts",
            "7 records of workflow/0",
            "it waits for the record intake/0/00012",
        ] {
            assert!(text.contains(part), "`{part}` is not in: {text}");
        }
        let mut built = view(0, 0);
        built.rebuilding = Some(Rebuilding { done: 4, total: 30 });
        let left = behind(&[built], &heads()).unwrap().unwrap();
        assert_eq!(left.reached, 4, "what is built counts as going on");
    }

    #[test]
    fn a_view_that_has_stopped_is_an_error_that_names_it() {
        let mut stopped = view(10, 7);
        stopped.stopped = "record 8 cannot be folded".to_owned();
        let failure = behind(&[stopped.clone()], &heads()).unwrap_err();
        assert_eq!(failure.code(), "VIEW_STOPPED");
        let text = failure.to_string();
        assert!(
            text.contains("reporting/facts has stopped: record 8"),
            "{text}"
        );
        // It holds what is asked for.
        stopped.logs[1].position = 20;
        assert_eq!(behind(&[stopped], &heads()).unwrap(), None);
    }

    #[test]
    fn a_follower_that_gets_no_further_says_why() {
        let mut status = FollowerStatus {
            service: "workflow".to_owned(),
            log: "intake/0".to_owned(),
            consumed: 3,
            via: "nobody".to_owned(),
            ..FollowerStatus::default()
        };
        let (by, of) = (Service::Workflow, Service::Intake);
        let told = |it: Option<&FollowerStatus>| follower_stands_still(by, of, it, 9).to_string();
        assert!(told(None).contains("it has not begun to"));
        assert!(told(Some(&status)).contains("no further than 3 of 9 records"));
        assert!(told(Some(&status)).contains("nobody to read it from"));
        assert!(follower_stopped(&status).is_none());
        status.stopped = "another record".to_owned();
        let stopped = follower_stopped(&status).unwrap();
        assert_eq!(stopped.code(), "FOLLOWER_STOPPED");
        let why = "workflow follows intake/0 no further: another record";
        assert!(stopped.to_string().contains(why));
        status.stopped.clear();
        status.hiccup = "the stream has a gap".to_owned();
        assert!(told(Some(&status)).contains("the stream has a gap"));
        assert_eq!(follower(&[status], by, "workflow/0"), None);
    }
}
