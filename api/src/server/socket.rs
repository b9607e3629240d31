//! The socket of a connection, with the deadlines that the HTTP library does not have.
//!
//! The library times only the first head of a connection, and never the reading of an answer. This socket ends a
//! connection with an error when its client
//!
//! - has not sent the head of its next request in time, whether it sent some bytes of it or none, or
//! - does not read: while the socket takes no more bytes, its time runs, and every byte that the client takes gives some
//!   of it back. An answer of *n* bytes therefore ends after a constant and the time of *n* bytes at the slowest rate.
//!
//! The time for bodies is the affair of their handlers, which know how many bytes to expect.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::Activity;
use super::reading_time::ReadingTime;
use crate::client_time::ClientTime;

/// A connection of a client.
pub(super) struct Socket {
    stream: TcpStream,
    activity: Rc<Activity>,
    reading: ReadingTime,
    heartbeat: ClientTime,
    /// Wakes the connection for the nearest deadline. It is always set, so that no wait is without an end.
    timer: Pin<Box<Sleep>>,
}

impl Socket {
    /// Takes over an accepted connection.
    pub(super) fn new(stream: TcpStream, time: ClientTime) -> Self {
        metrics::gauge!("http_server_open_connections").increment(1.0);
        let now = Instant::now();
        Self {
            stream,
            activity: Rc::new(Activity::new(now, time)),
            reading: ReadingTime::new(time),
            heartbeat: time,
            timer: Box::pin(sleep_until(now + time.constant())),
        }
    }

    /// Returns what the connection is doing, which the middleware [`super::activity::attend`] records.
    pub(super) fn activity(&self) -> Rc<Activity> {
        Rc::clone(&self.activity)
    }

    /// Returns the time by which the next head must be complete. There is none while a request is being answered.
    fn head_by(&self) -> Option<Instant> {
        self.activity.head_by().filter(|_| !self.reading.is_blocked())
    }

    /// Makes sure that the connection is polled again at `at`, or earlier.
    fn wake_at(&mut self, context: &mut Context<'_>, at: Instant) {
        if self.timer.is_elapsed() || self.timer.deadline() > at {
            self.timer.as_mut().reset(at);
        }
        if self.timer.as_mut().poll(context).is_ready() {
            context.waker().wake_by_ref();
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        metrics::gauge!("http_server_open_connections").decrement(1.0);
    }
}

fn too_slow(waited_for: &'static str) -> io::Error {
    metrics::counter!("http_server_slow_clients_total", "waited_for" => waited_for).increment(1);
    io::ErrorKind::TimedOut.into()
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let (now, head_by) = (Instant::now(), this.head_by());
        if head_by.is_some_and(|by| by <= now) {
            return Poll::Ready(Err(too_slow("head")));
        }
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        if read.is_pending() {
            this.wake_at(context, head_by.unwrap_or(now + this.heartbeat.constant()));
        }
        read
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let now = Instant::now();
        match Pin::new(&mut this.stream).poll_write(context, bytes) {
            Poll::Ready(Ok(written)) => {
                this.reading.took(written, now);
                this.activity.restart(now);
                Poll::Ready(Ok(written))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                let by = this.reading.blocked(now);
                if by <= now {
                    // The operating system would go on offering what was written, and keep it in its memory.
                    let _closed_anyway = this.stream.set_zero_linger();
                    return Poll::Ready(Err(too_slow("answer")));
                }
                this.wake_at(context, by);
                Poll::Pending
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
