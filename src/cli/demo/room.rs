//! The session and everybody in it: what the tasks of the demo share.

use std::sync::Arc;
use std::time::Duration;

use acta_domain::SessionId;
use acta_domain::values::Timestamp;
use serde_json::json;
use tokio::sync::RwLock;

use super::answers::{Quorum, Recorded, SessionCreated};
use super::cast::Cast;
use super::client::CallError;
use super::door::body;
use super::script::Script;
use super::show::Show;

/// The session and everybody in it.
pub(super) struct Room {
    /// The session.
    pub(super) session: SessionId,
    /// Who takes part.
    pub(super) cast: Cast,
    /// What happens.
    pub(super) script: Arc<Script>,
    /// Where it is shown.
    pub(super) show: Show,
    /// How long to wait between speakers, so that somebody who looks on can follow.
    pub(super) pause: Option<Duration>,
    /// Held shared by whoever chats, and alone by whoever shows the queue.
    pub(super) chatter: RwLock<()>,
}

impl Room {
    /// Creates the session of `script`, at `now`.
    pub(super) async fn open(
        cast: Cast,
        script: Arc<Script>,
        show: Show,
        pause: Option<Duration>,
        now: Timestamp,
    ) -> Result<Self, CallError> {
        let body = body([
            ("title", Some(json!(script.title))),
            ("modality", Some(json!("hybrid"))),
            ("languages", Some(json!(script.languages))),
            ("schedule", Some(json!({ "starts_at": now }))),
            ("assembly_id", script.assembly_id.as_ref().map(|assembly| json!(assembly))),
        ]);
        let created: SessionCreated = cast.organiser.post("/api/v1/sessions", &body).await?;
        Ok(Self { session: created.session_id, cast, script, show, pause, chatter: RwLock::new(()) })
    }

    /// The path of something of the session.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/api/v1/sessions/{}{rest}", self.session)
    }

    /// The chair opens the session; gives when.
    pub(super) async fn start(&self) -> Result<String, CallError> {
        let started: Recorded = self.cast.chair.tell(&self.path("/start")).await?;
        self.report_assembly("assembly-activated").await?;
        Ok(started.recorded_at)
    }

    /// The chair ends the session, and its record is closed for good.
    pub(super) async fn end(&self) -> Result<(), CallError> {
        self.report_assembly("assembly-completed").await?;
        let _: Recorded = self.cast.chair.tell(&self.path("/end")).await?;
        let _: Recorded = self.cast.organiser.tell(&self.path("/seal")).await?;
        Ok(())
    }

    async fn report_assembly(&self, what: &str) -> Result<(), CallError> {
        if let Some(assembly) = &self.script.assembly_id {
            let path = self.path(&format!("/governance/{what}"));
            let _: Recorded = self.cast.governance.post(&path, &json!({ "assembly_id": assembly })).await?;
        }
        Ok(())
    }

    /// The quorum at `at` (RFC 3339), or now.
    pub(super) async fn quorum(&self, at: Option<&str>) -> Result<Quorum, CallError> {
        let query = at.map(|at| format!("?at={at}")).unwrap_or_default();
        self.cast.chair.get(&self.path(&format!("/attendance/quorum{query}"))).await
    }
}
