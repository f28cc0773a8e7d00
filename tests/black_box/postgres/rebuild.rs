//! Views are rebuilt while clients read and write: nobody notices, and a row that was altered by hand is found.

use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::{administered, superuser};
use crate::api::Api;
use crate::binary::printed;
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id, chunk_of, session_called};
use crate::service::Service;

/// Of every view so many rows are there before.
const ROWS: usize = 40;
/// Rebuilds one after the other.
const ROUNDS: usize = 4;

/// A list that only grows while others write.
struct List {
    path: String,
    member: &'static str,
}

/// Reads `list` until `done`; gives how often.
async fn read(api: &Api, list: &List, done: &AtomicBool) -> usize {
    let (mut reads, mut rows, mut position) = (0, ROWS, 0);
    while !done.load(Ordering::Relaxed) {
        let answer = api.get(&list.path).await.expect(200);
        let (now, at) = (answer.json()[list.member].as_array().unwrap().len(), answer.position());
        assert!(now >= rows, "{} shows {now} rows after {rows}", list.path);
        assert!(at >= position, "{} is at {at} after {position}", list.path);
        (reads, rows, position) = (reads + 1, now, at);
    }
    reads
}

/// Writes into every view until `done`; gives the last position.
async fn write(meeting: &Meeting, done: &AtomicBool) -> u64 {
    let mut position = 0;
    for number in ROWS as u64.. {
        position = one_of_each(meeting, number).await;
        if done.load(Ordering::Relaxed) {
            break;
        }
    }
    position
}

/// One more row in every view; gives the last position.
async fn one_of_each(meeting: &Meeting, number: u64) -> u64 {
    let member = any_id();
    meeting.api.post("/sessions", &session_called(&format!("Assembly {number}"))).await.expect(201);
    meeting.post("/attendance/register-attendee", &json!({ "user_id": member, "name": "Ada" })).await;
    meeting.post("/floor/requests", &json!({ "user_id": member, "kind": "speech" })).await;
    meeting.post("/transcript/chunks", &chunk_of(member, number * 1000, "A word.")).await.position()
}

/// A meeting with rows in every view.
async fn meeting(service: &Service) -> Meeting {
    let api = service.administrator(any_id()).await;
    let mut meeting = Meeting::begin(&api, "General meeting", 1).await;
    let mut last = 0;
    for number in 0..ROWS as u64 {
        last = one_of_each(&meeting, number).await;
    }
    for list in lists(&meeting) {
        api.get_at(&list.path, last).await.expect(200);
    }
    meeting.members.clear();
    meeting
}

fn lists(meeting: &Meeting) -> [List; 4] {
    [
        List { path: "/sessions?limit=200".to_owned(), member: "sessions" },
        List { path: meeting.path("/attendance?limit=200"), member: "attendees" },
        List { path: meeting.path("/floor"), member: "queue" },
        List { path: meeting.path("/transcript?limit=1000"), member: "chunks" },
    ]
}

#[track_caller]
fn assert_equal(output: &Output) {
    let said = printed(output);
    assert!(output.status.success(), "{said}");
    assert_eq!(said.matches("the rebuilt view equals the one in use").count(), 9, "{said}");
}

#[tokio::test]
async fn a_rebuild_of_all_views_is_noticed_by_nobody_who_reads_or_writes() {
    let folder = Folder::postgres().await;
    let service = Service::start(&folder).await;
    let meeting = meeting(&service).await;
    let [sessions, attendance, floor, transcript] = lists(&meeting);
    let done = AtomicBool::new(false);
    let before = generations(&folder).await;
    let rebuilding = async {
        for _ in 0..ROUNDS {
            assert_equal(&folder.run(["rebuild", "all"]).await);
        }
        done.store(true, Ordering::Relaxed);
    };
    let ((), one, two, three, four, last) = tokio::join!(
        rebuilding,
        read(&meeting.api, &sessions, &done),
        read(&meeting.api, &attendance, &done),
        read(&meeting.api, &floor, &done),
        read(&meeting.api, &transcript, &done),
        write(&meeting, &done)
    );
    assert!([one, two, three, four].iter().all(|reads| *reads >= ROUNDS), "{one} {two} {three} {four}");
    let after = generations(&folder).await;
    assert!(before.iter().zip(&after).all(|(before, after)| before.0 == after.0 && before.1 < after.1));
    for list in lists(&meeting) {
        meeting.api.get_at(&list.path, last).await.expect(200);
    }
    assert_equal(&folder.run(["rebuild", "all"]).await);
    service.stop().await;
}

/// Which generation of rows each of the views is.
async fn generations(folder: &Folder) -> Vec<(String, i64)> {
    let views = "SELECT view, generation FROM view_checkpoints
        WHERE view IN ('sessions', 'attendance', 'floor', 'transcript', 'assemblies', 'users', 'roles', 'clients', 'access')
        ORDER BY view";
    let found: Vec<_> = sqlx::query_as(views).fetch_all(&mut superuser(folder).await).await.unwrap();
    assert_eq!(found.len(), 9, "{found:?}");
    found
}

/// Somebody falsifies what is read of an attendee.
async fn falsify(folder: &Folder, person: &str) {
    let sql = format!(
        "UPDATE view_rows SET document = replace(document::text, '\"present\"', '\"left\"')::json
         WHERE id = '{person}' AND document::text LIKE '%\"present\"%'"
    );
    administered(folder, &sql).await;
}

/// What is read of an attendee.
async fn attendee(meeting: &Meeting, person: &str) -> Value {
    let page = meeting.api.get(&meeting.path("/attendance?limit=200")).await.expect(200).json();
    let found = page["attendees"].as_array().unwrap().iter().find(|one| one["user_id"] == person);
    found.expect("the attendee is listed").clone()
}

#[tokio::test]
async fn a_row_that_was_altered_by_hand_is_found_kept_and_mended_by_switch() {
    let folder = Folder::postgres().await;
    let service = Service::start(&folder).await;
    let meeting = meeting(&service).await;
    let page = meeting.api.get(&meeting.path("/attendance")).await.expect(200).json();
    let person = page["attendees"][0]["user_id"].as_str().unwrap().to_owned();
    let genuine = attendee(&meeting, &person).await;
    falsify(&folder, &person).await;
    let falsified = attendee(&meeting, &person).await;
    assert_ne!(falsified, genuine, "the falsified row is what is read");

    let before = generations(&folder).await;
    let output = folder.run(["rebuild", "attendance"]).await;
    let said = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("row {person} of session {}", meeting.session)), "{said}");
    assert!(said.contains("1 rows differ; nothing was changed"), "{said}");
    assert_eq!(generations(&folder).await, before, "nothing was switched");
    assert_eq!(attendee(&meeting, &person).await, falsified);

    let output = folder.run(["rebuild", "attendance", "--switch"]).await;
    let said = printed(&output);
    assert!(output.status.success() && said.contains("the rebuilt view is in use now"), "{said}");
    assert_eq!(attendee(&meeting, &person).await, genuine);
    assert_equal(&folder.run(["rebuild", "all"]).await);
    service.stop().await;
}
