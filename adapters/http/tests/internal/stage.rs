//! An internal listener on files in a temporary folder.

use std::fs::{self, Permissions};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use acta_application::log::contract::{TestClock, moment};
use acta_http::internal::{
    AllowedSubjects, InternalListener, InternalPeer, InternalTls, ListenerLimits, TlsFiles, serve_internal,
};
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::{StatusCode, Version};
use axum::routing::get;
use rcgen::CertificateParams;
use rustls::AlertDescription;
use rustls_pki_types::CertificateDer;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::authority::{Authority, Paper, client, server};
use super::client::{Asked, Client};

/// Nothing here takes this long, unless it never ends.
const NEVER: Duration = Duration::from_mins(1);

/// The files before they are served.
pub(crate) struct Folder {
    place: TempDir,
    pub(crate) files: TlsFiles,
    /// Issues the server's certificate and, at first, those of clients.
    pub(crate) authority: Authority,
    pub(crate) clock: Arc<TestClock>,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let place = TempDir::new().unwrap();
        let at = |name: &str| place.path().join(name);
        let files = TlsFiles {
            certificate: at("server.pem"),
            key: at("server.key"),
            client_ca: at("ca.pem"),
            crl: None,
        };
        let authority = Authority::new("The authority");
        let paper = authority.issue(&server());
        fs::write(&files.certificate, &paper.certificate).unwrap();
        fs::write(&files.client_ca, authority.pem()).unwrap();
        write_key(&files.key, &paper.key);
        Self { place, files, authority, clock: Arc::new(TestClock::at(moment(0))) }
    }

    /// Adds a file with revocation lists.
    pub(crate) fn revoking(mut self, lists: &str) -> Self {
        let path = self.place.path().join("revoked.pem");
        fs::write(&path, lists).unwrap();
        self.files.crl = Some(path);
        self
    }

    pub(crate) fn open(&self) -> Result<Arc<InternalTls>, acta_http::internal::TlsFilesError> {
        InternalTls::open(self.files.clone(), Arc::clone(&self.clock) as _)
    }

    pub(crate) async fn serve(self) -> Stage {
        self.serve_with(ListenerLimits::default(), who().route("/slow", get(StatusCode::OK))).await
    }

    pub(crate) async fn serve_with(self, limits: ListenerLimits, router: Router) -> Stage {
        let tls = self.open().unwrap();
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listener = InternalListener::start(socket, Arc::clone(&tls), limits).unwrap();
        let (address, stop) = (listener.local_addr(), CancellationToken::new());
        let serving = tokio::spawn(serve_internal(listener, router, stop.clone()));
        Stage { folder: self, tls, address, stop, serving }
    }
}

pub(crate) fn write_key(path: &Path, key: &str) {
    fs::write(path, key).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

/// Answers with the service that the client is, and with the protocol.
pub(crate) fn who() -> Router {
    let allowed: AllowedSubjects =
        "governance=CN:governance.example, identity=san-uri:spiffe://example/identity".parse().unwrap();
    let answer = async move |version: Version, ConnectInfo(peer): ConnectInfo<Arc<InternalPeer>>| {
        let service = allowed.service_of(&peer.certificate).ok_or(StatusCode::FORBIDDEN)?;
        Ok::<_, StatusCode>(format!("{service} by {version:?}"))
    };
    Router::new().route("/", get(answer))
}

/// A listener that is served.
pub(crate) struct Stage {
    pub(crate) folder: Folder,
    pub(crate) tls: Arc<InternalTls>,
    pub(crate) address: SocketAddr,
    pub(crate) stop: CancellationToken,
    pub(crate) serving: JoinHandle<io::Result<()>>,
}

impl Stage {
    /// What whoever shows `paper` is answered.
    pub(crate) async fn ask(&self, paper: Option<&Paper>) -> Asked {
        self.ask_as(&Client::new(&self.trusted(), paper)).await
    }

    /// Why whoever shows `paper` is turned away.
    pub(crate) async fn refuses(&self, paper: Option<&Paper>) -> AlertDescription {
        self.refuses_as(&Client::new(&self.trusted(), paper)).await
    }

    pub(crate) async fn refuses_as(&self, client: &Client) -> AlertDescription {
        soon(client.be_refused(self.address)).await
    }

    pub(crate) async fn ask_as(&self, client: &Client) -> Asked {
        soon(Box::pin(client.ask(self.address, "/"))).await
    }

    pub(crate) fn trusted(&self) -> CertificateDer<'static> {
        self.folder.authority.der()
    }

    pub(crate) fn issue(&self, params: &CertificateParams) -> Paper {
        self.folder.authority.issue(params)
    }

    /// What the governance service shows.
    pub(crate) fn governance(&self) -> Paper {
        self.issue(&client("governance.example"))
    }
}

/// What comes of `waited`, which must come.
pub(crate) async fn soon<T>(waited: impl Future<Output = T>) -> T {
    tokio::time::timeout(NEVER, waited).await.expect("it comes in the end")
}

#[track_caller]
pub(crate) fn assert_is_governance(asked: Asked) {
    assert_eq!(asked.unwrap(), (StatusCode::OK, "governance by HTTP/1.1".to_owned()));
}
