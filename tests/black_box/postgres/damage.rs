//! Somebody with all rights in the database alters what is kept: `acta doctor` finds it and names it.

use acta_throwaway::Server;
use serde_json::json;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::superuser;
use crate::binary::{ended, printed};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::service::Service;

/// A record, and somebody whom no policy and no trigger stops.
struct Trial {
    folder: Folder,
    meeting: Meeting,
    intruder: PgConnection,
    /// Where a vote was opened, in the middle of the log.
    position: u64,
    last: u64,
}

impl Trial {
    async fn begin() -> Self {
        let folder = Folder::postgres().await;
        let service = Service::start(&folder).await;
        let api = service.administrator(any_id()).await;
        let mut meeting = Meeting::begin(&api, "General meeting", 2).await;
        let position =
            meeting.post("/governance/vote-opened", &json!({ "vote_id": "vote-1" })).await.position();
        meeting.speak(meeting.members[0], "I move that the roof be mended.").await;
        let last = meeting.say(meeting.members[1], "Seconded.").await.position();
        for view in ["", "/attendance", "/floor", "/transcript"] {
            api.get_at(&meeting.path(view), last).await.expect(200);
        }
        meeting.proof().await;
        service.stop().await;
        let mut intruder = superuser(&folder).await;
        intruder.execute("SET session_replication_role = replica").await.unwrap();
        Self { folder, meeting, intruder, position, last }
    }

    /// Fails unless the doctor is content.
    async fn is_sound(&self) {
        let output = self.folder.run(["doctor", "--views"]).await;
        assert!(output.status.success(), "{}", printed(&output));
    }

    /// Runs `damage` on the log, expects the doctor to say all of `words`, and undoes it.
    async fn is_found(&mut self, damage: &str, words: &[&str]) {
        self.run("CREATE TEMP TABLE kept AS SELECT * FROM events").await;
        self.change_one(damage).await;
        self.is_said(words).await;
        self.run("DELETE FROM events; INSERT INTO events SELECT * FROM kept; DROP TABLE kept").await;
        self.is_sound().await;
    }

    /// Runs `damage` on the views, expects the doctor to say all of `words`, and has them folded anew.
    async fn is_found_in_views(&mut self, damage: &str, words: &[&str]) {
        self.change_one(damage).await;
        self.is_said(words).await;
        let output = self.folder.run(["rebuild", "all", "--switch"]).await;
        assert!(output.status.success(), "{}", printed(&output));
        self.is_sound().await;
    }

    async fn change_one(&mut self, damage: &str) {
        let changed = self.intruder.execute(damage).await.unwrap().rows_affected();
        assert_eq!(changed, 1, "{damage}");
    }

    async fn is_said(&self, words: &[&str]) {
        let output = self.folder.run(["doctor", "--views"]).await;
        let said = printed(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        for word in words {
            assert!(said.contains(word), "{word:?} is not in:\n{said}");
        }
    }

    async fn run(&mut self, sql: &str) {
        self.intruder.execute(sqlx::raw_sql(sql)).await.unwrap();
    }
}

#[tokio::test]
async fn whatever_was_altered_in_the_log_is_found_and_named() {
    let mut trial = Trial::begin().await;
    trial.is_sound().await;
    let (position, last) = (trial.position, trial.last);
    let here = format!("WHERE position = {position}");
    let event = format!("the event at position {position} is not what was committed to");

    let payload = "UPDATE events SET payload = replace(payload::text, 'vote-1', 'vote-2')::json";
    trial.is_found(&format!("{payload} {here}"), &["FAULT    commitments", &event]).await;
    let later = "UPDATE events SET recorded_at = recorded_at + interval '1 hour'";
    trial.is_found(&format!("{later} {here}"), &["FAULT    commitments", &event]).await;
    let metadata = "UPDATE events SET metadata = replace(metadata::text, 'service', 'user')::json";
    trial.is_found(&format!("{metadata} {here}"), &["FAULT "]).await;

    let commitment = "UPDATE events SET commitment = sha256('another payload')";
    let heads =
        ["FAULT    commitments", &event, "FAULT    heads", "is over other events than the session has"];
    trial.is_found(&format!("{commitment} {here}"), &heads).await;

    let gap = format!("{position} is missing in front of {}", position + 1);
    let missing = [gap.as_str(), "FAULT    session indexes", "FAULT    heads", "FAULT    views"];
    trial.is_found(&format!("DELETE FROM events {here}"), &missing).await;
    let end = format!("{last} is missing in front of {}", last + 1);
    let missing = [end.as_str(), "FAULT    heads", "is over more events than the session has"];
    trial.is_found(&format!("DELETE FROM events WHERE position = {last}"), &missing).await;
}

#[tokio::test]
async fn an_altered_row_of_a_view_is_found_and_named() {
    let mut trial = Trial::begin().await;
    let person = trial.meeting.members[0].to_string();
    let status = format!(
        "UPDATE view_rows SET document = replace(document::text, '\"present\"', '\"left\"')::json
         WHERE id = '{person}' AND document::text LIKE '%\"present\"%'"
    );
    let row = format!("row {person} of session {}", trial.meeting.session);
    trial.is_found_in_views(&status, &["FAULT    view attendance", &row, "differs in"]).await;
    let gone = format!("DELETE FROM view_rows WHERE id = '{person}' AND document::text LIKE '%\"present\"%'");
    trial.is_found_in_views(&gone, &["FAULT    view attendance", &row]).await;
}

/// A copy of the database, in which the same service records something else.
async fn forked(trial: &Trial) -> (Server, String) {
    let (server, name) =
        (trial.folder.database().server().clone(), format!("acta_fork_{}", any_id().simple()));
    let mut superuser = PgConnection::connect(&server.url("postgres")).await.unwrap();
    let original = trial.folder.database().name();
    // A database that anybody is connected to cannot be copied.
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
    sqlx::query(end).bind(original).execute(&mut superuser).await.unwrap();
    let copy = format!(r#"CREATE DATABASE "{name}" TEMPLATE "{original}" OWNER acta_owner"#);
    superuser.execute(copy.as_str()).await.unwrap();
    (server, name)
}

/// The last head of a session: its size, when it was issued, and its two forms.
type Head = (i64, i64, Vec<u8>, String);

/// Goes on with the meeting on the database at `url`; gives the head over that.
async fn went_on(trial: &Trial, url: &str, superuser_url: &str, vote: &str) -> Head {
    let mut serve = trial.folder.serve();
    serve.env("DATABASE_URL", url);
    let service = Service::spawn(&trial.folder, serve).await;
    let api = trial.meeting.api.at(service.url());
    api.post(&trial.meeting.path("/governance/vote-closed"), &json!({ "vote_id": "vote-1" })).await.ok();
    api.post(&trial.meeting.path("/governance/vote-opened"), &json!({ "vote_id": vote })).await.ok();
    api.get(&trial.meeting.path("/audit-proof")).await.expect(200);
    service.stop().await;
    let newest = "SELECT size, issued_at, cose, jws FROM session_heads ORDER BY size DESC LIMIT 1";
    let mut superuser = PgConnection::connect(superuser_url).await.unwrap();
    sqlx::query_as(newest).fetch_one(&mut superuser).await.unwrap()
}

#[tokio::test]
async fn a_head_of_another_history_is_found_although_the_service_has_signed_it() {
    let mut trial = Trial::begin().await;
    let (server, fork) = forked(&trial).await;
    let database = trial.folder.database();
    let url = database.url_of(acta_throwaway::Login::Service);
    let (size, ..) = went_on(&trial, &url, &database.superuser_url(), "a-vote").await;
    let other =
        went_on(&trial, &server.url_of("acta_service", &fork), &server.url(&fork), "another-vote").await;
    assert_eq!(size, other.0, "both histories are as long");
    trial.intruder = superuser(&trial.folder).await;
    trial.is_sound().await;
    trial.run("SET session_replication_role = replica").await;
    let replace = "UPDATE session_heads SET issued_at = $2, cose = $3, jws = $4 WHERE size = $1";
    let replaced = sqlx::query(replace).bind(other.0).bind(other.1).bind(other.2).bind(other.3);
    assert_eq!(replaced.execute(&mut trial.intruder).await.unwrap().rows_affected(), 1);
    let named = format!("the head of session {} at {size} events", trial.meeting.session);
    trial.is_said(&["FAULT    heads", &named, "is over other events than the session has"]).await;

    trial
        .run(&format!(
            "UPDATE session_heads SET cose = set_byte(cose, 40, get_byte(cose, 40) # 1) WHERE size = {size}"
        ))
        .await;
    trial.is_said(&["FAULT    heads", &named]).await;
    let mut superuser = PgConnection::connect(&server.url("postgres")).await.unwrap();
    superuser.execute(format!(r#"DROP DATABASE "{fork}" WITH (FORCE)"#).as_str()).await.unwrap();
}

#[tokio::test]
async fn a_doctor_that_finds_nothing_changes_nothing_and_may_run_beside_the_service() {
    let trial = Trial::begin().await;
    let service = Service::start(&trial.folder).await;
    let mut doctor = trial.folder.acta();
    doctor.arg("doctor");
    let output = ended(doctor).await;
    let said = printed(&output);
    assert!(output.status.success() && said.contains("row level security binds both logins"), "{said}");
    assert!(said.contains(&format!("in order, up to {}", trial.last)), "{said}");
    service.stop().await;
}
