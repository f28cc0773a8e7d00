//! One connection to a Kafka broker through a proxy. Kafka's protocol guide, section *The Messages*: <https://kafka.apache.org/protocol>.
//!
//! Every message has its length in front. A request then says what it is and its correlation id, which comes back at the beginning of its
//! answer: many requests may be under way.

use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};

use super::disguise::Disguise;
use super::switches::Switches;

/// The bytes of a length.
const LENGTH: usize = 4;
/// No client and no broker sends more at once.
const LONGEST: usize = 256 * 1024 * 1024;

/// Carries messages in both directions until one side ends, or an answer is lost. Both sides are closed at the return.
pub(super) async fn run(
    mut client: TcpStream,
    target: SocketAddr,
    disguise: Disguise,
    switches: Arc<Switches>,
) {
    // A connection that cannot be made looks to the client like one that breaks.
    let Ok(mut broker) = TcpStream::connect(target).await else { return };
    let _ = client.set_nodelay(true);
    let _ = broker.set_nodelay(true);
    let talk = Talk { unanswered: Mutex::default(), disguise, switches: &switches };
    let ((from_client, to_client), (from_broker, to_broker)) = (client.split(), broker.split());
    let end = tokio::select! {
        end = talk.carry_requests(from_client, to_broker) => end,
        end = talk.carry_answers(from_broker, to_client) => end,
    };
    drop((client, broker));
    if matches!(end, Ok(End::Lost)) {
        switches.count_loss();
    }
}

enum End {
    Closed,
    Lost,
}

struct Talk<'a> {
    /// The correlation ids of the requests whose answers are to be lost.
    unanswered: Mutex<HashSet<[u8; 4]>>,
    disguise: Disguise,
    switches: &'a Switches,
}

impl Talk<'_> {
    async fn carry_requests(&self, mut client: ReadHalf<'_>, mut broker: WriteHalf<'_>) -> io::Result<End> {
        let mut request = Vec::new();
        loop {
            if !read_message(&mut client, &mut request).await? {
                return Ok(End::Closed);
            }
            tokio::time::sleep(self.switches.delay()).await;
            // Noted before the broker has it, so before the broker can answer it.
            self.note(&request[LENGTH..]);
            broker.write_all(&request).await?;
        }
    }

    /// A request begins with its kind and its version, two bytes each, and its correlation id.
    fn note(&self, request: &[u8]) {
        let number = self.switches.begin_request();
        let Some((&[kind_high, kind_low, _, _, a, b, c, d], _)) = request.split_first_chunk::<8>() else {
            return;
        };
        let kind = i16::from_be_bytes([kind_high, kind_low]);
        let takes = self.switches.takes_answer(number, request, request.len());
        if takes || self.switches.takes_answer_of_kind(kind) {
            self.unanswered().insert([a, b, c, d]);
        }
    }

    async fn carry_answers(&self, mut broker: ReadHalf<'_>, mut client: WriteHalf<'_>) -> io::Result<End> {
        let mut answer = Vec::new();
        loop {
            if !read_message(&mut broker, &mut answer).await? {
                return Ok(End::Closed);
            }
            if self.loses(&answer[LENGTH..]) {
                return Ok(End::Lost);
            }
            self.disguise.put_on(&mut answer[LENGTH..]);
            client.write_all(&answer).await?;
        }
    }

    fn loses(&self, answer: &[u8]) -> bool {
        answer.first_chunk().is_some_and(|correlation| self.unanswered().remove(correlation))
    }

    fn unanswered(&self) -> MutexGuard<'_, HashSet<[u8; 4]>> {
        self.unanswered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a message with its length in front; `false` at the end of the connection.
async fn read_message(from: &mut ReadHalf<'_>, message: &mut Vec<u8>) -> io::Result<bool> {
    let mut length = [0; LENGTH];
    match from.read_exact(&mut length).await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        done => done?,
    };
    let count = usize::try_from(i32::from_be_bytes(length)).ok().filter(|count| *count <= LONGEST);
    let count = count.ok_or(io::ErrorKind::InvalidData)?;
    message.clear();
    message.extend(length);
    message.resize(LENGTH + count, 0);
    from.read_exact(&mut message[LENGTH..]).await?;
    Ok(true)
}
