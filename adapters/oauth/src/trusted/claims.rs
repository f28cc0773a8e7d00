//! What the claims of a token say about its principal.

use std::collections::BTreeSet;

use acta_application::access::{Grant, KeyThumbprint, Permission, Principal, Role};
use acta_application::issuer::ClientName;
use acta_application::log::Actor;
use acta_domain::{PersonId, TenantId};
use serde_json::Value;

use super::ClaimNames;
use crate::jose::Members;
use crate::jwt::JwtError;

/// The principal that `claims` are about; where `foreign`, its name may be without our prefix.
pub(super) fn principal(
    claims: &Members<'_>,
    names: &ClaimNames,
    foreign: bool,
) -> Result<Principal, JwtError> {
    Ok(Principal {
        tenant: tenant(claims, names)?,
        actor: actor(claims, foreign)?,
        permissions: permissions(claims, names)?,
    })
}

fn tenant(claims: &Members<'_>, names: &ClaimNames) -> Result<TenantId, JwtError> {
    let tenant = find(claims, &names.tenant).and_then(|tenant| tenant.as_str()?.parse().ok());
    tenant.ok_or(JwtError::Claim("tenant"))
}

/// Time is no principal, though it is an actor.
fn actor(claims: &Members<'_>, foreign: bool) -> Result<Actor, JwtError> {
    let malformed = JwtError::Claim("sub");
    let subject = claims.text("sub").ok().flatten().ok_or(malformed)?;
    match subject.parse() {
        Ok(Actor::Clock) => Err(malformed),
        Ok(actor) => Ok(actor),
        Err(_) if foreign => foreign_actor(&subject).ok_or(malformed),
        Err(_) => Err(malformed),
    }
}

/// A bare UUID is a person's, another plain word a service's name.
fn foreign_actor(subject: &str) -> Option<Actor> {
    let person = subject.parse::<PersonId>().ok().map(Actor::Person);
    person.or_else(|| format!("service:{subject}").parse().ok())
}

/// Exactly those that the token lists, by name or as its scope; those of its roles when it lists none.
fn permissions(claims: &Members<'_>, names: &ClaimNames) -> Result<BTreeSet<Permission>, JwtError> {
    let listed = words(claims, &names.permissions).map_err(|()| JwtError::Claim("permissions"))?;
    let scope = words(claims, "scope").map_err(|()| JwtError::Claim("scope"))?.unwrap_or_default();
    let in_scope = known(&scope);
    if let Some(listed) = listed {
        return Ok(&known(&listed) | &in_scope);
    }
    if !in_scope.is_empty() {
        return Ok(in_scope);
    }
    let roles = words(claims, &names.roles)
        .map_err(|()| JwtError::Claim("roles"))?
        .ok_or(JwtError::Claim("roles"))?;
    Ok(roles.iter().filter_map(|role| Role::named(role)).flat_map(Role::permissions).copied().collect())
}

/// Names that are not known here are another version's, or another service's, and grant nothing here.
fn known(names: &[String]) -> BTreeSet<Permission> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

/// A list of words, or one text with spaces between them (RFC 6749 §3.3).
fn words(claims: &Members<'_>, name: &str) -> Result<Option<Vec<String>>, ()> {
    match find(claims, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.split_ascii_whitespace().map(str::to_owned).collect())),
        Some(Value::Array(words)) => words.into_iter().map(word).collect::<Result<_, _>>().map(Some),
        Some(_) => Err(()),
    }
}

fn word(value: Value) -> Result<String, ()> {
    if let Value::String(word) = value { Ok(word) } else { Err(()) }
}

/// The claim called `name`, or what is at this path inside a claim.
fn find(claims: &Members<'_>, name: &str) -> Option<Value> {
    if let Ok(Some(value)) = claims.get::<Value>(name) {
        return Some(value);
    }
    let (claim, path) = name.split_once('.')?;
    let value = claims.get::<Value>(claim).ok()??;
    path.split('.').try_fold(value, |mut value, step| value.get_mut(step).map(Value::take))
}

/// The key that the token is bound to. One that is bound to something else, such as a certificate, is nothing for us: taking it for
/// unbound would let whoever stole it use it.
pub(super) fn bound_to(claims: &Members<'_>) -> Result<Option<KeyThumbprint>, JwtError> {
    let malformed = JwtError::Claim("cnf");
    let Some(confirmation) = claims.object("cnf").map_err(|_| malformed)? else { return Ok(None) };
    let jkt = confirmation.text("jkt").ok().flatten().ok_or(malformed)?;
    KeyThumbprint::parse(&jkt).map(Some).map_err(|_| malformed)
}

/// What a token of our own issuer rests on: the sign-in that it names, or else a client that is registered in its tenant.
pub(super) fn grant(claims: &Members<'_>, tenant: TenantId) -> Result<Option<Grant>, JwtError> {
    let malformed = JwtError::Claim("sid");
    if let Some(id) = claims.text("sid").map_err(|_| malformed)? {
        return id.parse().map(|id| Some(Grant::SignIn(id))).map_err(|_| malformed);
    }
    let client = claims.text("client_id").ok().flatten().and_then(|name| name.parse::<ClientName>().ok());
    Ok(client.filter(|name| name.tenant == tenant).map(|name| Grant::Client(name.client)))
}
