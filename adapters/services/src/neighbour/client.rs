//! The HTTP client of one neighbour.

use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::Randomness;
use acta_application::neighbours::{Asking, Neighbour, NeighbourError};
use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response};
use url::Url;
use uuid::Uuid;

use super::body::{self, BodyError};
use super::{Answer, Expected, Line, NeighbourOptions, ServiceUrl, SetupError, Unfit};

const SERVICE: HeaderName = HeaderName::from_static("x-service-id");
const INTERNAL: HeaderName = HeaderName::from_static("x-internal-service");
const TENANT: HeaderName = HeaderName::from_static("x-tenant-id");
const TRACE: HeaderName = HeaderName::from_static("traceparent");
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const YES: HeaderValue = HeaderValue::from_static("true");

/// Nobody is told to come back later than this.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// Answers that are larger than this are read apart, where they keep nobody waiting.
const QUICKLY_READ: usize = 64 * 1_024;

/// The HTTP client of one neighbour.
pub(crate) struct Client {
    pub(crate) line: Arc<Line>,
    http: reqwest::Client,
    url: ServiceUrl,
    service_id: HeaderValue,
}

impl Client {
    pub(crate) fn new(
        neighbour: Neighbour,
        url: &str,
        options: &NeighbourOptions,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, SetupError> {
        Ok(Self {
            line: Arc::new(Line::new(neighbour, options, randomness)),
            http: options.http(neighbour)?,
            url: ServiceUrl::parse(neighbour, url, options.plain)?,
            service_id: options.service_id.clone(),
        })
    }

    /// Asks for what is at `path`.
    pub(crate) async fn get<T: Send + 'static>(
        &self,
        asking: &Asking,
        path: &[&str],
        expected: Expected<T>,
    ) -> Result<T, NeighbourError> {
        let url = self.url.join(path);
        self.line.call(|| self.answered(self.request(Method::GET, &url, asking), expected)).await
    }

    /// Sends `body`, JSON, to `path`. With the same `key` it has effect once however often it is sent.
    pub(crate) async fn post<T: Send + 'static>(
        &self,
        asking: &Asking,
        path: &[&str],
        (key, body): (Uuid, Bytes),
        expected: Expected<T>,
    ) -> Result<T, NeighbourError> {
        let (url, key) = (self.url.join(path), key.to_string());
        let request = || {
            let request = self.request(Method::POST, &url, asking).header(KEY, &key);
            request.header(CONTENT_TYPE, JSON).body(body.clone())
        };
        self.line.call(|| self.answered(request(), expected)).await
    }

    fn request(&self, method: Method, url: &Url, asking: &Asking) -> RequestBuilder {
        let request = self.http.request(method, url.clone()).header(ACCEPT, JSON);
        let request = request.header(SERVICE, &self.service_id).header(INTERNAL, YES);
        let request = request.header(TENANT, asking.tenant.to_string());
        let trace = asking.traceparent.as_deref().and_then(|trace| HeaderValue::from_str(trace).ok());
        match trace {
            Some(trace) => request.header(TRACE, trace),
            None => request,
        }
    }

    async fn answered<T: Send + 'static>(
        &self,
        request: RequestBuilder,
        expected: Expected<T>,
    ) -> Result<T, NeighbourError> {
        let response = request.send().await.map_err(|error| self.unreachable(error))?;
        let status = self.judged(&response, expected.understood)?;
        let body = match expected.largest {
            0 => Vec::new(),
            largest => body::read(response, largest).await.map_err(|error| self.without_body(error))?,
        };
        self.read(Answer { status, body }, expected.read).await
    }

    async fn read<T: Send + 'static>(
        &self,
        answer: Answer,
        read: fn(&Answer) -> Result<T, Unfit>,
    ) -> Result<T, NeighbourError> {
        let result = if answer.body.len() <= QUICKLY_READ {
            read(&answer)
        } else {
            let reading = tokio::task::spawn_blocking(move || read(&answer));
            reading.await.unwrap_or(Err(Unfit("reading it failed")))
        };
        result.map_err(|Unfit(what)| self.unusable(what))
    }

    /// The status, if it is one that means something.
    fn judged(&self, response: &Response, understood: &[u16]) -> Result<u16, NeighbourError> {
        let neighbour = self.line.neighbour;
        match response.status().as_u16() {
            status if (200..300).contains(&status) || understood.contains(&status) => Ok(status),
            300..400 => Err(self.unusable("it sends somewhere else")),
            status @ (401 | 403) => Err(NeighbourError::Denied { neighbour, status }),
            429 => Err(NeighbourError::Busy { neighbour, retry_after: retry_after(response) }),
            status @ 400..500 => Err(NeighbourError::Refused { neighbour, status }),
            status @ 500..600 => Err(NeighbourError::Failed { neighbour, status }),
            _ => Err(self.unusable("its status means nothing")),
        }
    }

    fn without_body(&self, error: BodyError) -> NeighbourError {
        match error {
            BodyError::TooLarge => self.unusable("it is larger than the contract allows"),
            BodyError::Cut(error) => self.unreachable(error),
        }
    }

    /// The URL names a tenant, and is left out.
    fn unreachable(&self, error: reqwest::Error) -> NeighbourError {
        let source = Arc::new(error.without_url());
        NeighbourError::Unreachable { neighbour: self.line.neighbour, source }
    }

    fn unusable(&self, what: &'static str) -> NeighbourError {
        NeighbourError::Unusable { neighbour: self.line.neighbour, what }
    }
}

/// The seconds of `Retry-After` (RFC 9110 §10.2.3); a date is left aside.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}
