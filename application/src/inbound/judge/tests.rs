use std::sync::Arc;

use super::*;
use crate::log::{Fault, LogError};

fn fault() -> Fault {
    Arc::new(std::io::Error::from(std::io::ErrorKind::TimedOut))
}

#[test]
fn what_time_may_mend_is_tried_again_without_end() {
    for error in [
        UseCaseError::Contended,
        UseCaseError::Doubtful(AppendError::Unknown(fault())),
        UseCaseError::Log(AppendError::Unavailable(fault())),
        UseCaseError::Read(LogError::Unavailable(fault())),
        UseCaseError::Read(LogError::Damaged { place: "7".to_owned(), what: "a hole".to_owned() }),
    ] {
        let judged = judge(error);
        assert!(matches!(judged, Err(Failure::UseCase(_))), "{judged:?}");
    }
}

#[test]
fn what_nothing_can_mend_is_refused_in_words() {
    for (error, words) in [
        (UseCaseError::TooLarge, "the request is larger than one command may be"),
        (UseCaseError::Session(SessionError::AlreadyCreated), "the session exists already"),
    ] {
        let judged = judge(error);
        let Ok(Verdict::Never(reason)) = judged else { panic!("{judged:?}") };
        assert_eq!((reason.code(), reason.to_string().as_str()), ("refused", words));
    }
}

#[test]
fn somebody_elses_session_is_none() {
    let judged = judge(UseCaseError::Log(AppendError::Foreign { place: "a session".to_owned() }));
    assert!(matches!(judged, Ok(Verdict::Never(Reason::NoSession))), "{judged:?}");
}
