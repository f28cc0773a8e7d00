//! Evidence is accepted once: by this instance, by another one, after a restart, after a crash, and while identity is away.

use acta_neighbours::{EvidenceKind, Fault};
use serde_json::{Value, json};
use uuid::Uuid;

use super::place::Place;
use crate::api::Api;
use crate::folder::Folder;
use crate::meeting::{any_id, session_called};

const PHONE: &str = "+56221234567";

/// A piece of evidence, ready to be shown, and what refuses it the second time.
struct Shown {
    what: &'static str,
    path: String,
    body: Value,
    person: Uuid,
    session: String,
    refusal: &'static str,
}

/// A session that goes on.
async fn session(api: &Api) -> String {
    let created = api.post("/sessions", &session_called("General meeting")).await.expect(201);
    let path = format!("/sessions/{}", created.member("session_id"));
    api.act(&format!("{path}/start")).await.ok();
    path
}

/// One piece of evidence of each kind, each of somebody else.
async fn evidence(place: &Place, api: &Api, session: &str) -> Vec<Shown> {
    let tenant = api.pass().tenant();
    let people: Vec<_> = (0..5).map(|_| place.eligible(tenant)).collect();
    let shown = |what, name: &str, body, person, refusal| {
        let path = format!("{session}/attendance/{name}");
        Shown { what, path, body, person, session: session.to_owned(), refusal }
    };
    let qr = api.post(&format!("{session}/attendance/qr"), &json!({ "user_id": people[0] })).await.ok();
    let code = own_code(place, api, session, people[1]).await;
    let token = place.evidence(EvidenceKind::Token, people[2]);
    let sample = place.evidence(EvidenceKind::Sample, people[3]);
    let foreign = place.evidence(EvidenceKind::Code, people[4]);
    let foreign = json!({ "user_id": people[4], "code": foreign, "method": "email" });
    vec![
        shown(
            "a QR code of ours",
            "validate-qr",
            json!({ "token": qr.member("token") }),
            people[0],
            "evidence-replayed",
        ),
        shown(
            "a code of ours",
            "validate-code",
            json!({ "user_id": people[1], "code": code }),
            people[1],
            "evidence-replayed",
        ),
        shown(
            "a token of identity's",
            "validate-qr",
            json!({ "token": token }),
            people[2],
            "evidence-replayed",
        ),
        shown(
            "a biometric sample",
            "validate-biometric",
            json!({ "user_id": people[3], "sample": sample }),
            people[3],
            "evidence-replayed",
        ),
        shown("a code of identity's", "validate-code", foreign, people[4], "evidence-replayed"),
    ]
}

/// The code that the service sends somebody.
async fn own_code(place: &Place, api: &Api, session: &str, person: Uuid) -> String {
    let wanted = json!({ "user_id": person, "method": "sms", "to": PHONE });
    api.post(&format!("{session}/attendance/codes"), &wanted).await.expect(201);
    place.house.notifications.part().code_for(PHONE).expect("it was sent")
}

impl Shown {
    async fn is_accepted(&self, api: &Api) {
        let answer = api.post(&self.path, &self.body).await;
        assert_eq!(answer.status, 200, "{}: {}", self.what, answer.text());
        api.act(&format!("{}/attendance/{}/mark-left", self.session, self.person)).await.ok();
    }

    /// The person has left, so that nothing but the evidence stands against them.
    async fn is_refused(&self, api: &Api, when: &str) {
        let answer = api.post(&self.path, &self.body).await;
        let what = format!("{}, {when}: {}", self.what, answer.text());
        assert!(answer.status == 409 || answer.status == 403, "{what}");
        let slug = answer.json()["type"].as_str().unwrap().replace("urn:acta:problem:", "");
        assert!(slug == self.refusal || slug == "no-code", "{what}");
    }
}

async fn all_are_refused(shown: &[Shown], api: &Api, when: &str) {
    for shown in shown {
        shown.is_refused(api, when).await;
    }
}

#[tokio::test]
async fn evidence_is_accepted_once_whatever_happens_to_the_service() {
    let place = Place::new().await;
    let service = place.start().await;
    let tenant = any_id();
    let api = service.administrator(tenant).await;
    let session = session(&api).await;
    let shown = evidence(&place, &api, &session).await;
    for shown in &shown {
        shown.is_accepted(&api).await;
    }
    all_are_refused(&shown, &api, "at once").await;
    service.stop().await;
    let service = place.start().await;
    let api = service.administrator(tenant).await;
    all_are_refused(&shown, &api, "after a restart").await;
    service.kill().await;
    let service = place.start().await;
    let api = service.administrator(tenant).await;
    all_are_refused(&shown, &api, "after kill -9").await;
    place.house.set(Fault::Refuse).await;
    let away = |shown: &&Shown| shown.what != "a code of ours";
    for shown in shown.iter().filter(away) {
        let answer = api.post(&shown.path, &shown.body).await;
        assert!(answer.status >= 400, "{}, with identity away: {}", shown.what, answer.text());
    }
    place.house.assert_contracts_kept();
    service.stop().await;
}

#[tokio::test]
async fn evidence_that_one_instance_accepted_every_other_one_refuses() {
    let place = Place::on(Folder::postgres().await).await;
    let (one, other) = (place.start().await, place.start().await);
    let api = one.administrator(any_id()).await;
    let there = api.at(other.url());
    let session = session(&api).await;
    let shown = evidence(&place, &api, &session).await;
    for shown in &shown {
        shown.is_accepted(&api).await;
        shown.is_refused(&there, "at another instance, at once").await;
    }
    one.kill().await;
    all_are_refused(&shown, &there, "at another instance, when the first is gone").await;
    other.stop().await;
}

#[tokio::test]
async fn of_two_instances_that_are_shown_the_same_at_the_same_time_one_accepts_it() {
    let place = Place::on(Folder::postgres().await).await;
    let (one, other) = (place.start().await, place.start().await);
    let api = one.administrator(any_id()).await;
    let there = api.at(other.url());
    let session = session(&api).await;
    for shown in evidence(&place, &api, &session).await {
        let (here, there) =
            tokio::join!(api.post(&shown.path, &shown.body), there.post(&shown.path, &shown.body));
        let accepted = [&here, &there].iter().filter(|answer| answer.status == 200).count();
        assert_eq!(accepted, 1, "{}: {} and {}", shown.what, here.text(), there.text());
    }
    one.stop().await;
    other.stop().await;
}
