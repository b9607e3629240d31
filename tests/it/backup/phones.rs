//! Phones that go on sending, and what they remember.

use std::sync::{Arc, Mutex};

use domain::photo::PhotoStatus;
use entity::{event_waiting, journal, photo};
use reqwest::Method;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, sea_query::Expr};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::app::TestApp;
use tests::client::{Answer, Client};
use tests::world::{SUBMIT, submission};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// Phones that send one report after another.
const PHONES: usize = 4;
const PHOTO: &[u8] = include_bytes!("../../../api/data/demo/photos/wall-before.jpg");

/// A submission that was acknowledged.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) submission: Uuid,
    pub(super) receipt: Value,
    /// Whether it announced a photo, so that the same submission cannot be made from its id alone.
    pub(super) has_photo: bool,
}

/// A photo of a submission, and what was shown of it.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) submission: Uuid,
    pub(super) bytes: Vec<u8>,
}

/// Phones at work.
pub(super) struct Phones {
    sent: Arc<Mutex<Vec<Sent>>>,
    count: watch::Sender<usize>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Phones {
    /// They send reports, and one of them photos, until they are stopped.
    pub(super) fn start(app: &TestApp) -> Self {
        let (sent, count, stop) = (Arc::new(Mutex::new(Vec::new())), watch::Sender::new(0), watch::Sender::new(false));
        let mut tasks: Vec<_> = (0..PHONES)
            .map(|_| {
                let (client, sent, count, stopped) =
                    (app.client().clone(), Arc::clone(&sent), count.clone(), stop.subscribe());
                tokio::spawn(async move {
                    while !*stopped.borrow() {
                        let id = Uuid::new_v4();
                        let answer = submit(&client, id).await;
                        remember(&sent, id, &answer, false);
                        count.send_modify(|count| *count += 1);
                    }
                })
            })
            .collect();
        let (client, stopped) = (app.client().clone(), stop.subscribe());
        let kept = Arc::clone(&sent);
        tasks.push(tokio::spawn(async move {
            while !*stopped.borrow() {
                let (id, answer) = announce(&client).await;
                remember(&kept, id, &answer, true);
                send(&client, id).await;
            }
        }));
        Self { sent, count, stop, tasks }
    }

    /// Waits until so many reports were acknowledged.
    pub(super) async fn have_sent(&self, count: usize) {
        self.count.subscribe().wait_for(|sent| *sent >= count).await.unwrap();
    }

    /// What was acknowledged until now.
    pub(super) fn acknowledged(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// Stops them; answers all that was acknowledged.
    pub(super) async fn stop(self) -> Vec<Sent> {
        self.stop.send_replace(true);
        for task in self.tasks {
            task.await.unwrap();
        }
        self.sent.lock().unwrap().clone()
    }
}

fn remember(sent: &Mutex<Vec<Sent>>, submission: Uuid, answer: &Answer, has_photo: bool) {
    let receipt = answer.data("submitReport.receipt").clone();
    sent.lock().unwrap().push(Sent { submission, receipt, has_photo });
}

/// Hands a report in.
pub(super) async fn submit(client: &Client, id: Uuid) -> Answer {
    client.post(SUBMIT, json!({ "i": submission(id, "ANONYMOUS") })).await.ok()
}

/// The receipt that the server gives for a submission today.
pub(super) async fn receipt_of(app: &TestApp, id: Uuid) -> Option<Value> {
    let query = "query($ids: [UUID!]!) { submissionStatus(ids: $ids) { known receipt {
        reportId submissionId contentHash receivedAt signature } } }";
    let answer = app.client().post(query, json!({ "ids": [id] })).await.ok();
    let receipt = answer.data("submissionStatus.0.receipt");
    assert_eq!(answer.data("submissionStatus.0.known"), &json!(!receipt.is_null()));
    Some(receipt.clone()).filter(|receipt| !receipt.is_null())
}

/// Photos that are verified, with what is shown of them.
pub(super) async fn photos(app: &TestApp, count: usize) -> Vec<Shown> {
    let mut photos = Vec::new();
    for _ in 0..count {
        let (submission, _) = announce(app.client()).await;
        send(app.client(), submission).await;
        let photo = Shown { submission, bytes: Vec::new() };
        let bytes = shown(app, &photo).await;
        photos.push(Shown { bytes, ..photo });
    }
    photos
}

/// A photo whose bytes were sent, and that nobody was asked to look at.
pub(super) async fn announced_photo(app: &TestApp) -> Shown {
    let (submission, _) = announce(app.client()).await;
    post(app.client(), submission).await;
    Shown { submission, bytes: Vec::new() }
}

/// What a phone took.
pub(super) fn original() -> &'static [u8] {
    PHOTO
}

async fn announce(client: &Client) -> (Uuid, Answer) {
    let (id, mut input) = (Uuid::new_v4(), Value::Null);
    let photo = photo_of(id);
    input["i"] = submission(id, "ANONYMOUS");
    input["i"]["photos"] = json!([{ "id": photo, "sha256": hex::encode(Sha256::digest(PHOTO)), "bytes": PHOTO.len(), "mediaType": "image/jpeg" }]);
    (id, client.post(SUBMIT, input).await.ok())
}

/// The id that the phone gives to the one photo of a submission. It is another one, because officers may see it.
pub(super) fn photo_of(submission: Uuid) -> Uuid {
    Uuid::from_u128(submission.as_u128() ^ 1)
}

/// Sends the bytes of the one photo of a submission.
async fn post(client: &Client, submission: Uuid) -> Value {
    let input = json!({ "i": { "submissionId": submission, "photoId": photo_of(submission) } });
    let query = "mutation($i: SubmissionPhotoInput!) { preparePhoto(input: $i) { plan { url fileField fields { name value } } } }";
    let planned = client.post(query, input.clone()).await.ok();
    let posted = client.send_form(planned.data("preparePhoto.plan"), PHOTO, "image/jpeg").await;
    assert!(posted.status.is_success(), "{} {}", posted.status, posted.body);
    input
}

async fn send(client: &Client, submission: Uuid) {
    let input = post(client, submission).await;
    let query = "mutation($i: SubmissionPhotoInput!) { completePhoto(input: $i) { status } }";
    let done = client.post(query, input).await.ok();
    assert!(["VERIFIED", "STORED"].contains(&done.text("completePhoto.status")), "{}", done.body);
}

async fn ask(app: &TestApp, photo: &Shown) -> Answer {
    let query = "query($ids: [UUID!]!) { submissionStatus(ids: $ids) { photos { status displayUrl } } }";
    app.client().post(query, json!({ "ids": [photo.submission] })).await.ok()
}

/// Where a photo stands.
pub(super) async fn status(app: &TestApp, photo: &Shown) -> String {
    ask(app, photo).await.text("submissionStatus.0.photos.0.status").to_owned()
}

/// The version of a photo that is shown, once there is one.
pub(super) async fn shown(app: &TestApp, photo: &Shown) -> Vec<u8> {
    let link = tests::waiting::until("the photo to be shown", async || {
        let answer = ask(app, photo).await;
        let link = answer.data("submissionStatus.0.photos.0.displayUrl").as_str().map(str::to_owned);
        link.ok_or(answer.body)
    })
    .await;
    let path = link.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap();
    let response = app.client().request(Method::GET, &path).send().await.unwrap();
    assert!(response.status().is_success(), "{}", response.status());
    response.bytes().await.unwrap().to_vec()
}

/// What a server leaves that ends in the middle: the photo is STORED, its bytes are where the phone sent them.
pub(super) async fn wait_to_be_looked_at(app: &TestApp) {
    let rows = app.rows().await;
    let written = photo::Entity::update_many()
        .col_expr(photo::Column::Status, Expr::value(PhotoStatus::Stored))
        .filter(photo::Column::Status.eq(PhotoStatus::Receiving))
        .exec(&rows)
        .await
        .unwrap();
    assert_eq!(written.rows_affected, 1);
}

/// The key of the version of a photo that is shown.
pub(super) async fn object_of(app: &TestApp, photo: &Shown) -> String {
    let row = photo::Entity::find()
        .filter(photo::Column::ClientId.eq(photo_of(photo.submission)))
        .one(&app.rows().await)
        .await;
    row.unwrap().unwrap().display_key.unwrap()
}

/// The last position of the journal, how many there are, and how many events wait for one.
pub(super) async fn journal(app: &TestApp) -> (u64, u64, u64) {
    let rows = app.rows().await;
    let last = journal::Entity::find().select_only().column_as(journal::Column::Position.max(), "last");
    let last: Option<i64> = last.into_tuple().one(&rows).await.unwrap().unwrap();
    let count = journal::Entity::find().count(&rows).await.unwrap();
    (last.unwrap_or_default().unsigned_abs(), count, event_waiting::Entity::find().count(&rows).await.unwrap())
}
