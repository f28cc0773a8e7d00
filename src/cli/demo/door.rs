//! The door: several desks let people in at once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use acta_domain::PersonId;
use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::answers::{IssuedQr, Recorded};
use super::cast::random_id;
use super::client::{CallError, Client, Problem};
use super::room::Room;
use super::sitting::{Arrival, Person, Refused};

/// What happened at the door.
#[derive(Debug, Default)]
pub(super) struct Door {
    /// How many a desk registered.
    pub(super) by_desk: u64,
    /// How many showed a QR code.
    pub(super) by_qr: u64,
    /// What the service said when a code was shown again by whoever had used it.
    pub(super) replay: Option<Problem>,
}

type Queue = Arc<Mutex<VecDeque<Person>>>;

/// Lets everybody in and turns away who is to be turned away.
pub(super) async fn admit(room: &Arc<Room>) -> anyhow::Result<Door> {
    let queue: Queue = Arc::new(Mutex::new(room.script.people.iter().cloned().collect()));
    let mut desks = JoinSet::new();
    for desk in &room.cast.desks {
        desks.spawn(serve(Arc::clone(room), desk.clone(), Arc::clone(&queue)));
    }
    let mut door = Door::default();
    while let Some(desk) = desks.join_next().await {
        door.add(desk.context("a desk broke down")??);
    }
    for person in &room.script.refused {
        refuse(room, person).await?;
    }
    Ok(door)
}

impl Door {
    fn add(&mut self, desk: Self) {
        self.by_desk += desk.by_desk;
        self.by_qr += desk.by_qr;
        self.replay = self.replay.take().or(desk.replay);
    }
}

async fn serve(room: Arc<Room>, desk: Client, queue: Queue) -> Result<Door, CallError> {
    let mut door = Door::default();
    while let Some(person) = next(&queue) {
        match person.arrives {
            Arrival::Desk => {
                register(&room, &desk, &person, door.by_desk == 0).await?;
                door.by_desk += 1;
            }
            Arrival::Qr => {
                let code = let_in_by_code(&room, &desk, &person).await?;
                if door.by_qr == 0 {
                    door.replay = Some(replay(&room, &person, &code).await?);
                }
                door.by_qr += 1;
            }
        }
    }
    Ok(door)
}

fn next(queue: &Queue) -> Option<Person> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

/// Registers `person`. The first one of a desk is sent twice, as when the connection broke before the answer came.
async fn register(room: &Room, desk: &Client, person: &Person, twice: bool) -> Result<(), CallError> {
    let id = room.cast.member(&person.name).id;
    let body = body([
        ("user_id", Some(json!(id))),
        ("name", Some(json!(person.name))),
        ("email", person.email.as_ref().map(|email| json!(email))),
        ("voting_weight", person.voting_weight.as_ref().map(|weight| json!(weight))),
    ]);
    let path = room.path("/attendance/register-attendee");
    let _: Recorded =
        if twice { desk.post_twice(&path, &body).await? } else { desk.post(&path, &body).await? };
    Ok(())
}

/// The desk issues a code, the person shows it.
async fn let_in_by_code(room: &Room, desk: &Client, person: &Person) -> Result<String, CallError> {
    let member = room.cast.member(&person.name);
    let weight = person.voting_weight.as_ref().map(|weight| json!(weight));
    let body = body([("user_id", Some(json!(member.id))), ("voting_weight", weight)]);
    let code: IssuedQr = desk.post(&room.path("/attendance/qr"), &body).await?;
    let path = room.path("/attendance/validate-qr");
    let _: Recorded = member.client.post(&path, &json!({ "token": code.token })).await?;
    Ok(code.token)
}

/// Somebody goes out and hands their code to a friend at the door: it must not let anybody in again.
async fn replay(room: &Room, person: &Person, code: &str) -> Result<Problem, CallError> {
    let member = room.cast.member(&person.name);
    let desk = room.cast.desks.first().unwrap_or(&room.cast.organiser);
    let mark = |what: &str| room.path(&format!("/attendance/{}/{what}", member.id));
    let _: Recorded = desk.tell(&mark("mark-left")).await?;
    let path = room.path("/attendance/validate-qr");
    let problem = desk.post_in_vain(&path, Some(&json!({ "token": code })), "evidence-replayed").await?;
    let _: Recorded = desk.tell(&mark("mark-returned")).await?;
    Ok(problem)
}

async fn refuse(room: &Room, person: &Refused) -> Result<(), CallError> {
    let id = PersonId::new(random_id());
    let body = body([
        ("user_id", Some(json!(id))),
        ("method", Some(json!("manual"))),
        ("reason", Some(json!(person.reason))),
        ("note", person.note.as_ref().map(|note| json!(note))),
    ]);
    let desk = room.cast.desks.first().unwrap_or(&room.cast.organiser);
    let _: Recorded = desk.post(&room.path("/attendance/refuse"), &body).await?;
    Ok(())
}

/// A JSON object of the members that there are.
pub(super) fn body<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_leaves_out_what_there_is_not() {
        assert_eq!(body([("a", Some(json!(1))), ("b", None)]), json!({ "a": 1 }));
    }
}
