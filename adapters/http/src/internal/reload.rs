//! What the files say now: read anew when they change, without a restart.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use acta_application::clock::Clock;
use acta_application::health::FeatureHealth;
use acta_domain::Timestamp;
use arc_swap::ArcSwap;
use rustls::ServerConfig;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

use super::files::Contents;
use super::terms::TlsTerms;
use super::{TlsFiles, TlsFilesError};
use crate::problem::chain;

/// The certificates and keys of the internal listener, as they are now.
pub struct InternalTls {
    files: TlsFiles,
    clock: Arc<dyn Clock>,
    terms: ArcSwap<TlsTerms>,
    /// What the files held the last time, or nothing when they could not be read. Whoever looks at them holds the lock.
    last: Mutex<Option<[u8; 32]>>,
    /// Whether new connections follow what the files held then.
    well: AtomicBool,
}

/// What came of looking at the files again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// They are as they were.
    Unchanged,
    /// New connections follow what they say now.
    Renewed,
    /// They cannot be used, which was logged; new connections follow what they said before.
    Refused,
}

impl InternalTls {
    /// Reads `files` for the first time, at the service's start.
    ///
    /// # Errors
    /// See [`TlsFilesError`].
    pub fn open(files: TlsFiles, clock: Arc<dyn Clock>) -> Result<Arc<Self>, TlsFilesError> {
        let contents = files.read()?;
        let terms = TlsTerms::new(&files, &contents, &clock)?;
        warn_of_ends(&terms, &files, clock.now());
        let (terms, last) = (ArcSwap::from_pointee(terms), Mutex::new(Some(contents.digest())));
        Ok(Arc::new(Self { files, clock, terms, last, well: AtomicBool::new(true) }))
    }

    /// Looks at the files now, as an operator asks for by a signal.
    pub async fn reload(self: &Arc<Self>) -> Reload {
        let tls = Arc::clone(self);
        match tokio::task::spawn_blocking(move || tls.look()).await.map_err(JoinError::try_into_panic) {
            Ok(reload) => reload,
            Err(Ok(panic)) => resume_unwind(panic),
            // The service stops, and nothing is looked at any more.
            Err(Err(_)) => Reload::Unchanged,
        }
    }

    /// Looks at the files every `period`, until `stop` is cancelled.
    pub async fn watch(self: Arc<Self>, period: Duration, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(period)).await.is_some() {
            self.reload().await;
        }
    }

    /// How the feature `internal-tls` is, without waiting for anything: `serving`, or why it is not well.
    pub fn health(&self) -> FeatureHealth {
        let (terms, now) = (self.terms.load(), self.clock.now());
        let state = if !self.well.load(Ordering::Relaxed) {
            "files-refused"
        } else if terms.certificate_ends < now {
            "certificate-expired"
        } else if terms.revocation_lists_end.is_some_and(|end| end < now) {
            "revocation-list-outdated"
        } else {
            "serving"
        };
        FeatureHealth { name: "internal-tls", well: state == "serving", state, position: None, lag: None }
    }

    /// What the next handshake follows.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.terms.load().config)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn look(&self) -> Reload {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let contents = self.files.read();
        let digest = contents.as_ref().ok().map(Contents::digest);
        let was_well = self.well.load(Ordering::Relaxed);
        if digest.is_some() && digest == *last {
            return if was_well { Reload::Unchanged } else { Reload::Refused };
        }
        let terms = contents.and_then(|contents| TlsTerms::new(&self.files, &contents, &self.clock));
        let news = was_well || digest != *last;
        *last = digest;
        self.well.store(terms.is_ok(), Ordering::Relaxed);
        match terms {
            Ok(terms) => self.renew(terms),
            Err(error) => {
                if news {
                    tracing::error!(
                        error = chain(&error),
                        "the files of the internal listener cannot be used: it goes on with what they were before"
                    );
                }
                Reload::Refused
            }
        }
    }

    fn renew(&self, terms: TlsTerms) -> Reload {
        warn_of_ends(&terms, &self.files, self.clock.now());
        self.terms.store(Arc::new(terms));
        tracing::info!("the internal listener follows its files as they are now");
        Reload::Renewed
    }
}

fn warn_of_ends(terms: &TlsTerms, files: &TlsFiles, now: Timestamp) {
    if terms.certificate_ends < now {
        let (path, ended) = (files.certificate.display(), terms.certificate_ends);
        tracing::warn!(%path, %ended, "the internal listener's certificate has expired: clients will refuse it");
    }
    if let Some(ended) = terms.revocation_lists_end.filter(|end| *end < now) {
        tracing::warn!(%ended, "a revocation list of the internal listener is outdated: its clients are refused");
    }
}
