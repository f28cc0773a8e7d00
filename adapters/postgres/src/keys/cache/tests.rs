use std::sync::Arc;

use acta_application::persons::Subject;
use acta_domain::{SessionId, TenantId, Timestamp};
use acta_proof::sealed::PersonKey;
use uuid::Uuid;

use super::*;

const A_MOMENT: Duration = Duration::from_millis(1);

fn owner() -> Owner {
    let id = Uuid::from_u128(7);
    Owner { tenant: TenantId::new(id), session: SessionId::new(id), subject: Subject::Session }
}

fn a_key() -> KeyState {
    KeyState::Present(Arc::new(PersonKey::new([7; 32])))
}

/// A cache that keeps `state`, read at the moment that is given too.
fn keeping(state: &KeyState) -> (Cache, Instant) {
    let (cache, read_at) = (Cache::new(), Instant::now());
    cache.keep_if(cache.reading(read_at), &owner(), state);
    (cache, read_at)
}

#[test]
fn a_key_is_used_for_five_seconds_after_it_was_read_and_no_longer() {
    let (cache, read_at) = keeping(&a_key());
    assert!(cache.get(&owner(), read_at + TRUST - A_MOMENT).is_some());
    assert!(cache.get(&owner(), read_at + TRUST).is_none());
    assert!(cache.get(&owner(), read_at).is_none(), "it is wiped from memory");
}

#[test]
fn a_beat_that_came_back_prolongs_the_use_from_when_it_was_sent() {
    let (cache, read_at) = keeping(&a_key());
    let sent = read_at + Duration::from_secs(4);
    cache.heard(sent);
    assert!(cache.get(&owner(), sent + TRUST - A_MOMENT).is_some());
    assert!(cache.get(&owner(), sent + TRUST).is_none());
}

#[test]
fn an_older_beat_shortens_nothing() {
    let (cache, read_at) = keeping(&a_key());
    cache.heard(read_at + TRUST);
    cache.heard(read_at);
    assert!(cache.get(&owner(), read_at + TRUST).is_some());
}

#[test]
fn that_a_key_was_erased_is_certain_for_good() {
    let (cache, read_at) = keeping(&KeyState::Erased { at: Timestamp::MIN });
    assert!(cache.get(&owner(), read_at + 1_000 * TRUST).is_some());
}

#[test]
fn what_was_read_while_any_key_was_erased_is_not_kept() {
    let (cache, now) = (Cache::new(), Instant::now());
    let reading = cache.reading(now);
    cache.forget(&Owner { subject: Subject::Session, tenant: TenantId::new(Uuid::nil()), ..owner() });
    cache.keep_if(reading, &owner(), &a_key());
    assert!(cache.get(&owner(), now).is_none());
}

#[test]
fn what_was_read_before_the_connection_was_made_anew_is_forgotten() {
    let (cache, read_at) = keeping(&a_key());
    let reading = cache.reading(read_at);
    cache.forget_all();
    cache.keep_if(reading, &owner(), &a_key());
    cache.heard(read_at + A_MOMENT);
    assert!(cache.get(&owner(), read_at + A_MOMENT).is_none());
}

#[test]
fn that_there_is_no_key_is_never_kept() {
    let (cache, now) = keeping(&KeyState::Absent);
    assert!(cache.get(&owner(), now).is_none());
}
