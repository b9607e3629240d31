//! A store that does not do what it says. It is honest until a test tells it what to say.

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
pub enum Lie {
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
    /// Says nothing until it is told to be honest again; then it does what was asked.
    Hangs,
}

impl Lie {
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

    /// Whether a request can be answered so. A list of a bucket has no key.
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
pub(super) struct Lies {
    files: PathBuf,
    told: Mutex<Told>,
    honest: Notify,
}

#[derive(Debug)]
struct Told {
    lie: Option<Lie>,
    percent: f64,
    random: Rng,
    count: u64,
}

type Answer = Result<Response<Body>, HttpError>;

impl Lies {
    /// An honest store over these files.
    pub(super) fn none(files: PathBuf) -> Arc<Self> {
        let told = Told { lie: None, percent: 0.0, random: Rng::with_seed(0), count: 0 };
        Arc::new(Self { files, told: Mutex::new(told), honest: Notify::new() })
    }

    /// From now on so many of a hundred answers that can be are this lie; the first of them always.
    pub(super) fn tell(&self, lie: Lie, percent: f64, seed: u64) {
        let mut told = self.told();
        (told.lie, told.percent, told.random) = (Some(lie), percent, Rng::with_seed(seed));
    }

    /// From now on it is honest; what hangs goes on.
    pub(super) fn end(&self) {
        let mut told = self.told();
        (told.lie, told.count) = (None, 0);
        self.honest.notify_waiters();
    }

    /// How many lies were told since it was last honest.
    pub(super) fn count(&self) -> u64 {
        self.told().count
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn choose(&self, method: &Method, has_key: bool) -> Option<Lie> {
        let mut told = self.told();
        let lie = told.lie.filter(|lie| lie.fits(method, has_key))?;
        let percent = told.percent;
        if told.count > 0 && !told.random.percent(percent) {
            return None;
        }
        told.count += 1;
        Some(lie)
    }

    /// Answers a request.
    pub(super) async fn answer(self: Arc<Self>, service: S3Service, request: Request<Incoming>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let has_key = path.trim_matches('/').contains('/');
        let mut honest = pin!(self.honest.notified());
        honest.as_mut().enable(); // it may be told between now and the waiting
        let lie = self.choose(&method, has_key);
        if lie == Some(Lie::Hangs) {
            honest.await;
        }
        match lie {
            Some(Lie::Fails) => {
                heard_out(request).await;
                return Ok(bare(StatusCode::SERVICE_UNAVAILABLE));
            }
            Some(Lie::KnowsNothing) => return Ok(bare(StatusCode::NOT_FOUND)),
            Some(Lie::KeepsNothing) if method == Method::POST => {
                heard_out(request).await;
                return Ok(bare(StatusCode::NO_CONTENT));
            }
            _ => {}
        }
        let answer = hyper::service::Service::call(&service, request).await?;
        Ok(if answer.status().is_success() { self.bend(lie, &path, answer) } else { answer })
    }

    /// Makes a lie of an honest answer.
    fn bend(&self, lie: Option<Lie>, path: &str, answer: Response<Body>) -> Response<Body> {
        let file = self.files.join(path.trim_matches('/'));
        match lie {
            Some(Lie::KeepsNothing) => {
                fs::write(file, b"").expect("the object was written a moment ago");
                answer
            }
            Some(Lie::GivesNothing) => Response::new(Body::empty()),
            Some(Lie::GivesHalf) => {
                let mut bytes = fs::read(file).unwrap_or_default();
                bytes.truncate(bytes.len() / 2);
                Response::new(Body::from(bytes))
            }
            Some(Lie::FailsAfterwards) => bare(StatusCode::INTERNAL_SERVER_ERROR),
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
