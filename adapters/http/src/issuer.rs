//! The built-in issuer: tokens for users and clients, and who there is and what they may do.
//!
//! The routes that give tokens need none. A proof of possession that comes with such a request binds what it gives (RFC 9449 §5).

mod address;
mod audit;
mod clients;
mod cookie;
mod jwks;
mod login;
mod logout;
mod me;
mod metadata;
mod paths;
mod proof;
mod refresh;
mod roles;
mod state;
mod token;
mod tokens;
mod users;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use address::{InvalidProxy, TrustedProxies};
pub use state::IssuerState;

use crate::state::App;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(login::login))
        .routes(routes!(refresh::refresh))
        .routes(routes!(logout::logout))
        .routes(routes!(token::issue_token))
        .routes(routes!(jwks::get_token_keys))
        .routes(routes!(metadata::get_server_metadata))
        .routes(routes!(me::get_me))
        .routes(routes!(me::change_password))
        .routes(routes!(audit::list_audit))
        .merge(users::routes())
        .merge(roles::routes())
        .merge(clients::routes())
}
