//! A store that does not do what it says. It works until a test orders a fault.

use std::{
    fs,
    path::PathBuf,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
};

use fastrand::Rng;
use hyper::{Method, Request, Response, StatusCode, body::Incoming};
use s3s::{Body, HttpError, service::S3Service};
use tokio::sync::Notify;

use crate::random::RngExt;

/// Bytes of a form that is read and thrown away, at most.
const FORM_MAX: usize = 64 * 1024 * 1024;

/// A way not to do what one says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoreFault {
    /// Says that an object is written, which has no byte then; of a form, nothing at all is kept.
    KeepsNothing,
    /// Gives objects without a byte.
    GivesNothing,
    /// Gives the first half of objects.
    GivesHalf,
    /// Knows nothing of objects that are there, whether they are asked for or about (GET, HEAD), as a copy that lags behind.
    KnowsNothing,
    /// Writes and removes, and says that it failed.
    FailsAfterwards,
    /// Does nothing and says so.
    Fails,
    /// Gives no answer until it is told to work again; then it does what was asked.
    Hangs,
}

impl StoreFault {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::KeepsNothing,
        Self::GivesNothing,
        Self::GivesHalf,
        Self::KnowsNothing,
        Self::FailsAfterwards,
        Self::Fails,
        Self::Hangs,
    ];

    /// Returns whether a request can be answered so. A list of a bucket has no key.
    fn fits(self, method: &Method, has_key: bool) -> bool {
        let writes = *method == Method::POST || has_key && *method == Method::PUT;
        match self {
            Self::KeepsNothing => writes,
            Self::GivesNothing | Self::GivesHalf => has_key && *method == Method::GET,
            Self::KnowsNothing => has_key && (*method == Method::GET || *method == Method::HEAD),
            Self::FailsAfterwards => writes || *method == Method::DELETE,
            Self::Fails | Self::Hangs => true,
        }
    }
}

/// What the store says.
#[derive(Debug)]
pub(super) struct Faults {
    files: PathBuf,
    planned: Mutex<Planned>,
    works_again: Notify,
}

#[derive(Debug)]
struct Planned {
    fault: Option<StoreFault>,
    percent: f64,
    random: Rng,
    count: u64,
}

type Answer = Result<Response<Body>, HttpError>;

impl Faults {
    /// Makes a store over these files that works.
    pub(super) fn none(files: PathBuf) -> Arc<Self> {
        let planned = Planned { fault: None, percent: 0.0, random: Rng::with_seed(0), count: 0 };
        Arc::new(Self { files, planned: Mutex::new(planned), works_again: Notify::new() })
    }

    /// From now on so many of a hundred answers that can be are this fault; the first of them always.
    pub(super) fn tell(&self, fault: StoreFault, percent: f64, seed: u64) {
        let mut planned = self.planned();
        (planned.fault, planned.percent, planned.random) = (Some(fault), percent, Rng::with_seed(seed));
    }

    /// Makes it work from now on; what hangs goes on.
    pub(super) fn end(&self) {
        let mut planned = self.planned();
        (planned.fault, planned.count) = (None, 0);
        self.works_again.notify_waiters();
    }

    /// Returns how many faults were made since it last worked.
    pub(super) fn count(&self) -> u64 {
        self.planned().count
    }

    fn planned(&self) -> std::sync::MutexGuard<'_, Planned> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn choose(&self, method: &Method, has_key: bool) -> Option<StoreFault> {
        let mut planned = self.planned();
        let fault = planned.fault.filter(|fault| fault.fits(method, has_key))?;
        let percent = planned.percent;
        if planned.count > 0 && !planned.random.percent(percent) {
            return None;
        }
        planned.count += 1;
        Some(fault)
    }

    /// Answers a request.
    pub(super) async fn answer(self: Arc<Self>, service: S3Service, request: Request<Incoming>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let has_key = path.trim_matches('/').contains('/');
        let mut works_again = pin!(self.works_again.notified());
        works_again.as_mut().enable(); // the order may come between now and the waiting
        let fault = self.choose(&method, has_key);
        if fault == Some(StoreFault::Hangs) {
            works_again.await;
        }
        match fault {
            Some(StoreFault::Fails) => {
                heard_out(request).await;
                return Ok(bare(StatusCode::SERVICE_UNAVAILABLE));
            }
            Some(StoreFault::KnowsNothing) => return Ok(bare(StatusCode::NOT_FOUND)),
            Some(StoreFault::KeepsNothing) if method == Method::POST => {
                heard_out(request).await;
                return Ok(bare(StatusCode::NO_CONTENT));
            }
            _ => {}
        }
        let answer = hyper::service::Service::call(&service, request).await?;
        Ok(if answer.status().is_success() { self.bend(fault, &path, answer) } else { answer })
    }

    /// Turns a good answer into a faulty one.
    fn bend(&self, fault: Option<StoreFault>, path: &str, answer: Response<Body>) -> Response<Body> {
        let file = self.files.join(path.trim_matches('/'));
        match fault {
            Some(StoreFault::KeepsNothing) => {
                fs::write(file, b"").expect("the object was written a moment ago");
                answer
            }
            Some(StoreFault::GivesNothing) => Response::new(Body::empty()),
            Some(StoreFault::GivesHalf) => {
                let mut bytes = fs::read(file).unwrap_or_default();
                bytes.truncate(bytes.len() / 2);
                Response::new(Body::from(bytes))
            }
            Some(StoreFault::FailsAfterwards) => bare(StatusCode::INTERNAL_SERVER_ERROR),
            _ => answer,
        }
    }
}

fn bare(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}

/// Reads a request to its end, so that its sender is not cut off.
async fn heard_out(request: Request<Incoming>) {
    Body::from(request.into_body()).store_all_limited(FORM_MAX).await.ok();
}
