//! Where somebody is: kept only if they agree, and sealed.

use acta_application::persons::PersonalText;
use serde::{Deserialize, Deserializer, de};
use utoipa::ToSchema;

use crate::extract::given;
use crate::problem::{Problem, ProblemKind};

/// A centimetre on the equator is the eighth decimal of a degree and a bit: nobody's device knows more.
const DEGREE_DECIMALS: i32 = 7;
const METRE_DECIMALS: i32 = 2;
/// Half way around the Earth, in metres.
const FARTHEST: u32 = 20_037_508;
const LONGEST_URI: usize = 100;

/// Where somebody is, in WGS 84.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct GeolocationBody {
    /// Degrees north.
    #[serde(deserialize_with = "within::<90, _>")]
    #[schema(minimum = -90, maximum = 90, example = -33.4489)]
    latitude: f64,
    /// Degrees east.
    #[serde(deserialize_with = "within::<180, _>")]
    #[schema(minimum = -180, maximum = 180, example = -70.6693)]
    longitude: f64,
    /// How far off that may be, in metres.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 20_037_508, example = 35)]
    accuracy_meters: Option<Metres>,
}

/// The names of the members that a place brings into a body.
pub(super) const NAMES: [&str; 5] =
    ["geolocation", "geolocation_consent", "latitude", "longitude", "accuracy_meters"];

#[derive(Deserialize)]
#[serde(try_from = "f64")]
struct Metres(f64);

impl TryFrom<f64> for Metres {
    type Error = String;

    fn try_from(metres: f64) -> Result<Self, String> {
        if (0.0..=f64::from(FARTHEST)).contains(&metres) {
            return Ok(Self(metres));
        }
        Err(format!("it must be between 0 and {FARTHEST}"))
    }
}

/// Degrees from -`MOST` to `MOST`.
fn within<'de, const MOST: i32, D: Deserializer<'de>>(reader: D) -> Result<f64, D::Error> {
    let degrees = f64::deserialize(reader)?;
    if degrees.abs() <= f64::from(MOST) {
        return Ok(degrees);
    }
    Err(de::Error::custom(format_args!("it must be between -{MOST} and {MOST}")))
}

/// `value`, rounded; never the negative zero.
fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale + 0.0
}

impl GeolocationBody {
    /// As a URI (RFC 5870). A pole has no longitude (§3.4.2).
    fn uri(&self) -> String {
        let latitude = rounded(self.latitude, DEGREE_DECIMALS);
        let longitude = if latitude.abs() >= 90.0 { 0.0 } else { rounded(self.longitude, DEGREE_DECIMALS) };
        let uri = format!("geo:{latitude},{longitude}");
        match &self.accuracy_meters {
            Some(Metres(metres)) => format!("{uri};u={}", rounded(*metres, METRE_DECIMALS)),
            None => uri,
        }
    }
}

/// The place to be sealed with an attendance, if one was given; it is refused where nobody agreed that it be kept.
pub(super) fn location(
    place: Option<GeolocationBody>,
    consent: Option<bool>,
) -> Result<Option<PersonalText>, Problem> {
    let Some(place) = place else {
        return Ok(None);
    };
    if consent != Some(true) {
        let detail = "a place is kept only with the consent of whoever is there: send true, or no place";
        return Err(Problem::new(ProblemKind::InvalidBody, detail).at_field("/geolocation_consent"));
    }
    Ok(Some(PersonalText::parse(&place.uri(), LONGEST_URI).expect("a geo URI is short and plain")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(place: Value) -> Result<GeolocationBody, serde_json::Error> {
        serde_json::from_value(place)
    }

    fn uri(place: Value) -> String {
        read(place).unwrap().uri()
    }

    #[test]
    fn a_place_is_a_geo_uri() {
        let place = json!({ "latitude": -33.4489, "longitude": -70.6693, "accuracy_meters": 35 });
        assert_eq!(uri(place), "geo:-33.4489,-70.6693;u=35");
        assert_eq!(uri(json!({ "latitude": 0, "longitude": -0.0 })), "geo:0,0");
        assert_eq!(uri(json!({ "latitude": 0.000_000_1, "longitude": 1e-9 })), "geo:0.0000001,0");
        assert_eq!(uri(json!({ "latitude": 90, "longitude": 17.5 })), "geo:90,0");
        let exact = json!({ "latitude": 1.0 / 3.0, "longitude": 180, "accuracy_meters": 12.345 });
        assert_eq!(uri(exact), "geo:0.3333333,180;u=12.35");
    }

    #[test]
    fn a_place_lies_on_the_earth() {
        for place in [
            json!({ "latitude": 90.1, "longitude": 0 }),
            json!({ "latitude": -91, "longitude": 0 }),
            json!({ "latitude": 0, "longitude": 180.5 }),
            json!({ "latitude": 0, "longitude": -181 }),
            json!({ "latitude": 0, "longitude": 0, "accuracy_meters": -1 }),
            json!({ "latitude": 0, "longitude": 0, "accuracy_meters": 20_037_509 }),
            json!({ "latitude": 0, "longitude": 0, "accuracy_meters": null }),
            json!({ "latitude": 0, "longitude": 0, "altitude": 3 }),
            json!({ "latitude": 0 }),
            json!({ "latitude": "0", "longitude": 0 }),
        ] {
            assert!(read(place.clone()).is_err(), "{place}");
        }
    }

    #[test]
    fn a_place_needs_consent() {
        let place = || read(json!({ "latitude": 1, "longitude": 2 })).ok();
        for consent in [None, Some(false)] {
            assert_eq!(location(place(), consent).unwrap_err().kind(), ProblemKind::InvalidBody);
            assert!(location(None, consent).unwrap().is_none());
        }
        assert_eq!(location(place(), Some(true)).unwrap().unwrap().as_str(), "geo:1,2");
        assert!(location(None, Some(true)).unwrap().is_none());
    }
}
