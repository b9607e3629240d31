//! Fault injection for the S3 store. It works normally until a test requests a fault.

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

/// The maximum size, in bytes, of a request body that is read and discarded.
const FORM_MAX: usize = 64 * 1024 * 1024;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoreFault {
    /// Reports success for a write, but stores nothing: an empty object for a PUT, no object for a POST upload.
    KeepsNothing,
    /// Returns an empty body for a GET.
    GivesNothing,
    /// Returns only the first half of the object for a GET.
    GivesHalf,
    /// Returns 404 for GET and HEAD of an existing object, like a replica that lags behind.
    KnowsNothing,
    /// Executes a write or a DELETE, but returns 500.
    FailsAfterwards,
    /// Rejects any request with 503, without executing it.
    Fails,
    /// Does not respond until the store works again. The request is then executed.
    Hangs,
}

impl StoreFault {
    /// All kinds of faults.
    pub const ALL: [Self; 7] = [
        Self::KeepsNothing,
        Self::GivesNothing,
        Self::GivesHalf,
        Self::KnowsNothing,
        Self::FailsAfterwards,
        Self::Fails,
        Self::Hangs,
    ];

    /// Checks whether the fault applies to a request. A request for a whole bucket, such as a list, has no key.
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

/// The fault that a store currently simulates.
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
    /// Creates the state of a store that works normally. `files` is the folder of its buckets.
    pub(super) fn none(files: PathBuf) -> Arc<Self> {
        let planned = Planned { fault: None, percent: 0.0, random: Rng::with_seed(0), count: 0 };
        Arc::new(Self { files, planned: Mutex::new(planned), works_again: Notify::new() })
    }

    /// Applies this fault from now on: to the first eligible request, and to later ones with this probability in
    /// percent.
    pub(super) fn tell(&self, fault: StoreFault, percent: f64, seed: u64) {
        let mut planned = self.planned();
        (planned.fault, planned.percent, planned.random) = (Some(fault), percent, Rng::with_seed(seed));
    }

    /// Ends the fault, and resumes hanging requests.
    pub(super) fn end(&self) {
        let mut planned = self.planned();
        (planned.fault, planned.count) = (None, 0);
        self.works_again.notify_waiters();
    }

    /// Returns the number of faults since the store last worked normally.
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

    /// Handles a request, with or without a fault.
    pub(super) async fn answer(self: Arc<Self>, service: S3Service, request: Request<Incoming>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let has_key = path.trim_matches('/').contains('/');
        let mut works_again = pin!(self.works_again.notified());
        works_again.as_mut().enable(); // registered first, so that a notification before the await is not missed
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

    /// Turns a successful response into a faulty one.
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

/// Reads and discards the request body, so that the client does not see a reset connection.
async fn heard_out(request: Request<Incoming>) {
    Body::from(request.into_body()).store_all_limited(FORM_MAX).await.ok();
}
