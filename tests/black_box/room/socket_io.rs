//! Other people's client comes in, takes part, stays with another token, and is told why it may not.

use serde_json::{Value, json};
use uuid::Uuid;

use super::clients::{Clients, Person, done, refused};
use super::{assert_all_seen, recorded};
use crate::api::Api;
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::pass::{Holder, Wanted};
use crate::service::Service;

/// A session under way, its chair and a member of it, and somebody to watch.
struct Room {
    folder: Folder,
    service: Service,
    tenant: Uuid,
    api: Api,
    meeting: Meeting,
    clients: Clients,
    chair: Person,
    member: Person,
}

impl Room {
    async fn open() -> Self {
        let folder = Folder::new().await;
        let service = Service::start(&folder).await;
        let tenant = any_id();
        let api = service.administrator(tenant).await;
        let meeting = Meeting::begin(&api, "General meeting", 1).await;
        let clients = Clients::start();
        let chair = clients.person(&folder, tenant, any_id(), &["chair"]).await;
        let member = clients.person(&folder, tenant, meeting.members[0], &["participant"]).await;
        Self { folder, service, tenant, api, meeting, clients, chair, member }
    }

    async fn enter(&self, person: &Person, more: Value) -> Value {
        self.clients.open(person, &self.meeting.session, &[self.service.url()], more).await
    }

    /// Why a handshake was refused.
    async fn refusal(&self, person: &Person, mut more: Value) -> String {
        more["stays"] = json!(false);
        self.enter(person, more).await["refused"].as_str().expect("it is refused").to_owned()
    }

    /// Everybody in the room has seen everything.
    async fn assert_nothing_missed(&self, people: &[&Person]) {
        let events = recorded(&self.api, &self.meeting.session, 0).await;
        self.clients.reached(events.last().unwrap().0).await;
        for person in people {
            assert_all_seen(&person.name, &self.clients.seen(person).await, &events, 0);
        }
    }
}

#[tokio::test]
async fn a_handshake_lets_in_and_says_in_which_role() {
    let room = Room::open().await;
    let connected = room.enter(&room.chair, json!({ "after": 0 })).await["connected"].take();
    assert_eq!((&connected["role"], &connected["after"]), (&json!("moderator"), &json!(0)));
    assert_eq!(connected["session_id"], room.meeting.session);
    let connected = room.enter(&room.member, json!({})).await["connected"].take();
    assert_eq!(connected["role"], "participant");
    let snapshot = room.clients.message(&room.member, "session_state").await;
    assert_eq!((&snapshot["snapshot"], &snapshot["status"]), (&json!(true), &json!("active")));
    room.assert_nothing_missed(&[&room.chair]).await;
    room.service.stop().await;
}

#[tokio::test]
async fn a_handshake_that_is_not_good_is_refused_with_the_reason() {
    let room = Room::open().await;
    let (session, member) = (&room.meeting.session, &room.member);
    let token = &member.token;
    for (auth, reason) in [
        (json!({}), "unauthorized: "),
        (json!({ "token": token }), "invalid-body: `session_id` is missing"),
        (json!({ "token": token, "session_id": "x" }), "invalid-body: `session_id` "),
        (json!({ "token": token, "session_id": any_id() }), "unauthorized: "),
        (json!({ "token": "no-token", "session_id": session }), "unauthorized: "),
        (json!({ "token": token, "session_id": session, "dpop": "no.proof" }), "unauthorized: "),
        (json!({ "token": token, "session_id": session, "after": -1 }), "invalid-body: `after` "),
        (json!({ "token": token, "session_id": session, "what": 1 }), "invalid-body: "),
    ] {
        let said = room.refusal(member, json!({ "auth": auth })).await;
        assert!(said.starts_with(reason), "{auth}: {said}");
        assert!(!said.contains(token.as_str()), "{said}");
    }
    let said = room.refusal(member, json!({ "session": any_id() })).await;
    assert!(said.starts_with("unknown-session: "), "{said}");
    let said = room.refusal(member, json!({ "after": 1_000_000 })).await;
    assert!(said.starts_with("position-unknown: "), "{said}");
    room.service.stop().await;
}

/// Every message that there is, with what everybody is told of it.
async fn take_part(room: &Room) {
    let (clients, chair, member) = (&room.clients, &room.chair, &room.member);
    let ask = async || {
        let outcome =
            clients.emit(member, "request_speech", json!({ "kind": "speech", "topic": "Bees" })).await;
        assert_eq!(done(&outcome), clients.message(chair, "speech_request_received").await["position"]);
        outcome["request_id"].clone()
    };
    let tell = async |who: &Person, event: &str, data: Value, told: &str| {
        let position = done(&clients.emit(who, event, data).await);
        for person in [chair, member] {
            assert_eq!(clients.message(person, told).await["position"], position, "{told}");
        }
    };
    let first = ask().await;
    tell(member, "withdraw_speech", json!({ "request_id": first }), "speech_withdrawn").await;
    let second = ask().await;
    tell(chair, "deny_speech", json!({ "request_id": second, "reason": "Later." }), "speech_denied").await;
    let third = ask().await;
    let approval = json!({ "request_id": third, "time_limit_seconds": 600 });
    tell(chair, "approve_speech", approval, "speech_approved").await;
    tell(chair, "pause_turn", json!({ "request_id": third }), "turn_paused").await;
    tell(chair, "resume_turn", json!({ "request_id": third }), "turn_resumed").await;
    tell(chair, "finish_speech", json!({ "request_id": third }), "speech_finished").await;
    tell(chair, "mute_user", json!({ "user_id": member.user }), "user_muted").await;
    tell(chair, "unmute_user", json!({ "user_id": member.user }), "user_unmuted").await;
}

#[tokio::test]
async fn every_message_is_carried_out_and_everybody_is_told_over_a_web_socket() {
    over(json!(["websocket"])).await;
}

#[tokio::test]
async fn every_message_is_carried_out_and_everybody_is_told_over_long_polling() {
    over(json!(["polling"])).await;
}

#[tokio::test]
async fn every_message_is_carried_out_and_everybody_is_told_over_polling_that_is_upgraded() {
    over(json!(["polling", "websocket"])).await;
}

async fn over(transports: Value) {
    let room = Room::open().await;
    for person in [&room.chair, &room.member] {
        room.enter(person, json!({ "after": 0, "transports": transports })).await;
    }
    take_part(&room).await;
    room.meeting.act("/end").await;
    room.assert_nothing_missed(&[&room.chair, &room.member]).await;
    room.service.stop().await;
}

#[tokio::test]
async fn a_message_that_is_refused_is_answered_with_the_problem() {
    let room = Room::open().await;
    let (clients, chair, member) = (&room.clients, &room.chair, &room.member);
    room.enter(chair, json!({})).await;
    room.enter(member, json!({})).await;
    let before = recorded(&room.api, &room.meeting.session, 0).await;
    let nobody = json!({ "request_id": any_id() });
    refused(&clients.emit(member, "approve_speech", nobody.clone()).await, "permission-needed");
    refused(&clients.emit(chair, "approve_speech", json!({})).await, "invalid-body");
    refused(&clients.emit(chair, "approve_speech", json!({ "request_id": "x" })).await, "invalid-body");
    refused(
        &clients.emit(chair, "request_speech", json!({ "kind": "speech", "more": 1 })).await,
        "invalid-body",
    );
    refused(&clients.emit(chair, "no_such_message", json!({})).await, "unknown-message");
    refused(&clients.emit(chair, "mute_user", Value::Null).await, "invalid-body");
    let answer = clients.emit(chair, "approve_speech", nobody).await;
    assert_eq!(answer["problem"]["status"], 404, "{answer}");
    clients.ask(json!({ "do": "throw", "client": chair.name, "event": "mute_user", "data": {} })).await;
    let told = clients.message(chair, "problem").await;
    assert_eq!(told["event"], "mute_user");
    refused(&told, "invalid-body");
    assert_eq!(recorded(&room.api, &room.meeting.session, 0).await, before, "nothing is on the record");
    room.service.stop().await;
}

#[tokio::test]
async fn a_message_under_a_key_is_carried_out_once() {
    let room = Room::open().await;
    room.enter(&room.member, json!({})).await;
    let wish = json!({ "kind": "speech", "idempotency_key": "once" });
    let first = room.clients.emit(&room.member, "request_speech", wish.clone()).await;
    done(&first);
    assert_eq!(room.clients.emit(&room.member, "request_speech", wish).await, first);
    room.service.stop().await;
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_the_connection_stays() {
    let room = Room::open().await;
    let (clients, member) = (&room.clients, &room.member);
    let wanted = |lifetime| Wanted {
        tenant: room.tenant,
        holder: Holder::User(member.user),
        roles: &["participant"],
        lifetime,
    };
    let token = clients.token_again(&room.folder, &wanted(20), member).await;
    let brief = Person { token, ..member.clone() };
    room.enter(&brief, json!({ "stays": false })).await;
    let expiring = clients.message(&brief, "token_expiring").await;
    assert!(expiring["seconds_left"].as_u64().unwrap() <= 4, "a fifth of the lifetime: {expiring}");
    let token = clients.token_again(&room.folder, &wanted(15), member).await;
    let renewed = clients.ask(json!({ "do": "renew", "client": brief.name, "token": token })).await;
    done(&renewed["outcome"]);
    assert!(renewed["outcome"]["expires_at"].as_str() > expiring["expires_at"].as_str(), "{renewed}");
    clients.message(&brief, "token_expiring").await;
    let wish = json!({ "kind": "speech" });
    done(&clients.emit(&brief, "request_speech", wish).await);
    let closing = clients.message(&brief, "closing").await;
    refused(&closing, "unauthorized");
    let ended = clients.ask(json!({ "do": "ended", "client": brief.name })).await;
    assert_eq!(ended["reason"], "io server disconnect");
    let answer = clients.ask(json!({ "do": "seen", "client": brief.name })).await;
    assert_eq!(answer["connections"].as_array().unwrap().len(), 1, "{answer}");
    room.service.stop().await;
}

#[tokio::test]
async fn nobody_goes_on_with_the_token_of_somebody_else() {
    let room = Room::open().await;
    room.enter(&room.member, json!({ "stays": false })).await;
    let command = json!({ "do": "renew", "client": room.member.name, "token": room.chair.token });
    refused(&room.clients.ask(command).await["outcome"], "unauthorized");
    done(&room.clients.emit(&room.member, "request_speech", json!({ "kind": "speech" })).await);
    room.service.stop().await;
}

#[tokio::test]
async fn a_handshake_may_name_the_session_as_older_clients_do() {
    let room = Room::open().await;
    let wanted = Wanted {
        tenant: room.tenant,
        holder: Holder::User(room.member.user),
        roles: &["observer"],
        lifetime: 60,
    };
    let unbound = crate::pass::token(room.folder.path(), &wanted, None).await;
    let auth = json!({ "token": unbound, "sessionId": room.meeting.session, "after": "0" });
    let connected = room.enter(&room.member, json!({ "auth": auth })).await["connected"].take();
    assert_eq!((&connected["role"], &connected["after"]), (&json!("observer"), &json!(0)));
    room.assert_nothing_missed(&[&room.member]).await;
    room.service.stop().await;
}

#[tokio::test]
async fn everybody_is_told_that_the_service_stops() {
    let room = Room::open().await;
    room.enter(&room.chair, json!({ "stays": false })).await;
    room.enter(&room.member, json!({ "stays": false, "transports": ["polling"] })).await;
    let people = [&room.chair, &room.member];
    room.service.ask_to_stop().await;
    for person in people {
        refused(&room.clients.message(person, "closing").await, "unavailable");
    }
    room.service.ended().await;
}
