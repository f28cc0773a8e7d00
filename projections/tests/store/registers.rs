//! Questions to the views of a register.

use acta_application::log::Actor;
use acta_application::views::Order;
use acta_domain::values::ServiceName;
use acta_domain::{ClientEvent, RoleEvent, TenantId, UserEvent};
use acta_projections::access::{AccessQuery, access};
use acta_projections::clients::{ClientStatus, ClientsQuery, client as client_row, clients};
use acta_projections::roles::{RoleStatus, RolesQuery, role, roles};
use acta_projections::users::{UserStatus, UsersQuery, user as user_row, users};
use uuid::Uuid;

use crate::room::{
    Room, client, client_registered, person, role_defined, role_name, second, tenant, user, user_created,
};

async fn folded(room: &Room) {
    let running = room.run();
    room.caught_up().await;
    running.stop().await;
}

/// Three users of whom one is disabled, three roles of which one is retired, three clients of which one is revoked.
async fn three_of_each() -> Room {
    let room = Room::open().await;
    for number in 0..3 {
        room.append_in_register(user_created(number)).await;
        room.append_in_register(role_defined(2 - number)).await;
        room.append_in_register(client_registered(number)).await;
    }
    let disabled = UserEvent::Disabled { user_id: user(1), person_id: person(1), at: second(5) };
    room.append_in_register(disabled).await;
    room.append_in_register(RoleEvent::Retired { name: role_name(1), at: second(6) }).await;
    room.append_in_register(ClientEvent::Revoked { client_id: client(1), at: second(7) }).await;
    folded(&room).await;
    room
}

fn other_tenant() -> TenantId {
    TenantId::new(Uuid::from_u128(9))
}

#[tokio::test]
async fn users_are_listed_by_creation_and_found_by_status_and_person() {
    let room = three_of_each().await;
    let found = async |query: UsersQuery| -> Vec<_> {
        users(&*room.views, &query).await.unwrap().items.into_iter().map(|view| view.user_id).collect()
    };
    let all = UsersQuery::of_tenant(tenant(), 10);
    assert_eq!(found(all.clone()).await, [0, 1, 2].map(user));
    assert_eq!(found(UsersQuery { order: Order::Descending, ..all.clone() }).await, [2, 1, 0].map(user));
    assert_eq!(found(UsersQuery { status: Some(UserStatus::Disabled), ..all.clone() }).await, [user(1)]);
    assert_eq!(found(UsersQuery { person: Some(person(2)), ..all }).await, [user(2)]);
    assert_eq!(found(UsersQuery::of_tenant(other_tenant(), 10)).await, []);
    let (one, position) = user_row(&*room.views, tenant(), user(1)).await.unwrap();
    assert_eq!((one.unwrap().status, position), (UserStatus::Disabled, room.head()));
    assert_eq!(user_row(&*room.views, other_tenant(), user(1)).await.unwrap().0, None);
}

#[tokio::test]
async fn roles_are_listed_by_name_page_by_page() {
    let room = three_of_each().await;
    let mut query = RolesQuery::of_tenant(tenant(), 2);
    let first = roles(&*room.views, &query).await.unwrap();
    query.after = first.next;
    let second = roles(&*room.views, &query).await.unwrap();
    let names: Vec<_> = first.items.into_iter().chain(second.items).map(|view| view.name).collect();
    assert_eq!((names, second.next), ([0, 1, 2].map(role_name).to_vec(), None));
    let active = RolesQuery { status: Some(RoleStatus::Active), ..RolesQuery::of_tenant(tenant(), 10) };
    assert_eq!(roles(&*room.views, &active).await.unwrap().items.len(), 2);
    let (one, _) = role(&*room.views, tenant(), &role_name(1)).await.unwrap();
    assert_eq!(one.unwrap().status, RoleStatus::Retired);
    assert_eq!(role(&*room.views, tenant(), &role_name(7)).await.unwrap().0, None);
}

#[tokio::test]
async fn clients_are_found_by_status_and_name() {
    let room = three_of_each().await;
    let found = async |query: ClientsQuery| -> Vec<_> {
        clients(&*room.views, &query).await.unwrap().items.into_iter().map(|view| view.client_id).collect()
    };
    let all = ClientsQuery::of_tenant(tenant(), 10);
    assert_eq!(found(all.clone()).await, [0, 1, 2].map(client));
    assert_eq!(found(ClientsQuery { status: Some(ClientStatus::Revoked), ..all.clone() }).await, [client(1)]);
    let name = Some(ServiceName::parse("client-0").unwrap());
    assert_eq!(found(ClientsQuery { name, ..all }).await, [0, 2].map(client));
    let (one, _) = client_row(&*room.views, tenant(), client(2)).await.unwrap();
    assert_eq!(one.unwrap().registered_by, Actor::Clock);
}

#[tokio::test]
async fn what_was_done_is_listed_with_the_newest_first_page_by_page() {
    let room = three_of_each().await;
    for limit in [1, 5, 12, 13] {
        let mut query = AccessQuery::of_tenant(tenant(), limit);
        let mut positions = Vec::new();
        loop {
            let page = access(&*room.views, &query).await.unwrap();
            positions.extend(page.items.iter().map(|view| view.position.get()));
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        assert_eq!(positions, (1..=12).rev().collect::<Vec<u64>>(), "{limit}");
    }
    let created = AccessQuery {
        event_type: Some("user.created.v1".to_owned()),
        ..AccessQuery::of_tenant(tenant(), 10)
    };
    assert_eq!(access(&*room.views, &created).await.unwrap().items.len(), 3);
    let by_somebody = AccessQuery { who: Some(person(1)), ..AccessQuery::of_tenant(tenant(), 10) };
    assert_eq!(access(&*room.views, &by_somebody).await.unwrap().items, []);
    let early = AccessQuery { until: Some(second(-1)), ..AccessQuery::of_tenant(tenant(), 10) };
    assert_eq!(access(&*room.views, &early).await.unwrap().items, []);
}
