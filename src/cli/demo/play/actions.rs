//! What happens beside the words, and what the chair does about it.

use std::collections::HashMap;

use acta_domain::SpeechRequestId;
use serde_json::json;

use super::super::answers::{self, Recorded};
use super::super::client::{CallError, Client};
use super::super::door::body;
use super::super::room::Room;
use super::super::script::Beat;
use super::super::sitting::{Action, Turn};

/// Why the chair calls somebody who is not next.
const AS_THE_SITTING_WENT: &str = "The sitting is played in the order in which it went.";

/// The floor as the chair keeps it.
pub(super) struct Floor<'a> {
    room: &'a Room,
    /// Requests that do not become a turn, by person.
    pending: HashMap<String, SpeechRequestId>,
    /// The last chunk of each speaker.
    last_chunks: HashMap<String, u64>,
}

impl<'a> Floor<'a> {
    /// An empty floor.
    pub(super) fn new(room: &'a Room) -> Self {
        Self { room, pending: HashMap::new(), last_chunks: HashMap::new() }
    }

    /// A beat of the sitting.
    pub(super) fn beat(&self, number: usize) -> &'a Beat {
        &self.room.script.beats[number]
    }

    /// Remembers the last chunk of `speaker`.
    pub(super) fn said(&mut self, speaker: &str, chunk: u64) {
        self.last_chunks.insert(speaker.to_owned(), chunk);
    }

    /// Gives the floor to whoever made `request`; where others wait in front of them, the record says why.
    pub(super) async fn approve(
        &self,
        request: SpeechRequestId,
        turn: Option<&Turn>,
    ) -> Result<(), CallError> {
        let limit = turn.map(|turn| json!(turn.time_limit_seconds));
        let path = self.room.path(&format!("/floor/requests/{request}/approve"));
        let out_of_turn = Some(json!(AS_THE_SITTING_WENT));
        let body = body([("time_limit_seconds", limit), ("override_reason", out_of_turn)]);
        self.recorded(&self.room.cast.chair, &path, &body).await
    }

    /// Lets `actions` happen, one after the other.
    pub(super) async fn act(&mut self, actions: &[Action]) -> Result<(), CallError> {
        for action in actions {
            self.one(action).await?;
        }
        Ok(())
    }

    async fn one(&mut self, action: &Action) -> Result<(), CallError> {
        let cast = &self.room.cast;
        match action {
            Action::Request { person, topic } => self.request(person, topic.clone()).await,
            Action::Withdraw { person } => {
                let path = self.pending_path(person, "withdraw");
                self.done(&cast.member(person).client, &path).await
            }
            Action::Deny { person, reason } => self.deny(person, reason.as_deref()).await,
            Action::ApproveInVain { person } => self.approve_in_vain(person).await,
            Action::Mute { person } => {
                self.done(&cast.chair, &self.person_path("floor/attendees", person, "mute")).await
            }
            Action::Unmute { person } => {
                self.done(&cast.chair, &self.person_path("floor/attendees", person, "unmute")).await
            }
            Action::Leave { person } => self.at_the_door(person, "mark-left", "leaves").await,
            Action::Return { person } => self.at_the_door(person, "mark-returned", "is back").await,
            Action::OpenVote { vote_id } => self.vote(vote_id, "opened", "is open").await,
            Action::CloseVote { vote_id } => self.vote(vote_id, "closed", "is closed").await,
            Action::Correct { person, content } => self.correct(person, content).await,
            Action::ShowQueue => self.show_queue().await,
            Action::ShowQuorum => self.show_quorum().await,
        }
    }

    async fn request(&mut self, person: &str, topic: Option<String>) -> Result<(), CallError> {
        let turn = Turn { topic, ..Turn::default() };
        let request = super::ask(self.room, person, Some(&turn)).await?;
        self.pending.insert(person.to_owned(), request);
        Ok(())
    }

    async fn deny(&mut self, person: &str, reason: Option<&str>) -> Result<(), CallError> {
        let path = self.pending_path(person, "deny");
        let reason = reason.map(|reason| json!(reason));
        self.recorded(&self.room.cast.chair, &path, &body([("reason", reason)])).await
    }

    async fn approve_in_vain(&self, person: &str) -> Result<(), CallError> {
        let path = self.pending_path(person, "approve");
        let problem = self.room.cast.chair.post_in_vain(&path, None, "person-muted").await?;
        let refused = format!("{person} cannot be given the floor: {} {}", problem.status, problem.title);
        self.room.show.figure("mute", &refused);
        Ok(())
    }

    async fn at_the_door(&self, person: &str, what: &str, in_words: &str) -> Result<(), CallError> {
        let desk = self.room.cast.desks.first().unwrap_or(&self.room.cast.organiser);
        self.done(desk, &self.person_path("attendance", person, what)).await?;
        self.room.show.figure("attendance", &format!("{person} {in_words}"));
        Ok(())
    }

    async fn vote(&self, vote_id: &str, what: &str, in_words: &str) -> Result<(), CallError> {
        let path = self.room.path(&format!("/governance/vote-{what}"));
        self.recorded(&self.room.cast.governance, &path, &json!({ "vote_id": vote_id })).await?;
        self.room.show.figure("vote", &format!("{vote_id} {in_words}"));
        Ok(())
    }

    async fn correct(&self, person: &str, content: &str) -> Result<(), CallError> {
        let chunk = self.last_chunks.get(person).copied().unwrap_or(0);
        let path = self.room.path(&format!("/transcript/chunks/{chunk}/corrections"));
        self.recorded(&self.room.cast.transcriber, &path, &json!({ "text": content })).await?;
        self.room.show.figure("correction", &format!("chunk {chunk}, of {person}; the record keeps both"));
        Ok(())
    }

    async fn show_queue(&self) -> Result<(), CallError> {
        let _calm = self.room.chatter.write().await;
        let floor: answers::Floor = self.room.cast.chair.get(&self.room.path("/floor")).await?;
        let mut label = "queue";
        for (place, waiting) in (1..).zip(&floor.queue) {
            let name = self.room.cast.name_of(waiting.user_id);
            let topic = waiting.topic.as_deref().unwrap_or("no topic");
            let line = format!("{place}. {name}, {}: {topic}", waiting.kind.in_words());
            self.room.show.item(std::mem::take(&mut label), &line);
        }
        Ok(())
    }

    async fn show_quorum(&self) -> Result<(), CallError> {
        let quorum = self.room.quorum(None).await?;
        let line = format!("{} present, voting weight {}", quorum.present, quorum.voting_weight);
        self.room.show.figure("quorum", &line);
        Ok(())
    }

    fn pending_path(&self, person: &str, what: &str) -> String {
        let request = self.pending.get(person).map(ToString::to_string).unwrap_or_default();
        self.room.path(&format!("/floor/requests/{request}/{what}"))
    }

    fn person_path(&self, where_: &str, person: &str, what: &str) -> String {
        self.room.path(&format!("/{where_}/{}/{what}", self.room.cast.member(person).id))
    }

    async fn done(&self, client: &Client, path: &str) -> Result<(), CallError> {
        client.tell::<Recorded>(path).await.map(drop)
    }

    async fn recorded(&self, client: &Client, path: &str, body: &serde_json::Value) -> Result<(), CallError> {
        client.post::<Recorded>(path, body).await.map(drop)
    }
}
