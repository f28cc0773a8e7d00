//! What nobody may see comes back in no answer and stands in no log line, wherever a client put it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::neighbours::{Papers, Postbox};
use crate::service::{Service, person};

const MARKER: &str = "M4RK3R-0f-a-face";

/// Everything that is logged in this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    fn keep() -> Self {
        let log = Self::default();
        let lines = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(log.clone());
        lines.try_init().expect("each test has a process of its own");
        log
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// `body` with the marker in every place that there is, and as a member that there is not.
fn marked(body: &Value) -> Vec<Value> {
    let marks = [json!(MARKER), json!([MARKER]), json!({ MARKER: MARKER }), json!(MARKER.repeat(20_000))];
    let members: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    let mut all = vec![json!(MARKER), json!([MARKER]), json!({ MARKER: MARKER })];
    for mark in marks {
        for name in members.iter().map(String::as_str).chain([MARKER, "unknown"]) {
            let mut wrong = body.clone();
            wrong[name] = mark.clone();
            all.push(wrong);
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_may_see_comes_back_in_no_answer_and_no_log_line() {
    let log = Log::keep();
    let mut neighbours = Papers::default().of("QUJD", person(1)).neighbours();
    neighbours.codes = Postbox::new().neighbours().codes;
    let service = Service::start_beside(neighbours).await;
    let id = service.session(true).await;
    let place = json!({ "latitude": 1.5, "longitude": 2.5 });
    let bodies = [
        ("validate-qr", json!({ "token": "t", "geolocation": place })),
        (
            "validate-code",
            json!({ "code": "c", "user_id": person(1), "method": "sms", "geolocation": place }),
        ),
        ("validate-biometric", json!({ "sample": "bm8=", "user_id": person(1), "geolocation": place })),
        (
            "codes",
            json!({ "user_id": person(1), "method": "sms", "to": "+56221234567", "lifetime_seconds": 60 }),
        ),
        (
            "register-attendee",
            json!({ "user_id": person(5), "name": "Ada", "email": "a@b", "phone": "1", "override_reason": "so" }),
        ),
    ];
    let chair = service.chair();
    for (segment, body) in bodies {
        for wrong in marked(&body) {
            let answer = chair.post(&format!("/sessions/{id}/attendance/{segment}"), wrong.clone()).await;
            let text = answer.text();
            assert!(!text.contains(MARKER), "{segment} {:.200}: {text}", wrong.to_string());
            assert!(answer.status.is_client_error() || answer.status.is_success(), "{segment}: {text}");
        }
        let broken = format!("{{\"user_id\": \"{MARKER}");
        let answer = chair.put_as("text/csv", &format!("/sessions/{id}/attendance/eligible"), broken).await;
        assert!(answer.status.is_client_error() && !answer.text().contains(MARKER), "{}", answer.text());
    }
    let sample = json!({ "sample": "TTRSSzNS", "user_id": person(1) });
    chair.post(&format!("/sessions/{id}/attendance/validate-biometric"), sample).await;
    let text = log.text();
    assert!(!text.is_empty(), "nothing was logged at all");
    for mark in [MARKER, "TTRSSzNS", "+56221234567"] {
        let line = text.lines().find(|line| line.contains(mark));
        assert!(line.is_none(), "{line:?}");
    }
}
