//! One connection through a proxy.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};

use super::switches::Switches;

const PIECE: usize = 64 * 1024;

/// Carries bytes in both directions until one side ends, or an answer is lost. Both sides are closed at the return.
pub(super) async fn run(mut client: TcpStream, target: SocketAddr, switches: Arc<Switches>) {
    // A connection that cannot be made looks to the client like one that breaks.
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let talk = Talk { request: Mutex::default(), switches: &switches };
    let ((from_client, to_client), (from_server, to_server)) = (client.split(), server.split());
    let end = tokio::select! {
        end = talk.carry_requests(from_client, to_server) => end,
        end = talk.carry_answers(from_server, to_client) => end,
    };
    drop((client, server));
    if matches!(end, Ok(End::Lost)) {
        switches.count_loss();
    }
}

enum End {
    Closed,
    Lost,
}

/// The request that is under way.
#[derive(Default)]
struct Request {
    /// `None` between an answer and the next request.
    number: Option<u64>,
    bytes: Vec<u8>,
    loses_answer: bool,
}

struct Talk<'a> {
    request: Mutex<Request>,
    switches: &'a Switches,
}

impl Talk<'_> {
    async fn carry_requests(&self, mut client: ReadHalf<'_>, mut server: WriteHalf<'_>) -> io::Result<End> {
        let mut piece = vec![0; PIECE];
        loop {
            let length = client.read(&mut piece).await?;
            if length == 0 {
                return Ok(End::Closed);
            }
            tokio::time::sleep(self.switches.delay()).await;
            // Noted before the server has it, so before the server can answer it.
            self.note(&piece[..length]);
            server.write_all(&piece[..length]).await?;
        }
    }

    fn note(&self, piece: &[u8]) {
        let mut request = self.request.lock().unwrap_or_else(PoisonError::into_inner);
        let number = *request.number.get_or_insert_with(|| self.switches.begin_request());
        request.bytes.extend_from_slice(piece);
        request.loses_answer |= self.switches.takes_answer(number, &request.bytes, piece.len());
    }

    async fn carry_answers(&self, mut server: ReadHalf<'_>, mut client: WriteHalf<'_>) -> io::Result<End> {
        let mut piece = vec![0; PIECE];
        loop {
            let length = server.read(&mut piece).await?;
            if length == 0 {
                return Ok(End::Closed);
            }
            if self.end_request() {
                return Ok(End::Lost);
            }
            client.write_all(&piece[..length]).await?;
        }
    }

    /// Whether the answer is lost.
    fn end_request(&self) -> bool {
        let mut request = self.request.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *request).loses_answer
    }
}
