//! What is counted at the door.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use acta_application::attendance::{IssueCode, ValidateCode};
use acta_domain::AttendanceMethod;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use zeroize::Zeroizing;

use super::{Around, by_hand};
use crate::room::{Room, command, keyed, person};

/// Keeps the counters of attendance; those that stay at zero are of no interest here.
#[derive(Default)]
struct Counted(Mutex<BTreeMap<String, Arc<AtomicU64>>>);

impl Counted {
    fn all(&self) -> Vec<(String, u64)> {
        let counters = self.0.lock().unwrap();
        let counted = counters.iter().map(|(name, count)| (name.clone(), count.load(Ordering::SeqCst)));
        counted.filter(|(_, count)| *count > 0).collect()
    }
}

impl Recorder for Counted {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        if !key.name().starts_with("attendance_") {
            return Counter::noop();
        }
        let labels: Vec<_> = key.labels().map(|label| label.value().to_owned()).collect();
        let name = format!("{} {}", key.name(), labels.join(" "));
        Counter::from_arc(Arc::clone(self.0.lock().unwrap().entry(name).or_default()))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// One comes in by hand, which is sent twice; another by a code, after a wrong one; a third has none.
async fn sits() {
    let around = Around::default();
    let room = Room::beside(acta_application::neighbours::Neighbours {
        codes: Some(around.post.clone()),
        ..Default::default()
    })
    .await;
    let session = room.session().await;
    for _ in 0..2 {
        room.use_cases.register_attendee(&keyed("k", "in"), session, by_hand(1)).await.unwrap();
    }
    let to = Zeroizing::new("ana@example.org".to_owned());
    let method = AttendanceMethod::Email;
    let code = IssueCode { person_id: person(2), method, to, lifetime_seconds: 60 };
    room.use_cases.issue_code(&command(), session, code).await.unwrap();
    let show = |number, code: &str| ValidateCode {
        person_id: person(number),
        method: None,
        code: Zeroizing::new(code.to_owned()),
        location: None,
    };
    room.use_cases.validate_code(&command(), session, show(2, "none")).await.unwrap_err();
    let code = around.post.last_code();
    room.use_cases.validate_code(&command(), session, show(2, &code)).await.unwrap();
    room.use_cases.validate_code(&command(), session, show(3, &code)).await.unwrap_err();
}

#[test]
fn who_comes_in_is_counted_by_method_and_who_does_not_by_reason_too() {
    let counted = Counted::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&counted, || runtime.block_on(sits()));
    let expected = [
        ("attendance_refused_total email code_wrong", 1),
        ("attendance_refused_total sms no_code", 1),
        ("attendance_validated_total email", 1),
        ("attendance_validated_total manual", 1),
    ];
    assert_eq!(counted.all(), expected.map(|(name, count)| (name.to_owned(), count)));
}
