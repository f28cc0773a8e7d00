//! What every request to a neighbour must have.

use uuid::Uuid;

use crate::Received;

/// What is missing from a request, in words; nothing if it is as agreed.
pub(crate) fn breaches(request: &Received) -> Vec<String> {
    let mut found = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            found.push(format!("{} {}: {what}", request.method, request.path));
        }
    };
    let header = |name| request.header(name).unwrap_or_default();
    must(!header("x-service-id").is_empty(), "X-Service-ID is missing");
    must(header("x-internal-service") == "true", "X-Internal-Service is not true");
    must(header("x-tenant-id").parse::<Uuid>().is_ok(), "X-Tenant-ID is no UUID");
    must(request.header("traceparent").is_none_or(is_traceparent), "traceparent is none (W3C)");
    if request.method == "POST" {
        must(!header("idempotency-key").is_empty(), "Idempotency-Key is missing");
        must(header("content-type").starts_with("application/json"), "Content-Type is not application/json");
        must(request.json().is_object(), "the body is no JSON object");
        let told = request.json()["tenant_id"].as_str().map(str::to_owned);
        must(told.as_deref() == Some(header("x-tenant-id")), "tenant_id is not X-Tenant-ID");
    }
    found
}

/// W3C Trace Context §3.2: `00-<32 hex>-<16 hex>-<2 hex>`, ids not all zero.
fn is_traceparent(text: &str) -> bool {
    let is_hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_id = |part: &str, length| is_hex(part, length) && part.bytes().any(|byte| byte != b'0');
    match text.split('-').collect::<Vec<_>>()[..] {
        [version, trace, parent, flags] => {
            is_hex(version, 2) && is_id(trace, 32) && is_id(parent, 16) && is_hex(flags, 2)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_has_ids_of_the_right_length_that_are_not_zero() {
        assert!(is_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        for wrong in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        ] {
            assert!(!is_traceparent(wrong), "{wrong}");
        }
    }
}
