use acta_domain::SessionStatus::{self, Active, Cancelled, Completed, Scheduled};
use acta_domain::VoteId;
use uuid::Uuid;

use super::*;

fn session(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(number))
}

fn sessions(all: &[(u128, SessionStatus)]) -> Vec<AssemblySession> {
    let session = |(number, status): &(u128, SessionStatus)| AssemblySession {
        session_id: session(*number),
        status: *status,
        sealed: false,
    };
    all.iter().map(session).collect()
}

fn vote() -> AssemblyNews {
    AssemblyNews::VoteOpened(VoteId::parse("v").unwrap())
}

#[track_caller]
fn is(all: &[(u128, SessionStatus)], news: &AssemblyNews, expected: u128) {
    assert_eq!(choose(&sessions(all), news).unwrap(), session(expected));
}

#[test]
fn the_active_one_comes_first_then_the_scheduled_one_then_the_last_completed() {
    for news in [AssemblyNews::Activated, vote()] {
        is(&[(1, Completed), (2, Scheduled), (3, Active)], &news, 3);
        is(&[(3, Completed), (2, Scheduled), (4, Cancelled)], &news, 2);
        is(&[(2, Completed), (1, Completed), (4, Cancelled)], &news, 2);
    }
}

#[test]
fn a_completion_that_comes_again_does_not_end_what_has_not_begun() {
    is(&[(1, Completed), (2, Scheduled)], &AssemblyNews::Completed, 1);
    is(&[(1, Completed), (2, Active)], &AssemblyNews::Completed, 2);
    is(&[(2, Scheduled)], &AssemblyNews::Completed, 2);
}

#[test]
fn cancelled_and_sealed_ones_do_not_count() {
    let mut all = sessions(&[(1, Cancelled), (2, Completed)]);
    all[1].sealed = true;
    for all in [&all[..], &[]] {
        let unclear = choose(all, &AssemblyNews::Activated);
        assert!(matches!(unclear, Err(Verdict::NotYet(Reason::NoSession))), "{unclear:?}");
    }
}

#[test]
fn an_activation_that_could_mean_several_is_refused_and_names_them() {
    let all = sessions(&[(2, Scheduled), (1, Scheduled)]);
    let unclear = choose(&all, &AssemblyNews::Activated).unwrap_err();
    let Verdict::Never(reason) = unclear else { panic!("{unclear:?}") };
    assert_eq!(reason, Reason::Ambiguous { sessions: vec![session(1), session(2)] });
    assert!(reason.to_string().contains(&session(2).to_string()), "{reason}");
}

#[test]
fn anything_else_waits_until_one_of_several_was_started() {
    let all = sessions(&[(2, Scheduled), (1, Scheduled)]);
    for news in [AssemblyNews::Completed, vote()] {
        let unclear = choose(&all, &news);
        assert!(matches!(unclear, Err(Verdict::NotYet(Reason::Ambiguous { .. }))), "{unclear:?}");
    }
    let two_run = sessions(&[(2, Active), (1, Active)]);
    let unclear = choose(&two_run, &vote());
    assert!(matches!(unclear, Err(Verdict::Never(Reason::Ambiguous { .. }))), "{unclear:?}");
}

#[test]
fn of_very_many_some_are_named() {
    let many: Vec<_> = (0..100).map(|number| (number, Scheduled)).collect();
    let unclear = choose(&sessions(&many), &AssemblyNews::Activated).unwrap_err();
    let Verdict::Never(Reason::Ambiguous { sessions }) = unclear else { panic!("{unclear:?}") };
    assert_eq!(sessions.len(), NAMED);
}
