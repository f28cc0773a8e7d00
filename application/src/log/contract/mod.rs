//! What every log must do, as tests that any store runs.
//!
//! # How to run it
//! Implement [`LogHarness`] for the store, then `acta_application::log_contract!(YourHarness);` in a test file: one
//! `#[tokio::test]` a case. The store's crate needs `tokio` with `macros` and `rt-multi-thread` for that.

#![expect(clippy::missing_panics_doc, reason = "a case that panics is a case that failed")]

mod conflicts;
mod evidence;
mod fixture;
mod idempotency;
mod order;
mod reading;
mod restart;

use std::sync::Arc;

use async_trait::async_trait;

use super::EventLog;
use crate::clock::{Clock, Randomness};

pub use conflicts::*;
pub use evidence::*;
pub use fixture::{Scene, TestClock, TestRandomness, event, moment};
pub use idempotency::*;
pub use order::*;
pub use reading::*;
pub use restart::*;

/// An empty store of its own for one case.
#[async_trait]
pub trait LogHarness: Sized + Send + Sync + 'static {
    /// The log under test.
    type Log: EventLog;

    /// A store without events.
    async fn new() -> Self;

    /// Opens the log. It is open once at a time.
    async fn open(&self, clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Arc<Self::Log>;

    /// Closes what [`Self::open`] gave, as an orderly stop does.
    async fn close(&self, log: Arc<Self::Log>);
}

/// One test for each case of the log's contract, against the [`LogHarness`](crate::log::contract::LogHarness) `$harness`.
#[macro_export]
macro_rules! log_contract {
    ($harness:ty) => {
        $crate::contract_cases!(
            $crate::log::contract,
            $harness,
            [
                many_writers_leave_no_gap,
                one_submitters_appends_keep_their_order,
                an_append_is_written_whole_or_not_at_all,
                recorded_times_never_go_back,
                the_head_is_told_to_whoever_follows_it,
                a_stream_that_moved_is_a_conflict,
                a_guarded_stream_that_moved_is_a_conflict,
                a_guarded_stream_that_stood_still_is_none,
                of_many_writers_that_expect_one_version_one_wins,
                an_append_that_rests_on_a_failed_one_fails,
                an_append_that_is_too_large_is_refused,
                a_session_of_another_tenant_takes_nothing,
                a_stream_of_another_tenant_takes_nothing,
                a_command_sent_twice_is_done_once,
                a_command_sent_twice_at_the_same_time_is_done_once,
                a_command_id_with_another_request_is_told_apart,
                a_command_is_known_by_its_outcome,
                one_command_id_means_two_commands_of_two_tenants,
                a_stream_is_read_in_pages,
                a_session_is_read_in_pages,
                the_feed_is_read_in_pages,
                the_feed_of_a_tenant_skips_the_others_and_still_advances,
                nothing_is_shown_to_another_tenant,
                an_empty_log_answers_with_nothing,
                what_is_read_is_what_was_appended,
                commitments_can_be_computed_from_what_is_stored,
                no_two_events_share_a_salt,
                a_snapshot_is_kept_until_a_newer_one_comes,
                a_restart_keeps_everything,
                a_command_is_known_after_a_restart,
                numbers_go_on_after_a_restart,
                a_closed_log_takes_nothing_more,
            ]
        );
    };
}

/// One `#[tokio::test]` for each function of `$suite` named, called with `$harness`.
#[doc(hidden)]
#[macro_export]
macro_rules! contract_cases {
    ($suite:path, $harness:ty, [$($case:ident),* $(,)?]) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                use $suite as suite;
                suite::$case::<$harness>().await;
            }
        )*
    };
}
