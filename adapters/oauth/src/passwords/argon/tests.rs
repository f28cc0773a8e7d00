use std::sync::atomic::{AtomicU8, Ordering};

use super::*;

/// Each filling is of another byte.
struct Counting(AtomicU8);

impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

const CHEAP: Argon2Options =
    Argon2Options { memory_kib: 64, passes: 1, lanes: 1, at_once: NonZeroUsize::MIN, waiting: 2 };

fn passwords(options: Argon2Options) -> Argon2Passwords {
    Argon2Passwords::new(&options, Arc::new(Counting(AtomicU8::new(1)))).unwrap()
}

fn password(text: &str) -> Password {
    Password(Zeroizing::new(text.to_owned()))
}

const RIGHT: PasswordCheck = PasswordCheck::Right { outdated: false };

#[tokio::test]
async fn a_password_is_known_by_its_hash() {
    let passwords = passwords(CHEAP);
    let hash = passwords.hash(password("open sesame")).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", *hash);
    assert_eq!(passwords.check(password("open sesame"), Some(hash.clone())).await, Ok(RIGHT));
    for other in ["open sesamE", "open sesame ", "", "x"] {
        assert_eq!(
            passwords.check(password(other), Some(hash.clone())).await,
            Ok(PasswordCheck::Wrong),
            "{other}"
        );
    }
}

#[tokio::test]
async fn two_hashes_of_one_password_differ() {
    let passwords = passwords(CHEAP);
    let first = passwords.hash(password("open sesame")).await.unwrap();
    assert_ne!(first, passwords.hash(password("open sesame")).await.unwrap());
}

#[tokio::test]
async fn the_usual_costs_are_nineteen_mebibytes_and_two_passes() {
    let passwords = passwords(Argon2Options::default());
    let hash = passwords.hash(password("open sesame")).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", *hash);
}

#[tokio::test]
async fn a_password_has_8_to_1024_bytes() {
    let passwords = passwords(CHEAP);
    for (length, result) in [(0, Err(PasswordError::Length)), (7, Err(PasswordError::Length)), (8, Ok(()))] {
        assert_eq!(passwords.hash(password(&"x".repeat(length))).await.map(drop), result, "{length}");
    }
    assert!(passwords.hash(password(&"x".repeat(1_024))).await.is_ok());
    for length in [1_025, 5_000] {
        let long = "x".repeat(length);
        assert_eq!(passwords.hash(password(&long)).await.map(drop), Err(PasswordError::Length));
        assert_eq!(passwords.check(password(&long), None).await, Ok(PasswordCheck::Wrong));
    }
}

#[tokio::test]
async fn a_password_that_is_tried_first_is_refused() {
    let refused = passwords(CHEAP).hash(password("Password123")).await.map(drop);
    assert_eq!(refused, Err(PasswordError::Common));
}

#[tokio::test]
async fn a_letter_and_its_accent_are_one_or_two_characters() {
    let passwords = passwords(CHEAP);
    let hash = passwords.hash(password("caf\u{e9} au lait")).await.unwrap();
    assert_eq!(passwords.check(password("cafe\u{301} au lait"), Some(hash.clone())).await, Ok(RIGHT));
}

#[tokio::test]
async fn a_hash_at_other_costs_is_right_and_outdated() {
    let older = passwords(Argon2Options { passes: 2, ..CHEAP });
    let hash = older.hash(password("open sesame")).await.unwrap();
    let check = passwords(CHEAP).check(password("open sesame"), Some(hash.clone())).await;
    assert_eq!(check, Ok(PasswordCheck::Right { outdated: true }));
}

#[tokio::test]
async fn nobody_has_a_hash_that_is_none() {
    let passwords = passwords(CHEAP);
    for hash in [None, Some(""), Some("$argon2id$v=19$m=64"), Some("plain text")] {
        let hash = hash.map(|hash| Zeroizing::new(hash.to_owned()));
        assert_eq!(passwords.check(password("open sesame"), hash).await, Ok(PasswordCheck::Wrong));
    }
}

#[tokio::test]
async fn costs_outside_of_bounds_are_refused() {
    let free = Argon2Options { memory_kib: 0, ..CHEAP };
    assert!(Argon2Passwords::new(&free, Arc::new(Counting(AtomicU8::new(1)))).is_err());
}

#[tokio::test]
async fn whoever_comes_when_all_places_are_taken_is_told_so() {
    let passwords = Arc::new(passwords(CHEAP));
    let memory = Arc::clone(&passwords.at_once).acquire_owned().await.unwrap();
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let passwords = Arc::clone(&passwords);
            tokio::spawn(async move { passwords.check(password("open sesame"), None).await })
        })
        .collect();
    while passwords.places.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(passwords.check(password("open sesame"), None).await, Err(PasswordError::Busy));
    drop(memory);
    for one in waiting {
        assert_eq!(one.await.unwrap(), Ok(PasswordCheck::Wrong));
    }
    assert!(passwords.check(password("open sesame"), None).await.is_ok());
}

#[tokio::test]
async fn a_turn_ends_though_nobody_waits_for_the_hash_any_more() {
    let passwords = Arc::new(passwords(CHEAP));
    let (started, mut has_started) = tokio::sync::mpsc::channel(1);
    let (finish, may_finish) = std::sync::mpsc::channel::<()>();
    let caller = {
        let passwords = Arc::clone(&passwords);
        tokio::spawn(async move {
            let work = move |_: &Argon2<'_>| {
                started.blocking_send(()).unwrap();
                may_finish.recv().unwrap();
            };
            passwords.in_turn(work).await
        })
    };
    has_started.recv().await.unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    assert_eq!(passwords.at_once.available_permits(), 0, "the memory is still used");
    finish.send(()).unwrap();
    drop(Arc::clone(&passwords.at_once).acquire_owned().await.unwrap());
}
