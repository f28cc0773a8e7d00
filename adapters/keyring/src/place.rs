//! Where a key stands among those of its purpose.

use std::path::Path;

use acta_domain::Timestamp;

use crate::KeyringError;

/// What the first line of a key file begins with when the key is to wait.
const MARK: &str = "In-Use-From: ";

/// Where a key stands among those of its purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its number; the first is 1.
    pub number: u32,
    /// From when on it signs or wraps, if it was told to wait.
    pub in_use_from: Option<Timestamp>,
}

impl Place {
    /// Whether it need not wait any more at `now`.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.in_use_from.is_none_or(|from| from <= now)
    }
}

/// Which of `places`, oldest first, is in use at `now`: the newest that is due. The oldest, if none is.
pub(crate) fn current(places: &[Place], now: Timestamp) -> usize {
    places.iter().rposition(|place| place.is_due(now)).unwrap_or_default()
}

/// The content of a key file and the moment in its first line, if there is one.
pub(crate) fn split<'a>(path: &Path, text: &'a str) -> Result<(&'a str, Option<Timestamp>), KeyringError> {
    let Some((moment, content)) = text.strip_prefix(MARK).and_then(|rest| rest.split_once('\n')) else {
        return Ok((text, None));
    };
    match Timestamp::parse(moment.trim()) {
        Ok(moment) => Ok((content, Some(moment))),
        Err(_) => Err(KeyringError::NotAMoment { path: path.to_owned() }),
    }
}

/// The first line of the file of a key that waits until `from`; nothing if it need not wait.
pub(crate) fn mark(from: Option<Timestamp>) -> String {
    from.map_or_else(String::new, |from| format!("{MARK}{from}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    fn places(moments: &[Option<i64>]) -> Vec<Place> {
        let place = |(number, from): (u32, &Option<i64>)| Place { number, in_use_from: from.map(moment) };
        (1..).zip(moments).map(place).collect()
    }

    #[test]
    fn the_newest_key_that_need_not_wait_is_in_use() {
        assert_eq!(current(&places(&[None, None]), moment(5)), 1);
        assert_eq!(current(&places(&[None, Some(6)]), moment(5)), 0);
        assert_eq!(current(&places(&[None, Some(6)]), moment(6)), 1);
        assert_eq!(current(&places(&[None, Some(6), None]), moment(5)), 2, "it was made to be used at once");
        assert_eq!(current(&places(&[Some(6), Some(7)]), moment(5)), 0, "some key must be in use");
    }

    #[test]
    fn the_moment_stands_in_the_first_line() {
        let path = Path::new("keys/tokens/0002.pem");
        for from in [None, Some(moment(5))] {
            let text = format!("{}-----BEGIN", mark(from));
            assert_eq!(split(path, &text).unwrap(), ("-----BEGIN", from));
        }
        let refused = split(path, "In-Use-From: soon\n-----BEGIN");
        assert!(matches!(refused, Err(KeyringError::NotAMoment { .. })));
    }
}
