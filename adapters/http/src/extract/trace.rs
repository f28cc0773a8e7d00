//! W3C trace context.

use acta_application::log::TraceParent;
use axum::http::HeaderMap;

/// The `traceparent` of the request (W3C Trace Context §3.2); one that is malformed is left aside, as the standard wants.
pub(crate) fn traceparent(headers: &HeaderMap) -> Option<TraceParent> {
    let mut values = headers.get_all("traceparent").iter();
    let text = values.next()?.to_str().ok()?;
    values.next().is_none().then(|| TraceParent::parse(text)).flatten()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const ONE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_that_is_sent_twice_is_left_aside() {
        let mut headers = HeaderMap::new();
        headers.append("traceparent", HeaderValue::from_static(ONE));
        assert_eq!(traceparent(&headers), TraceParent::parse(ONE));
        headers.append("traceparent", HeaderValue::from_static(ONE));
        assert_eq!(traceparent(&headers), None);
    }
}
