use redress_wire::workflow::v1::{Response, Withdrawal};

use super::*;

fn proposed() -> Complaint {
    let refund = Remedy {
        number: 1,
        kind: "refund".to_owned(),
        ..Remedy::default()
    };
    let response = Response {
        remedies: vec![refund],
        ..Response::default()
    };
    Complaint {
        response: Some(response),
        ..Complaint::default()
    }
}

fn withdrawn(promises: &str, owed_remedies: Vec<u32>) -> Complaint {
    let withdrawal = Withdrawal {
        promises: promises.to_owned(),
        ..Withdrawal::default()
    };
    Complaint {
        withdrawal: Some(withdrawal),
        owed_remedies,
        ..proposed()
    }
}

/// Given a remedy that was not fulfilled, when the complaint is shown, then it is open only where it is
/// owed: not before it was promised, and not after the complainant let the organisation off.
#[test]
fn a_remedy_is_open_only_while_it_is_owed() {
    let promised = Complaint {
        owed_remedies: vec![1],
        ..proposed()
    };
    let says = |complaint: &Complaint, said: &str| {
        let shown = render(complaint);
        assert!(shown.contains(said), "{said}: {shown}");
    };
    says(&proposed(), "1. refund, not promised yet");
    says(&promised, "1. refund, open");
    says(&withdrawn("still_owed", vec![1]), "1. refund, open");
    says(&withdrawn("released", vec![]), "1. refund, released");
    says(&withdrawn("", vec![]), "1. refund, never promised");
}

/// Given words that the vault has no more, when the complaint is shown, then it says so.
#[test]
fn words_that_are_erased_or_lost_are_told_as_such() {
    let note = |erased, missing| Note {
        erased,
        missing,
        ..Note::default()
    };
    assert_eq!(words_of(&note(true, false)), "(erased)");
    assert_eq!(words_of(&note(false, true)), "(lost)");
}
