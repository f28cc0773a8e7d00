//! What the identity service is asked, and what its answers mean.

use acta_application::neighbours::{
    BiometricSample, EvidenceRefusal, EvidenceVerdict, Neighbour, NeighbourError,
};
use acta_domain::{AttendanceMethod, PersonId, VotingWeight};
use acta_neighbours::{Evidence, EvidenceKind, Neighbour as Played, Playing, part};
use serde_json::json;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::given::{ADA, BEN, Beside, SESSION, TENANT, TRACE, asking, attempt, one, options};

async fn given() -> (Playing<part::Identity>, Beside) {
    let identity = Played::identity().start().await.unwrap();
    let beside = one(Neighbour::Identity, identity.url(), options());
    (identity, beside)
}

async fn token(
    beside: &Beside,
    token: &str,
    person: Option<Uuid>,
) -> Result<EvidenceVerdict, NeighbourError> {
    beside.ports.identity().unwrap().validate_token(&asking(), attempt(person), token).await
}

fn person(verdict: EvidenceVerdict) -> (PersonId, Option<VotingWeight>) {
    match verdict {
        EvidenceVerdict::Valid(shown) => (shown.person, shown.voting_weight),
        EvidenceVerdict::Invalid(refusal) => panic!("{refusal}"),
    }
}

#[tokio::test]
async fn a_good_token_shows_who_somebody_is_and_what_their_vote_counts() {
    let (identity, beside) = given().await;
    identity.part().accept(EvidenceKind::Token, "t", Evidence::of(ADA).in_session(SESSION).weighing("2.5"));
    let (who, weight) = person(token(&beside, "t", None).await.unwrap());
    assert_eq!((who, weight), (PersonId::new(ADA), Some(VotingWeight::parse("2.5").unwrap())));
    identity.assert_contract_kept();
}

#[tokio::test]
async fn the_request_says_for_whom_and_in_which_trace() {
    let (identity, beside) = given().await;
    let _ = token(&beside, "t", Some(ADA)).await;
    let [request] = &identity.received()[..] else { panic!("it was asked once") };
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/v2/contextual-tokens/validate"));
    for (name, value) in [
        ("x-service-id", "acta"),
        ("x-internal-service", "true"),
        ("x-tenant-id", &TENANT.to_string()),
        ("traceparent", TRACE),
        ("content-type", "application/json"),
        ("accept", "application/json"),
    ] {
        assert_eq!(request.header(name), Some(value), "{name}");
    }
    let body = json!({ "token": "t", "tenant_id": TENANT, "session_id": SESSION, "user_id": ADA });
    assert_eq!(request.json(), body);
}

#[tokio::test]
async fn samples_and_codes_go_where_the_contract_says() {
    let (identity, beside) = given().await;
    identity.part().accept(EvidenceKind::Sample, "Zm9v", Evidence::of(ADA));
    identity.part().accept(EvidenceKind::Code, "123456", Evidence::of(ADA));
    let service = beside.ports.identity().unwrap();
    let sample = BiometricSample::new(Zeroizing::new("Zm9v".to_owned()));
    person(service.validate_biometric(&asking(), attempt(Some(ADA)), &sample).await.unwrap());
    let email = AttendanceMethod::Email;
    person(service.validate_code(&asking(), attempt(Some(ADA)), email, "123456").await.unwrap());
    let received = identity.received();
    assert_eq!(received[0].path, "/v2/biometric/validate");
    assert_eq!(received[0].json()["sample"], "Zm9v");
    assert_eq!(received[1].path, "/v2/codes/validate");
    assert_eq!(
        (&received[1].json()["code"], &received[1].json()["channel"]),
        (&json!("123456"), &json!("email"))
    );
    identity.assert_contract_kept();
}

#[tokio::test]
async fn a_refusal_is_understood_whether_it_is_said_in_words_or_by_status() {
    for by_status in [false, true] {
        let (identity, beside) = given().await;
        let part = identity.part();
        if by_status {
            part.say_by_status();
        }
        part.accept(EvidenceKind::Token, "old", Evidence::of(ADA).expired());
        part.accept(EvidenceKind::Token, "once", Evidence::of(ADA));
        let other_session = Evidence::of(ADA).in_session(Uuid::from_u128(9));
        part.accept(EvidenceKind::Token, "other session", other_session);
        part.accept(EvidenceKind::Token, "bens", Evidence::of(BEN));
        person(token(&beside, "once", Some(ADA)).await.unwrap());
        for (text, in_words, by_its_status) in [
            ("unknown", EvidenceRefusal::NotAccepted, EvidenceRefusal::NotAccepted),
            ("old", EvidenceRefusal::Expired, EvidenceRefusal::Expired),
            ("once", EvidenceRefusal::Used, EvidenceRefusal::Used),
            ("other session", EvidenceRefusal::OtherSession, EvidenceRefusal::NotAccepted),
            ("bens", EvidenceRefusal::OtherPerson, EvidenceRefusal::NotAccepted),
        ] {
            let expected = if by_status { by_its_status } else { in_words };
            let verdict = token(&beside, text, Some(ADA)).await.unwrap();
            assert_eq!(verdict, EvidenceVerdict::Invalid(expected), "{text}");
        }
        assert_eq!(beside.state(Neighbour::Identity), ("answers", true));
    }
}
