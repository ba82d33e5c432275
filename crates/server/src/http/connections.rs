//! Accepting connections, speaking HTTP/1 and HTTP/2 on them, and letting them finish.
//!
//! Poem's own server has no time limit on a request's head, spins when the process is out of file
//! descriptors, and has no ceiling on connections; hence this loop.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{Front, Limits};

/// Streams one HTTP/2 connection may have open.
const MAX_STREAMS: u32 = 200;

/// How HTTP/2 starts; HTTP/1 methods differ from it within the first bytes.
const HTTP2_PREFACE: &[u8] = b"PRI *";

/// How long to wait after the system refused a connection for want of descriptors or memory.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(100);

/// A bound port and the two ways to end it.
#[derive(Clone, Debug)]
pub struct Listening {
    /// The address that was taken.
    pub address: SocketAddr,
    /// Cancelled: accept nothing more, finish what runs.
    pub stop: CancellationToken,
    /// Once stopped, how long what runs may take before it is dropped.
    pub drain_timeout: Duration,
}

/// Serves until told to stop; returns when every connection is closed or the drain time is over.
///
/// The front and its connections are dropped on return.
pub async fn serve(listener: TcpListener, front: Arc<Front>, limits: Limits, listening: Listening) {
    let permits = u32::try_from(limits.max_connections)
        .unwrap_or(u32::MAX)
        .min(1 << 20);
    let slots = Arc::new(Semaphore::new(permits as usize));
    let give_up = CancellationToken::new();
    let protocols = Arc::new(Protocols::new(&limits));

    while let Some(slot) = listening
        .stop
        .run_until_cancelled(slots.clone().acquire_owned())
        .await
    {
        let accepted = listening.stop.run_until_cancelled(listener.accept()).await;
        let (stream, peer) = match accepted {
            None => break,
            Some(Ok(accepted)) => accepted,
            Some(Err(error)) if belongs_to_the_client(&error) => continue,
            Some(Err(error)) => {
                tracing::error!(%error, "can't accept connections");
                tokio::time::sleep(EXHAUSTED_PAUSE).await;
                continue;
            }
        };
        let connection = Connection {
            local: listening.address,
            peer,
            front: front.clone(),
            stop: listening.stop.clone(),
            idle_timeout: limits.idle_timeout,
        };
        let (give_up, protocols) = (give_up.clone(), protocols.clone());
        tokio::spawn(async move {
            give_up
                .run_until_cancelled(connection.run(stream, &protocols))
                .await;
            drop(slot);
        });
    }

    drop(listener);
    let all_closed = tokio::time::timeout(listening.drain_timeout, slots.acquire_many(permits));
    if all_closed.await.is_err() {
        let open = permits as usize - slots.available_permits();
        tracing::warn!(
            open,
            "connections were still busy when the drain time was over"
        );
        give_up.cancel();
    }
}

/// The two protocols, set up once.
struct Protocols {
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
}

impl Protocols {
    fn new(limits: &Limits) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .timer(TokioTimer::new())
            .header_read_timeout(limits.idle_timeout)
            .max_buf_size(limits.max_header_bytes);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .max_header_list_size(u32::try_from(limits.max_header_bytes).unwrap_or(u32::MAX))
            .max_concurrent_streams(MAX_STREAMS)
            .keep_alive_interval(limits.idle_timeout);
        Self { http1, http2 }
    }
}

struct Connection {
    local: SocketAddr,
    peer: SocketAddr,
    front: Arc<Front>,
    stop: CancellationToken,
    idle_timeout: Duration,
}

impl Connection {
    async fn run(self, stream: TcpStream, protocols: &Protocols) {
        let Some(speaks_http2) = self.first_bytes(&stream).await else {
            return;
        };
        // Answers are written whole, so waiting for more to send only delays them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "can't switch off Nagle's algorithm");
        }
        let Self {
            local,
            peer,
            front,
            stop,
            ..
        } = self;
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let front = front.clone();
            let request = poem::Request::from((
                request,
                LocalAddr(local.into()),
                RemoteAddr(peer.into()),
                Scheme::HTTP,
            ));
            async move { Ok::<_, Infallible>(hyper::Response::from(front.answer(request).await)) }
        });
        let io = TokioIo::new(stream);

        let ended = if speaks_http2 {
            let mut connection = std::pin::pin!(protocols.http2.serve_connection(io, service));
            match stop.run_until_cancelled(connection.as_mut()).await {
                Some(ended) => ended,
                None => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            }
        } else {
            let mut connection = std::pin::pin!(protocols.http1.serve_connection(io, service));
            match stop.run_until_cancelled(connection.as_mut()).await {
                Some(ended) => ended,
                None => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, %error, "connection ended early");
        }
    }

    /// Waits for the client to say something; `None` when it doesn't, else whether it is HTTP/2.
    async fn first_bytes(&self, stream: &TcpStream) -> Option<bool> {
        let mut start = [0; HTTP2_PREFACE.len()];
        let peeked = tokio::time::timeout(self.idle_timeout, stream.peek(&mut start));
        match self.stop.run_until_cancelled(peeked).await? {
            Ok(Ok(count)) if count > 0 => Some(start == HTTP2_PREFACE),
            _ => None,
        }
    }
}

/// Whether accepting failed for a reason that ends with that one client.
fn belongs_to_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}
