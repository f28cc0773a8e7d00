//! A message as it comes in: `{"event", "id"?, "data"?}`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::message_in::Outcome;

/// A message as it comes in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Incoming<'a> {
    /// What it is called.
    #[serde(borrow)]
    pub(super) event: Cow<'a, str>,
    /// What its sender wants the outcome named by: a text or a number.
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    /// What it says.
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

/// The outcome of a message whose sender gave it an id.
#[derive(Debug, Serialize)]
pub(super) struct Ack<'a> {
    event: &'static str,
    id: &'a RawValue,
    data: &'a Outcome,
}

impl<'a> Incoming<'a> {
    /// Reads `text`; if it is no message, why.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        let message: Self = serde_json::from_str(text)
            .map_err(|error| format!("a message is `{{\"event\", \"id\"?, \"data\"?}}`: {error}"))?;
        match message.id {
            Some(id) if !is_text_or_number(id) => {
                Err("the `id` of a message is a text or a number".to_owned())
            }
            _ => Ok(message),
        }
    }

    /// What it says; an empty object if it says nothing.
    pub(super) fn data(&self) -> Cow<'a, RawValue> {
        match self.data {
            Some(data) => Cow::Borrowed(data),
            None => Cow::Owned(RawValue::from_string("{}".to_owned()).expect("it is JSON")),
        }
    }

    /// The answer that names `outcome`, if one is wanted.
    pub(super) fn ack(&self, outcome: &Outcome) -> Option<String> {
        let ack = Ack { event: "ack", id: self.id?, data: outcome };
        Some(serde_json::to_string(&ack).expect("an outcome is plain data"))
    }
}

fn is_text_or_number(value: &RawValue) -> bool {
    value.get().starts_with(|first: char| first == '"' || first == '-' || first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::{Refusal, RoomProblem};

    #[test]
    fn a_message_has_a_name_and_may_have_an_id_and_data() {
        let message = Incoming::parse(r#"{"event":"mute_user","id":"a-7","data":{"user_id":"x"}}"#).unwrap();
        assert_eq!((&*message.event, message.data().get()), ("mute_user", r#"{"user_id":"x"}"#));
        let bare = Incoming::parse(r#"{"event":"mute_user","id":null}"#).unwrap();
        assert_eq!(bare.data().get(), "{}");
        assert!(bare.ack(&outcome()).is_none());
    }

    #[test]
    fn an_ack_carries_the_id_as_it_was_sent() {
        for id in ["7", "-1.50", r#""\u0041""#] {
            let text = format!(r#"{{"event":"x","id":{id}}}"#);
            let ack = Incoming::parse(&text).unwrap().ack(&outcome()).unwrap();
            assert!(ack.starts_with(&format!(r#"{{"event":"ack","id":{id},"data":{{"problem":{{"#)), "{ack}");
        }
    }

    #[test]
    fn what_is_no_message_is_not_read_as_one() {
        for text in
            ["", "x", "3", "[]", "{}", r#"{"event":3}"#, r#"{"event":"x","id":{}}"#, r#"{"event":"x","y":1}"#]
        {
            assert!(Incoming::parse(text).is_err(), "{text}");
        }
    }

    fn outcome() -> Outcome {
        Outcome::Refused(Refusal::new(RoomProblem::UnknownMessage, "there is no message of this name"))
    }
}
