//! Codes through the notifications service and on the console.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use acta_application::neighbours::{Neighbour, NeighbourError};
use acta_domain::AttendanceMethod;
use acta_neighbours::{Neighbour as Played, part::Message};
use uuid::Uuid;

use crate::given::{SESSION, TENANT, asking, finished, message, one, options, services};

#[derive(Clone, Default)]
struct Console(Arc<Mutex<Vec<u8>>>);

impl Write for Console {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_notifications_service_is_told_what_the_code_is_and_to_whom_it_goes() {
    for (method, to) in
        [(AttendanceMethod::Sms, "+56911112222"), (AttendanceMethod::Email, "ada@example.org")]
    {
        let notifications = Played::notifications().start().await.unwrap();
        let beside = one(Neighbour::Notifications, notifications.url(), options());
        beside.ports.codes().unwrap().deliver(&asking(), &message(method, to)).await.unwrap();
        let expected = Message {
            channel: method.as_str().to_owned(),
            to: to.to_owned(),
            tenant: TENANT,
            session: SESSION,
            code: "481516".to_owned(),
            expires_at: "2027-01-15T08:10:00.000000Z".to_owned(),
            title: Some("Asamblea ordinaria".to_owned()),
        };
        assert_eq!(notifications.part().messages().last(), Some(&expected));
        let received = notifications.received();
        let key = received.last().unwrap().header("idempotency-key");
        assert_eq!(key, Some(&*Uuid::from_u128(88).to_string()));
        notifications.assert_contract_kept();
    }
}

#[tokio::test]
async fn shown_codes_are_one_line_each_that_names_nobody() {
    let console = Console::default();
    let beside = finished(services(options()).with_shown_codes(Box::new(console.clone())));
    let sms = message(AttendanceMethod::Sms, "+56911112222");
    beside.ports.codes().unwrap().deliver(&asking(), &sms).await.unwrap();
    let shown = String::from_utf8(console.0.lock().unwrap().clone()).unwrap();
    assert_eq!(shown, "code for sms: 481516 (until 2027-01-15T08:10:00.000000Z)\n");
}

#[tokio::test]
async fn without_anything_that_brings_codes_the_missing_settings_are_named() {
    let beside = finished(services(options()));
    let Err(NeighbourError::NotConfigured { settings, .. }) = beside.ports.codes() else {
        panic!("nothing brings codes");
    };
    assert_eq!(settings, "NOTIFICATIONS_SERVICE_URL or, for e-mail, SMTP_URL");
}
