//! When a token is about to end, and when it has.

use std::time::Duration;

use acta_domain::Timestamp;

/// The earliest that somebody is told that their token ends.
const NOTICE: i64 = 60 * 1_000_000;

/// When the person of a connection is told that their token ends, and when it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deadlines {
    expires_at: Timestamp,
    /// None once they were told.
    told_at: Option<i64>,
}

/// What is due now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Nothing for so long.
    In(Duration),
    /// They are to be told that it ends in so many seconds.
    Telling(u64),
    /// It has ended.
    End,
}

impl Deadlines {
    /// Those of a token that was accepted at `now`: a minute before its end, or when a fifth of what it has left is left.
    pub(super) fn of(expires_at: Timestamp, now: Timestamp) -> Self {
        let left = expires_at.as_micros() - now.as_micros();
        let notice = NOTICE.min(left / 5);
        Self { expires_at, told_at: Some(expires_at.as_micros() - notice) }
    }

    /// What is due at `now`. What is to be told is due once.
    pub(super) fn due(&mut self, now: Timestamp) -> Due {
        let left = micros(self.expires_at.as_micros() - now.as_micros());
        if left.is_zero() {
            return Due::End;
        }
        match self.told_at {
            None => Due::In(left),
            Some(at) if at > now.as_micros() => Due::In(micros(at - now.as_micros())),
            Some(_) => {
                self.told_at = None;
                Due::Telling(left.as_secs())
            }
        }
    }
}

fn micros(count: i64) -> Duration {
    Duration::from_micros(u64::try_from(count).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros((1_000_000 + seconds) * 1_000_000).unwrap()
    }

    #[test]
    fn the_end_of_a_long_token_is_told_a_minute_before() {
        let mut deadlines = Deadlines::of(at(900), at(0));
        assert_eq!(deadlines.due(at(0)), Due::In(Duration::from_mins(14)));
        assert_eq!(deadlines.due(at(840)), Due::Telling(60));
        assert_eq!(deadlines.due(at(840)), Due::In(Duration::from_mins(1)));
        assert_eq!(deadlines.due(at(900)), Due::End);
    }

    #[test]
    fn the_end_of_a_short_token_is_told_when_a_fifth_is_left() {
        let mut deadlines = Deadlines::of(at(30), at(0));
        assert_eq!(deadlines.due(at(0)), Due::In(Duration::from_secs(24)));
        assert_eq!(deadlines.due(at(25)), Due::Telling(5));
    }

    #[test]
    fn a_token_that_has_ended_is_not_told_of() {
        assert_eq!(Deadlines::of(at(0), at(5)).due(at(5)), Due::End);
    }
}
