//! The numbers that a socket is closed with.

use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::connection::{Closing, Why};

/// What the other side is told with the close frame: a number, and the slug of the problem. Nothing to one that is gone.
pub(super) fn frame(closing: &Closing) -> Option<CloseFrame> {
    let refusal = closing.refusal()?;
    let code = match closing.why {
        Why::Refused => of_status(refusal.status),
        why => of(why),
    };
    Some(CloseFrame { code: CloseCode::from(code), reason: refusal.slug.as_ref().into() })
}

const fn of(why: Why) -> u16 {
    match why {
        Why::Stopping => 1001,
        Why::Binary => 1003,
        Why::TooLarge => 1009,
        Why::NotAMessage => 4400,
        Why::Expired | Why::Revoked => 4401,
        Why::TakesNothing | Why::NoHandshake => 4408,
        Why::Flooding => 4429,
        Why::Left | Why::Refused | Why::Unavailable | Why::Failed => 1011,
    }
}

const fn of_status(status: u16) -> u16 {
    match status {
        413 => 1009,
        400 | 401 | 403 | 404 | 429 => 4000 + status,
        _ => 1011,
    }
}
