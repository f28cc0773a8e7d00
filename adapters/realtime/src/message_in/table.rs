//! Which messages there are, and what each stands for.

/// What a message stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Message {
    /// Another token, for the connection itself.
    RenewToken,
    /// `POST` to this path.
    Request(PathOf),
}

/// A path under `/api/v1/sessions/{id}/floor`: with the id that a member of the message gives, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathOf {
    /// The path as it is.
    Session(&'static str),
    /// Of the speech request that the member `request_id` names.
    Request(&'static str),
    /// Of the person that the member `user_id` names.
    Person(&'static str),
}

/// The messages by their names.
const TABLE: [(&str, Message); 10] = [
    ("request_speech", Message::Request(PathOf::Session("requests"))),
    ("withdraw_speech", Message::Request(PathOf::Request("withdraw"))),
    ("approve_speech", Message::Request(PathOf::Request("approve"))),
    ("deny_speech", Message::Request(PathOf::Request("deny"))),
    ("finish_speech", Message::Request(PathOf::Request("finish"))),
    ("pause_turn", Message::Request(PathOf::Request("pause"))),
    ("resume_turn", Message::Request(PathOf::Request("resume"))),
    ("mute_user", Message::Request(PathOf::Person("mute"))),
    ("unmute_user", Message::Request(PathOf::Person("unmute"))),
    ("renew_token", Message::RenewToken),
];

impl Message {
    /// Every message, by its name.
    pub(crate) fn all() -> impl Iterator<Item = (&'static str, Self)> {
        TABLE.into_iter()
    }

    /// What the message called `event` stands for.
    pub(crate) fn named(event: &str) -> Option<Self> {
        TABLE.iter().find(|(name, _)| *name == event).map(|(_, message)| *message)
    }
}
