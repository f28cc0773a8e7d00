//! The internal listener: a port of its own for the services next door, who show who they are by a client certificate (mutual TLS).
//!
//! - [`TlsFiles`] names the files; [`InternalTls`] is what they say now, read anew when they change.
//! - [`InternalListener`] accepts connections and makes the handshakes beside each other; nobody gets further without a certificate
//!   of the authority.
//! - [`serve_internal`] answers requests; a handler finds who is asking as `ConnectInfo<Arc<InternalPeer>>`.
//! - [`AllowedSubjects`] says which service a certificate stands for. A certificate of the authority that stands for none is no
//!   reason to refuse the connection: each of its requests is answered with a problem document.
//!
//! # What a reload does to connections
//! The next handshake follows the new files. A connection that was made before goes on by what was agreed then, also when its
//! certificate was revoked since: it ends when the client closes it, when its certificate expires, or when it is
//! [`ListenerLimits::connection_life`] old, whichever comes first; requests under way are finished. No session is ever resumed, so
//! every new connection shows its certificate again.

mod allowed;
mod certificate;
mod error;
mod files;
mod listener;
mod reload;
mod serve;
mod terms;
mod under_way;

pub use allowed::{AllowedSubjects, InvalidSubject};
pub use certificate::{ClientCertificate, UnreadableCertificate};
pub use error::TlsFilesError;
pub use files::TlsFiles;
pub use listener::{InternalListener, InternalPeer, ListenerLimits};
pub use reload::{InternalTls, Reload};
pub use serve::serve_internal;
