//! Fetching keys.

use std::time::Duration;

use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, Response, header};
use serde::Deserialize;
use url::Url;

use super::source::{may_be_fetched, metadata_addresses};
use super::{FetchError, SetupError};
use crate::jwt::KeySet;

const TIME_OUT: Duration = Duration::from_secs(5);
const LARGEST: usize = 256 * 1_024;
const MOST_REDIRECTS: usize = 3;

/// Keys, and for how long they are said to be good.
pub(super) struct Fetched {
    pub(super) keys: KeySet,
    /// `Cache-Control: max-age` (RFC 9111 §5.2.2.1).
    pub(super) max_age: Option<Duration>,
}

/// Fetches keys.
#[derive(Clone)]
pub(crate) struct Fetcher(Client);

/// What is needed of an issuer's metadata (RFC 8414 §2).
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

impl Fetcher {
    pub(crate) fn new() -> Result<Self, SetupError> {
        let client =
            Client::builder().timeout(TIME_OUT).redirect(Policy::custom(follow_inside_the_host)).build();
        client.map(Self).map_err(SetupError::Tls)
    }

    /// Where `issuer` says that its keys are.
    pub(super) async fn jwks_address(&self, issuer: &str) -> Result<Url, FetchError> {
        let url = issuer.parse().map_err(|_| FetchError::Metadata)?;
        let [first, second] = metadata_addresses(&url);
        match self.metadata(issuer, first).await {
            Ok(address) => Ok(address),
            Err(_) => self.metadata(issuer, second).await,
        }
    }

    async fn metadata(&self, issuer: &str, address: Url) -> Result<Url, FetchError> {
        let (body, _) = self.get(address).await?;
        let metadata: Metadata = serde_json::from_slice(&body).map_err(|_| FetchError::Metadata)?;
        if metadata.issuer != issuer {
            return Err(FetchError::Metadata);
        }
        metadata.jwks_uri.parse().map_err(|_| FetchError::Metadata)
    }

    /// The set of keys at `address`.
    pub(super) async fn keys(&self, address: Url) -> Result<Fetched, FetchError> {
        let (body, max_age) = self.get(address).await?;
        Ok(Fetched { keys: KeySet::parse(&body).map_err(FetchError::Keys)?, max_age })
    }

    async fn get(&self, address: Url) -> Result<(Vec<u8>, Option<Duration>), FetchError> {
        if !may_be_fetched(&address) {
            return Err(FetchError::Insecure);
        }
        let request =
            self.0.get(address).header(header::ACCEPT, "application/json, application/jwk-set+json");
        let response = request.send().await.map_err(FetchError::Http)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let max_age =
            response.headers().get(header::CACHE_CONTROL).and_then(|value| max_age(value.to_str().ok()?));
        Ok((body(response).await?, max_age))
    }
}

async fn body(mut response: Response) -> Result<Vec<u8>, FetchError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(FetchError::Http)? {
        if body.len() + chunk.len() > LARGEST {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Other hosts are not asked, whatever this one says.
fn follow_inside_the_host(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let same = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
    if same && attempt.previous().len() <= MOST_REDIRECTS { attempt.follow() } else { attempt.stop() }
}

fn max_age(cache_control: &str) -> Option<Duration> {
    let mut directives = cache_control.split(',').map(str::trim);
    let seconds = directives.find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        name.eq_ignore_ascii_case("max-age").then_some(value)
    })?;
    seconds.trim_matches('"').parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_is_one_of_several_directives() {
        assert_eq!(max_age("public, Max-Age=600, immutable"), Some(Duration::from_mins(10)));
        for without in ["", "no-store", "s-maxage=5", "max-age", "max-age=x"] {
            assert_eq!(max_age(without), None, "{without}");
        }
    }
}
