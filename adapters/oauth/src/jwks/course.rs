//! When keys are fetched again, and how long they are good. Pure: the time comes in.

use std::time::Duration;

use acta_domain::Timestamp;

const SHORTEST: Duration = Duration::from_mins(5);
const LONGEST: Duration = Duration::from_hours(1);
/// While the issuer is away, its keys go on for so long.
const GRACE: Duration = Duration::from_hours(1);
/// Somebody who waits for keys has them fetched so often at most.
const ON_DEMAND: Duration = Duration::from_secs(10);
const FIRST_RETRY: Duration = Duration::from_secs(5);
const LAST_RETRY: Duration = Duration::from_mins(1);

/// Where fetching stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Course {
    /// Until when the keys are good without asking.
    fresh_until: Option<Timestamp>,
    /// When it was tried last.
    tried_at: Option<Timestamp>,
    /// How often it failed since.
    failures: u32,
}

impl Course {
    /// Keys came at `now`, said to be good for `max_age`.
    pub(super) fn came(&mut self, max_age: Option<Duration>, now: Timestamp) {
        let age = max_age.unwrap_or(SHORTEST).clamp(SHORTEST, LONGEST);
        *self = Self { fresh_until: Some(later(now, age)), tried_at: Some(now), failures: 0 };
    }

    /// No keys came at `now`.
    pub(super) fn failed(&mut self, now: Timestamp) {
        self.tried_at = Some(now);
        self.failures = self.failures.saturating_add(1);
    }

    /// Whether the keys that are there, if any, are still good.
    pub(super) fn are_good(&self, now: Timestamp) -> bool {
        self.fresh_until.is_some_and(|fresh| now < later(fresh, GRACE))
    }

    /// Whether somebody who waits may have them fetched.
    pub(super) fn may_be_asked(&self, now: Timestamp) -> bool {
        self.tried_at.is_none_or(|tried| later(tried, ON_DEMAND) <= now || now < tried)
    }

    /// In how long they should be fetched again by themselves: a little before they are old, and sooner and sooner apart after
    /// failures.
    pub(super) fn next_in(&self, now: Timestamp) -> Duration {
        let at = match (self.failures, self.fresh_until, self.tried_at) {
            (0, Some(fresh), _) => earlier(fresh, SHORTEST / 10),
            (failures, _, Some(tried)) => later(tried, retry(failures)),
            (_, _, None) => now,
        };
        Duration::from_micros(u64::try_from(at.as_micros() - now.as_micros()).unwrap_or(0))
    }
}

/// Twice as long each time.
fn retry(failures: u32) -> Duration {
    FIRST_RETRY.saturating_mul(1 << failures.saturating_sub(1).min(8)).min(LAST_RETRY)
}

fn later(moment: Timestamp, by: Duration) -> Timestamp {
    moved(moment, i64::try_from(by.as_micros()).unwrap_or(i64::MAX))
}

fn earlier(moment: Timestamp, by: Duration) -> Timestamp {
    moved(moment, i64::try_from(by.as_micros()).map_or(i64::MIN, i64::wrapping_neg))
}

fn moved(moment: Timestamp, by: i64) -> Timestamp {
    Timestamp::from_micros(moment.as_micros().saturating_add(by).max(0)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros((1_800_000_000 + seconds) * 1_000_000).unwrap()
    }

    fn fetched(max_age: u64) -> Course {
        let mut course = Course::default();
        course.came(Some(Duration::from_secs(max_age)), at(0));
        course
    }

    #[test]
    fn keys_are_fetched_at_once_when_there_are_none() {
        assert_eq!(Course::default().next_in(at(0)), Duration::ZERO);
        assert!(!Course::default().are_good(at(0)));
    }

    #[test]
    fn keys_are_fetched_again_a_little_before_they_are_old() {
        for (max_age, next) in [(0, 270), (300, 270), (600, 570), (3_600, 3_570), (86_400, 3_570)] {
            assert_eq!(fetched(max_age).next_in(at(0)), Duration::from_secs(next), "max-age={max_age}");
        }
    }

    #[test]
    fn keys_go_on_for_an_hour_while_their_issuer_is_away() {
        let mut course = fetched(600);
        course.failed(at(570));
        assert!(course.are_good(at(600 + 3_599)));
        assert!(!course.are_good(at(600 + 3_600)));
    }

    #[test]
    fn failures_are_tried_again_less_and_less_often() {
        let mut course = fetched(600);
        for next in [5, 10, 20, 40, 60, 60] {
            course.failed(at(570));
            assert_eq!(course.next_in(at(570)), Duration::from_secs(next));
        }
    }

    #[test]
    fn whoever_waits_has_keys_fetched_every_ten_seconds_at_most() {
        let course = fetched(600);
        assert!(!course.may_be_asked(at(9)));
        assert!(course.may_be_asked(at(10)));
        assert!(Course::default().may_be_asked(at(0)));
    }
}
