//! What is refused at the start.

use acta_application::neighbours::Neighbour;
use acta_services::{NeighbourOptions, SetupError};

use crate::given::{options, services};

#[test]
fn a_wrong_url_is_refused_with_the_name_of_its_setting() {
    for neighbour in Neighbour::ALL {
        let refused = services(options()).with(neighbour, "example.org").err().unwrap();
        assert!(matches!(refused, SetupError::Url { .. }));
        assert!(refused.to_string().starts_with(neighbour.settings()), "{refused}");
    }
}

#[test]
fn a_network_without_tls_has_to_be_wanted() {
    let url = "http://identity.internal:3001";
    let refused = services(options()).with(Neighbour::Identity, url).err().unwrap();
    assert!(matches!(refused, SetupError::Plain { .. }));
    assert!(services(options().plain(true)).with(Neighbour::Identity, url).is_ok());
}

#[test]
fn a_service_has_a_name_that_can_be_sent() {
    for wrong in ["", "a b", "a\nb", "é", &"a".repeat(65)] {
        assert!(matches!(NeighbourOptions::new(wrong), Err(SetupError::ServiceId)), "{wrong}");
    }
}
