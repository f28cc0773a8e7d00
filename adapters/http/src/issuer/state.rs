//! The issuer, as the routes need it.

use std::sync::Arc;

use acta_application::issuer::Issuer;
use acta_domain::TenantId;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::address::TrustedProxies;
use crate::problem::{Problem, ProblemKind};
use crate::state::App;

/// The issuer, as the routes need it.
pub struct IssuerState {
    /// Its use cases.
    pub issuer: Arc<Issuer>,
    /// The tenant of a login that names none.
    pub default_tenant: Option<TenantId>,
    /// The service's own URL, without a slash at the end: it is who issued the tokens.
    pub url: String,
    /// The proxies that are believed when they say where a request comes from.
    pub proxies: TrustedProxies,
}

impl IssuerState {
    /// Whether clients reach the service by TLS, so that they never send a cookie without.
    pub(super) fn is_secure(&self) -> bool {
        !self.url.starts_with("http:")
    }
}

/// The issuer of this service.
pub(super) struct Issuing(pub(super) Arc<IssuerState>);

impl Issuing {
    /// Its use cases.
    pub(super) fn issuer(&self) -> &Issuer {
        &self.0.issuer
    }
}

impl FromRequestParts<App> for Issuing {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Problem> {
        let none = || Problem::new(ProblemKind::NotFound, "this service issues no tokens; another one does");
        app.issuer.clone().map(Self).ok_or_else(none)
    }
}
