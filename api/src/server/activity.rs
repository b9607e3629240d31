//! What a connection is doing: whether the server answers a request, or waits for the head of the next one.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use tokio::time::{Duration, Instant};

use crate::client_time::ClientTime;

/// How long a connection may stay open without a request.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// What one connection is doing. Its socket and the middleware of its requests share it, on one thread.
#[derive(Debug)]
pub(super) struct Activity {
    /// Since when the server has waited for a head; `None` while it answers a request.
    waiting_since: Cell<Option<Instant>>,
    head_time: Duration,
}

impl Activity {
    /// Creates the activity of a connection that has just been opened, and so waits for a head.
    pub(super) const fn new(now: Instant, time: ClientTime) -> Self {
        Self { waiting_since: Cell::new(Some(now)), head_time: KEEP_ALIVE.saturating_add(time.constant()) }
    }

    /// Returns the time by which the next head must be complete; `None` while a request is answered.
    pub(super) fn head_by(&self) -> Option<Instant> {
        self.waiting_since.get().map(|since| since + self.head_time)
    }

    /// Lets the time for the next head begin now, if the server waits for one. The time in which the client reads the
    /// answer before does not count.
    pub(super) fn restart(&self, now: Instant) {
        if self.waiting_since.get().is_some() {
            self.waiting_since.set(Some(now));
        }
    }
}

/// The time in which a request is answered. Dropping it lets the connection wait for the next head.
struct Turn(Rc<Activity>);

impl Turn {
    fn begin(activity: &Rc<Activity>) -> Self {
        activity.waiting_since.set(None);
        Self(Rc::clone(activity))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.waiting_since.set(Some(Instant::now()));
    }
}

/// Middleware that records in the [`Activity`] of a connection when a request is being answered: from its head to the
/// last byte of the answer.
pub(super) async fn attend(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<Attended>, Error> {
    let turn = request.conn_data::<Rc<Activity>>().map(Turn::begin);
    let answer = next.call(request).await?;
    Ok(answer.map_body(|_, body| Attended { body: BoxBody::new(body), _turn: turn }))
}

/// The body of an answer. The connection is busy until it has been sent.
pub(super) struct Attended {
    body: BoxBody,
    _turn: Option<Turn>,
}

impl MessageBody for Attended {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(context)
    }
}
