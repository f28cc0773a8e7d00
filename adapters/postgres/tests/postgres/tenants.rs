//! Tenants who do not trust each other, seen by SQL with the rights of the serving role.

use acta_application::log::{Append, EventLog};
use sqlx::postgres::PgConnection;
use sqlx::{Executor, Row};

use crate::given::{instance, say, serving, session, superuser, tenant};
use crate::store::Store;

/// Every table with a tenant.
const TABLES: [&str; 5] = ["events", "snapshots", "session_heads", "view_rows", "person_keys"];

/// A store in which tenant 1 and tenant 2 have something in every table.
async fn of_two_tenants() -> Store {
    let store = Store::fresh().await;
    let log = instance(&store).await;
    log.append(say("ours", 1)).await.expect("it is the first");
    log.append(Append { tenant_id: tenant(2), ..say("theirs", 2) }).await.expect("it is the first");
    let mut superuser = superuser(&store).await;
    for number in [1, 2] {
        let (tenant, session) = (tenant(number).as_uuid(), session(number).as_uuid());
        let rows = format!(
            "INSERT INTO snapshots VALUES ('{tenant}', 'floor', '{session}', 1, '{{}}');
             INSERT INTO session_heads (tenant_id, session_id, size, state, issued_at, key_id, cose, jws)
                VALUES ('{tenant}', '{session}', 1, 0, 0, decode(repeat('00', 32), 'hex'), '', '');
             INSERT INTO view_rows (generation, position, rank, tenant_id, session_id, id, document)
                VALUES (1, 1, 0, '{tenant}', '{session}', 'a', '{{}}');
             INSERT INTO person_keys (tenant_id, session_id, subject, wrapped) VALUES ('{tenant}', '{session}', 'session', '')"
        );
        superuser.execute(rows.as_str()).await.expect("the rows are new");
    }
    store
}

async fn tenants_seen(connection: &mut PgConnection, table: &str) -> Vec<uuid::Uuid> {
    let rows = connection
        .fetch_all(format!("SELECT tenant_id FROM {table}").as_str())
        .await
        .expect("it may be read");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_without_a_condition_sees_the_named_tenant_only() {
    let store = of_two_tenants().await;
    let mut connection = serving(&store).await;
    for number in [1, 2] {
        let tenant = tenant(number).as_uuid();
        connection.execute(format!("SET app.tenant_id = '{tenant}'").as_str()).await.unwrap();
        for table in TABLES {
            assert_eq!(tenants_seen(&mut connection, table).await, [tenant], "{table}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_lost_its_tenant_sees_nothing() {
    let store = of_two_tenants().await;
    let (ours, theirs) = (tenant(1).as_uuid(), tenant(2).as_uuid());
    let forged = [
        String::new(),
        "%".to_owned(),
        "NULL".to_owned(),
        "' OR '1' = '1".to_owned(),
        format!("{ours}' OR tenant_id = '{theirs}"),
        format!("{ours},{theirs}"),
        format!("{{{ours},{theirs}}}"),
        format!(" {ours}"),
        "(SELECT tenant_id::text FROM events LIMIT 1)".to_owned(),
    ];
    let mut connection = serving(&store).await;
    for table in TABLES {
        assert!(tenants_seen(&mut connection, table).await.is_empty(), "{table}, nothing set");
    }
    for setting in forged {
        sqlx::query("SELECT set_config('app.tenant_id', $1, false)")
            .bind(&setting)
            .execute(&mut connection)
            .await
            .unwrap();
        for table in TABLES {
            assert!(tenants_seen(&mut connection, table).await.is_empty(), "{table}, {setting}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tenants_of_an_append_are_forgotten_with_it() {
    let store = Store::fresh().await;
    let log = instance(&store).await;
    log.append(say("ours", 1)).await.unwrap();
    let mut connection = serving(&store).await;
    let appending = format!("SELECT set_config('app.appending_tenants', '{}', true)", tenant(1).as_uuid());
    connection.execute(appending.as_str()).await.unwrap();
    assert!(tenants_seen(&mut connection, "events").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_for_another_tenant_is_refused() {
    let store = of_two_tenants().await;
    let mut connection = serving(&store).await;
    let (ours, theirs) = (tenant(1).as_uuid(), tenant(2).as_uuid());
    connection.execute(format!("SET app.tenant_id = '{ours}'").as_str()).await.unwrap();
    let session = session(3).as_uuid();
    for foreign in [
        format!("INSERT INTO snapshots VALUES ('{theirs}', 'floor', '{session}', 1, '{{}}')"),
        format!("INSERT INTO person_keys (tenant_id, session_id, subject, wrapped) VALUES ('{theirs}', '{session}', 'x', '')"),
        format!("UPDATE person_keys SET tenant_id = '{theirs}'"),
        format!(
            "INSERT INTO events SELECT 9, 9, 9, recorded_at, '{theirs}', session_id, session_id, 0, aggregate_type, aggregate_id,
             event_type, event_version, payload, metadata, command_digest, salt, commitment, sealed FROM events"
        ),
    ] {
        let refused = connection.execute(foreign.as_str()).await;
        let refused = refused.expect_err(&foreign);
        assert_eq!(refused.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(), Some("42501"), "{foreign}");
    }
}
