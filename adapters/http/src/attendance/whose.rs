//! Whose attendance a request is about.

use acta_application::access::{Permission, Principal};
use acta_domain::PersonId;

use crate::problem::{Problem, ProblemKind};

/// Whose attendance it is about: of the one who is named, else of the one who asks.
pub(super) fn whose(named: Option<PersonId>, principal: &Principal) -> Result<PersonId, Problem> {
    let own = principal.person();
    match named.or(own) {
        None => {
            Err(Problem::new(ProblemKind::InvalidBody, "say whose attendance this is").at_field("/user_id"))
        }
        person if person != own && !principal.may(Permission::AttendanceManage) => {
            Err(Problem::new(ProblemKind::NotYours, "one validates one's own attendance")
                .at_field("/user_id"))
        }
        Some(person) => Ok(person),
    }
}

#[cfg(test)]
mod tests {
    use acta_application::access::Role;
    use acta_application::log::Actor;
    use acta_domain::TenantId;
    use uuid::Uuid;

    use super::*;

    fn person(number: u128) -> PersonId {
        PersonId::new(Uuid::from_u128(number))
    }

    fn principal(actor: Actor, role: Role) -> Principal {
        let permissions = role.permissions().iter().copied().collect();
        Principal { tenant: TenantId::new(Uuid::from_u128(1)), actor, permissions }
    }

    #[test]
    fn a_participant_is_there_for_themselves() {
        let principal = principal(Actor::Person(person(7)), Role::Participant);
        assert_eq!(whose(None, &principal).unwrap(), person(7));
        assert_eq!(whose(Some(person(7)), &principal).unwrap(), person(7));
        assert_eq!(whose(Some(person(8)), &principal).unwrap_err().kind(), ProblemKind::NotYours);
    }

    #[test]
    fn whoever_manages_attendance_lets_in_anybody() {
        let principal = principal(Actor::Person(person(7)), Role::Chair);
        assert_eq!(whose(Some(person(8)), &principal).unwrap(), person(8));
    }

    #[test]
    fn a_service_has_to_say_who() {
        let principal = principal(Actor::Service("desk".to_owned()), Role::Chair);
        assert_eq!(whose(None, &principal).unwrap_err().kind(), ProblemKind::InvalidBody);
    }
}
