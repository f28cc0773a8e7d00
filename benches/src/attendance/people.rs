//! People with something that lets them in.

use std::sync::Arc;

use acta_neighbours::{Evidence, EvidenceKind, House};
use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::method::Method;
use crate::api::{Api, Session};
use crate::commands::TENANT;
use crate::connection::Connection;

/// How many are prepared at the same time.
const AT_ONCE: usize = 32;
/// How long what was prepared is good, in seconds.
const LIFETIME: u32 = 3_600;
/// A biometric sample is about so long, in characters of base64.
const SAMPLE: usize = 40_000;

/// Somebody who comes, with what they will say.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) method: Method,
    pub(super) body: String,
}

/// Everybody, and where they come.
pub(super) struct People {
    pub(super) path: String,
    pub(super) all: Vec<Person>,
}

impl People {
    /// So many, a fifth by each method in turn.
    pub(super) async fn prepare(api: &Api, house: &House, count: u32) -> anyhow::Result<Self> {
        let mut connection = api.connect().await?;
        let session = api.session(&mut connection, 0).await?;
        let wanted: Vec<_> = Method::ALL.into_iter().cycle().take(usize::try_from(count)?).collect();
        let ids: Vec<Uuid> =
            wanted.iter().map(|_| Uuid::from_bytes(rand::random())).map(version_four).collect();
        for id in &ids {
            house.profiles.part().admit(TENANT, *id, Some("1.5"));
        }
        let all = prepared(api, &session, house, wanted, ids).await?;
        Ok(Self { path: path(&session), all })
    }
}

fn version_four(id: Uuid) -> Uuid {
    uuid::Builder::from_random_bytes(id.into_bytes()).into_uuid()
}

fn path(session: &Session) -> String {
    format!("/api/v1/sessions/{}/attendance", session.id())
}

/// Prepares them from several connections; their order stays.
async fn prepared(
    api: &Api,
    session: &Session,
    house: &House,
    wanted: Vec<Method>,
    ids: Vec<Uuid>,
) -> anyhow::Result<Vec<Person>> {
    let all: Arc<Vec<_>> = Arc::new(wanted.into_iter().zip(ids).collect());
    let mut tasks = JoinSet::new();
    for first in 0..AT_ONCE {
        let (api, path, all) = (api.clone(), path(session), Arc::clone(&all));
        tasks.spawn(async move {
            let mut connection = api.connect().await?;
            let mut found = Vec::new();
            for (number, (method, id)) in all.iter().enumerate().skip(first).step_by(AT_ONCE) {
                found.push((number, issued(&api, &mut connection, &path, *method, *id).await?));
            }
            anyhow::Ok(found)
        });
    }
    let mut issued = Vec::new();
    while let Some(found) = tasks.join_next().await {
        issued.extend(found??);
    }
    issued.sort_by_key(|(number, _)| *number);
    let people = all.iter().zip(issued);
    people.map(|((method, id), (_, issued))| person(house, *method, *id, issued)).collect()
}

/// What the service gives or sends them beforehand: the token of a QR code, or where a code was sent.
async fn issued(
    api: &Api,
    connection: &mut Connection,
    path: &str,
    method: Method,
    id: Uuid,
) -> anyhow::Result<Option<String>> {
    match method {
        Method::OwnQr => {
            let wanted = json!({ "user_id": id, "lifetime_seconds": LIFETIME });
            let issued = asked(api, connection, &format!("{path}/qr"), &wanted).await?;
            Ok(Some(issued["token"].as_str().context("a code has a token")?.to_owned()))
        }
        Method::Code => {
            let to = format!("{}@example.org", id.simple());
            let wanted = json!({ "user_id": id, "method": "email", "to": to, "lifetime_seconds": LIFETIME });
            asked(api, connection, &format!("{path}/codes"), &wanted).await?;
            Ok(Some(to))
        }
        Method::Token | Method::Biometric | Method::ByHand => Ok(None),
    }
}

async fn asked(api: &Api, connection: &mut Connection, path: &str, body: &Value) -> anyhow::Result<Value> {
    let answer = connection.send(&api.post(path, &body.to_string())).await?;
    ensure!(
        (200..300).contains(&answer.status),
        "{}: {}",
        answer.status,
        String::from_utf8_lossy(answer.body)
    );
    Ok(serde_json::from_slice(answer.body)?)
}

fn person(house: &House, method: Method, id: Uuid, issued: Option<String>) -> anyhow::Result<Person> {
    let body = match (method, issued) {
        (Method::OwnQr, Some(token)) => json!({ "token": token }),
        (Method::Code, Some(to)) => {
            let code = house.notifications.part().code_for(&to).context("the code was sent")?;
            json!({ "user_id": id, "code": code })
        }
        (Method::Token, _) => {
            json!({ "token": accepted(house, EvidenceKind::Token, id, id.simple().to_string()) })
        }
        (Method::Biometric, _) => {
            let sample = id.simple().to_string().repeat(SAMPLE / 32);
            json!({ "user_id": id, "sample": accepted(house, EvidenceKind::Sample, id, sample) })
        }
        _ => json!({ "user_id": id, "name": "Ada Lovelace", "voting_weight": "1.5" }),
    };
    Ok(Person { method, body: body.to_string() })
}

fn accepted(house: &House, kind: EvidenceKind, id: Uuid, text: String) -> String {
    house.identity.part().accept(kind, &text, Evidence::of(id));
    text
}
