//! One connection to the mail server.

use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::{Mail, MailFault, State, locked};

/// How a talk ends.
enum End {
    Gone,
    StartTls,
}

/// Greets, and talks; after `STARTTLS` once more through TLS. An error is a client that has gone.
pub(super) async fn begin(stream: TcpStream, state: Arc<State>, tls: Option<Arc<ServerConfig>>) {
    if *locked(&state.fault) == MailFault::Silent {
        return std::future::pending().await;
    }
    let mut clear = Talk::new(stream, &state, tls.is_some(), false);
    if clear.reply("220 mail.example ESMTP").await.is_err() {
        return;
    }
    let Ok(End::StartTls) = clear.run().await else { return };
    let (stream, Some(tls)) = (clear.stream.into_inner(), tls) else { return };
    if let Ok(stream) = TlsAcceptor::from(tls).accept(stream).await {
        let _ = Talk::new(stream, &state, false, true).run().await;
    }
}

struct Talk<'a, S> {
    stream: BufStream<S>,
    state: &'a State,
    wants_tls: bool,
    mail: Mail,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Talk<'a, S> {
    fn new(stream: S, state: &'a State, wants_tls: bool, is_encrypted: bool) -> Self {
        let mail =
            Mail { from: String::new(), to: Vec::new(), text: String::new(), is_encrypted, login: None };
        Self { stream: BufStream::new(stream), state, wants_tls, mail }
    }

    async fn reply(&mut self, line: &str) -> io::Result<()> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    /// The next line, without its end; an error when there is none.
    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    async fn run(&mut self) -> io::Result<End> {
        loop {
            let line = self.line().await?;
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" | "HELO" => self.introduce().await?,
                "STARTTLS" if self.wants_tls => {
                    self.reply("220 go ahead").await?;
                    return Ok(End::StartTls);
                }
                "AUTH" => self.log_in(&line).await?,
                "MAIL" if self.wants_tls => self.reply("530 STARTTLS first").await?,
                "MAIL" => self.begin_mail(&line).await?,
                "RCPT" => self.add_recipient(&line).await?,
                "DATA" => self.take().await?,
                "RSET" | "NOOP" => self.reply("250 ok").await?,
                "QUIT" => {
                    self.reply("221 bye").await?;
                    return Ok(End::Gone);
                }
                _ => self.reply("502 no such command").await?,
            }
        }
    }

    async fn introduce(&mut self) -> io::Result<()> {
        self.reply("250-mail.example").await?;
        if self.wants_tls {
            self.reply("250-STARTTLS").await?;
        }
        self.reply("250-8BITMIME").await?;
        self.reply("250 AUTH PLAIN").await
    }

    /// `AUTH PLAIN` (RFC 4616), with the words in the same line or the next.
    async fn log_in(&mut self, line: &str) -> io::Result<()> {
        let words = if let Some(words) = line.split(' ').nth(2) {
            words.to_owned()
        } else {
            self.reply("334 ").await?;
            self.line().await?
        };
        self.mail.login = plain(&words);
        let is_understood = self.mail.login.is_some();
        self.reply(if is_understood { "235 welcome" } else { "501 that is not PLAIN" }).await
    }

    async fn begin_mail(&mut self, line: &str) -> io::Result<()> {
        (self.mail.from, self.mail.to) = (address(line), Vec::new());
        self.reply("250 ok").await
    }

    async fn add_recipient(&mut self, line: &str) -> io::Result<()> {
        let fault = *locked(&self.state.fault);
        if let MailFault::Refuses(code) = fault {
            return self.reply(&format!("{code} not this one")).await;
        }
        self.mail.to.push(address(line));
        self.reply("250 ok").await
    }

    async fn take(&mut self) -> io::Result<()> {
        self.reply("354 go on").await?;
        self.mail.text.clear();
        loop {
            let line = self.line().await?;
            if line == "." {
                break;
            }
            // A point at the beginning was doubled (RFC 5321 §4.5.2).
            self.mail.text += line.strip_prefix('.').unwrap_or(&line);
            self.mail.text.push('\n');
        }
        locked(&self.state.mails).push(self.mail.clone());
        self.reply("250 taken").await
    }
}

/// What stands between `<` and `>`.
fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

/// User and password of `base64(authorization NUL user NUL password)`.
fn plain(words: &str) -> Option<(String, String)> {
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, words).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut parts = text.split('\0').skip(1);
    Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
}
