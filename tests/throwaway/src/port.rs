//! Ports that are free, and stay so while a server is down.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Error;

/// Below the ports that operating systems give to outgoing connections, which would take a stopped server's port.
const FIRST: u16 = 18_000;
const PAIRS: u16 = 7_000;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A port on 127.0.0.1 that nobody listens on, and whose next nobody listens on either.
pub(crate) fn free() -> Result<u16, Error> {
    // Two at a time: whoever needs one more than the port that it is given has it. Processes begin at different places, so that they
    // rarely meet.
    let start = std::process::id().wrapping_mul(61);
    for _ in 0..PAIRS {
        let step = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % u32::from(PAIRS);
        let port = FIRST + 2 * u16::try_from(step).expect("it is below the count of ports");
        if is_free(port) && is_free(port + 1) {
            return Ok(port);
        }
    }
    Err(Error::NoPort(io::ErrorKind::AddrInUse.into()))
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}
