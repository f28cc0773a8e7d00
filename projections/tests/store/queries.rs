//! Questions to views that were folded from a real log.

use crate::room::{Room, created, described, person, second, session, spoken, tenant, validated};
use acta_application::views::Order;
use acta_domain::values::{Language, MediaTime, Modality, SessionStatus};
use acta_domain::{AttendanceEvent, SessionEvent, SessionId, TenantId};
use acta_projections::attendance::{AttendanceQuery, AttendanceStatus, attendees, quorum_at};
use acta_projections::sessions::{SessionView, SessionsQuery, TitleError, TitleOpener, sessions};
use acta_projections::transcript::{TranscriptQuery, chunks};
use acta_projections::{cursor_from_text, cursor_to_text};
use async_trait::async_trait;
use uuid::Uuid;

/// Opens titles that are sealed only in name.
struct Open;

#[async_trait]
impl TitleOpener for Open {
    async fn titles(&self, _: TenantId, sessions: &[SessionView]) -> Result<Vec<Option<String>>, TitleError> {
        let words = |view: &SessionView| Some(String::from_utf8(view.title.clone()?.0.ciphertext).unwrap());
        Ok(sessions.iter().map(words).collect())
    }
}

async fn folded(room: &Room) {
    let running = room.run();
    room.caught_up().await;
    running.stop().await;
}

async fn ten_sessions() -> Room {
    let room = Room::open().await;
    for number in 0..10_u8 {
        let id = session(number.into());
        let modality = if number % 2 == 0 { Modality::Virtual } else { Modality::InPerson };
        let title = if number % 3 == 0 { "Assemblée générale" } else { "Board" };
        room.append(id, created(id, modality, i64::from(number / 2) * 60)).await;
        room.append_sealed(id, described(), Some(title)).await;
        if number < 4 {
            room.append(id, SessionEvent::Started { at: second(1) }).await;
        }
    }
    folded(&room).await;
    room
}

fn all() -> SessionsQuery {
    SessionsQuery::of_tenant(tenant(), 100)
}

async fn found(room: &Room, query: &SessionsQuery) -> Vec<SessionId> {
    let page = sessions(&*room.views, query, &Open).await.unwrap();
    page.items.into_iter().map(|view| view.session_id).collect()
}

/// Every session that `query` finds, page by page, the cursor written to text and read again in between.
async fn paged(room: &Room, mut query: SessionsQuery) -> Vec<SessionId> {
    let mut ids = Vec::new();
    loop {
        let page = sessions(&*room.views, &query, &Open).await.unwrap();
        assert!(page.items.len() <= query.limit as usize);
        ids.extend(page.items.into_iter().map(|view| view.session_id));
        let Some(next) = page.next else { return ids };
        query.after = Some(cursor_from_text(&cursor_to_text(&next)).unwrap());
    }
}

fn ids(numbers: impl IntoIterator<Item = u128>) -> Vec<SessionId> {
    numbers.into_iter().map(session).collect()
}

#[tokio::test]
async fn sessions_are_listed_by_planned_start_in_pages_without_gaps() {
    let room = ten_sessions().await;
    for limit in [1, 3, 10, 11] {
        let query = SessionsQuery { limit, ..all() };
        assert_eq!(paged(&room, query.clone()).await, ids(0..10), "{limit}");
        let backwards = SessionsQuery { order: Order::Descending, ..query };
        assert_eq!(paged(&room, backwards).await, ids((0..10).rev()), "{limit}");
    }
}

#[tokio::test]
async fn sessions_are_found_by_status_modality_and_start() {
    let room = ten_sessions().await;
    let active = SessionsQuery { status: Some(SessionStatus::Active), ..all() };
    assert_eq!(found(&room, &active).await, ids(0..4));
    let virtual_and_active = SessionsQuery { modality: Some(Modality::Virtual), ..active };
    assert_eq!(found(&room, &virtual_and_active).await, ids([0, 2]));
    let within = SessionsQuery { starts_from: Some(second(60)), starts_until: Some(second(180)), ..all() };
    assert_eq!(found(&room, &within).await, ids(2..6));
}

#[tokio::test]
async fn a_title_is_found_whatever_its_case_and_accents_page_by_page() {
    let room = ten_sessions().await;
    for limit in [1, 2, 4, 5] {
        let query = SessionsQuery { title: Some("ASSEMBLEE GENE".to_owned()), limit, ..all() };
        assert_eq!(paged(&room, query).await, ids([0, 3, 6, 9]), "{limit}");
    }
    let nothing = SessionsQuery { title: Some("picnic".to_owned()), ..all() };
    assert_eq!(found(&room, &nothing).await, ids([]));
}

#[tokio::test]
async fn another_tenants_sessions_are_not_listed() {
    let room = ten_sessions().await;
    let other = SessionsQuery::of_tenant(TenantId::new(Uuid::from_u128(9)), 10);
    assert_eq!(found(&room, &other).await, ids([]));
}

#[tokio::test]
async fn quorum_is_counted_at_an_instant_and_ends_with_the_session() {
    let room = Room::open().await;
    let id = session(0);
    room.append(id, created(id, Modality::Virtual, 0)).await;
    room.append(id, SessionEvent::Started { at: second(1) }).await;
    for who in 1..=1_200 {
        room.append(id, validated(person(who), Some("0.5"), 10)).await;
    }
    room.append(id, AttendanceEvent::Left { person_id: person(1), at: second(20) }).await;
    room.append(id, SessionEvent::Ended { at: second(30) }).await;
    folded(&room).await;
    for (at, present, weight) in [(9, 0, "0"), (10, 1_200, "600"), (20, 1_199, "599.5"), (30, 0, "0")] {
        let quorum = quorum_at(&*room.views, tenant(), id, second(at)).await.unwrap();
        assert_eq!((quorum.present, quorum.weight.to_string()), (present, weight.to_owned()), "{at}");
        assert_eq!(quorum.position, room.head());
    }
    let query = AttendanceQuery {
        status: Some(AttendanceStatus::Left),
        ..AttendanceQuery::of_session(tenant(), id, 5)
    };
    let gone = attendees(&*room.views, &query).await.unwrap();
    assert_eq!(gone.items.len(), 1);
    assert_eq!((gone.items[0].person_id, gone.next), (person(1), None));
}

#[tokio::test]
async fn chunks_are_found_by_time_speaker_and_language() {
    let room = Room::open().await;
    let id = session(0);
    for chunk in 1..=20 {
        let language = if chunk % 2 == 0 { "el" } else { "en" };
        room.append_sealed(id, spoken(chunk, u128::from(chunk % 3), language), Some("words")).await;
    }
    folded(&room).await;
    let every = TranscriptQuery::of_session(tenant(), id, 100);
    let numbers = async |query: &TranscriptQuery| -> Vec<u64> {
        chunks(&*room.views, query).await.unwrap().items.iter().map(|view| view.chunk.get()).collect()
    };
    let time = |seconds: u64| Some(MediaTime::new(seconds * 1_000).unwrap());
    let within = TranscriptQuery { from: time(5), until: time(8), ..every.clone() };
    assert_eq!(numbers(&within).await, [5, 6, 7]);
    let who = TranscriptQuery { speaker: Some(person(0)), ..every.clone() };
    assert_eq!(numbers(&who).await, [3, 6, 9, 12, 15, 18]);
    let language = Some(Language::parse("el").unwrap());
    let both = TranscriptQuery { language, ..who };
    assert_eq!(numbers(&both).await, [6, 12, 18]);
    let last = TranscriptQuery { order: Order::Descending, limit: 2, ..every };
    assert_eq!(numbers(&last).await, [20, 19]);
}
