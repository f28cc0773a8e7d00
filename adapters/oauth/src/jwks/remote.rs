//! The keys of one foreign issuer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acta_application::clock::Clock;
use acta_application::log::Fault;
use acta_domain::Timestamp;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::course::Course;
use super::fetch::Fetched;
use super::{FetchError, Fetcher, KeysFrom};
use crate::jwt::KeySet;

/// The keys of one foreign issuer, as they were fetched last.
pub(crate) struct RemoteKeys {
    issuer: String,
    from: KeysFrom,
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// Held while fetching, so that one fetch serves all who wait.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    course: Course,
    keys: Option<Arc<KeySet>>,
    /// Where the metadata said the keys are.
    address: Option<Url>,
    error: Option<Arc<FetchError>>,
    /// How many fetches have ended.
    fetches: u64,
}

impl RemoteKeys {
    pub(crate) fn new(issuer: String, from: KeysFrom, fetcher: Fetcher, clock: Arc<dyn Clock>) -> Self {
        Self {
            issuer,
            from,
            fetcher,
            clock,
            state: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
        }
    }

    /// The keys that are there, if they are still good.
    pub(crate) fn at_hand(&self, now: Timestamp) -> Option<Arc<KeySet>> {
        let state = self.state();
        state.keys.clone().filter(|_| state.course.are_good(now))
    }

    /// The keys; waits for them to be fetched if there are none.
    pub(crate) async fn good(self: &Arc<Self>, now: Timestamp) -> Result<Arc<KeySet>, Fault> {
        if let Some(keys) = self.at_hand(now) {
            return Ok(keys);
        }
        self.fetch_on_demand(now).await;
        self.at_hand(self.clock.now()).ok_or_else(|| self.fault())
    }

    /// The keys after a fetch, if one may be made now; for a token of a key that is not among those that are there.
    pub(crate) async fn newer_than(
        self: &Arc<Self>,
        keys: &Arc<KeySet>,
        now: Timestamp,
    ) -> Option<Arc<KeySet>> {
        self.fetch_on_demand(now).await;
        self.at_hand(self.clock.now()).filter(|newer| !Arc::ptr_eq(newer, keys))
    }

    /// Fetches until `stop`, each time a little before the keys are old.
    pub(crate) async fn keep_fresh(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let next = self.state().course.next_in(self.clock.now());
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(next) => {}
            }
            // Somebody may have had them fetched meanwhile.
            if self.state().course.next_in(self.clock.now()) == Duration::ZERO {
                let fetches = self.state().fetches;
                self.fetch_once(fetches).await;
            }
        }
    }

    async fn fetch_on_demand(self: &Arc<Self>, now: Timestamp) {
        let (may, fetches) = {
            let state = self.state();
            (state.course.may_be_asked(now), state.fetches)
        };
        if !may && self.fetching.try_lock().is_ok() {
            return;
        }
        // A task of its own, so that a caller who hangs up does not waste what was fetched for all.
        let this = Arc::clone(self);
        let fetch = tokio::spawn(async move { this.fetch_once(fetches).await });
        if let Err(error) = fetch.await {
            tracing::error!(issuer = self.issuer, %error, "fetching the issuer's keys ended early");
        }
    }

    /// Fetches, unless a fetch has ended since there were `seen` of them.
    async fn fetch_once(&self, seen: u64) {
        let _one_at_a_time = self.fetching.lock().await;
        if self.state().fetches != seen {
            return;
        }
        let result = self.fetch().await;
        self.take(result, self.clock.now());
    }

    async fn fetch(&self) -> Result<Fetched, FetchError> {
        let known = self.state().address.clone();
        let address = match (&self.from, known) {
            (KeysFrom::Url(address), _) => address.clone(),
            (KeysFrom::Metadata, Some(known)) => known,
            (KeysFrom::Metadata, None) => self.fetcher.jwks_address(&self.issuer).await?,
        };
        let fetched = self.fetcher.keys(address.clone()).await?;
        self.state().address = Some(address);
        Ok(fetched)
    }

    fn take(&self, result: Result<Fetched, FetchError>, now: Timestamp) {
        let mut state = self.state();
        state.fetches += 1;
        match result {
            Ok(fetched) => {
                tracing::debug!(
                    issuer = self.issuer,
                    keys = fetched.keys.len(),
                    "the issuer's keys were fetched"
                );
                state.course.came(fetched.max_age, now);
                state.error = None;
                // The same keys stay the same set, so that what was verified with them stays verified.
                if !state.keys.as_ref().is_some_and(|keys| keys.is_same_as(&fetched.keys)) {
                    state.keys = Some(Arc::new(fetched.keys));
                }
            }
            Err(error) => {
                tracing::warn!(issuer = self.issuer, %error, "the issuer's keys could not be fetched");
                state.course.failed(now);
                state.address = None;
                state.error = Some(Arc::new(error));
            }
        }
    }

    fn fault(&self) -> Fault {
        let error = self.state().error.clone();
        error.map_or_else(|| Arc::new(FetchError::NotYetAgain) as Fault, |error| error as Fault)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
