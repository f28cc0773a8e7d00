//! Passwords that are tried first.

/// The most frequent passwords of at least eight characters in published leaks, in lower case and in this order of letters
/// (NIST SP 800-63B §5.1.1.2).
const COMMON: [&str; 60] = [
    "00000000",
    "0123456789",
    "1111111111",
    "11111111",
    "1122334455",
    "11223344",
    "12121212",
    "123123123",
    "1234512345",
    "12341234",
    "123456789",
    "1234567890",
    "12345678",
    "123456789a",
    "123456abc",
    "1234qwer",
    "123qweasd",
    "147258369",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "222222222",
    "789456123",
    "87654321",
    "88888888",
    "987654321",
    "9876543210",
    "a1b2c3d4",
    "aa123456",
    "aaaaaaaa",
    "abc12345",
    "abcd1234",
    "abcdefgh",
    "administrator",
    "asdfasdf",
    "asdfghjk",
    "asdfghjkl",
    "baseball",
    "changeme",
    "computer",
    "corvette",
    "football",
    "iloveyou",
    "internet",
    "jennifer",
    "letmein1",
    "michelle",
    "p@ssw0rd",
    "passw0rd",
    "password",
    "password1",
    "password12",
    "password123",
    "princess",
    "q1w2e3r4",
    "qwerty123",
    "qwertyui",
    "qwertyuiop",
    "sunshine",
    "trustno1",
];

/// Whether `password` is one of those that are tried first, in any case.
pub(super) fn is_common(password: &str) -> bool {
    COMMON.iter().any(|common| password.eq_ignore_ascii_case(common))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_makes_no_password_less_common() {
        assert!(is_common("PassWord123"));
        assert!(!is_common("correct horse battery staple"));
    }

    #[test]
    fn each_is_long_enough_to_be_a_password_and_listed_once() {
        assert!(COMMON.iter().all(|common| common.len() >= 8 && *common == common.to_ascii_lowercase()));
        let distinct: std::collections::BTreeSet<_> = COMMON.iter().collect();
        assert_eq!(distinct.len(), COMMON.len());
    }
}
