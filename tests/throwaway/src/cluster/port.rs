//! Ports that are free, and stay so while a server is down.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Error;

/// Below the ports that operating systems give to outgoing connections, which would take a stopped server's port.
const FIRST: u16 = 18_000;
const COUNT: u16 = 14_000;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A port on 127.0.0.1 that nobody listens on. Processes begin at different places, so that they rarely meet.
pub(super) fn free() -> Result<u16, Error> {
    let start = std::process::id().wrapping_mul(61);
    for _ in 0..COUNT {
        let step = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % u32::from(COUNT);
        let port = FIRST + u16::try_from(step).expect("it is below the count of ports");
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Error::NoPort(io::ErrorKind::AddrInUse.into()))
}
