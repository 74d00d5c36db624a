//! Where a view stands, in words.

use redress_wire::log::v1::{FollowedLog, ViewStatus};

/// How far a view has come in one of its logs, in words for whoever does not know what a view does.
pub(super) fn state(view: &ViewStatus, log: &FollowedLog) -> String {
    if !view.stopped.is_empty() {
        return format!("stopped: {}", view.stopped);
    }
    if let Some(it) = &view.rebuilding {
        return format!("is built again: {} of {} records", it.done, it.total);
    }
    let behind = log.head.map(|head| head.saturating_sub(log.position));
    let state = match behind {
        Some(0) => "up to date".to_owned(),
        Some(behind) => format!("{behind} records behind"),
        None => "the log cannot be asked how long it is".to_owned(),
    };
    match &log.incomplete_from {
        Some(it) => format!(
            "{state}; passes over {}, from {} on",
            it.r#type, it.position
        ),
        None => state,
    }
}

#[cfg(test)]
mod tests {
    use redress_wire::log::v1::{IncompleteFrom, Rebuilding};

    use super::*;

    #[test]
    fn a_state_is_said_in_words() {
        let log = |position, head| FollowedLog {
            position,
            head,
            ..FollowedLog::default()
        };
        let view = ViewStatus::default;
        assert_eq!(state(&view(), &log(7, Some(7))), "up to date");
        assert_eq!(state(&view(), &log(5, Some(7))), "2 records behind");
        let passed_over = FollowedLog {
            incomplete_from: Some(IncompleteFrom {
                position: 3,
                r#type: "redress.feedback.praised.v9".to_owned(),
            }),
            ..log(7, Some(7))
        };
        let expected = "up to date; passes over redress.feedback.praised.v9, from 3 on";
        assert_eq!(state(&view(), &passed_over), expected);
        let stopped = ViewStatus {
            stopped: "a full disk".to_owned(),
            ..view()
        };
        assert_eq!(state(&stopped, &log(7, Some(7))), "stopped: a full disk");
        let again = ViewStatus {
            rebuilding: Some(Rebuilding { done: 2, total: 9 }),
            ..view()
        };
        let expected = "is built again: 2 of 9 records";
        assert_eq!(state(&again, &log(7, Some(7))), expected);
    }
}
