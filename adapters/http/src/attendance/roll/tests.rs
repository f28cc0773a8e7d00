use super::*;

const ADA: &str = "0198f2a0-0000-7000-8000-000000000001";
const BOB: &str = "0198f2a0-0000-7000-8000-000000000002";

fn weights(csv: &str) -> Vec<(String, Option<String>)> {
    let people = read(csv.as_bytes()).unwrap();
    let text =
        |one: EligiblePerson| (one.person_id.to_string(), one.voting_weight.map(|weight| weight.to_string()));
    people.into_iter().map(text).collect()
}

fn listed(who: &str, weight: Option<&str>) -> (String, Option<String>) {
    (who.to_owned(), weight.map(str::to_owned))
}

fn fault(csv: &str) -> String {
    read(csv.as_bytes()).unwrap_err().to_string()
}

#[test]
fn a_list_has_people_and_what_their_votes_weigh() {
    let expected = [listed(ADA, Some("1.5")), listed(BOB, None)];
    assert_eq!(weights(&format!("user_id,voting_weight\n{ADA},1.5\n{BOB},\n")), expected);
    assert_eq!(weights(&format!("voting_weight,user_id\r\n1.5,{ADA}\r\n,{BOB}")), expected);
    assert_eq!(
        weights(&format!("\u{feff}\"user_id\" , voting_weight\n\n\"{ADA}\",\"1.5\"\n{BOB}, \n\n")),
        expected
    );
    assert_eq!(weights(&format!("user_id\n{ADA}\n")), [listed(ADA, None)]);
}

#[test]
fn a_fault_names_its_line_and_column_and_nothing_else() {
    let only = "there are the columns user_id and voting_weight and no other: the list holds no names and no addresses";
    let weight = "a voting weight must be a decimal number with at most six decimals, such as '3.25'";
    for (csv, expected) in [
        (String::new(), "line 1: it names no column user_id".to_owned()),
        ("user_id\n".to_owned(), "line 1: there is nobody on the list".to_owned()),
        ("voting_weight\n1\n".to_owned(), "line 1: it names no column user_id".to_owned()),
        (format!("user_id,name\n{ADA},Ada\n"), format!("line 1, column 2: {only}")),
        (format!("{ADA}\n"), format!("line 1, column 1: {only}")),
        (format!("user_id;voting_weight\n{ADA};1\n"), format!("line 1, column 1: {only}")),
        (
            format!("user_id,user_id\n{ADA},{ADA}\n"),
            "line 1, column 2 (user_id): there is such a column already".to_owned(),
        ),
        (
            format!("user_id\n{ADA}\nAda\n"),
            "line 3, column 1 (user_id): a person id must be a UUID".to_owned(),
        ),
        (
            format!("user_id\n{ADA}\n\n\nAda\n"),
            "line 5, column 1 (user_id): a person id must be a UUID".to_owned(),
        ),
        (
            "voting_weight,user_id\n1,\n".to_owned(),
            "line 2, column 2 (user_id): a person id must be a UUID".to_owned(),
        ),
        (
            format!("user_id,voting_weight\n{ADA},1e3\n"),
            format!("line 2, column 2 (voting_weight): {weight}"),
        ),
        (
            format!("user_id,voting_weight\n{ADA},0\n"),
            "line 2, column 2 (voting_weight): a voting weight must be above 0 and at most 1000000000"
                .to_owned(),
        ),
        (
            format!("user_id,voting_weight\n{ADA}\n"),
            "line 2: it has 1 cells, the first line has 2".to_owned(),
        ),
        (format!("user_id\n{ADA},1\n"), "line 2: it has 2 cells, the first line has 1".to_owned()),
        (
            format!("user_id\n{ADA}\n{BOB}\n{ADA}\n"),
            "line 4, column 1 (user_id): the person stands in line 2 already".to_owned(),
        ),
    ] {
        assert_eq!(fault(&csv), expected, "{csv:?}");
    }
}

#[test]
fn what_is_not_utf_8_is_refused_in_its_line() {
    let fault = read(b"user_id\nx\n\xff\n").unwrap_err();
    assert_eq!(fault, Fault::on(3, Wrong::NotUtf8));
}

#[test]
fn a_list_has_at_most_50_000_people() {
    let lines = |count: u128| {
        let people = (1..=count).map(|number| format!("{}\n", uuid::Uuid::from_u128(number)));
        std::iter::once("user_id\n".to_owned()).chain(people).collect::<String>()
    };
    assert_eq!(read(lines(50_000).as_bytes()).unwrap().len(), 50_000);
    assert_eq!(fault(&lines(50_001)), "line 50002: a list has at most 50000 people");
}
