//! How much a caller writes: `RateLimit` and `RateLimit-Policy` tell (draft-ietf-httpapi-ratelimit-headers-10), and what is too much is
//! answered with 429 and `Retry-After` (RFC 6585 §4).

use std::fmt::Write as _;
use std::time::Duration;

use acta_application::access::{Allowance, LimitKey, Principal, Quota, Taken};
use axum::extract::MatchedPath;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};

use super::answer_headers::tell;
use crate::openapi::{OLDER, operation_id};
use crate::problem::{Problem, ProblemKind};
use crate::state::HttpState;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Counts a write of `principal`; refuses it if that is too much.
pub(crate) async fn spend(parts: &Parts, principal: &Principal, app: &HttpState) -> Result<(), Problem> {
    let operation = operation(parts);
    let (names, wishes): (Vec<_>, Vec<_>) = wishes(principal, operation, app).into_iter().unzip();
    if wishes.is_empty() {
        return Ok(());
    }
    let taken = app.limits.take(&wishes, app.clock.now()).await;
    match taken
        .map_err(|error| Problem::unavailable("what is written cannot be counted at present", &error))?
    {
        Taken::All(left) => {
            tell_left(parts, &names, left);
            Ok(())
        }
        Taken::None { exhausted, retry_after, left } => {
            tell_left(parts, &names, left);
            Err(too_much(names[exhausted], wishes[exhausted].1, retry_after))
        }
    }
}

/// The operation that was asked for, by its id in the description of the API; at an older path, the one at the newer.
pub(super) fn operation(parts: &Parts) -> &'static str {
    let path = parts.extensions.get::<MatchedPath>().map_or(parts.uri.path(), MatchedPath::as_str);
    let id = operation_id(&parts.method, path);
    id.strip_suffix(OLDER).unwrap_or(id)
}

fn wishes(principal: &Principal, operation: &str, app: &HttpState) -> Vec<(&'static str, (LimitKey, Quota))> {
    let applied = app.write_rules.applied(principal.tenant, operation);
    let (tenant, actor) = (principal.tenant, &principal.actor);
    let counted = |operation: Option<&str>| operation.unwrap_or("*").to_owned();
    let user = applied.quotas.user.map(|quota| {
        ("user", (LimitKey(format!("writes:{tenant}:{}:{actor}", counted(applied.user_operation))), quota))
    });
    let tenant = applied.quotas.tenant.map(|quota| {
        ("tenant", (LimitKey(format!("writes:{tenant}:{}", counted(applied.tenant_operation))), quota))
    });
    user.into_iter().chain(tenant).collect()
}

fn tell_left(parts: &Parts, names: &[&'static str], left: Vec<Allowance>) {
    let left: Vec<_> = names.iter().copied().zip(left).collect();
    tell(parts, POLICY, policy(&left));
    tell(parts, LIMIT, limit(&left));
}

/// The problem of a caller who did too much.
fn too_much(whose: &str, quota: Quota, retry_after: Duration) -> Problem {
    let detail = format!("too much for this {whose}: at most {quota}");
    Problem::new(ProblemKind::TooManyRequests, detail).after(seconds(retry_after))
}

/// Whole seconds, never too few.
pub(crate) fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// `"user";q=10;w=60, "tenant";q=100;w=60`
fn policy(left: &[(&str, Allowance)]) -> HeaderValue {
    list(left, |text, allowance| {
        let quota = allowance.quota;
        write!(text, ";q={};w={}", quota.most, quota.period.as_secs())
    })
}

/// `"user";r=9;t=6, "tenant";r=42;t=35`
fn limit(left: &[(&str, Allowance)]) -> HeaderValue {
    list(left, |text, allowance| {
        write!(text, ";r={};t={}", allowance.remaining, seconds(allowance.reset_after))
    })
}

fn list(
    left: &[(&str, Allowance)],
    parameters: impl Fn(&mut String, &Allowance) -> std::fmt::Result,
) -> HeaderValue {
    let mut text = String::new();
    for (name, allowance) in left {
        let separator = if text.is_empty() { "" } else { ", " };
        write!(text, r#"{separator}"{name}""#)
            .and_then(|()| parameters(&mut text, allowance))
            .expect("a text takes all");
    }
    HeaderValue::try_from(text).expect("names and numbers are visible ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowance(quota: &str, remaining: u32, reset_after: Duration) -> Allowance {
        Allowance { quota: quota.parse().unwrap(), remaining, reset_after }
    }

    #[test]
    fn what_is_left_is_told_in_whole_seconds() {
        let left = [
            ("user", allowance("10/min", 9, Duration::from_millis(5_001))),
            ("tenant", allowance("100/min", 0, Duration::from_mins(1))),
        ];
        assert_eq!(policy(&left), r#""user";q=10;w=60, "tenant";q=100;w=60"#);
        assert_eq!(limit(&left), r#""user";r=9;t=6, "tenant";r=0;t=60"#);
    }
}
