//! A body, read whole.

use axum::body::{Body, HttpBody as _};
use bytes::Bytes;
use futures::StreamExt as _;
use zeroize::{Zeroize as _, Zeroizing};

use crate::problem::{Problem, ProblemKind};

const KIB: usize = 1024;

/// The bytes of `body`, at most `most`; they are wiped from memory when they are not needed any more.
pub(super) async fn read(body: Body, most: usize) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let announced = body.size_hint().exact().and_then(|size| usize::try_from(size).ok()).unwrap_or(KIB);
    let mut whole = Zeroizing::new(Vec::with_capacity(announced.min(most)));
    let mut frames = body.into_data_stream();
    while let Some(frame) = frames.next().await {
        let frame = frame.map_err(|_| unread())?;
        if frame.len() > most - whole.len() {
            return Err(too_large(most));
        }
        add(&mut whole, &frame);
        wipe(frame);
    }
    Ok(whole)
}

/// Adds `frame`. A vector that has to grow leaves its bytes behind where it was: this one leaves zeros.
fn add(whole: &mut Zeroizing<Vec<u8>>, frame: &[u8]) {
    let needed = whole.len() + frame.len();
    if needed > whole.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * whole.capacity())));
        larger.extend_from_slice(whole);
        *whole = larger;
    }
    whole.extend_from_slice(frame);
}

/// Wipes `frame` if nobody else has a part of its memory.
fn wipe(frame: Bytes) {
    if let Ok(mut frame) = frame.try_into_mut() {
        frame.as_mut().zeroize();
    }
}

fn too_large(most: usize) -> Problem {
    Problem::new(ProblemKind::TooLarge, format!("a body is at most {} KiB here", most / KIB))
}

fn unread() -> Problem {
    Problem::new(ProblemKind::MalformedJson, "the body could not be read to its end")
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    fn body(frames: &[&'static [u8]]) -> Body {
        let frames: Vec<Result<_, std::convert::Infallible>> =
            frames.iter().map(|frame| Ok(Bytes::from_static(frame))).collect();
        Body::from_stream(stream::iter(frames))
    }

    #[tokio::test]
    async fn frames_are_put_together() {
        let whole = read(body(&[b"ab", b"", b"cde"]), 5).await.unwrap();
        assert_eq!(whole.as_slice(), b"abcde");
    }

    #[tokio::test]
    async fn a_byte_too_many_is_refused_whether_it_was_announced_or_not() {
        for body in [body(&[b"abc", b"def"]), Body::from("abcdef")] {
            assert_eq!(read(body, 5).await.unwrap_err().kind(), ProblemKind::TooLarge);
        }
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_refused() {
        let broken = stream::iter([Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("cut"))]);
        let problem = read(Body::from_stream(broken), 5).await.unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::MalformedJson);
    }

    #[test]
    fn what_grows_stays_whole() {
        let mut whole = Zeroizing::new(Vec::with_capacity(2));
        for _ in 0..1_000 {
            add(&mut whole, b"abc");
        }
        assert_eq!(whole.len(), 3_000);
        assert!(whole.chunks(3).all(|part| part == b"abc"));
    }
}
