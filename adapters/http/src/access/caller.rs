//! Who sent a request: by a token and, where it is bound to a key, the proof of holding it; or by a client certificate.

use std::sync::Arc;

use acta_application::access::{
    Admitted, Grant, Principal, ProofError, ProofRequest, Role, TokenError, VerifiedToken,
};
use acta_application::log::Actor;
use acta_domain::{TenantId, Timestamp};
use axum::extract::{ConnectInfo, OriginalUri};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::answer_headers::tell;
use super::challenge::Challenge;
use super::credentials::{Scheme, token};
use crate::internal::{ClientCertificate, InternalPeer};
use crate::problem::{DPOP_NONCE, Problem, ProblemKind, nonce_header};
use crate::state::HttpState;

const PROOF: &str = "dpop";
const TENANT: &str = "x-tenant-id";

/// Whether the request came over the internal listener.
pub(crate) fn is_internal(parts: &Parts) -> bool {
    certificate(parts).is_some()
}

fn certificate(parts: &Parts) -> Option<&ClientCertificate> {
    parts.extensions.get::<ConnectInfo<Arc<InternalPeer>>>().map(|ConnectInfo(peer)| &peer.certificate)
}

/// Who sent a request.
#[derive(Debug)]
pub(crate) struct Caller {
    /// Who it is.
    pub(crate) principal: Principal,
    /// What of their token lasts longer than the request; none of a caller on the internal listener.
    pub(crate) token: Option<ShownToken>,
}

/// What of a token lasts longer than the request that it came with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShownToken {
    proven: bool,
    expires_at: Timestamp,
    grant: Option<Grant>,
}

impl ShownToken {
    /// `principal`, let in by this token.
    pub(crate) fn admit(self, principal: Principal) -> Admitted {
        let Self { proven, expires_at, grant } = self;
        Admitted { principal, proven, expires_at, grant }
    }
}

/// Who sent the request.
pub(crate) async fn caller(parts: &Parts, app: &HttpState) -> Result<Caller, Problem> {
    if let Some(admitted) = parts.extensions.get::<Admitted>() {
        return still_admitted(parts, admitted, app);
    }
    match certificate(parts) {
        Some(certificate) => Ok(Caller { principal: certified(parts, certificate, app).await?, token: None }),
        None => holder(parts, app).await,
    }
}

/// Somebody whom another door of this process has let in, as long as the token is good that they were let in by.
fn still_admitted(parts: &Parts, admitted: &Admitted, app: &HttpState) -> Result<Caller, Problem> {
    let Admitted { principal, proven, expires_at, grant } = admitted.clone();
    if expires_at <= app.clock.now() {
        return Err(refused(TokenError::Expired.to_string(), Challenge::PossessedToken));
    }
    if !proven && !parts.method.is_safe() {
        return Err(unbound_write());
    }
    Ok(Caller { principal, token: Some(ShownToken { proven, expires_at, grant }) })
}

/// Who holds the token of a request that anybody can send.
async fn holder(parts: &Parts, app: &HttpState) -> Result<Caller, Problem> {
    let Some((scheme, token)) = token(&parts.headers)? else {
        return Err(Problem::unauthorized(
            "send an access token: `Authorization: DPoP …` or `Bearer …`",
            Challenge::Either,
        ));
    };
    let verified = verified(token, app, scheme).await?;
    let proven = match (verified.bound_to, scheme) {
        (Some(_), Scheme::DPoP) => {
            prove(parts, token, &verified, app).await?;
            true
        }
        // RFC 9449 §7.2: a bound token is worth nothing without its proof.
        (Some(_), Scheme::Bearer) => {
            return Err(refused(
                "the access token is bound to a key: send it as `DPoP` with a proof",
                Challenge::PossessedToken,
            ));
        }
        (None, Scheme::DPoP) => {
            return Err(refused("the access token is not bound to a key", Challenge::PossessedToken));
        }
        (None, Scheme::Bearer) if parts.method.is_safe() => false,
        (None, Scheme::Bearer) => return Err(unbound_write()),
    };
    let VerifiedToken { principal, expires_at, grant, .. } = verified;
    Ok(Caller { principal, token: Some(ShownToken { proven, expires_at, grant }) })
}

fn unbound_write() -> Problem {
    refused("a write needs an access token that is bound to a key, and a proof", Challenge::PossessedToken)
}

async fn verified(token: &str, app: &HttpState, scheme: Scheme) -> Result<VerifiedToken, Problem> {
    let challenge = match scheme {
        Scheme::Bearer => Challenge::BearerToken,
        Scheme::DPoP => Challenge::PossessedToken,
    };
    app.tokens.verify(token, app.clock.now()).await.map_err(|error| match error {
        TokenError::Unavailable(_) => {
            Problem::unavailable("the keys of the token's issuer are not available", &error)
        }
        error => refused(error.to_string(), challenge),
    })
}

fn refused(detail: impl Into<std::borrow::Cow<'static, str>>, challenge: Challenge) -> Problem {
    Problem::unauthorized(detail, challenge)
}

/// Checks that whoever sent the request holds the key of `token`.
async fn prove(parts: &Parts, token: &str, verified: &VerifiedToken, app: &HttpState) -> Result<(), Problem> {
    let key = verified.bound_to.expect("only a bound token is proven");
    let proofs = values(&parts.headers, PROOF)?;
    // The path as it was sent: nested routers see the rest of it only.
    let path = parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |OriginalUri(uri)| uri.path());
    let request =
        ProofRequest { proofs: &proofs, method: parts.method.as_str(), path, token: Some((token, key)) };
    let checked = app.proofs.check(&request, app.clock.now()).await.map_err(|error| unproven(&error))?;
    if let Some(nonce) = checked.next_nonce {
        tell(parts, DPOP_NONCE, nonce_header(&nonce));
    }
    Ok(())
}

/// The problem that `error` means.
pub(crate) fn unproven(error: &ProofError) -> Problem {
    match error {
        ProofError::Unavailable(_) => {
            Problem::unavailable("proofs of possession cannot be checked at present", error)
        }
        ProofError::NonceNeeded(nonce) => {
            Problem::unauthorized(error.to_string(), Challenge::Nonce).with_nonce(nonce)
        }
        ProofError::OtherKey => Problem::unauthorized(error.to_string(), Challenge::PossessedToken),
        ProofError::Missing | ProofError::Invalid(_) | ProofError::Replayed => {
            Problem::unauthorized(error.to_string(), Challenge::Proof)
        }
    }
}

/// Every value of a header, as text.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> Result<Vec<&'a str>, Problem> {
    let values = headers.get_all(name).iter().map(|value| value.to_str());
    values.collect::<Result<_, _>>().map_err(|_| unproven(&ProofError::Invalid("it is not visible ASCII")))
}

/// Who sent a request over the internal listener: the service that the certificate names, or whose token it passes on.
async fn certified(
    parts: &Parts,
    certificate: &ClientCertificate,
    app: &HttpState,
) -> Result<Principal, Problem> {
    let service = app.internal.as_ref().and_then(|allowed| allowed.service_of(certificate));
    let service = service.ok_or_else(|| {
        Problem::new(
            ProblemKind::CertificateNotAllowed,
            "the client certificate names no service that may call here",
        )
    })?;
    match token(&parts.headers)? {
        None => Ok(Principal {
            tenant: tenant(&parts.headers)?,
            actor: Actor::Service(service.to_string()),
            permissions: Role::Service.permissions().iter().copied().collect(),
        }),
        // Whoever holds the certificate has proven more than a bearer: only a token bound to another key asks for more.
        Some((scheme, token)) => {
            let verified = verified(token, app, scheme).await?;
            if verified.bound_to.is_some() {
                prove(parts, token, &verified, app).await?;
            }
            Ok(verified.principal)
        }
    }
}

/// The tenant that the service acts in.
fn tenant(headers: &HeaderMap) -> Result<TenantId, Problem> {
    let mut values = headers.get_all(TENANT).iter();
    let tenant = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok().and_then(|text| text.parse().ok()),
        _ => None,
    };
    tenant.ok_or_else(|| {
        Problem::new(ProblemKind::InvalidParameter, "name the tenant, a UUID, once")
            .at_parameter("X-Tenant-Id")
    })
}
