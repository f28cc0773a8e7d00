//! The way to the database is encrypted when that is asked for, and only to the server that is meant.

use std::path::PathBuf;

use acta_throwaway::{Cluster, Options};
use tempfile::TempDir;
use tokio::process::Command;

use super::{give_to_the_server, superuser};
use crate::binary::{ended, printed};
use crate::folder::{Folder, refusal};
use crate::meeting::{Meeting, any_id};
use crate::service::Service;

const PASSWORD: &str = "opensesame";

/// Two authorities, and a certificate of the first for a server called `localhost`.
struct Certificates(TempDir);

impl Certificates {
    async fn make() -> Self {
        let made = Self(tempfile::tempdir().unwrap());
        for authority in ["ours", "foreign"] {
            let (key, certificate) = (format!("{authority}.key"), format!("{authority}.pem"));
            let arguments = ["-x509", "-days", "2", "-subj", "/CN=An authority", "-out", &certificate];
            made.request(&key, &arguments).await;
        }
        made.request("server.key", &["-subj", "/CN=A server", "-out", "server.csr"]).await;
        let extensions = "subjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\n";
        std::fs::write(made.path("extensions"), extensions).unwrap();
        let sign = "x509 -req -in server.csr -CA ours.pem -CAkey ours.key -CAcreateserial -days 2 \
            -extfile extensions -out server.pem";
        made.openssl(&sign.split_whitespace().collect::<Vec<_>>()).await;
        give_to_the_server(made.0.path()).await;
        made
    }

    async fn request(&self, key: &str, arguments: &[&str]) {
        let new =
            ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key];
        self.openssl(&[&new[..], arguments].concat()).await;
    }

    async fn openssl(&self, arguments: &[&str]) {
        let mut command = Command::new("openssl");
        command.args(arguments).current_dir(self.0.path());
        let output = ended(command).await;
        assert!(output.status.success(), "openssl {arguments:?}: {}", printed(&output));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    async fn cluster(&self) -> Cluster {
        let options = Options::fast().with("ssl", "on").with("ssl_cert_file", &self.text("server.pem"));
        Cluster::start(options.with("ssl_key_file", &self.text("server.key"))).await.unwrap()
    }
}

/// The database of `folder` by another name of its server, with more parameters.
fn url(folder: &Folder, host: &str, parameters: &str) -> String {
    let database = folder.database();
    let port = database.server().port();
    format!("postgres://acta_service:{PASSWORD}@{host}:{port}/{}?{parameters}", database.name())
}

/// Fails unless a service with this URL works, and all its connections are encrypted.
async fn works_encrypted(folder: &Folder, settings: &[(&str, String)]) {
    let mut serve = folder.serve();
    serve.env_remove("DATABASE_URL").envs(settings.iter().map(|(name, value)| (name, value)));
    let service = Service::spawn(folder, serve).await;
    Meeting::begin(&service.administrator(any_id()).await, "General meeting", 1).await;
    let connections = "SELECT count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl)
        FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'acta_service'";
    let found = sqlx::query_as(connections).fetch_one(&mut superuser(folder).await).await.unwrap();
    let (encrypted, others): (i64, i64) = found;
    assert!(encrypted >= 2 && others == 0, "{encrypted} encrypted, {others} not: {settings:?}");
    let log = String::from_utf8_lossy(&service.log()).into_owned();
    assert!(!log.contains(PASSWORD), "{log}");
    service.stop().await;
}

/// Fails unless the service refuses this URL, saying so with all these words.
async fn is_refused(folder: &Folder, url: &str, words: &[&str]) {
    let mut serve = folder.serve();
    serve.env("DATABASE_URL", url);
    let said = refusal(serve).await;
    assert!(!said.contains(PASSWORD) && !said.contains("panicked"), "{said}");
    for word in ["cannot be reached"].iter().chain(words) {
        assert!(said.contains(word), "{word:?} is not in {said}");
    }
}

#[tokio::test]
async fn a_server_that_proves_who_it_is_is_spoken_to_in_secret() {
    let certificates = Certificates::make().await;
    let cluster = certificates.cluster().await;
    let folder = Folder::on(cluster.server()).await;
    let root = certificates.text("ours.pem");
    for (host, parameters) in [
        ("localhost", format!("sslmode=verify-full&sslrootcert={root}")),
        ("localhost", format!("sslmode=verify-ca&sslrootcert={root}")),
        ("127.0.0.1", "sslmode=require".to_owned()),
    ] {
        works_encrypted(&folder, &[("DATABASE_URL", url(&folder, host, &parameters))]).await;
    }
    let database = folder.database();
    let parts = [
        ("DATABASE_HOST", "localhost".to_owned()),
        ("DATABASE_PORT", database.server().port().to_string()),
        ("DATABASE_USERNAME", "acta_service".to_owned()),
        ("DATABASE_PASSWORD", PASSWORD.to_owned()),
        ("DATABASE_NAME", database.name().to_owned()),
        ("DATABASE_SSLMODE", "verify-full".to_owned()),
        ("DATABASE_SSLROOTCERT", root),
    ];
    works_encrypted(&folder, &parts).await;
}

#[tokio::test]
async fn a_server_that_does_not_prove_who_it_is_is_refused() {
    let certificates = Certificates::make().await;
    let cluster = certificates.cluster().await;
    let folder = Folder::on(cluster.server()).await;
    let (ours, foreign) = (certificates.text("ours.pem"), certificates.text("foreign.pem"));
    let full = |root: &str| format!("sslmode=verify-full&sslrootcert={root}");
    is_refused(&folder, &url(&folder, "localhost", &full(&foreign)), &["certificate"]).await;
    is_refused(&folder, &url(&folder, "localhost", "sslmode=verify-full"), &["certificate"]).await;
    let ca = format!("sslmode=verify-ca&sslrootcert={foreign}");
    is_refused(&folder, &url(&folder, "localhost", &ca), &["certificate"]).await;
    is_refused(&folder, &url(&folder, "127.0.0.1", &full(&ours)), &["certificate"]).await;
    is_refused(&folder, &url(&folder, "localhost", &full("/no/such/file.pem")), &[]).await;
}

#[tokio::test]
async fn a_server_without_tls_is_refused_when_it_is_required() {
    let folder = Folder::postgres().await;
    for mode in ["require", "verify-ca", "verify-full"] {
        is_refused(&folder, &url(&folder, "127.0.0.1", &format!("sslmode={mode}")), &["TLS"]).await;
    }
}
