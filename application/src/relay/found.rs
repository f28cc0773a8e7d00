//! What the headers of a record say of its place in the log.

use std::fmt::Display;
use std::str::FromStr;

use uuid::Uuid;

use super::{Found, Lane, Offset, RecordId, TopicsError};
use crate::log::Position;

/// The headers that count here, each as it was found first.
#[derive(Default)]
struct Headers<'a> {
    id: Option<&'a [u8]>,
    position: Option<&'a [u8]>,
    previous: Option<&'a [u8]>,
    replayed: Option<&'a [u8]>,
}

impl<'a> Headers<'a> {
    fn of(headers: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut known = Self::default();
        for (name, value) in headers {
            match name {
                "ce_id" => known.id.get_or_insert(value),
                "ce_position" => known.position.get_or_insert(value),
                "ce_previousposition" => known.previous.get_or_insert(value),
                "ce_replayed" => known.replayed.get_or_insert(value),
                _ => continue,
            };
        }
        known
    }

    fn found(&self, offset: Offset) -> Result<Found, String> {
        let position = |value| parsed("ce_position", value).map(Position::new);
        let previous = |value| parsed("ce_previousposition", value).map(Position::new);
        let id: Uuid = parsed("ce_id", self.id.ok_or("it has no ce_id")?)?;
        Ok(Found {
            offset,
            position: position(self.position.ok_or("it has no ce_position")?)?,
            previous: self.previous.map(previous).transpose()?,
            id: RecordId(id),
            replayed: self.replayed == Some(b"true"),
        })
    }
}

fn parsed<T: FromStr<Err: Display>>(name: &str, value: &[u8]) -> Result<T, String> {
    let text = std::str::from_utf8(value).map_err(|error| format!("its {name} is no text: {error}"))?;
    text.parse().map_err(|error| format!("its {name} cannot be read: {error}"))
}

impl Found {
    /// What the record at `offset` of `lane` says of its place, by its `headers`: names and values, in any order. See
    /// [`TopicRecord`](super::TopicRecord).
    ///
    /// # Errors
    /// [`TopicsError::Foreign`] when it is no record of the relay's.
    pub fn from_headers<'a>(
        lane: &Lane,
        offset: Offset,
        headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Self, TopicsError> {
        let foreign = |what| TopicsError::Foreign { lane: lane.clone(), offset, what };
        Headers::of(headers).found(offset).map_err(foreign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::TopicName;

    fn lane() -> Lane {
        Lane { topic: TopicName::new("floor.yielded.v1"), partition: 2 }
    }

    fn found(headers: &[(&'static str, &'static str)]) -> Result<Found, TopicsError> {
        let headers = headers.iter().map(|(name, value)| (*name, value.as_bytes()));
        Found::from_headers(&lane(), Offset(7), headers)
    }

    const ID: (&str, &str) = ("ce_id", "6f1c1d9e-0000-8000-8000-000000000001");

    #[test]
    fn a_record_says_where_it_stands_and_behind_what() {
        let found =
            found(&[("ce_type", "x"), ID, ("ce_position", "12"), ("ce_previousposition", "9")]).unwrap();
        let expected = Found {
            offset: Offset(7),
            position: Position::new(12),
            previous: Some(Position::new(9)),
            id: RecordId(ID.1.parse().unwrap()),
            replayed: false,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn the_first_of_a_lane_has_none_before_it() {
        assert_eq!(found(&[ID, ("ce_position", "1")]).unwrap().previous, None);
    }

    #[test]
    fn a_replayed_record_says_so() {
        assert!(found(&[ID, ("ce_position", "1"), ("ce_replayed", "true")]).unwrap().replayed);
    }

    #[test]
    fn a_record_that_lacks_its_place_is_foreign() {
        for headers in [&[ID][..], &[("ce_position", "1")], &[ID, ("ce_position", "one")], &[]] {
            match found(headers) {
                Err(TopicsError::Foreign { lane: which, offset, .. }) => {
                    assert_eq!((which, offset), (lane(), Offset(7)));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
