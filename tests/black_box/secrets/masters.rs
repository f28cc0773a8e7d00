//! The master key is rotated: what older ones wrapped opens, and is wrapped anew, whatever happens in between.

use std::process::Stdio;

use acta_proof::verify::{VerifyOptions, verify_file};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{Connection as _, PgConnection};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::task::JoinSet;

use super::{done, keys_command, refused};
use crate::api::Api;
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::service::{Service, eventually};

const MEMBERS: usize = 1_000;

/// The first five bytes of every wrapped key that stands: `0x01` and the number of its master key.
async fn headers(folder: &Folder) -> Vec<String> {
    let wanted = "SELECT wrapped FROM person_keys WHERE wrapped IS NOT NULL";
    let wrapped: Vec<Vec<u8>> = if folder.is_embedded() {
        let options = SqliteConnectOptions::new().filename(folder.path().join("keys.sqlite")).read_only(true);
        let pool = SqlitePool::connect_with(options).await.unwrap();
        let wrapped = sqlx::query_scalar(wanted).fetch_all(&pool).await.unwrap();
        pool.close().await;
        wrapped
    } else {
        let mut superuser = PgConnection::connect(&folder.database().superuser_url()).await.unwrap();
        sqlx::query_scalar(wanted).fetch_all(&mut superuser).await.unwrap()
    };
    wrapped.iter().map(|wrapped| hex::encode(&wrapped[..5])).collect()
}

/// How many of the keys are wrapped under master key `number`.
async fn wrapped_under(folder: &Folder, number: u32) -> usize {
    let header = format!("01{number:08x}");
    headers(folder).await.iter().filter(|found| **found == header).count()
}

/// The transcript, once it is there.
async fn transcript(service: &Service, meeting: &Meeting) -> Value {
    let api = meeting.api.at(service.url());
    eventually("the transcript", async || {
        let answer = api.get(&meeting.path("/transcript")).await;
        (answer.status == 200).then(|| answer.json()).filter(|read| read["chunks"][1].is_object())
    })
    .await["chunks"]
        .clone()
}

#[tokio::test]
async fn names_open_after_the_master_key_was_rotated_and_retired() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let mut meeting = Meeting::begin(&service.administrator(any_id()).await, "Meeting", 2).await;
    meeting.say(meeting.members[0], "Under the first.").await;
    let proof = meeting.proof().await;
    service.stop().await;
    assert!(refused(&folder, &["retire", "master", "1"]).await.contains("key 1 is in use"));
    assert!(done(&folder, &["rotate", "master", "--now"]).await.contains("master key 2 is there"));

    let service = Service::start(&folder).await;
    meeting.api = meeting.api.at(service.url());
    meeting.say(meeting.members[1], "Also under the first.").await;
    meeting.admit(&json!({ "name": "Of the second" })).await;
    let before = transcript(&service, &meeting).await;
    service.stop().await;
    assert_eq!(wrapped_under(&folder, 2).await, 1, "what is new is wrapped under the new one");
    assert!(refused(&folder, &["retire", "master", "1"]).await.contains("run `acta keys rewrap` first"));
    let said = done(&folder, &["rewrap"]).await;
    assert!(said.contains("all are wrapped under master key 2"), "{said}");
    assert_eq!(wrapped_under(&folder, 2).await, headers(&folder).await.len());
    done(&folder, &["retire", "master", "1"]).await;
    assert!(!folder.path().join("keys/master.key").exists());

    let service = Service::start(&folder).await;
    assert_eq!(transcript(&service, &meeting).await, before);
    verify_file(&proof, &VerifyOptions::default()).unwrap();
    verify_file(
        &meeting.api.at(service.url()).get(&meeting.path("/dossier")).await.expect(200).body,
        &VerifyOptions::default(),
    )
    .unwrap();
    service.stop().await;
}

#[tokio::test]
async fn a_master_key_that_still_waits_wraps_nothing_and_nothing_is_wrapped_anew() {
    let folder = Folder::new().await;
    Service::start(&folder).await.stop().await;
    let said = done(&folder, &["rotate", "master"]).await;
    assert!(said.contains("it wraps from 20"), "{said}");
    assert!(refused(&folder, &["rewrap"]).await.contains("wait until then"));
    let said = done(&folder, &["list"]).await;
    assert!(said.lines().any(|line| line.starts_with("master      1") && line.ends_with("wraps")), "{said}");
    let service = Service::start(&folder).await;
    Meeting::begin(&service.administrator(any_id()).await, "Meeting", 1).await;
    service.stop().await;
    assert_eq!(wrapped_under(&folder, 2).await, 0);
}

/// Registers many, and gives the path of their list.
async fn many_members(api: &Api) -> Meeting {
    let meeting = Meeting::begin(api, "Meeting", 0).await;
    let mut registering = JoinSet::new();
    for number in 0..MEMBERS {
        let (api, path) = (api.clone(), meeting.path("/attendance/register-attendee"));
        registering.spawn(async move {
            let body = json!({ "user_id": any_id(), "name": format!("Member {number:04}") });
            api.post(&path, &body).await.ok();
        });
        if registering.len() == 50 {
            registering.join_next().await.unwrap().unwrap();
        }
    }
    registering.join_all().await;
    meeting
}

/// Starts `acta keys rewrap` and kills it once it has told that it has done something.
async fn rewrap_cut_short(folder: &Folder) {
    let mut command = keys_command(folder);
    command.arg("rewrap").stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next_line().await.unwrap().expect("it tells how far it is");
    child.kill().await.unwrap();
}

#[tokio::test]
async fn a_thousand_keys_are_wrapped_anew_though_it_is_killed_in_the_middle() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let meeting = many_members(&service.administrator(any_id()).await).await;
    service.stop().await;
    done(&folder, &["rotate", "master", "--now"]).await;
    rewrap_cut_short(&folder).await;
    let so_far = wrapped_under(&folder, 2).await;
    assert!(so_far >= 200, "what it told of is done: {so_far}");

    let all = headers(&folder).await.len();
    assert!(all > MEMBERS);
    let said = done(&folder, &["rewrap"]).await;
    assert!(
        said.contains(&format!("all {all} keys were looked at, {} of them wrapped anew", all - so_far)),
        "{said}"
    );
    assert_eq!(wrapped_under(&folder, 2).await, all);
    done(&folder, &["retire", "master", "1"]).await;

    let service = Service::start(&folder).await;
    let api = meeting.api.at(service.url());
    let dossier = api.get(&meeting.path("/dossier")).await.expect(200).body;
    let report = verify_file(&dossier, &VerifyOptions::default()).unwrap();
    assert_eq!(report.unreadable_parts, 0);
    assert!(report.events.len() > MEMBERS);
    service.stop().await;
}

#[tokio::test]
async fn a_service_that_runs_on_files_is_to_be_stopped_first() {
    let folder = Folder::embedded();
    let service = Service::start(&folder).await;
    done(&folder, &["rotate", "master", "--now"]).await;
    let said = refused(&folder, &["rewrap"]).await;
    assert!(said.contains("stop the service first"), "{said}");
    service.stop().await;
    done(&folder, &["rewrap"]).await;
}

#[tokio::test]
async fn a_master_key_that_was_lost_is_missed() {
    let folder = Folder::embedded();
    Service::start(&folder).await.stop().await;
    done(&folder, &["rotate", "master", "--now"]).await;
    let first = folder.path().join("keys/master.key");
    std::fs::rename(&first, folder.path().join("elsewhere")).unwrap();
    let said = folder.refusal().await;
    assert!(said.contains("master.key is missing"), "{said}");
    std::fs::rename(folder.path().join("elsewhere"), first).unwrap();
    Service::start(&folder).await.stop().await;
}
