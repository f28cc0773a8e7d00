//! A client that shows a certificate, or none.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::crypto::aws_lc_rs;
use rustls::{AlertDescription, ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::authority::Paper;

/// What a request came to: an answer, or anything that kept it from one.
pub(crate) type Asked = Result<(StatusCode, String), Box<dyn std::error::Error + Send + Sync>>;

/// How the client goes about it.
#[derive(Clone)]
pub(crate) struct Client {
    config: Arc<ClientConfig>,
}

impl Client {
    /// Trusts servers of the authority `trusted` and shows `paper`.
    pub(crate) fn new(trusted: &CertificateDer<'static>, paper: Option<&Paper>) -> Self {
        Self::speaking(trusted, paper, &[&version::TLS13, &version::TLS12], "http/1.1")
    }

    /// The same, with these versions of TLS and this protocol above them.
    pub(crate) fn speaking(
        trusted: &CertificateDer<'static>,
        paper: Option<&Paper>,
        versions: &[&'static SupportedProtocolVersion],
        protocol: &str,
    ) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match paper {
            Some(paper) => builder.with_client_auth_cert(paper.chain(), paper.key()).unwrap(),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        Self { config: Arc::new(config) }
    }

    pub(crate) async fn connect(&self, address: SocketAddr) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(address).await?;
        let name = ServerName::from(address.ip());
        Box::pin(TlsConnector::from(Arc::clone(&self.config)).connect(name, stream)).await
    }

    /// The alert with which the server ends the connection before anything was asked.
    pub(crate) async fn be_refused(&self, address: SocketAddr) -> AlertDescription {
        // In TLS 1.3 the client is done before the server has seen its certificate: the alert comes afterwards.
        let error = match self.connect(address).await {
            Ok(mut stream) => stream.read(&mut [0; 1]).await.expect_err("an alert comes first"),
            Err(error) => error,
        };
        match error.get_ref().and_then(|error| error.downcast_ref()) {
            Some(rustls::Error::AlertReceived(alert)) => *alert,
            _ => panic!("no alert: {error:?}"),
        }
    }

    /// Asks for `path` on a connection of its own.
    pub(crate) async fn ask(&self, address: SocketAddr, path: &str) -> Asked {
        let stream = self.connect(address).await?;
        if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            return ask_h2(stream, &format!("https://{address}{path}")).await;
        }
        let (mut sender, connection) = http1::handshake::<_, Body>(TokioIo::new(stream)).await?;
        let driving = tokio::spawn(connection);
        let request = Request::get(path).header("host", address.to_string()).body(Body::empty())?;
        let answer = read(sender.send_request(request).await?).await;
        drop(sender);
        driving.await??;
        answer
    }
}

async fn ask_h2(stream: TlsStream<TcpStream>, uri: &str) -> Asked {
    let (mut sender, connection) =
        http2::handshake::<_, _, Body>(TokioExecutor::new(), TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    read(sender.send_request(Request::get(uri).body(Body::empty())?).await?).await
}

async fn read(answer: hyper::Response<hyper::body::Incoming>) -> Asked {
    let (head, body) = answer.into_parts();
    let body = to_bytes(Body::new(body), 1 << 20).await?;
    Ok((head.status, String::from_utf8(body.to_vec())?))
}
