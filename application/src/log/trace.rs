//! W3C trace context: what ties an event to the request that it follows from.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::clock::{Randomness, random_bytes};

/// The target of spans that exist only to be exported: without a receiver of traces they cost next to nothing. Such a span has a field
/// `traceparent` that names the span it lies in.
pub const EXPORTED: &str = "acta_trace";

/// The length of a `traceparent` in version 00.
const LENGTH: usize = 55;

/// A span of a trace, as `traceparent` writes it (W3C Trace Context §3.2): `00-<trace id>-<span id>-<flags>`, neither id all zeros.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TraceParent([u8; LENGTH]);

impl TraceParent {
    /// What `text` says, if it has the form of version 00.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; LENGTH] = text.as_bytes().try_into().ok()?;
        let parts: Vec<&str> = text.split('-').collect();
        let [version, trace, parent, flags] = parts[..] else { return None };
        let is_one = version == "00" && is_id(trace, 32) && is_id(parent, 16) && is_hex(flags);
        is_one.then_some(Self(bytes))
    }

    /// A span that begins a trace of its own, which may be recorded.
    pub fn begin(randomness: &dyn Randomness) -> Self {
        let trace = u128::from_be_bytes(random_bytes(randomness)).max(1);
        Self::of(&format!("{trace:032x}"), randomness, "01")
    }

    /// A span inside this one.
    #[must_use]
    pub fn child(&self, randomness: &dyn Randomness) -> Self {
        Self::of(self.trace_id(), randomness, self.flags())
    }

    fn of(trace: &str, randomness: &dyn Randomness, flags: &str) -> Self {
        let span = u64::from_be_bytes(random_bytes(randomness)).max(1);
        Self::parse(&format!("00-{trace}-{span:016x}-{flags}")).expect("it is put together from its parts")
    }

    /// The trace, 32 hexadecimal digits.
    pub fn trace_id(&self) -> &str {
        &self.as_str()[3..35]
    }

    /// The span in the trace, 16 hexadecimal digits.
    pub fn span_id(&self) -> &str {
        &self.as_str()[36..52]
    }

    /// Whether whoever wrote it may have recorded it.
    pub fn is_sampled(&self) -> bool {
        u8::from_str_radix(self.flags(), 16).is_ok_and(|flags| flags & 1 == 1)
    }

    fn flags(&self) -> &str {
        &self.as_str()[53..]
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("it was made of a text")
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for TraceParent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

fn is_id(text: &str, length: usize) -> bool {
    text.len() == length && is_hex(text) && text.bytes().any(|byte| byte != b'0')
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    struct Zeros;

    impl Randomness for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn a_traceparent_has_its_form() {
        let parent = TraceParent::parse(ONE).unwrap();
        assert_eq!(parent.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(parent.span_id(), "00f067aa0ba902b7");
        assert_eq!(parent.to_string(), ONE);
    }

    #[test]
    fn anything_else_is_no_traceparent() {
        for text in [
            "",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-é",
        ] {
            assert_eq!(TraceParent::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_child_is_in_the_same_trace_and_is_another_span() {
        let child = TraceParent::parse(ONE).unwrap().child(&Zeros);
        assert_eq!(child.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(child.span_id(), "0000000000000001");
    }

    #[test]
    fn no_id_that_is_begun_is_all_zeros() {
        let begun = TraceParent::begin(&Zeros);
        assert_eq!(TraceParent::parse(begun.as_str()), Some(begun));
    }
}
