//! A dump, and its restoration on another server, as `docs/postgresql.md` tells: proofs go on, names open, the log goes on.

use std::path::PathBuf;

use acta_proof::verify::{VerifyOptions, verify_file};
use acta_throwaway::{Cluster, Options};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use tokio::process::Command;
use uuid::Uuid;

use super::superuser;
use crate::api::Api;
use crate::binary::{ended, printed};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::service::Service;

/// The first step of an administrator on a new server, as in the documentation.
const LOGINS: &str = "
    CREATE ROLE acta_serve NOLOGIN;
    CREATE ROLE acta_project NOLOGIN;
    CREATE ROLE acta_owner LOGIN PASSWORD 'one';
    CREATE ROLE acta_service LOGIN PASSWORD 'other' NOINHERIT IN ROLE acta_serve, acta_project;";

/// A session, and what an auditor kept of it.
struct Kept {
    path: String,
    head: Vec<u8>,
    proof: Vec<u8>,
    transcript: String,
}

/// Sessions of two tenants: open, closed, and with an erased person.
async fn recorded(service: &Service, tenants: [Uuid; 2]) -> Vec<Meeting> {
    let mut meetings = Vec::new();
    for tenant in tenants {
        let api = service.administrator(tenant).await;
        for title in ["Closed", "Open", "With somebody erased"] {
            let mut meeting = Meeting::begin(&api, title, 2).await;
            meeting.speak(meeting.members[0], "I move that the roof be mended.").await;
            meeting.say(meeting.members[1], "Seconded.").await;
            match title {
                "Closed" => meeting.close().await,
                "Open" => {}
                _ => {
                    let erased = meeting.path(&format!("/persons/{}", meeting.members[0]));
                    api.delete(&erased).await.expect(200);
                }
            }
            meetings.push(meeting);
        }
    }
    meetings
}

/// What an auditor can have of the meeting now.
async fn kept(meeting: &Meeting, last: u64) -> Kept {
    let proof = meeting.proof().await;
    let head = meeting.api.get_as(&meeting.path("/heads/latest"), "application/cose").await.expect(200).body;
    let transcript = meeting.api.get_at(&meeting.path("/transcript"), last).await.expect(200).text();
    Kept { path: meeting.path(""), head, proof, transcript }
}

/// The last position of the log.
async fn head(api: &Api) -> u64 {
    api.get("/events?limit=1").await.expect(200).json()["head"].as_u64().unwrap()
}

/// Programs of the server's own version.
struct Programs(PathBuf);

impl Programs {
    async fn of(folder: &Folder) -> Self {
        let path = sqlx::query_scalar("SELECT setting FROM pg_config WHERE name = 'BINDIR'");
        let path: String = path.fetch_one(&mut superuser(folder).await).await.unwrap();
        Self(path.into())
    }

    async fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(self.0.join(program));
        command.args(arguments).kill_on_drop(true);
        let output = ended(command).await;
        assert!(output.status.success() && output.stderr.is_empty(), "{program}: {}", printed(&output));
    }
}

/// The two dumps, the log's first.
struct Dumps(TempDir);

impl Dumps {
    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }

    async fn of(folder: &Folder) -> Self {
        let (dumps, programs) = (Self(tempfile::tempdir().unwrap()), Programs::of(folder).await);
        let url = folder.database().superuser_url();
        let (log, keys) =
            (format!("--file={}", dumps.path("acta.dump")), format!("--file={}", dumps.path("keys.dump")));
        programs.run("pg_dump", &["--format=custom", "--exclude-table-data=person_keys", &log, &url]).await;
        programs
            .run("pg_dump", &["--format=custom", "--data-only", "--table=person_keys", &keys, &url])
            .await;
        dumps
    }

    /// Restores the log and, perhaps, the keys on a new server.
    async fn restore(&self, cluster: &Cluster, name: &str, programs: &Programs, with_keys: bool) {
        let mut superuser = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
        superuser.execute(format!("CREATE DATABASE {name} OWNER acta_owner").as_str()).await.unwrap();
        let place = format!("--dbname={}", cluster.url(name));
        let log = self.path("acta.dump");
        programs.run("pg_restore", &["--exit-on-error", &place, &log]).await;
        if with_keys {
            programs.run("pg_restore", &["--exit-on-error", &place, &self.path("keys.dump")]).await;
        }
    }
}

/// A service on a restored database, with the keys of before.
async fn serve(folder: &Folder, url: &str) -> Service {
    let mut serve = folder.serve();
    serve.env("DATABASE_URL", url);
    Service::spawn(folder, serve).await
}

async fn assert_doctor_is_content(folder: &Folder, url: &str) {
    let mut doctor = folder.acta();
    doctor.args(["doctor", "--views"]).env("DATABASE_URL", url);
    let output = ended(doctor).await;
    assert!(output.status.success(), "{}", printed(&output));
    assert!(printed(&output).contains("everything that was checked is as it should be"));
}

/// The proof of before holds, and what the restored service proves now only adds to the head of before.
async fn assert_proofs_go_on(service: &Service, kept: &Kept) {
    verify_file(&kept.proof, &VerifyOptions::default()).unwrap();
    let now = service.stranger().get(&format!("{}/audit-proof", kept.path)).await.expect(200).body;
    let against = VerifyOptions { older_head: Some(&kept.head), ..VerifyOptions::default() };
    let report = verify_file(&now, &against).unwrap();
    let before = verify_file(&kept.proof, &VerifyOptions::default()).unwrap();
    assert_eq!((report.root, report.size), (before.root, before.size), "nothing was added yet");
    assert_eq!(report.key_id, before.key_id);
}

#[tokio::test]
async fn a_restored_database_proves_what_was_proven_and_goes_on() {
    let (folder, tenants) = (Folder::postgres().await, [any_id(), any_id()]);
    let service = Service::start(&folder).await;
    let meetings = recorded(&service, tenants).await;
    let last = head(&meetings[0].api).await;
    let mut all = Vec::new();
    for meeting in &meetings {
        all.push(kept(meeting, last).await);
    }
    // While the service runs, as backups are made.
    let (dumps, programs) = (Dumps::of(&folder).await, Programs::of(&folder).await);
    service.stop().await;

    let cluster = Cluster::start(Options::fast()).await.unwrap();
    let mut administrator = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    administrator.execute(sqlx::raw_sql(LOGINS)).await.unwrap();
    dumps.restore(&cluster, "acta", &programs, true).await;
    let url = cluster.server().url_of("acta_service", "acta");
    assert_doctor_is_content(&folder, &url).await;
    let service = serve(&folder, &url).await;
    for (meeting, kept) in meetings.iter().zip(&all) {
        assert_proofs_go_on(&service, kept).await;
        let api = meeting.api.at(service.url());
        let transcript = api.get_at(&meeting.path("/transcript"), last).await.expect(200).text();
        assert_eq!(transcript, kept.transcript, "names and words open, but for those that were erased");
        let dossier = api.get(&meeting.path("/dossier")).await.expect(200).body;
        verify_file(&dossier, &VerifyOptions::default()).unwrap();
    }
    goes_on(&service, meetings, &all).await;
    service.stop().await;
    assert_doctor_is_content(&folder, &url).await;

    without_keys(&folder, &cluster, &dumps, &programs, &all, tenants).await;
}

/// What comes next has the next position, and its proofs only add to the heads of before.
async fn goes_on(service: &Service, meetings: Vec<Meeting>, all: &[Kept]) {
    let (mut due, mut went_on) = (head(&meetings[0].api.at(service.url())).await, 0);
    for (mut meeting, kept) in meetings.into_iter().zip(all) {
        meeting.api = meeting.api.at(service.url());
        if meeting.api.get(&meeting.path("")).await.expect(200).json()["status"] != "active" {
            continue;
        }
        let wish = serde_json::json!({ "user_id": meeting.members[1], "kind": "speech" });
        due += 1;
        went_on += 1;
        assert_eq!(meeting.post("/floor/requests", &wish).await.position(), due);
        meeting.close().await;
        due = head(&meeting.api).await;
        let proof = meeting.proof().await;
        let against = VerifyOptions { older_head: Some(&kept.head), ..VerifyOptions::default() };
        let before = verify_file(&kept.proof, &VerifyOptions::default()).unwrap();
        assert!(verify_file(&proof, &against).unwrap().size > before.size);
    }
    assert_eq!(went_on, 4);
}

/// The log's dump alone proves all, and opens nothing.
async fn without_keys(
    folder: &Folder,
    cluster: &Cluster,
    dumps: &Dumps,
    programs: &Programs,
    all: &[Kept],
    tenants: [Uuid; 2],
) {
    dumps.restore(cluster, "acta_without_keys", programs, false).await;
    let url = cluster.server().url_of("acta_service", "acta_without_keys");
    assert_doctor_is_content(folder, &url).await;
    let service = serve(folder, &url).await;
    let api = service.administrator(tenants[0]).await;
    for kept in all {
        assert_proofs_go_on(&service, kept).await;
    }
    let transcript = api.get(&format!("{}/transcript", all[0].path)).await.expect(200).text();
    assert!(!transcript.contains("the roof"), "{transcript}");
    service.stop().await;
}
