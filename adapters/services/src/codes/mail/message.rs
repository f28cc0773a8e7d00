//! The mail with a code in it.

use acta_application::neighbours::CodeMessage;
use acta_domain::Timestamp;
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;

/// The mail; nothing if it is for no address. A code that is sent twice is the same mail twice.
pub(super) fn of(message: &CodeMessage, from: &Mailbox) -> Option<Message> {
    let id = format!("<{}@{}>", message.id, from.email.domain());
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, message.to.parse().ok()?))
        .message_id(Some(id))
        .subject("Your attendance code")
        .header(ContentType::TEXT_PLAIN)
        .body(text(message))
        .ok()
}

fn text(message: &CodeMessage) -> String {
    let session = match &message.title {
        Some(title) => format!("\u{201c}{}\u{201d}", title.as_str()),
        None => "the session".to_owned(),
    };
    format!(
        "Your code for {session} is:\n\n    {}\n\nIt is good once, until {}. Whoever has it can attend in your name: give it to \
         nobody.\nIf you did not ask for it, you need not do anything.\n",
        message.code.as_str(),
        moment(message.expires_at),
    )
}

/// To the minute: `2026-11-22 20:15 UTC`.
fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    let (day, time) = text.split_once('T').expect("a timestamp has a day and a time");
    let minutes = time.get(..5).expect("a time begins with hours and minutes");
    format!("{day} {minutes} UTC")
}
