//! Writing: the caller gives the items in order, the encoder keeps every head shortest.

/// A growing deterministic encoding. Map keys must be given in ascending order of their encoded bytes.
#[derive(Debug, Default)]
pub(crate) struct Encoder(Vec<u8>);

impl Encoder {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    /// The initial byte and argument of an item (RFC 8949 §3), in the shortest form.
    pub(super) fn head(mut self, major: u8, argument: u64) -> Self {
        let major = major << 5;
        let [.., b4, b5, b6, b7] = argument.to_be_bytes();
        match argument {
            0..=23 => self.0.push(major | b7),
            24..=0xff => self.0.extend([major | 0x18, b7]),
            0x100..=0xffff => self.0.extend([major | 0x19, b6, b7]),
            0x1_0000..=0xffff_ffff => self.0.extend([major | 0x1a, b4, b5, b6, b7]),
            _ => {
                self.0.push(major | 0x1b);
                self.0.extend(argument.to_be_bytes());
            }
        }
        self
    }

    pub(crate) fn uint(self, value: u64) -> Self {
        self.head(0, value)
    }

    pub(crate) fn int(self, value: i64) -> Self {
        let magnitude = u64::from_be_bytes(if value < 0 { !value } else { value }.to_be_bytes());
        self.head(u8::from(value < 0), magnitude)
    }

    pub(crate) fn bytes(self, value: &[u8]) -> Self {
        self.head(2, value.len() as u64).raw(value)
    }

    pub(crate) fn text(self, value: &str) -> Self {
        self.head(3, value.len() as u64).raw(value.as_bytes())
    }

    pub(crate) fn array(self, items: usize) -> Self {
        self.head(4, items as u64)
    }

    pub(crate) fn map(self, pairs: usize) -> Self {
        self.head(5, pairs as u64)
    }

    pub(crate) fn tag(self, number: u64) -> Self {
        self.head(6, number)
    }

    pub(crate) fn null(self) -> Self {
        self.head(7, 22)
    }

    /// Bytes that are an encoding already.
    pub(crate) fn raw(mut self, encoded: &[u8]) -> Self {
        self.0.extend_from_slice(encoded);
        self
    }
}
