//! A mail server that keeps what it is given: enough of SMTP (RFC 5321) to be sent mails.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A mail server on a port of its own.
#[derive(Debug)]
pub struct MailServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    received: Vec<Received>,
    /// What the end of a mail is answered with, instead of taking it.
    refusal: Option<&'static str>,
}

/// A mail that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and body, as sent.
    pub text: String,
}

impl Received {
    /// A header's text; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        head.lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }

    /// The body, as a person reads it: lines that were broken for the way are whole again.
    pub fn body(&self) -> String {
        let body = self.text.split_once("\r\n\r\n");
        let body = body.map_or("", |(_, body)| body);
        body.replace("=\r\n", "").replace("=3D", "=")
    }
}

impl MailServer {
    /// Starts one.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the port has an address");
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = shared.clone();
                // A client that hangs up is no matter.
                tokio::spawn(async move { talk(stream, &state).await });
            }
        });
        Self {
            address,
            state,
            serving,
        }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The mails that arrived, the first one first.
    pub fn received(&self) -> Vec<Received> {
        locked(&self.state).received.clone()
    }

    /// From now on answers this instead of taking a mail, e.g. `451 try again later`; with nothing,
    /// takes mails again.
    pub fn refuse(&self, with: Option<&'static str>) {
        locked(&self.state).refusal = with;
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn locked(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One conversation, until either side hangs up.
async fn talk(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = Vec::new();
    write.write_all(b"220 sink.example ESMTP\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let verb = line.split([' ', ':']).next().unwrap_or_default();
        let answer = match verb.to_ascii_uppercase().as_str() {
            "EHLO" => "250-sink.example\r\n250 8BITMIME",
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default();
                to.push(address.to_owned());
                "250 fine"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    // A line that starts with a dot was sent with two.
                    text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    text.push_str("\r\n");
                }
                let mail = Received {
                    to: std::mem::take(&mut to),
                    text,
                };
                let mut state = locked(state);
                match state.refusal {
                    Some(refusal) => refusal,
                    None => {
                        state.received.push(mail);
                        "250 taken"
                    }
                }
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            "MAIL" | "RSET" | "NOOP" | "HELO" => {
                to.clear();
                "250 fine"
            }
            _ => "502 what?",
        };
        write.write_all(answer.as_bytes()).await?;
        write.write_all(b"\r\n").await?;
    }
    Ok(())
}
