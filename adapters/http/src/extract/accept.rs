//! Content negotiation (RFC 9110 §12.5.1).

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;

use crate::problem::{Problem, ProblemKind};
use crate::state::App;

/// A media type that a route offers, by its essence: `text/vtt`.
type Media = &'static str;

/// What the client accepts.
pub(crate) struct Accept(Vec<Range>);

/// One range of the header.
#[derive(Debug, PartialEq)]
struct Range {
    media: String,
    /// Thousandths of the weight `q`.
    weight: u16,
}

impl Accept {
    /// The offer that suits best; the first of equals. Without the header, the first.
    pub(crate) fn best(&self, offers: &[&'static str]) -> Result<&'static str, Problem> {
        let weight = |offer: Media| if self.0.is_empty() { 1_000 } else { self.weight_of(offer) };
        let best =
            offers.iter().rev().copied().max_by_key(|offer| weight(offer)).filter(|offer| weight(offer) > 0);
        best.ok_or_else(|| {
            Problem::new(ProblemKind::NotAcceptable, format!("there is {} here", offers.join(", ")))
                .at_parameter("Accept")
        })
    }

    /// The weight that the most specific matching range gives `offer`.
    fn weight_of(&self, offer: Media) -> u16 {
        let matching = self.0.iter().filter_map(|range| Some((range.specificity(offer)?, range.weight)));
        matching.max().map_or(0, |(_, weight)| weight)
    }
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let media = parts.next().filter(|media| media.contains('/'))?.to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        Some(Self { media, weight: weight.map_or(Some(1_000), thousandths)? })
    }

    /// How closely the range names `offer`, if it does at all.
    fn specificity(&self, offer: &str) -> Option<u8> {
        if self.media == offer {
            return Some(2);
        }
        match self.media.strip_suffix("/*") {
            Some("*") => Some(0),
            Some(kind) if offer.split('/').next() == Some(kind) => Some(1),
            _ => None,
        }
    }
}

/// `0.25` → 250; at most three digits behind the point.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let part: u16 = format!("{part:0<3}").parse().ok().filter(|_| digits)?;
    match whole {
        "0" => Some(part),
        "1" if part == 0 => Some(1_000),
        _ => None,
    }
}

impl FromRequestParts<App> for Accept {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let values = parts.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        Ok(Self(ranges(values)))
    }
}

/// The ranges that can be read; what cannot is left aside.
fn ranges<'a>(values: impl Iterator<Item = &'a str>) -> Vec<Range> {
    values.flat_map(|value| value.split(',')).filter_map(Range::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(header: &str) -> Option<Media> {
        Accept(ranges(std::iter::once(header))).best(&["application/json", "image/png", "image/svg+xml"]).ok()
    }

    #[test]
    fn the_first_offer_is_taken_when_all_suit() {
        assert_eq!(best(""), Some("application/json"));
        assert_eq!(best("*/*"), Some("application/json"));
        assert_eq!(best("image/*"), Some("image/png"));
    }

    #[test]
    fn weights_and_closeness_count() {
        assert_eq!(best("image/svg+xml, */*;q=0.1"), Some("image/svg+xml"));
        assert_eq!(best("application/json;q=0.2, image/png;q=0.9"), Some("image/png"));
        assert_eq!(best("*/*, application/json;q=0"), Some("image/png"));
    }

    #[test]
    fn nothing_suits_when_nothing_is_accepted() {
        assert_eq!(best("text/html"), None);
        assert_eq!(best("application/json;q=0"), None);
    }
}
