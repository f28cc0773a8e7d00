//! How one-time codes reach people: by the notifications service, by a mail server, or on the console of whoever tries things out.

mod mail;
mod notifications;
mod shown;

pub(crate) use mail::MailedCodes;
pub(crate) use notifications::HttpNotifications;
pub(crate) use shown::ShownCodes;
