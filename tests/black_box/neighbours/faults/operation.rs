//! What clients ask for that needs a neighbour.

use acta_neighbours::EvidenceKind;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::place::{Place, session_of_an_assembly, session_to_be_started};
use crate::api::{Answer, Api, send};
use crate::meeting::{any_id, session_called};
use crate::service::Service;

/// The neighbours, and how many seconds each is waited for.
pub(super) const NEIGHBOURS: [(&str, u64); 6] = [
    ("identity", 5),
    ("profiles", 3),
    ("tenancy", 5),
    ("governance", 3),
    ("notifications", 5),
    ("compliance", 5),
];

/// Something that a client asks for and that needs a neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    Biometric,
    ForeignQr,
    ForeignCode,
    OwnQr,
    ByHand,
    Create,
    Start,
    StartOfAssembly,
    EventData,
    SendCode,
    Retention,
}

/// It, ready to be asked for: everything before it was done while all was well.
pub(super) struct Ready {
    pub(super) api: Api,
    method: Method,
    path: String,
    body: Value,
}

impl Operation {
    /// Those that need `neighbour`.
    pub(super) fn all_of(neighbour: &str) -> &'static [Self] {
        match neighbour {
            "identity" => &[Self::Biometric, Self::ForeignQr, Self::ForeignCode],
            "profiles" => &[Self::OwnQr, Self::ByHand],
            "tenancy" => &[Self::Create, Self::Start],
            "governance" => &[Self::StartOfAssembly, Self::EventData],
            "notifications" => &[Self::SendCode],
            "compliance" => &[Self::Retention],
            other => panic!("there is no neighbour {other}"),
        }
    }

    /// The one of them whose every call asks `neighbour`.
    pub(super) fn asking(neighbour: &str) -> Self {
        match neighbour {
            "governance" => Self::EventData,
            other => Self::all_of(other)[0],
        }
    }

    /// How it is called in the table.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Biometric => "`validate-biometric`",
            Self::ForeignQr => "`validate-qr`, a token of the identity service",
            Self::ForeignCode => "`validate-code`, a code of the identity service",
            Self::OwnQr => "`validate-qr`, a code of ours",
            Self::ByHand => "`register-attendee`",
            Self::Create => "create a session",
            Self::Start => "start a session",
            Self::StartOfAssembly => "start an assembly's session",
            Self::EventData => "`governance/event-data`",
            Self::SendCode => "`attendance/codes`",
            Self::Retention => "`GET /retention`",
        }
    }

    /// Everything before it, in a tenant of its own, of which nothing is kept anywhere.
    pub(super) async fn prepare(self, place: &Place, service: &Service) -> Ready {
        let tenant = any_id();
        let api = service.administrator(tenant).await;
        let (path, body) = match self {
            Self::Create => ("/sessions".to_owned(), session_called("General meeting")),
            Self::Retention => ("/retention".to_owned(), Value::Null),
            Self::Start => (format!("{}/start", plain_session(&api).await), Value::Null),
            Self::StartOfAssembly => (format!("{}/start", session_to_be_started(&api).await.0), Value::Null),
            Self::EventData => event_data(place, &api).await,
            attendance => attendance.of_a_person(place, &api, tenant).await,
        };
        let method = if self == Self::Retention { Method::GET } else { Method::POST };
        Ready { api, method, path, body }
    }

    /// The path and the body of what lets somebody in.
    async fn of_a_person(self, place: &Place, api: &Api, tenant: Uuid) -> (String, Value) {
        let session = plain_session(api).await;
        api.act(&format!("{session}/start")).await.ok();
        let person = place.eligible(tenant);
        let (name, body) = match self {
            Self::Biometric => {
                let sample = place.evidence(EvidenceKind::Sample, person);
                ("validate-biometric", json!({ "user_id": person, "sample": sample }))
            }
            Self::ForeignQr => {
                ("validate-qr", json!({ "token": place.evidence(EvidenceKind::Token, person) }))
            }
            Self::ForeignCode => {
                let code = place.evidence(EvidenceKind::Code, person);
                ("validate-code", json!({ "user_id": person, "code": code, "method": "sms" }))
            }
            Self::OwnQr => {
                let issued =
                    api.post(&format!("{session}/attendance/qr"), &json!({ "user_id": person })).await;
                ("validate-qr", json!({ "token": issued.ok().member("token") }))
            }
            Self::ByHand => ("register-attendee", json!({ "user_id": person, "name": "Ada" })),
            _ => ("codes", json!({ "user_id": person, "method": "sms", "to": "+56221234567" })),
        };
        (format!("{session}/attendance/{name}"), body)
    }
}

impl Ready {
    /// Asks for it.
    pub(super) async fn ask(&self) -> Answer {
        let request = self.api.request(self.method.clone(), &self.path);
        send(if self.body.is_null() { request } else { request.json(&self.body) }).await
    }
}

async fn plain_session(api: &Api) -> String {
    let created = api.post("/sessions", &session_called("General meeting")).await.expect(201);
    format!("/sessions/{}", created.member("session_id"))
}

async fn event_data(place: &Place, api: &Api) -> (String, Value) {
    let (session, assembly) = session_of_an_assembly(api).await;
    place.house.governance.part().hold(&assembly, json!({ "votes": [{ "in_favour": 3 }] }));
    (format!("{session}/governance/event-data"), Value::Null)
}
