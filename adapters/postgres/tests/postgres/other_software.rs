//! The table is a superset of what `postgres-es` expects: it reads our streams.

use acta_application::log::{EventLog, NewEvent};
use acta_domain::{Session, SessionEvent, Timestamp};
use cqrs_es::persist::PersistedEventStore;
use cqrs_es::{DomainEvent, EventStore};
use postgres_es::PostgresEventRepository;
use sqlx::postgres::PgPoolOptions;

use crate::given::{instance, say, session, stream, tenant};
use crate::store::{Store, login};
use acta_application::log::StreamId;

fn written(event: &SessionEvent) -> NewEvent {
    NewEvent {
        event_type: event.event_type(),
        event_version: event.event_version().parse().expect("a version is a number"),
        payload: serde_json::to_string(event).expect("an event has text keys"),
        sealed: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_es_reads_our_streams() {
    let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000).unwrap();
    let events = [SessionEvent::Started { at: at(1) }, SessionEvent::Ended { at: at(2) }];
    let store = Store::fresh().await;
    let mut append = say("", 1);
    append.stream = StreamId::of_session("session", session(1));
    append.events = events.iter().map(written).collect();
    let log = instance(&store).await;
    log.append(append).await.unwrap();
    log.append(say("in another stream", 1)).await.unwrap();
    assert_ne!(stream(1).aggregate_type, "session");

    let tenant = tenant(1).as_uuid().to_string();
    let options = login(&store.place.url_of(acta_throwaway::Login::Service))
        .options([("role", "acta_serve".to_owned()), ("app.tenant_id", tenant)]);
    let pool = PgPoolOptions::new().connect_with(options).await.unwrap();
    let theirs = PersistedEventStore::<_, Session>::new_event_store(PostgresEventRepository::new(pool));
    let read = theirs.load_events(&session(1).to_string()).await.unwrap();
    let sequences: Vec<usize> = read.iter().map(|envelope| envelope.sequence).collect();
    assert_eq!(sequences, [1, 2]);
    assert_eq!(read.into_iter().map(|envelope| envelope.payload).collect::<Vec<_>>(), events);
}
