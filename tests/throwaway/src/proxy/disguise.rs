//! A proxy that takes a broker's place.

use std::net::SocketAddr;

/// Answers longer than this are records, not lists of brokers.
const LONGEST: usize = 64 * 1024;

/// A broker tells its clients where it is, and they connect there: in what it says, its address is replaced with the proxy's.
#[derive(Clone, Debug)]
pub(super) struct Disguise {
    broker: Vec<u8>,
    proxy_port: [u8; 4],
}

impl Disguise {
    /// Both are at the same IP address.
    pub(super) fn new(broker: SocketAddr, proxy_port: u16) -> Self {
        let mut bytes = broker.ip().to_string().into_bytes();
        bytes.extend(i32::from(broker.port()).to_be_bytes());
        Self { broker: bytes, proxy_port: i32::from(proxy_port).to_be_bytes() }
    }

    /// In all versions of all answers, a broker is the text of its host followed by four bytes of its port: the length stays the same.
    pub(super) fn put_on(&self, answer: &mut [u8]) {
        if answer.len() > LONGEST {
            return;
        }
        let mut from = 0;
        while let Some(found) =
            answer[from..].windows(self.broker.len()).position(|bytes| bytes == self.broker)
        {
            let end = from + found + self.broker.len();
            answer[end - self.proxy_port.len()..end].copy_from_slice(&self.proxy_port);
            from = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brokers(ports: &[u16]) -> Vec<u8> {
        let broker = |port: &u16| [&b"\0\x09127.0.0.1"[..], &i32::from(*port).to_be_bytes()].concat();
        ports.iter().flat_map(broker).collect()
    }

    #[test]
    fn only_the_brokers_own_address_is_replaced() {
        let disguise = Disguise::new("127.0.0.1:9092".parse().unwrap(), 40_000);
        let mut answer = brokers(&[9092, 9093, 9092]);
        disguise.put_on(&mut answer);
        assert_eq!(answer, brokers(&[40_000, 9093, 40_000]));
    }
}
