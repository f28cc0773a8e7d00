use std::num::NonZeroU32;

use proptest::prelude::*;

use super::*;

const NOON: i64 = 1_800_000_000_000_000;

fn quota(most: u32, period: Duration) -> Quota {
    Quota { most: NonZeroU32::new(most).unwrap(), period }
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(NOON + micros).unwrap()
}

/// One wish: whether it was had, how long to wait when not, and what the counter keeps.
fn take(
    arrival: Option<Arrival>,
    quota: Quota,
    now: Timestamp,
) -> (Result<Allowance, Duration>, Option<Arrival>) {
    let (taken, kept) = take_from_each(&[arrival], &[(LimitKey("key".to_owned()), quota)], now);
    match taken {
        Taken::All(left) => (Ok(left[0]), kept[0]),
        Taken::None { retry_after, .. } => (Err(retry_after), kept[0]),
    }
}

#[test]
fn what_is_left_is_told_to_the_microsecond() {
    let quota = quota(3, Duration::from_secs(3));
    let (first, arrival) = take(None, quota, at(0));
    assert_eq!(first, Ok(Allowance { quota, remaining: 2, reset_after: Duration::from_secs(1) }));
    let (second, arrival) = take(arrival, quota, at(1));
    assert_eq!(second, Ok(Allowance { quota, remaining: 1, reset_after: Duration::from_micros(1_999_999) }));
    let (third, arrival) = take(arrival, quota, at(2));
    assert_eq!(third, Ok(Allowance { quota, remaining: 0, reset_after: Duration::from_micros(2_999_998) }));
    assert_eq!(take(arrival, quota, at(3)).0, Err(Duration::from_micros(999_997)));
    assert_eq!(take(arrival, quota, at(999_999)).0, Err(Duration::from_micros(1)));
    assert!(take(arrival, quota, at(1_000_000)).0.is_ok());
}

#[test]
fn a_rate_that_does_not_divide_evenly_is_rounded_down() {
    let pace = Pace::from(quota(7, Duration::from_secs(1)));
    assert_eq!(pace, Pace { interval: 142_858, whole: 1_000_006 });
}

#[test]
fn the_largest_quotas_can_be_counted() {
    for period in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
        for most in [1, u32::MAX] {
            let quota = quota(most, period);
            let (first, arrival) = take(None, quota, Timestamp::MAX);
            assert_eq!(first.unwrap().remaining, most - 1);
            assert_eq!(give_back(arrival, quota, Timestamp::MAX), None);
        }
    }
}

#[test]
fn after_a_clock_was_put_back_nobody_waits_longer_than_for_one() {
    let quota = quota(10, Duration::from_mins(1));
    let (refused, arrival) = take(Some(Arrival(NOON + 86_400_000_000)), quota, at(0));
    assert_eq!(refused, Err(Duration::from_secs(6)));
    assert!(take(arrival, quota, at(6_000_000)).0.is_ok());
}

#[test]
fn the_wish_that_takes_longest_is_named() {
    let wishes = [(1, 2), (1, 60), (5, 60), (1, 30)].map(|(most, seconds)| {
        (LimitKey(format!("{most}/{seconds}")), quota(most, Duration::from_secs(seconds)))
    });
    let (_, arrivals) = take_from_each(&[None; 4], &wishes, at(0));
    let (taken, kept) = take_from_each(&arrivals, &wishes, at(1_000_000));
    let Taken::None { exhausted, retry_after, left } = taken else { panic!("{taken:?}") };
    assert_eq!((exhausted, retry_after), (1, Duration::from_secs(59)));
    assert_eq!(left.iter().map(|left| left.remaining).collect::<Vec<_>>(), [0, 0, 4, 0]);
    assert_eq!(kept, arrivals);
}

fn quotas() -> impl Strategy<Value = Quota> {
    (1_u32..20, 1_u64..5_000_000).prop_map(|(most, micros)| quota(most, Duration::from_micros(micros)))
}

proptest! {
    #[test]
    fn in_no_window_are_more_given_than_the_quota_and_one_each_interval(
        quota in quotas(),
        steps in prop::collection::vec(0_i64..400_000, 1..120),
    ) {
        let (mut now, mut arrival, mut given) = (0, None, Vec::new());
        for step in steps {
            now += step;
            let (taken, kept) = take(arrival, quota, at(now));
            given.extend(taken.is_ok().then_some(now));
            arrival = kept;
        }
        let pace = Pace::from(quota);
        for (first, start) in given.iter().enumerate() {
            for (count, end) in given[first..].iter().enumerate() {
                let most = i64::from(quota.most.get()) + (end - start) / pace.interval;
                prop_assert!(i64::try_from(count).unwrap() < most);
            }
        }
    }

    #[test]
    fn whoever_waits_as_told_is_given_one_and_no_sooner(quota in quotas(), ahead in 0_i64..10_000_000) {
        let arrival = Some(Arrival(NOON + ahead));
        if let (Err(wait), kept) = take(arrival, quota, at(0)) {
            let wait = i64::try_from(wait.as_micros()).unwrap();
            prop_assert!(take(kept, quota, at(wait - 1)).0.is_err());
            prop_assert!(take(kept, quota, at(wait)).0.is_ok());
        }
    }

    #[test]
    fn one_that_is_given_back_was_never_taken(quota in quotas(), ahead in 0_i64..10_000_000) {
        let arrival = Some(Arrival(NOON + ahead));
        if let (Ok(_), taken) = take(arrival, quota, at(0)) {
            let before = (ahead > 0).then_some(Arrival(NOON + ahead));
            prop_assert_eq!(give_back(taken, quota, at(0)), before);
        }
    }

    #[test]
    fn any_counter_can_be_read_and_none_gives_more_than_the_quota(
        most in 1_u32.., period in any::<u64>(), arrival in any::<Option<i64>>(), now in 0_i64..200_000_000_000_000_000,
    ) {
        let quota = quota(most, Duration::from_micros(period));
        let now = Timestamp::from_micros(now).unwrap();
        let (taken, kept) = take(arrival.map(Arrival), quota, now);
        if let Ok(left) = taken {
            prop_assert!(left.remaining < most);
        }
        let _ = give_back(kept, quota, now);
    }
}
