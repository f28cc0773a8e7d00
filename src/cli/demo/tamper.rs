//! What a forger would do: change one byte.

/// A file of which one bit is not what it was.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tampered {
    /// Which byte, counted from 0.
    pub(super) at: usize,
    /// What it was.
    pub(super) was: u8,
    /// What it is.
    pub(super) is: u8,
    /// The file.
    pub(super) bytes: Vec<u8>,
}

/// `file` with the last bit of its middle byte turned over; [`None`] if it is empty.
pub(super) fn tamper(file: &[u8]) -> Option<Tampered> {
    let at = file.len() / 2;
    let was = *file.get(at)?;
    let mut bytes = file.to_vec();
    bytes[at] = was ^ 1;
    Some(Tampered { at, was, is: was ^ 1, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_in_the_middle_is_changed_and_nothing_else() {
        let tampered = tamper(&[1, 2, 3, 4]).unwrap();
        assert_eq!(tampered, Tampered { at: 2, was: 3, is: 2, bytes: vec![1, 2, 2, 4] });
    }

    #[test]
    fn an_empty_file_cannot_be_changed() {
        assert_eq!(tamper(&[]), None);
    }
}
