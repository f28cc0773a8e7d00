//! `GET /.well-known/oauth-authorization-server`.

use axum::Json;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use acta_application::access::Permission;

use super::state::Issuing;
use crate::problem::Problem;

/// What the issuer can do (RFC 8414 §2, RFC 9449 §5.1).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuthorizationServerMetadata)]
pub(crate) struct ServerMetadata {
    /// Who issued the tokens: `iss`.
    issuer: String,
    /// Where services get tokens.
    token_endpoint: String,
    /// The keys that tokens are verified with.
    jwks_uri: String,
    /// What can be had in a token.
    scopes_supported: Vec<&'static str>,
    /// Nothing is had from an authorization endpoint.
    response_types_supported: [&'static str; 0],
    /// By what a token is had.
    grant_types_supported: [&'static str; 1],
    /// How clients show who they are.
    token_endpoint_auth_methods_supported: [&'static str; 2],
    /// How proofs of possession are signed.
    dpop_signing_alg_values_supported: [&'static str; 3],
    /// What else there is to read.
    service_documentation: String,
}

/// What the issuer can do, for clients that find out by themselves.
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server", tag = "tokens", operation_id = "get_server_metadata",
    responses((status = 200, description = "What the issuer can do.", body = ServerMetadata)),
)]
pub(super) async fn get_server_metadata(issuing: Issuing) -> Result<Response, Problem> {
    let url = &issuing.0.url;
    let metadata = ServerMetadata {
        issuer: url.clone(),
        token_endpoint: format!("{url}/oauth/token"),
        jwks_uri: format!("{url}/v2/.well-known/jwks.json"),
        scopes_supported: Permission::ALL.iter().map(|permission| permission.as_str()).collect(),
        response_types_supported: [],
        grant_types_supported: ["client_credentials"],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
        dpop_signing_alg_values_supported: ["ES256", "EdDSA", "RS256"],
        service_documentation: format!("{url}/docs/"),
    };
    Ok(([(CACHE_CONTROL, "public, max-age=300")], Json(metadata)).into_response())
}
