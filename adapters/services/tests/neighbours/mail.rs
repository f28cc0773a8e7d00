//! Codes through a mail server.

use std::time::Duration;

use acta_application::neighbours::{Neighbour, NeighbourError};
use acta_domain::AttendanceMethod;
use acta_neighbours::{Authority, MailFault, Mailbox};
use acta_services::{NeighbourOptions, SetupError};
use tokio::time::Instant;

use crate::given::{Beside, asking, finished, message, options, services};
use crate::tls::trusting;

const FROM: &str = "Acta <acta@example.org>";

fn mailing(url: &str, options: NeighbourOptions) -> Beside {
    finished(services(options).with_mail(url, FROM).unwrap())
}

async fn mailed(beside: &Beside, to: &str) -> Result<(), NeighbourError> {
    let message = message(AttendanceMethod::Email, to);
    beside.ports.codes().unwrap().deliver(&asking(), &message).await
}

#[tokio::test]
async fn a_code_arrives_by_mail_and_the_subject_does_not_give_it_away() {
    let server = Mailbox::start().await.unwrap();
    let beside = mailing(&server.url(), options());
    mailed(&beside, "ada@example.net").await.unwrap();
    let [mail] = &server.mails()[..] else { panic!("one mail was sent") };
    assert_eq!((mail.from.as_str(), &mail.to[..]), ("acta@example.org", &["ada@example.net".to_owned()][..]));
    let (head, body) = mail.text.split_once("\n\n").unwrap();
    assert!(head.contains("Subject: Your attendance code") && !head.contains("481516"), "{head}");
    assert!(head.contains("Message-ID: <00000000-0000-0000-0000-000000000058@example.org>"), "{head}");
    assert!(body.contains("481516") && body.contains("2027-01-15 08:10 UTC"), "{body}");
    assert_eq!(beside.state(Neighbour::Notifications), ("answers", true));
}

#[tokio::test]
async fn the_login_of_the_url_is_told_after_tls_began() {
    let authority = Authority::new("the mail authority");
    let server = Mailbox::with_tls(&authority).await.unwrap();
    let url = format!("smtp://acta:p%40ss@{}?tls=required", server.address());
    mailed(&mailing(&url, trusting(&authority)), "ada@example.net").await.unwrap();
    let [mail] = &server.mails()[..] else { panic!("one mail was sent") };
    assert!(mail.is_encrypted);
    assert_eq!(mail.login, Some(("acta".to_owned(), "p@ss".to_owned())));
}

#[tokio::test]
async fn a_mail_server_that_nobody_trusts_or_that_has_no_tls_gets_nothing() {
    let (authority, other) = (Authority::new("one"), Authority::new("another"));
    let wrong = Mailbox::with_tls(&authority).await.unwrap();
    let url = format!("smtp://{}?tls=required", wrong.address());
    let result = mailed(&mailing(&url, trusting(&other)), "ada@example.net").await;
    assert!(matches!(result, Err(NeighbourError::Unreachable { .. })), "{result:?}");
    let plain = Mailbox::start().await.unwrap();
    let url = format!("{}?tls=required", plain.url());
    let result = mailed(&mailing(&url, options()), "ada@example.net").await;
    assert!(matches!(result, Err(NeighbourError::Unusable { .. })), "{result:?}");
    assert!(wrong.mails().is_empty() && plain.mails().is_empty());
}

#[tokio::test]
async fn what_the_server_refuses_is_told_without_whom_it_was_for() {
    let server = Mailbox::start().await.unwrap();
    let beside = mailing(&server.url(), options());
    server.set(MailFault::Refuses(550));
    let result = mailed(&beside, "nobody@example.net").await;
    assert!(matches!(result, Err(NeighbourError::Refused { status: 550, .. })), "{result:?}");
    assert!(!format!("{result:?}").contains("nobody@"));
    server.set(MailFault::Refuses(451));
    let result = mailed(&beside, "nobody@example.net").await;
    assert!(matches!(result, Err(NeighbourError::Failed { status: 451, .. })), "{result:?}");
    let result = mailed(&beside, "no address").await;
    assert!(matches!(result, Err(NeighbourError::Refused { status: 553, .. })), "{result:?}");
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn a_server_that_says_nothing_is_waited_for_no_longer_than_the_bound() {
    let server = Mailbox::start().await.unwrap();
    server.set(MailFault::Silent);
    let bound = Duration::from_millis(300);
    let beside = mailing(&server.url(), options().with_bound(bound));
    let begun = Instant::now();
    let result = mailed(&beside, "ada@example.net").await;
    assert!(matches!(result, Err(NeighbourError::TimedOut { .. })), "{result:?}");
    assert!(begun.elapsed() < bound * 2);
    assert_eq!(beside.state(Neighbour::Notifications), ("fails", false));
}

#[tokio::test]
async fn a_mail_server_brings_no_sms() {
    let server = Mailbox::start().await.unwrap();
    let beside = mailing(&server.url(), options());
    let message = message(AttendanceMethod::Sms, "+56911112222");
    let result = beside.ports.codes().unwrap().deliver(&asking(), &message).await;
    assert!(matches!(result, Err(NeighbourError::NotConfigured { .. })), "{result:?}");
}

#[tokio::test]
async fn an_address_that_mail_cannot_come_from_is_refused() {
    let refused = services(options()).with_mail("smtp://127.0.0.1:25", "no address").err();
    assert!(matches!(refused, Some(SetupError::MailFrom)));
}
