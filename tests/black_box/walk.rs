//! One assembly from its invitation to its sealed record, through the public API.

use futures::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::send;
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id, chunk_of, feed, session_called};
use crate::service::{PATIENCE, Service};

/// A meeting of `members` on a service of its own.
async fn meeting(folder: &Folder, members: usize) -> (Service, Meeting) {
    let service = Service::start(folder).await;
    let api = service.administrator(any_id()).await;
    let meeting = Meeting::begin(&api, "General meeting", members).await;
    (service, meeting)
}

#[tokio::test]
async fn a_session_is_invited_changed_held_and_sealed() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    let created = api.post("/sessions", &session_called("General meeting")).await.expect(201);
    let path = format!("/sessions/{}", created.member("session_id"));
    assert!(created.header("location").ends_with(&path));

    let read = api.get_at(&path, created.position()).await.expect(200);
    let (tag, session) = (read.header("etag").to_owned(), read.json());
    assert_eq!((&session["title"], &session["status"]), (&json!("General meeting"), &json!("scheduled")));

    let change =
        api.request(Method::PATCH, &path).header("If-Match", &tag).json(&json!({ "modality": "virtual" }));
    let changed = send(change).await.expect(200);
    assert_ne!(changed.header("etag"), tag);
    let stale =
        api.request(Method::PATCH, &path).header("If-Match", &tag).json(&json!({ "modality": "hybrid" }));
    send(stale).await.problem(412, "version-mismatch");
    let now = api.get_at(&path, changed.position()).await.expect(200);
    assert_eq!(now.json()["modality"], "virtual");
    assert_eq!(now.header("etag"), changed.header("etag"));

    for (step, status) in [("start", "active"), ("end", "completed")] {
        let done = api.act(&format!("{path}/{step}")).await.expect(200);
        assert_eq!(api.get_at(&path, done.position()).await.json()["status"], status);
    }
    let sealed = api.act(&format!("{path}/seal")).await.expect(200);
    assert_eq!(api.get_at(&path, sealed.position()).await.json()["sealed"], true);
    api.act(&format!("{path}/start")).await.expect(409);
    let found = api.get("/sessions?status=completed&title=general%20MEETING").await.expect(200).json();
    assert_eq!(found["sessions"].as_array().unwrap().len(), 1);
    service.stop().await;
}

#[tokio::test]
async fn the_same_command_sent_twice_is_done_once() {
    let folder = Folder::new().await;
    let (_service, meeting) = meeting(&folder, 0).await;
    let (path, member) = (meeting.path("/attendance/register-attendee"), any_id());
    let body = json!({ "user_id": member, "name": "Ada" });
    let first = meeting.api.post_once(&path, &body, "door-1").await.ok();
    let again = meeting.api.post_once(&path, &body, "door-1").await.ok();
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!((first.status, first.json()), (again.status, again.json()));
    let other = json!({ "user_id": any_id(), "name": "Ada" });
    meeting.api.post_once(&path, &other, "door-1").await.problem(422, "idempotency-key-reused");
    let attendance = meeting.api.get_at(&meeting.path("/attendance"), first.position()).await.ok().text();
    assert_eq!(attendance.matches(&member.to_string()).count(), 1);
}

#[tokio::test]
async fn a_qr_code_lets_one_person_in_once() {
    let folder = Folder::new().await;
    let (service, meeting) = meeting(&folder, 1).await;
    let (tenant, member, other) = (meeting.api.pass().tenant(), any_id(), any_id());
    let wanted = json!({ "user_id": member, "voting_weight": "2.25" });
    let issued = meeting.post("/attendance/qr", &wanted).await;
    let png = send(
        meeting
            .api
            .request(Method::POST, &meeting.path("/attendance/qr"))
            .header("Accept", "image/png")
            .json(&wanted),
    );
    assert!(png.await.expect(200).body.starts_with(b"\x89PNG\r\n"));
    let svg = send(
        meeting
            .api
            .request(Method::POST, &meeting.path("/attendance/qr"))
            .header("Accept", "image/svg+xml")
            .json(&wanted),
    );
    assert!(svg.await.expect(200).text().contains("<svg"));

    let (path, code) = (meeting.path("/attendance/validate-qr"), json!({ "token": issued.member("token") }));
    service.person(tenant, other, &["participant"]).await.post(&path, &code).await.expect(403);
    let member_api = service.person(tenant, member, &["participant"]).await;
    let validated = member_api.post(&path, &code).await.ok();
    member_api.post(&path, &code).await.expect(409);

    let quorum =
        meeting.api.get_at(&meeting.path("/attendance/quorum"), validated.position()).await.ok().json();
    assert_eq!((&quorum["present"], &quorum["voting_weight"]), (&json!(2), &json!("3.75")));
    meeting.act(&format!("/attendance/{member}/mark-left")).await;
    let back = meeting.act(&format!("/attendance/{member}/mark-returned")).await;
    let attendance =
        meeting.api.get_at(&meeting.path("/attendance?status=present"), back.position()).await.ok();
    assert!(attendance.text().contains(&member.to_string()));
    meeting.api.post(&path, &json!({ "token": "nonsense" })).await.problem(400, "qr-invalid");
}

#[tokio::test]
async fn the_floor_goes_round_in_the_order_of_the_rules() {
    let folder = Folder::new().await;
    let (_service, meeting) = meeting(&folder, 3).await;
    let mut requests = Vec::new();
    for (member, kind, topic) in
        [(0, "speech", "roof"), (1, "speech", "lift"), (2, "point_of_order", "order")]
    {
        let body = json!({ "user_id": meeting.members[member], "kind": kind, "topic": topic });
        requests.push(meeting.post("/floor/requests", &body).await.member("request_id"));
    }
    let denied =
        meeting.post(&format!("/floor/requests/{}/deny", requests[1]), &json!({ "reason": "later" })).await;
    let floor = meeting.api.get_at(&meeting.path("/floor"), denied.position()).await.ok().text();
    let place = |request: &String| floor.find(request.as_str());
    assert!(place(&requests[2]) < place(&requests[0]), "a point of order goes first: {floor}");

    let approve = |request: &String| format!("/floor/requests/{request}/approve");
    meeting.post(&approve(&requests[2]), &json!({ "time_limit_seconds": 60 })).await;
    let taken = meeting.api.post(&meeting.path(&approve(&requests[0])), &json!({})).await;
    taken.problem(409, "floor-taken");
    meeting.act(&format!("/floor/requests/{}/finish", requests[2])).await;
    meeting.act(&format!("/floor/attendees/{}/mute", meeting.members[0])).await;
    meeting.api.post(&meeting.path(&approve(&requests[0])), &json!({})).await.problem(409, "person-muted");
    meeting.act(&format!("/floor/attendees/{}/unmute", meeting.members[0])).await;
    let withdrawn = meeting.act(&format!("/floor/requests/{}/withdraw", requests[0])).await;
    let floor = meeting.api.get_at(&meeting.path("/floor"), withdrawn.position()).await.ok().json();
    assert_eq!(floor["queue"], json!([]), "{floor}");
    assert_eq!(floor["turns"], json!([]), "{floor}");
}

#[tokio::test]
async fn what_was_said_can_be_read_corrected_and_exported() {
    let folder = Folder::new().await;
    let (_service, mut meeting) = meeting(&folder, 2).await;
    let (ada, bea) = (meeting.members[0], meeting.members[1]);
    meeting.say(ada, "I move that <b>the</b> roof be mended.").await;
    let second = meeting.say(bea, "Sekonded --> now.").await;
    let chunk = second.json()["chunk"].as_u64().unwrap();
    let fixed = meeting
        .post(&format!("/transcript/chunks/{chunk}/corrections"), &json!({ "text": "Seconded." }))
        .await;
    let path = meeting.path("/transcript");
    let read = meeting.api.get_at(&path, fixed.position()).await.ok();
    assert!(read.text().contains("Seconded.") && read.text().contains("be mended"), "{}", read.text());

    for (format, accept, sign) in [
        ("vtt", "text/vtt", "WEBVTT"),
        ("srt", "application/x-subrip", "00:00:00,000 --> 00:00:01,000"),
        ("txt", "text/plain", "Seconded."),
    ] {
        let by_query = meeting.api.get(&format!("{path}?format={format}")).await.expect(200);
        let by_header = meeting.api.get_as(&path, accept).await.expect(200);
        assert!(by_query.text().contains(sign), "{format}: {}", by_query.text());
        assert_eq!(by_query.body, by_header.body, "{format}");
        assert!(by_query.header("content-type").starts_with(accept), "{format}");
    }
    assert!(!meeting.api.get(&format!("{path}?format=vtt")).await.text().contains("<b>"));
    meeting.api.get_as(&path, "image/png").await.problem(406, "not-acceptable");
    let of_bea = meeting
        .api
        .get(&format!("{path}?speaker_id={bea}&from_ms=0&until_ms=5000&language=en"))
        .await
        .ok()
        .text();
    assert!(of_bea.contains("Seconded.") && !of_bea.contains("mended"), "{of_bea}");
}

#[tokio::test]
async fn the_feed_counts_every_event_and_streams_the_next_one() {
    let folder = Folder::new().await;
    let (_service, mut meeting) = meeting(&folder, 2).await;
    meeting.speak(meeting.members[0], "A word.").await;
    let events = feed(&meeting.api).await;
    let numbers: Vec<_> = events.iter().map(|event| event["position"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());

    let live = meeting.api.request(Method::GET, "/events").header("Accept", "text/event-stream");
    let live = live.header("Last-Event-ID", numbers.len() - 1).send().await.unwrap();
    assert!(live.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    let mut stream = live.bytes_stream();
    let said = meeting.say(meeting.members[1], "Another word.").await;
    let wanted = format!("id: {}", said.position());
    let mut seen = String::new();
    let arrival = async {
        while !(seen.replace("id:", "id: ").replace("  ", " ").contains(&wanted)) {
            seen.push_str(&String::from_utf8_lossy(
                &stream.next().await.expect("the stream goes on").unwrap(),
            ));
        }
    };
    tokio::time::timeout(PATIENCE, arrival).await.expect("the event arrives");
    assert!(seen.contains("transcript.chunk.v1"), "{seen}");
    assert!(seen.contains(&numbers.len().to_string()), "it resumes behind the last event seen: {seen}");
}

#[tokio::test]
async fn a_reader_may_ask_for_what_was_just_written() {
    let folder = Folder::new().await;
    let (_service, mut meeting) = meeting(&folder, 1).await;
    let said = meeting.say(meeting.members[0], "Read this back.").await.position();
    let read = meeting.api.get_at(&meeting.path("/transcript"), said).await.ok();
    assert!(read.position() >= said && read.text().contains("Read this back."));
    meeting.api.get_at(&meeting.path("/transcript"), said + 1_000_000).await.problem(412, "view-behind");
}

#[tokio::test]
async fn votes_and_assemblies_are_recorded_as_governance_says() {
    let folder = Folder::new().await;
    let (_service, meeting) = meeting(&folder, 1).await;
    meeting.post("/governance/assembly-activated", &json!({ "assembly_id": "assembly-7" })).await;
    meeting.post("/governance/vote-opened", &json!({ "vote_id": "vote-1" })).await;
    meeting.api.act(&meeting.path("/end")).await.problem(409, "vote-still-open");
    meeting.post("/governance/vote-closed", &json!({ "vote_id": "vote-1" })).await;
    meeting
        .api
        .post(&meeting.path("/governance/vote-closed"), &json!({ "vote_id": "vote-1" }))
        .await
        .problem(409, "vote-not-open");
    let done = meeting.post("/governance/assembly-completed", &json!({ "assembly_id": "assembly-7" })).await;
    let session = meeting.api.get_at(&meeting.path(""), done.position()).await.ok().json();
    assert_eq!(session["votes"][0]["vote_id"], "vote-1");
    assert!(session["votes"][0]["closed_at"].is_string() && session["assembly_completed_at"].is_string());
}

#[tokio::test]
async fn the_keys_are_published_in_every_form() {
    let folder = Folder::new().await;
    let (service, meeting) = meeting(&folder, 0).await;
    let stranger = service.stranger();
    let jwks = stranger.get("//.well-known/jwks.json").await.expect(200).json();
    let keys = jwks["keys"].as_array().unwrap();
    assert!(keys.iter().all(|key| key["d"].is_null() && key["use"] == "sig"), "{jwks}");
    let with = |kind: &str, purpose: &str| {
        keys.iter().filter(|key| key["kty"] == kind && key["acta_purpose"] == purpose).count()
    };
    let found =
        (with("OKP", "evidence"), with("OKP", "tokens"), with("RSA", "tokens"), with("RSA", "evidence"));
    assert_eq!(found, (1, 1, 1, 0), "{jwks}");
    let pem = stranger.get("//.well-known/evidence-keys.pem").await.expect(200).text();
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----"), "{pem}");
    assert!(!stranger.get("//.well-known/cose-keys").await.expect(200).body.is_empty());
    let heads = stranger.get(&meeting.path("/heads/latest")).await.expect(200).json();
    assert!(heads["size"].as_u64() >= Some(2), "{heads}");
    let cose = stranger.get_as(&meeting.path("/heads/latest"), "application/cose").await.expect(200);
    assert_eq!(cose.body.first(), Some(&0xd2));
}

#[tokio::test]
async fn others_see_no_names_and_other_tenants_see_nothing() {
    let folder = Folder::new().await;
    let (service, mut meeting) = meeting(&folder, 1).await;
    let said = meeting.say(meeting.members[0], "Only for members.").await.position();
    let tenant = meeting.api.pass().tenant();
    let observer = service.person(tenant, any_id(), &["observer"]).await;
    let seen = observer.get_at(&meeting.path("/transcript"), said).await.expect(200).text();
    assert!(!seen.contains("Only for members."), "{seen}");
    let chunk = chunk_of(meeting.members[0], 9000, "x");
    observer.post(&meeting.path("/transcript/chunks"), &chunk).await.problem(403, "permission-needed");
    let foreigner = service.administrator(any_id()).await;
    for path in ["", "/attendance", "/floor", "/transcript", "/dossier"] {
        foreigner.get(&meeting.path(path)).await.expect(404);
    }
    assert_eq!(feed(&foreigner).await, Vec::<Value>::new());
}

#[tokio::test]
async fn health_tells_a_working_service() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    service.ready().await;
    let stranger = service.stranger();
    for path in ["//health", "//health/live", "//health/ready", "/health", "/health/live", "/health/ready"] {
        stranger.get(path).await.expect(200).json();
    }
    stranger.get("//docs/").await.expect(200);
    stranger.get("//api-docs/openapi.json").await.expect(200).json();
    service.stop().await;
}
