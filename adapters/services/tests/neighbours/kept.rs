//! What is kept of the answers of tenancy, profiles and compliance.

use std::time::Duration;

use acta_application::neighbours::{Neighbour, RetentionPolicy, TenantStatus};
use acta_application::session::TenantLimits;
use acta_domain::{EligiblePerson, PersonId, VotingWeight};
use acta_neighbours::{Fault, House};
use futures::future::join_all;
use serde_json::json;

use crate::asked::{Question, house};
use crate::given::{ADA, BEN, Beside, TENANT, all, asking, options};

/// Short enough to be waited for.
const FRESH: Duration = Duration::from_millis(150);

async fn given() -> (House, Beside) {
    let house = house().await;
    let beside = all(&house, options().with_freshness(FRESH));
    (house, beside)
}

async fn limits(beside: &Beside) -> TenantLimits {
    beside.ports.tenancy.as_ref().unwrap().limits(&asking()).await.unwrap()
}

async fn status(beside: &Beside) -> TenantStatus {
    beside.ports.tenancy.as_ref().unwrap().status(&asking()).await.unwrap()
}

/// Asks until somebody was asked anew, which is when what was kept is old.
async fn asked_anew(question: Question, house: &House, beside: &Beside) {
    let before = question.switches(house).count();
    while question.switches(house).count() == before {
        let _ = question.ask(beside).await;
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn limits_and_status_are_as_tenancy_says() {
    let (house, beside) = given().await;
    assert_eq!(
        (limits(&beside).await, status(&beside).await),
        (TenantLimits::default(), TenantStatus::Active)
    );
    house
        .tenancy
        .part()
        .set_limits(TENANT, json!({ "maxConcurrentSessions": 3, "max_participants": 40, "x": 1 }));
    house.tenancy.part().set_status(TENANT, "suspended");
    asked_anew(Question::Limits, &house, &beside).await;
    asked_anew(Question::Status, &house, &beside).await;
    let expected = TenantLimits { active_sessions: Some(3), participants: Some(40) };
    assert_eq!((limits(&beside).await, status(&beside).await), (expected, TenantStatus::Inactive));
}

#[tokio::test]
async fn a_tenant_that_tenancy_does_not_know_is_inactive() {
    let (house, beside) = given().await;
    house.tenancy.part().forget_tenant(TENANT);
    assert_eq!(status(&beside).await, TenantStatus::Inactive);
}

#[tokio::test]
async fn the_last_answer_stands_in_while_tenancy_is_away() {
    let (house, beside) = given().await;
    house.tenancy.part().set_limits(TENANT, json!({ "max_participants": 40 }));
    house.tenancy.part().set_status(TENANT, "suspended");
    let before = (limits(&beside).await, status(&beside).await);
    house.tenancy.set(Fault::Status(503)).await;
    asked_anew(Question::Limits, &house, &beside).await;
    asked_anew(Question::Status, &house, &beside).await;
    assert_eq!((limits(&beside).await, status(&beside).await), before);
    assert_eq!(beside.state(Neighbour::Tenancy), ("fails", false));
}

#[tokio::test]
async fn who_is_away_is_waited_for_once_by_what_belongs_together() {
    let house = house().await;
    let beside = all(&house, options());
    house.tenancy.set(Fault::Refuse).await;
    Question::Status.ask(&beside).await.expect_err("nobody listens");
    house.tenancy.set(Fault::None).await;
    Question::Limits.ask(&beside).await.expect_err("it was away a moment ago");
    assert_eq!(house.tenancy.count(), 0);
}

#[tokio::test]
async fn a_crowd_has_the_list_asked_for_once() {
    let house = house().await;
    let beside = all(&house, options());
    house.profiles.set_own_time(Duration::from_millis(50));
    let profiles = beside.ports.profiles.as_ref().unwrap();
    let (asking, ada) = (asking(), PersonId::new(ADA));
    for person in join_all((0..500).map(|_| profiles.eligible(&asking, ada))).await {
        let weight = Some(VotingWeight::parse("1.5").unwrap());
        assert_eq!(person.unwrap(), Some(EligiblePerson { person_id: ada, voting_weight: weight }));
    }
    assert_eq!(profiles.eligible(&asking, PersonId::new(BEN)).await.unwrap(), None);
    assert_eq!(house.profiles.count(), 1);
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_waste_the_answer() {
    let house = house().await;
    let beside = all(&house, options());
    house.profiles.set_own_time(Duration::from_millis(100));
    let hung_up = tokio::time::timeout(Duration::from_millis(20), Question::Eligible.ask(&beside)).await;
    assert!(hung_up.is_err());
    Question::Eligible.ask(&beside).await.unwrap();
    assert_eq!(house.profiles.count(), 1);
}

#[tokio::test]
async fn the_list_is_asked_for_again_when_it_is_old_and_its_absence_is_told() {
    let (house, beside) = given().await;
    house.profiles.part().say_bare_list();
    house.profiles.part().admit(TENANT, BEN, None);
    let profiles = beside.ports.profiles.as_ref().unwrap();
    let ben = profiles.eligible(&asking(), PersonId::new(BEN)).await.unwrap();
    assert_eq!(ben, Some(EligiblePerson { person_id: PersonId::new(BEN), voting_weight: None }));
    house.profiles.set(Fault::Status(500)).await;
    asked_anew(Question::Eligible, &house, &beside).await;
    Question::Eligible.ask(&beside).await.expect_err("an old list says nothing about today");
}

#[tokio::test]
async fn the_retention_is_as_compliance_says_and_asked_for_once() {
    let house = house().await;
    let beside = all(&house, options());
    let policy =
        json!({ "policy": "legal", "recordingDays": 30, "record_days": 3_650, "transcript_days": null });
    house.compliance.part().set_policy(TENANT, policy);
    for _ in 0..3 {
        let expected = RetentionPolicy {
            policy: Some("legal".to_owned()),
            recording_days: Some(30),
            transcript_days: None,
            record_days: Some(3_650),
        };
        assert_eq!(beside.ports.compliance().unwrap().retention(&asking()).await.unwrap(), expected);
    }
    assert_eq!(house.compliance.count(), 1);
}

#[tokio::test]
async fn a_list_of_fifty_thousand_people_is_read_and_kept() {
    let house = house().await;
    let beside = all(&house, options());
    for number in 0..50_000_u128 {
        house.profiles.part().admit(TENANT, uuid::Uuid::from_u128(number), Some("1"));
    }
    for _ in 0..2 {
        Question::Eligible.ask(&beside).await.unwrap();
    }
    assert_eq!(house.profiles.count(), 1);
}
