//! As much of WebSocket (RFC 6455) as watching needs: what the client costs is taken from what it measures.

use anyhow::ensure;

/// The length is told in 16 bits, or in 64.
const SHORT: u8 = 126;
const LONG: u8 = 127;
const MASKED: u8 = 0x80;

/// What a frame is (§5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Close,
    Ping,
    Pong,
}

/// A frame of the service, where it stands in the buffer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) kind: Kind,
    pub(super) payload: &'a [u8],
    /// How many bytes it has with its head.
    pub(super) length: usize,
}

/// The frame at the beginning of `bytes`, once all of it is there.
pub(super) fn first(bytes: &[u8]) -> anyhow::Result<Option<Frame<'_>>> {
    let [head, short, rest @ ..] = bytes else { return Ok(None) };
    let (begins, length) = match short & 0x7F {
        SHORT => match rest.first_chunk() {
            Some(length) => (4, usize::from(u16::from_be_bytes(*length))),
            None => return Ok(None),
        },
        LONG => match rest.first_chunk() {
            Some(length) => (10, usize::try_from(u64::from_be_bytes(*length))?),
            None => return Ok(None),
        },
        length => (2, usize::from(length)),
    };
    ensure!(short & MASKED == 0, "a service does not mask its frames");
    let kind = kind(*head)?;
    let end = begins + length;
    Ok(bytes.get(begins..end).map(|payload| Frame { kind, payload, length: end }))
}

fn kind(head: u8) -> anyhow::Result<Kind> {
    match head {
        0x81 => Ok(Kind::Text),
        0x88 => Ok(Kind::Close),
        0x89 => Ok(Kind::Ping),
        0x8A => Ok(Kind::Pong),
        other => anyhow::bail!("a frame of another kind: {other:#x}"),
    }
}

/// Appends a frame to `bytes`. A client has to mask (§5.3); with a key of zeros that changes nothing.
pub(super) fn write(bytes: &mut Vec<u8>, kind: Kind, payload: &[u8]) {
    bytes.push(match kind {
        Kind::Text => 0x81,
        Kind::Close => 0x88,
        Kind::Ping => 0x89,
        Kind::Pong => 0x8A,
    });
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ ..126), _) => bytes.push(MASKED | length),
        (_, Ok(length)) => {
            bytes.push(MASKED | SHORT);
            bytes.extend(length.to_be_bytes());
        }
        _ => {
            bytes.push(MASKED | LONG);
            bytes.extend((payload.len() as u64).to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_service(length: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, Kind::Text, &vec![b'x'; length]);
        // As a service sends it: without the bit and the key.
        bytes[1] &= 0x7F;
        let key = bytes.len() - length - 4;
        bytes.drain(key..key + 4);
        bytes
    }

    #[test]
    fn a_frame_of_any_length_is_read() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 100_000] {
            let bytes = from_service(length);
            let frame = first(&bytes).unwrap().unwrap();
            assert_eq!((frame.kind, frame.payload.len(), frame.length), (Kind::Text, length, bytes.len()));
        }
    }

    #[test]
    fn a_part_of_a_frame_is_no_frame_yet() {
        let bytes = from_service(65_536);
        for part in [0, 1, 2, 5, 9, 10, 65_545] {
            assert_eq!(first(&bytes[..part]).unwrap(), None, "{part} bytes");
        }
    }

    #[test]
    fn a_frame_in_pieces_is_refused() {
        assert!(first(&[0x01, 1, b'x']).is_err());
    }
}
