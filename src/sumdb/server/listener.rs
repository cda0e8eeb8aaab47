//! Connections: no more than a machine can hold, and none that keeps its place for nothing.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::serve::Listener;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep, sleep},
};

/// Connections that are open at once.
pub const MAX_CONNECTIONS: usize = 1024;

/// How long a connection may take from one byte of an answer to the next: to ask again, to send
/// all of a request and to take what is sent. Who sends a head byte by byte is cut off as well.
const PATIENCE: Duration = Duration::from_secs(30);

/// A listener that accepts a connection when there is room for it.
pub struct Bounded {
    listener: TcpListener,
    room: Arc<Semaphore>,
    patience: Duration,
}

impl Bounded {
    /// In front of a listener.
    pub fn new(listener: TcpListener) -> Self {
        Self::with_patience(listener, PATIENCE)
    }

    /// The same, with another patience.
    pub(super) fn with_patience(listener: TcpListener, patience: Duration) -> Self {
        Self { listener, room: Arc::new(Semaphore::new(MAX_CONNECTIONS)), patience }
    }
}

impl Listener for Bounded {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        // The semaphore is never closed; without one a connection is simply not counted.
        let room = Arc::clone(&self.room).acquire_owned().await.ok();
        let (stream, from) = Listener::accept(&mut self.listener).await;
        // Small answers go out at once; a system that cannot do that is only slower.
        drop(stream.set_nodelay(true));
        let deadline = Box::pin(sleep(self.patience));
        (Connection { stream, patience: self.patience, deadline, _room: room }, from)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection, and its place among those that may be open.
pub struct Connection {
    stream: TcpStream,
    patience: Duration,
    /// When it is cut off, unless something is answered before.
    deadline: Pin<Box<Sleep>>,
    _room: Option<OwnedSemaphorePermit>,
}

impl Connection {
    /// Whether its time is over; if not, its task is woken when it is.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        self.deadline.as_mut().poll(context).is_ready()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_over(context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, buffer);
        if written.is_ready() {
            let next = Instant::now() + self.patience;
            self.deadline.as_mut().reset(next);
        } else if self.is_over(context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
