//! What the service refuses to start with, in words; `acta doctor` says the same.

use std::process::Output;

use acta_throwaway::{Cluster, Login, Server};

use super::{administered, superuser};
use crate::binary::{acta, ended, printed};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::service::Service;

/// No server asks for it, and nobody may ever read it.
const PASSWORD: &str = "opensesame";

/// What a command that must fail says on standard error; never a password.
fn complaint(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "it did not fail: {}", printed(output));
    assert!(!said.contains("panicked"), "{said}");
    assert!(!printed(output).contains(PASSWORD), "{said}");
    said
}

/// The URL of `database` for `login`, with a password in it.
fn url(server: &Server, login: &str, database: &str) -> String {
    let url = server.url_of(login, database);
    url.replacen(&format!("//{login}@"), &format!("//{login}:{PASSWORD}@"), 1)
}

/// Fails unless the service and the doctor refuse to work on `folder` with these settings, for all these reasons.
async fn is_refused(folder: &Folder, settings: &[(&str, String)], reasons: &[&str]) {
    let mut doctor = folder.acta();
    doctor.arg("doctor");
    for mut command in [folder.serve(), doctor] {
        command.envs(settings.iter().map(|(name, value)| (name, value)));
        let said = complaint(&ended(command).await);
        for reason in reasons {
            assert!(said.contains(reason), "{reason:?} is not in {said}");
        }
    }
}

/// Fails unless `login` is refused for all these reasons, as the login of the service and as that of projections.
async fn is_refused_as(folder: &Folder, login: &str, reasons: &[&str]) {
    let url = url(folder.database().server(), login, folder.database().name());
    is_refused(folder, &[("DATABASE_URL", url.clone())], reasons).await;
    is_refused(folder, &[("PROJECT_DATABASE_URL", url)], reasons).await;
}

/// Makes a login with these attributes that is a member of the service's roles, and gives its name.
async fn login(folder: &Folder, attributes: &str) -> String {
    let name = format!("login_{}", any_id().simple());
    let grant = format!("GRANT acta_serve, acta_project TO {name}");
    administered(folder, &format!("CREATE ROLE {name} LOGIN NOINHERIT {attributes}; {grant}")).await;
    name
}

/// Takes away a login and all its rights: the server is everybody's.
async fn forget(folder: &Folder, login: &str) {
    administered(folder, &format!("DROP OWNED BY {login}; DROP ROLE {login}")).await;
}

#[tokio::test]
async fn a_login_that_row_level_security_does_not_bind_is_refused() {
    let folder = Folder::postgres().await;
    for (attributes, reason) in [
        ("BYPASSRLS", "bypasses row level security"),
        ("SUPERUSER", "is a superuser, whom row level security does not bind"),
    ] {
        let login = login(&folder, attributes).await;
        is_refused_as(&folder, &login, &[&format!("the login {login} {reason}")]).await;
        forget(&folder, &login).await;
    }
}

#[tokio::test]
async fn the_owner_of_the_tables_and_whoever_can_act_as_it_are_refused() {
    let folder = Folder::postgres().await;
    let owner = Login::Owner.name();
    is_refused_as(&folder, owner, &["the login acta_owner owns tables", "events", "view_rows"]).await;
    let login = login(&folder, "").await;
    administered(&folder, &format!("GRANT {owner} TO {login}")).await;
    is_refused_as(&folder, &login, &[&format!("the login {login} can act as {owner}")]).await;
    forget(&folder, &login).await;
}

#[tokio::test]
async fn a_login_that_may_change_events_is_refused() {
    let folder = Folder::postgres().await;
    let login = login(&folder, "").await;
    administered(&folder, &format!("GRANT UPDATE (payload), DELETE ON events TO {login}")).await;
    let may = |what: &str| format!("the login {login} may {what} events, which is only ever appended to");
    is_refused_as(&folder, &login, &[&may("UPDATE (payload)"), &may("DELETE")]).await;
    forget(&folder, &login).await;
}

#[tokio::test]
async fn a_login_without_the_roles_is_refused() {
    let folder = Folder::postgres().await;
    let login = login(&folder, "").await;
    administered(&folder, &format!("REVOKE acta_serve, acta_project FROM {login}")).await;
    let url = url(folder.database().server(), &login, folder.database().name());
    let cannot = |role: &str| format!("the login {login} cannot take on the role {role}");
    is_refused(&folder, &[("DATABASE_URL", url.clone())], &[&cannot("acta_serve"), &cannot("acta_project")])
        .await;
    is_refused(&folder, &[("PROJECT_DATABASE_URL", url)], &[&cannot("acta_project")]).await;
    forget(&folder, &login).await;
}

#[tokio::test]
async fn a_table_without_a_forced_policy_is_refused() {
    let folder = Folder::postgres().await;
    let table = "row level security of the table";
    for (damage, mend, reason) in [
        ("NO FORCE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY", "view_rows is not forced"),
        ("DISABLE ROW LEVEL SECURITY", "ENABLE ROW LEVEL SECURITY", "view_rows is not enabled"),
    ] {
        administered(&folder, &format!("ALTER TABLE view_rows {damage}")).await;
        is_refused(&folder, &[], &[&format!("{table} {reason}")]).await;
        administered(&folder, &format!("ALTER TABLE view_rows {mend}")).await;
    }
    administered(&folder, "DROP POLICY snapshots_of_the_tenant ON snapshots").await;
    is_refused(&folder, &[], &["the table snapshots has no policy"]).await;
}

/// An empty database, and the settings that name it.
struct Empty {
    server: Server,
    name: String,
}

impl Empty {
    async fn on(server: &Server) -> Self {
        let name = format!("acta_empty_{}", any_id().simple());
        let empty = Self { server: server.clone(), name };
        empty.administered(&format!(r#"CREATE DATABASE "{}" OWNER acta_owner"#, empty.name)).await;
        empty
    }

    async fn administered(&self, sql: &str) {
        use sqlx::{Connection as _, Executor as _};
        let mut superuser = sqlx::PgConnection::connect(&self.server.url("postgres")).await.unwrap();
        superuser.execute(sqlx::raw_sql(sql)).await.unwrap();
    }

    fn url_of(&self, login: Login) -> String {
        url(&self.server, login.name(), &self.name)
    }

    async fn remove(self) {
        self.administered(&format!(r#"DROP DATABASE "{}" WITH (FORCE)"#, self.name)).await;
    }
}

#[tokio::test]
async fn a_database_that_was_not_migrated_is_refused_and_usable_after_serve_migrate() {
    let folder = Folder::embedded();
    // Whoever asks for a migrated database makes the logins too.
    let other = Folder::postgres().await;
    let empty = Empty::on(other.database().server()).await;
    let service = [("DATABASE_URL", empty.url_of(Login::Service))];
    is_refused(&folder, &service, &["the tables of the service are not in the database", "`acta migrate`"])
        .await;

    let mut serve = folder.serve();
    serve.arg("--migrate").envs(service.clone());
    let said = complaint(&ended(serve).await);
    assert!(said.contains("MIGRATE_DATABASE_URL"), "{said}");
    for _ in ["an empty database", "a migrated one"] {
        let mut serve = folder.serve();
        serve.arg("--migrate").envs(service.clone()).env("MIGRATE_DATABASE_URL", empty.url_of(Login::Owner));
        let service = Service::spawn(&folder, serve).await;
        Meeting::begin(&service.administrator(any_id()).await, "First meeting", 1).await;
        let log = String::from_utf8_lossy(&service.log()).into_owned();
        assert!(!log.contains(PASSWORD), "{log}");
        service.stop().await;
    }
    let mut doctor = folder.acta();
    doctor.args(["doctor", "--views"]).envs(service);
    let output = ended(doctor).await;
    assert!(output.status.success(), "{}", printed(&output));
    empty.remove().await;
}

#[tokio::test]
async fn a_database_that_another_version_migrated_is_refused() {
    let folder = Folder::postgres().await;
    administered(&folder, "UPDATE _sqlx_migrations SET version = 9000 WHERE version = 7").await;
    let newer = ["the database is at migration 9000", "use a newer version"];
    is_refused(&folder, &[], &newer).await;
    let mut migrate = acta();
    migrate.arg("migrate").env("MIGRATE_DATABASE_URL", folder.database().url_of(Login::Owner));
    let said = complaint(&ended(migrate).await);
    assert!(newer.iter().all(|part| said.contains(part)), "{said}");
    administered(&folder, "DELETE FROM _sqlx_migrations WHERE version = 9000").await;
    is_refused(&folder, &[], &["the database is at migration 6", "run `acta migrate`"]).await;
}

#[tokio::test]
async fn an_instance_with_other_keys_than_the_first_is_refused_and_records_nothing() {
    let (folder, stranger) = (Folder::postgres().await, Folder::embedded());
    let service = Service::start(&folder).await;
    let mut meeting = Meeting::begin(&service.administrator(any_id()).await, "General meeting", 1).await;
    meeting.say(meeting.members[0], "A word.").await;
    // With its proof comes a head.
    meeting.proof().await;
    service.stop().await;
    Service::start(&stranger).await.stop().await;

    let data = ("ACTA_DATA", stranger.path().to_string_lossy().into_owned());
    let mut serve = folder.serve();
    serve.envs([data.clone()]);
    let said = complaint(&ended(serve).await);
    assert!(said.contains("are not those of the other instances") && said.contains("master key"), "{said}");
    let mut doctor = folder.acta();
    doctor.arg("doctor").envs([data]);
    let output = ended(doctor).await;
    let said = printed(&output);
    assert!(!output.status.success() && said.contains("is not among the keys of the service"), "{said}");
    let secrets: i64 = sqlx::query_scalar("SELECT count(*) FROM service_secrets")
        .fetch_one(&mut superuser(&folder).await)
        .await
        .unwrap();
    assert_eq!(secrets, 3, "the master key, the digest key and the first evidence key of the first instance");
    Service::start(&folder).await.stop().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_the_password() {
    let folder = Folder::embedded();
    let server = Cluster::shared().await.unwrap();
    let settings = [("DATABASE_URL", url(server, "nobody_here", "no_such_database"))];
    is_refused(&folder, &settings, &["no_such_database", "nobody_here", "cannot be reached"]).await;
    let closed = format!("postgres://acta_service:{PASSWORD}@127.0.0.1:1/acta");
    is_refused(&folder, &[("DATABASE_URL", closed)], &["127.0.0.1:1", "cannot be reached"]).await;
}
