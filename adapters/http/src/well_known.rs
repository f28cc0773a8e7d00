//! The keys that the service publishes, for whoever verifies what it signed.

use acta_proof::cbor::{self, Value as Cbor};
use acta_proof::key::VerifyingKey;
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::Problem;
use crate::state::App;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_jwks))
        .routes(routes!(get_cose_keys))
        .routes(routes!(get_evidence_keys))
}

/// A set of keys (RFC 7517 §5).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JsonWebKeySet)]
pub(crate) struct Jwks {
    /// The keys; `acta_purpose` says what each signs: `evidence` or `tokens`.
    #[schema(value_type = Vec<Object>)]
    keys: Vec<Value>,
}

/// All public keys of the service, as JSON.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "keys", operation_id = "get_jwks", responses(
    (status = 200, description = "The keys.", body = Jwks),
))]
async fn get_jwks(State(app): State<App>) -> Json<Jwks> {
    let evidence = app.evidence.keys().iter().map(|key| jwk(key.to_jwk(), "evidence"));
    let tokens = (app.token_keys)().into_iter().map(|key| jwk(key, "tokens"));
    Json(Jwks { keys: evidence.chain(tokens).collect() })
}

fn jwk(mut jwk: Value, purpose: &str) -> Value {
    jwk["use"] = "sig".into();
    jwk["acta_purpose"] = purpose.into();
    jwk
}

/// The keys that sign evidence, as a `COSE_KeySet` (RFC 9052 §7).
#[utoipa::path(get, path = "/.well-known/cose-keys", tag = "keys", operation_id = "get_cose_keys", responses(
    (status = 200, description = "The keys.", body = Vec<u8>, content_type = "application/cose-key-set"),
))]
async fn get_cose_keys(State(app): State<App>) -> Result<Response, Problem> {
    let keys =
        app.evidence.keys().iter().map(|key| cbor::decode(&key.to_cose_key())).collect::<Result<_, _>>();
    let set = cbor::encode(&Cbor::Array(keys.map_err(|error| Problem::internal(&error))?));
    Ok(([(CONTENT_TYPE, "application/cose-key-set")], set).into_response())
}

/// The keys that sign evidence, as PEM, one behind the other.
#[utoipa::path(get, path = "/.well-known/evidence-keys.pem", tag = "keys", operation_id = "get_evidence_keys", responses(
    (status = 200, description = "The keys.", body = String, content_type = "application/x-pem-file"),
))]
async fn get_evidence_keys(State(app): State<App>) -> Response {
    let pem: String = app.evidence.keys().iter().map(VerifyingKey::to_spki_pem).collect();
    ([(CONTENT_TYPE, "application/x-pem-file")], pem).into_response()
}
