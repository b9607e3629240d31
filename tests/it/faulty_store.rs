//! An object store that does not do what it says: no photo is VERIFIED without its bytes, texts are taken all the while,
//! and when the store works again every photo gets through.

use std::time::Duration;

use futures::{StreamExt, future::join_all, stream};
use sea_orm::{EntityTrait, QueryFilter};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::{
    app::{Engine, Setup, TestApp},
    client::Answer,
    repeat::times,
    store::{Store, StoreFault},
    waiting::until,
    world::{SUBMIT, import, submission},
};
use tokio::time::timeout;
use uuid::Uuid;

const JPEG: &[u8] = include_bytes!("../../api/data/demo/photos/wall-after.jpg");
const PREPARE: &str = "mutation($i: SubmissionPhotoInput!) { preparePhoto(input: $i) {
    plan { url fileField fields { name value } } } }";
const COMPLETE: &str = "mutation($i: SubmissionPhotoInput!) { completePhoto(input: $i) { status } }";
/// What the server may log meanwhile.
const WHILE_IT_FAILS: &[&str] = &[
    "the photo store is not answering",
    "could not be deleted",
    "processing a photo failed",
    "could not be completed",
    "Retrying safe S3 request",
];
/// Photos of phones that are sent at once.
const AT_ONCE: usize = 4;
/// How long a phone waits for the store.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a phone tries while the store fails.
const TRIES: usize = 2;

/// A photo of a submission.
struct Photo {
    submission: Uuid,
    id: Uuid,
}

impl Photo {
    /// Announced by a report, whose text is taken whatever the store does.
    async fn announced(app: &TestApp) -> Self {
        let photo = Self { submission: Uuid::new_v4(), id: Uuid::new_v4() };
        let mut input = submission(photo.submission, "ANONYMOUS");
        let sha256 = hex::encode(Sha256::digest(JPEG));
        input["photos"] = json!([{ "id": photo.id, "sha256": sha256, "bytes": JPEG.len(), "mediaType": "image/jpeg" }]);
        app.client().post(SUBMIT, json!({ "i": input })).await.done();
        photo
    }

    async fn asks(&self, app: &TestApp, query: &str) -> Answer {
        let input = json!({ "submissionId": self.submission, "photoId": self.id });
        app.client().post(query, json!({ "i": input })).await
    }

    /// Sends the bytes by a plan of the server and asks what came of them: the status, or the code of a refusal.
    async fn sent(&self, app: &TestApp) -> String {
        let planned = self.asks(app, PREPARE).await;
        if planned.codes().is_empty() {
            let plan: &Value = planned.data("preparePhoto.plan");
            // A phone does not wait for ever for a store that says nothing.
            let _ = timeout(PATIENCE, app.client().send_form(plan, JPEG, "image/jpeg")).await;
        }
        let completed = self.asks(app, COMPLETE).await;
        match completed.codes().first() {
            Some(code) => (*code).to_owned(),
            None => completed.text("completePhoto.status").to_owned(),
        }
    }
}

/// Photos that the rows call VERIFIED; each must have its three objects, whole.
async fn verified_photos(app: &TestApp, store: &Store) -> usize {
    let rows = app.rows().await;
    let photos = entity::photo::Entity::find().filter(entity::photo::COLUMN.verified_at.is_not_null());
    let photos = photos.all(&rows).await.unwrap();
    for photo in &photos {
        let object = |key: &Option<String>| {
            let key = key.as_deref().expect("a verified photo names its objects");
            std::fs::read(store.file(Store::BUCKET, key)).unwrap_or_default()
        };
        for shown in [&photo.display_key, &photo.thumbnail_key] {
            let bytes = object(shown);
            assert!(bytes.starts_with(&[0xff, 0xd8]) && bytes.ends_with(&[0xff, 0xd9]), "{} bytes", bytes.len());
        }
        assert!(object(&photo.original_key).len() >= JPEG.len(), "the sealed original is whole");
    }
    photos.len()
}

async fn while_the_store_fails(fault: StoreFault) {
    let app = Setup::on(Engine::Sqlite).with_store().set("CHUISHAO_DEADLINE_SECONDS", "3").start().await;
    for word in WHILE_IT_FAILS {
        app.expect_in_log(word);
    }
    import(&app).await;
    let store = app.store().unwrap();
    let seed = times("CHUISHAO_TEST_SEED", fastrand::usize(..1 << 32)) as u64;
    println!("{fault:?}, seed {seed}");
    let count = times("CHUISHAO_TEST_PHOTOS", 4);

    store.fails_with(fault, 60.0, seed);
    let mut sending = stream::iter(0..count)
        .map(async |_| {
            let photo = Photo::announced(&app).await;
            for _ in 0..TRIES {
                photo.sent(&app).await;
            }
            photo
        })
        .buffer_unordered(AT_ONCE);
    let mut photos = Vec::new();
    while let Some(photo) = sending.next().await {
        photos.push(photo);
        assert!(verified_photos(&app, store).await <= count);
    }
    let (verified, faults) = (verified_photos(&app, store).await, store.faults_made());
    println!("{fault:?}: {verified} of {count} verified after {faults} faults");
    assert!(faults > 0, "{fault:?} was never made");
    store.works_again();

    for photo in &photos {
        until("the photo", async || match photo.sent(&app).await.as_str() {
            "VERIFIED" => Ok(()),
            other => Err(other.to_owned()),
        })
        .await;
    }
    assert_eq!(verified_photos(&app, store).await, count);
}

/// All at once, each with a server and a store of its own: nearly all of the time is waiting.
#[tokio::test]
async fn no_photo_is_verified_without_its_bytes_whatever_the_store_says() {
    join_all(StoreFault::ALL.map(while_the_store_fails)).await;
}
