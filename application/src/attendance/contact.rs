//! How a person is called and reached.

use crate::persons::{PersonalPart, PersonalText};

/// How a person is called and reached; sealed.
#[derive(Debug, Clone, Default)]
pub struct Contact {
    /// Name.
    pub name: Option<PersonalText>,
    /// E-mail address.
    pub email: Option<PersonalText>,
    /// Telephone number.
    pub phone: Option<PersonalText>,
}

impl From<Contact> for PersonalPart {
    fn from(contact: Contact) -> Self {
        let Contact { name, email, phone } = contact;
        Self::of([("name", name), ("email", email), ("phone", phone)])
    }
}
