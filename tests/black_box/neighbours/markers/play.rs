//! Every route that takes what nobody may see, with good and bad requests.

use acta_neighbours::{EvidenceKind, Fault};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::place::{Place, session_of_an_assembly};
use super::marks::{Mark, any_digits, any_text, assert_unmarked};
use crate::api::{Answer, Api, send};
use crate::service::Service;

/// What goes wrong with all neighbours while everything is sent; there is time for each.
const FAULTS: [Fault; 6] =
    [Fault::None, Fault::Status(500), Fault::Status(422), Fault::WrongJson, Fault::CutMidBody, Fault::Refuse];
/// More than are needed.
const PEOPLE: usize = 100;
/// One more than a sample may have.
const TOO_LONG: usize = 180_001;

/// A session, and all that was said in confidence there.
pub(super) struct Confidence<'a> {
    place: &'a Place,
    api: Api,
    session: String,
    /// Those who may attend, and were let in by nothing yet.
    people: Vec<Uuid>,
    /// Biometric data, codes and tokens: not even who sent them sees them again.
    pub(super) secrets: Vec<Mark>,
    /// Names, addresses and places: for those who may read them only.
    pub(super) personal: Vec<Mark>,
}

impl<'a> Confidence<'a> {
    pub(super) async fn begin(place: &'a Place, service: &Service, tenant: Uuid) -> Self {
        let api = service.administrator(tenant).await;
        let (session, _) = session_of_an_assembly(&api).await;
        // Before the first of them comes: the list is asked for once and kept for a while.
        let people = (0..PEOPLE).map(|_| place.eligible(tenant)).collect();
        Self { place, api, session, people, secrets: Vec::new(), personal: Vec::new() }
    }

    /// Everything, with each fault.
    pub(super) async fn play(&mut self) {
        for fault in FAULTS {
            self.place.house.set(fault).await;
            self.good_requests(fault).await;
            self.bad_requests().await;
        }
        self.place.mend().await;
    }

    fn anybody(&mut self) -> Uuid {
        self.people.pop().expect("there are enough people")
    }

    fn secret(&mut self, what: &'static str, text: &str) -> String {
        self.secrets.push(Mark::of(what, text));
        text.to_owned()
    }

    fn personal(&mut self, what: &'static str, text: String) -> String {
        self.personal.push(Mark::of(what, &text));
        text
    }

    /// A place on earth, and that its person agreed.
    fn located(&mut self, mut body: Value) -> Value {
        let digits = any_digits(9);
        self.personal.push(Mark::of("a place", &format!("33.{digits}")));
        let latitude: f64 = format!("33.{digits}").parse().unwrap();
        body["geolocation"] = json!({ "latitude": latitude, "longitude": -70.5 });
        body["geolocation_consent"] = json!(true);
        body
    }

    async fn send(&self, name: &str, body: &Value) -> Answer {
        let answer = self.api.post(&format!("{}/attendance/{name}", self.session), body).await;
        assert_unmarked(&format!("the answer to {name}"), &self.secrets, &answer.body);
        answer
    }

    /// As good as they can be; what comes of them depends on the fault.
    async fn good_requests(&mut self, fault: Fault) {
        self.evidence_of_identity(fault).await;
        self.own_qr().await;
        self.own_code().await;
        let contact = json!({
            "user_id": self.anybody(),
            "name": self.personal("a name", any_text()),
            "email": self.personal("an e-mail address", format!("{}@example.org", any_text())),
            "phone": self.personal("a telephone number", format!("+{}", any_digits(15))),
            "override_reason": self.personal("a reason", any_text()),
        });
        let contact = self.located(contact);
        self.send("register-attendee", &contact).await.ok();
    }

    async fn evidence_of_identity(&mut self, fault: Fault) {
        for (kind, name, member) in [
            (EvidenceKind::Sample, "validate-biometric", "sample"),
            (EvidenceKind::Token, "validate-qr", "token"),
            (EvidenceKind::Code, "validate-code", "code"),
        ] {
            let person = self.anybody();
            let text = self.place.evidence(kind, person);
            let unknown = any_text();
            for text in [self.secret(member, &text), self.secret(member, &unknown)] {
                let mut body = json!({ member: text });
                if kind != EvidenceKind::Token {
                    body["user_id"] = json!(person);
                }
                let body = self.located(body);
                let answer = self.send(name, &body).await;
                let is_good = text != unknown && fault == Fault::None;
                assert_eq!(answer.status == 200, is_good, "{name}, {fault:?}: {}", answer.text());
            }
        }
    }

    async fn own_qr(&mut self) {
        let wanted = json!({ "user_id": self.anybody(), "name": self.personal("a name", any_text()) });
        let path = format!("{}/attendance/qr", self.session);
        let token = self.api.post(&path, &wanted).await.ok().member("token");
        let signature = token.rsplit('.').next().expect("there is a last part");
        self.secrets.push(Mark::of("a QR code", &signature[signature.len().saturating_sub(40)..]));
        self.send("validate-qr", &json!({ "token": token })).await;
    }

    async fn own_code(&mut self) {
        let email = self.personal("an e-mail address", format!("{}@example.org", any_text()));
        let phone = self.personal("a telephone number", format!("+{}", any_digits(15)));
        for (method, to) in [("email", email), ("sms", phone)] {
            let person = self.anybody();
            self.send("codes", &json!({ "user_id": person, "method": method, "to": to })).await;
            if let Some(code) = self.place.house.notifications.part().code_for(&to) {
                let code = self.secret("a code of ours", &code);
                self.send("validate-code", &json!({ "user_id": person, "code": "000000" })).await;
                self.send("validate-code", &json!({ "user_id": person, "code": code })).await;
            }
        }
    }

    /// Of the wrong type, too long, with more than there may be, no JSON, of another media type.
    async fn bad_requests(&mut self) {
        let person = self.anybody();
        for (name, member) in [
            ("validate-biometric", "sample"),
            ("validate-qr", "token"),
            ("validate-code", "code"),
            ("codes", "to"),
        ] {
            let text = self.secret(member, &any_text());
            for wrong in [
                json!([text]),
                json!({ "data": text }),
                json!(format!("{text} ü")),
                json!(format!("{text}{}", "A".repeat(TOO_LONG))),
            ] {
                self.is_refused(name, &json!({ "user_id": person, member: wrong })).await;
            }
            self.is_refused(name, &json!({ "user_id": text, member: text })).await;
            self.is_refused(name, &json!({ "user_id": person, member: text, "more": text })).await;
            for (content_type, body) in [
                ("application/json", format!("{{\"{member}\": \"{text}")),
                ("application/json", format!("{{\"{member}\": {text}}}")),
                ("text/plain", text.clone()),
            ] {
                self.raw(name, content_type, body).await;
            }
        }
    }

    async fn is_refused(&self, name: &str, body: &Value) {
        let answer = self.send(name, body).await;
        assert!((400..500).contains(&answer.status), "{name}: {}", answer.text());
    }

    async fn raw(&self, name: &str, content_type: &str, body: String) {
        let path = format!("{}/attendance/{name}", self.session);
        let request = self.api.request(Method::POST, &path).header("Content-Type", content_type).body(body);
        let answer = send(request).await;
        assert!((400..500).contains(&answer.status), "{name}: {}", answer.text());
        assert_unmarked(&format!("the answer to {name}"), &self.secrets, &answer.body);
    }
}
