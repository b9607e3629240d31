//! The resumable upload of a photo, which continues until the server has verified it, however often the network is cut.

use std::{sync::Arc, time::Duration};

use fastrand::Rng;
use reqwest::{Method, Response, Url, header::RETRY_AFTER};
use serde_json::{Value, json};
use tests::{
    client::Client,
    random::RngExt,
    tus::{BYTES, VERSION, making},
};
use tokio::time::sleep;
use uuid::Uuid;

use super::{
    tally::Tally,
    wire::{Reply, Wire},
    written::Announced,
};

/// The first and the longest pause of a phone between two attempts.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(1));

const PREPARE: &str = "mutation($i: SubmissionPhotoInput!) { preparePhoto(input: $i) {
    plan { resumable { url metadata { name value } } } } }";
const COMPLETE: &str = "mutation($i: SubmissionPhotoInput!) { completePhoto(input: $i) { status whatToDo } }";

/// A photo upload in progress.
#[derive(Debug)]
pub struct Sending {
    /// The connection for the upload.
    pub client: Client,
    /// The connection for GraphQL.
    pub wire: Wire,
    /// The id of the submission that announced the photo.
    pub submission: Uuid,
    /// The photo as announced.
    pub photo: Announced,
    /// Its random generator.
    pub random: Rng,
    /// The shared counters.
    pub tally: Arc<Tally>,
}

/// The next step of an upload.
enum Next {
    /// Request an upload plan, and create the upload.
    Make,
    /// Query the offset of the upload at this path, and send the rest.
    GoOn(String),
    /// Call `completePhoto`.
    Complete,
    /// The upload is finished.
    Done,
}

impl Sending {
    /// Runs the upload to its end.
    pub async fn run(mut self) {
        let Some(file) = self.photo.file() else { return };
        let mut next = Next::Make;
        loop {
            next = match next {
                Next::Make => self.make(file.len()).await,
                Next::GoOn(path) => self.go_on(path, &file).await,
                Next::Complete => self.complete().await,
                Next::Done => return,
            };
            if !matches!(next, Next::Done) {
                sleep(self.random.time_between(PAUSES.0, PAUSES.1)).await;
            }
        }
    }

    async fn make(&self, length: usize) -> Next {
        let plan = match self.asks(PREPARE).await {
            Reply::Data(data) => data["preparePhoto"]["plan"]["resumable"].clone(),
            Reply::Refused(_) => return Next::Complete, // it was completed before, but the response was lost
            other => return self.waits(&other, Next::Make),
        };
        let made = making(&self.client, &plan, length).send().await;
        let location =
            made.ok().and_then(|made| path_of(self.looked_at(made).headers().get("location")?.to_str().ok()?));
        location.map_or(Next::Make, Next::GoOn)
    }

    async fn go_on(&self, path: String, file: &[u8]) -> Next {
        let request = |method| self.client.request(method, &path).header(VERSION.0, VERSION.1);
        let Ok(there) = request(Method::HEAD).send().await else { return Next::GoOn(path) };
        let there = self.looked_at(there);
        if [404, 410].contains(&there.status().as_u16()) {
            return Next::Make;
        }
        let Some(offset) = offset(&there) else { return Next::GoOn(path) };
        let Some(rest) = file.get(offset..).filter(|rest| !rest.is_empty()) else { return Next::Complete };
        let sent = request(Method::PATCH).header(BYTES.0, BYTES.1).header("upload-offset", offset).body(rest.to_vec());
        let kept = sent.send().await.ok().and_then(|kept| self::offset(&self.looked_at(kept)));
        if kept == Some(file.len()) { Next::Complete } else { Next::GoOn(path) }
    }

    async fn complete(&self) -> Next {
        let data = match self.asks(COMPLETE).await {
            Reply::Data(data) => data,
            Reply::Refused(_) => return Next::Make,
            other => return self.waits(&other, Next::Complete),
        };
        match data["completePhoto"]["status"].as_str() {
            Some("VERIFIED") => {
                self.tally.photos.one();
                Next::Done
            }
            Some("STORED") => Next::Complete,
            _ => {
                self.tally.complain(format!("photo {}: {data}", self.photo.id));
                Next::Done
            }
        }
    }

    async fn asks(&self, query: &str) -> Reply {
        let input: Value = json!({ "submissionId": self.submission, "photoId": self.photo.id });
        self.wire.ask(None, query, json!({ "i": input })).await
    }

    fn waits(&self, told: &Reply, next: Next) -> Next {
        if let Reply::Nonsense(_) | Reply::LoginEnded = told {
            self.tally.complain(format!("photo {}: {told:?}", self.photo.id));
        }
        next
    }

    /// Records a fault if the response is a server error other than 503 with `Retry-After`, and returns the response.
    fn looked_at(&self, answer: Response) -> Response {
        let is_away = answer.status() == 503 && answer.headers().contains_key(RETRY_AFTER);
        if answer.status().is_server_error() && !is_away {
            self.tally.complain(format!("photo {}: {}", self.photo.id, answer.status()));
        }
        answer
    }
}

fn offset(answer: &Response) -> Option<usize> {
    answer.headers().get("upload-offset")?.to_str().ok()?.parse().ok()
}

fn path_of(url: &str) -> Option<String> {
    Some(Url::parse(url).ok()?.path().to_owned())
}
