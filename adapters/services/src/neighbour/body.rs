//! Bodies: those that are sent are forgotten afterwards, those that come are bounded.

use bytes::Bytes;
use reqwest::Response;
use serde::Serialize;
use zeroize::Zeroizing;

/// Room for everything around a secret.
const AROUND: usize = 1_024;

/// What can go wrong with a body on its way here.
pub(super) enum BodyError {
    /// It is larger than the contract allows.
    TooLarge,
    /// The connection was cut.
    Cut(reqwest::Error),
}

/// `value` as JSON that is wiped from memory when the last copy of the body is dropped. The text of a secret in it has `secret` bytes:
/// with room for it there is no copy behind a growing buffer.
pub(crate) fn secret_json(value: &impl Serialize, secret: usize) -> Bytes {
    let mut text = Zeroizing::new(Vec::with_capacity(2 * secret + AROUND));
    serde_json::to_writer(&mut *text, value).expect("a struct of texts is JSON");
    Bytes::from_owner(text)
}

/// The body of `response`, of at most `largest` bytes.
pub(super) async fn read(mut response: Response, largest: usize) -> Result<Vec<u8>, BodyError> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |announced| announced > largest) {
        return Err(BodyError::TooLarge);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Cut)? {
        if body.len() + chunk.len() > largest {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
