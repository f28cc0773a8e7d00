//! At most so many records a second.

use std::num::NonZeroU32;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// What was missed for longer than this is not made up for.
const CATCH_UP: Duration = Duration::from_millis(100);

/// Lets records go one by one, evenly.
#[derive(Debug)]
pub(super) struct Pace {
    period: Option<Duration>,
    next: Option<Instant>,
}

impl Pace {
    /// At most `rate` records a second, or as fast as it goes.
    pub(super) fn new(rate: Option<NonZeroU32>) -> Self {
        Self { period: rate.map(|rate| Duration::from_secs(1) / rate.get()), next: None }
    }

    /// Waits for the next record's turn.
    pub(super) async fn wait(&mut self) {
        if let Some(turn) = self.turn(Instant::now()) {
            sleep_until(turn).await;
        }
    }

    /// When the next record may go.
    fn turn(&mut self, now: Instant) -> Option<Instant> {
        let period = self.period?;
        let earliest = now.checked_sub(CATCH_UP).unwrap_or(now);
        let turn = self.next.map_or(now, |next| next.max(earliest));
        self.next = Some(turn + period);
        Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(rate: u32) -> Pace {
        Pace::new(NonZeroU32::new(rate))
    }

    #[test]
    fn records_go_at_even_intervals() {
        let start = Instant::now();
        let mut pace = pace(4);
        let turns = [0, 1, 2, 3].map(|_| pace.turn(start).unwrap().duration_since(start).as_millis());
        assert_eq!(turns, [0, 250, 500, 750]);
    }

    #[test]
    fn what_was_missed_for_long_is_not_made_up_for() {
        let start = Instant::now();
        let mut pace = pace(1_000);
        pace.turn(start);
        let later = start + Duration::from_mins(1);
        let at_once = (0..1_000).take_while(|_| pace.turn(later).unwrap() <= later).count();
        assert_eq!(at_once, 101);
    }

    #[test]
    fn without_a_rate_nothing_waits() {
        assert_eq!(pace(0).turn(Instant::now()), None);
    }
}
