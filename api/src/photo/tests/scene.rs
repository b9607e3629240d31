//! Shared test fixtures: an app with its own database and photo store, photos from phones, and multipart forms.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use domain::id::PhotoId;
use domain::photo::{PhotoParent, PhotoStage};
use domain::refusal::Refusal;
use entity::photo;
use sea_orm::EntityTrait;
use tempfile::TempDir;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::admission::AdmissionControl;
use crate::app::App;
use crate::database::Database;
use crate::error::ApiResult;
use crate::photo::backlog::take_up;
use crate::photo::complete::Completed;
use crate::photo::seal::{Wrap, WrappedKey};
use crate::photo::service::{Announced, Announcement, announce};
use crate::photo::signer::Mac;
use crate::photo::store::{KeyPrefix, StoreError};
use crate::photo::{complete, plan};
use crate::task_runner::TaskRunner;
use crate::testing::AppBuilder;

pub(super) const PUBLIC_URL: &str = "http://phones.test";

/// Wraps a key by inverting every bit, so that a test can unwrap it.
pub(super) struct Turning;

impl Wrap for Turning {
    fn wrap(&self, photo: PhotoId, key: &[u8; 32]) -> ApiResult<WrappedKey> {
        Ok(WrappedKey { ciphertext: key.iter().map(|byte| !byte).collect(), key_id: format!("turning-{photo}") })
    }
}

/// Returns a keyed hash that is strong enough for a test.
pub(super) fn mac() -> Mac {
    Arc::new(|message| {
        let sum = digest(&SHA256, &[b"a key of this test", message].concat());
        sum.as_ref().try_into().unwrap()
    })
}

/// Returns a task runner whose admission control never rejects a test's requests.
pub(super) fn runner() -> TaskRunner {
    runner_behind(AdmissionControl::new(16, 16))
}

/// Returns a task runner with the given admission control.
pub(super) fn runner_behind(admission: AdmissionControl) -> TaskRunner {
    TaskRunner::new(admission, Handle::current(), Duration::from_mins(1))
}

pub(super) struct Scene {
    pub app: App,
    pub folder: TempDir,
}

impl Scene {
    /// Builds an app that keeps photos in a local folder.
    pub(super) async fn on_disk() -> Self {
        Self::with(&[]).await
    }

    /// Builds an app with the given settings.
    pub(super) async fn with(settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let database = Database::open_sqlite(folder.path()).await.unwrap();
        database.migrate().await.unwrap();
        let patient = [("PHOTO_WAIT_MS", "60000")]; // long enough to wait for the result
        let settings: Vec<(&str, &str)> = patient.iter().chain(settings).copied().collect();
        let builder = AppBuilder { settings: &settings, public_url: PUBLIC_URL, mac: mac(), ..AppBuilder::default() };
        Self { app: builder.build(folder.path(), database).await, folder }
    }

    /// Announces a file as the only photo of a new report.
    pub(super) async fn announce(&self, bytes: &[u8], media_type: &str) -> photo::Model {
        let announcement = Announcement {
            parent_kind: PhotoParent::Report,
            parent_id: Uuid::new_v4(),
            stage: PhotoStage::Before,
            photos: vec![announced(bytes, media_type)],
        };
        let txn = self.app.begin_write().await.unwrap();
        let rows = announce(&txn, announcement, self.app.now()).await.unwrap();
        txn.commit().await.unwrap();
        rows.into_iter().next().unwrap()
    }

    /// Returns the contents of all files below a subfolder of the photo folder.
    pub(super) fn files(&self, folder: &str) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().join("photos").join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(std::fs::read(path).unwrap());
                }
            }
        }
        found
    }
}

impl Scene {
    /// Plans a photo upload and writes the bytes as a phone would.
    pub(super) async fn send(&self, photo: &photo::Model, bytes: &[u8]) {
        plan(&self.app, photo.id).await.unwrap();
        let key = self.row(photo).await.incoming_key.unwrap();
        self.app.photos.write(&key, "image/jpeg", bytes.to_vec()).await.unwrap();
    }

    pub(super) async fn complete(&self, photo: &photo::Model) -> Result<Completed, Refusal> {
        complete(&self.app, photo.id, &Turning).await.map_err(|error| error.refusal())
    }

    /// Runs the background work until no photo waits. Returns how many photos were leased.
    pub(super) async fn finish_waiting(&self) -> usize {
        let mut finished = 0;
        loop {
            let taken = take_up(&self.app, &Turning).await.unwrap();
            let here = self.app.darkroom.photos();
            finished += taken.len();
            if here.is_empty() {
                return finished;
            }
            for photo in here {
                self.app.darkroom.left(photo).await;
            }
        }
    }

    /// Writes an object of this size, which no two parts have alike, and reads it in parts of every size.
    pub(super) async fn is_read_in_parts(&self) {
        let photos = &self.app.photos;
        let (key, bytes) =
            (KeyPrefix::Shown.fresh_key(), (0..2_000_u32).flat_map(u32::to_be_bytes).collect::<Vec<u8>>());
        photos.write(&key, "image/jpeg", bytes.clone()).await.unwrap();
        let of = bytes.len() as u64;
        for (from, most, expected) in [
            (0, 1, &bytes[..1]),
            (0, of, &bytes[..]),
            (0, of + 1, &bytes[..]),
            (4_096, 1_000, &bytes[4_096..5_096]),
            (7_999, 1_000, &bytes[7_999..]),
        ] {
            let part = photos.read_part(&key, from, most).await.unwrap();
            assert_eq!((part.bytes.as_slice(), part.of), (expected, of), "{most} from {from}");
        }
        let absent = photos.read_part(&KeyPrefix::Shown.fresh_key(), 0, 1).await;
        assert!(matches!(absent, Err(StoreError::Absent)), "{absent:?}");
    }

    pub(super) async fn row(&self, photo: &photo::Model) -> photo::Model {
        photo::Entity::find_by_id(photo.id).one(self.app.db()).await.unwrap().unwrap()
    }
}

pub(super) fn announced(bytes: &[u8], media_type: &str) -> Announced {
    Announced {
        client_id: Uuid::new_v4(),
        sha256: digest(&SHA256, bytes).as_ref().try_into().unwrap(),
        bytes: bytes.len() as u64,
        media_type: media_type.into(),
    }
}

/// Reads a phone photo from the demonstration files.
pub(super) fn phone_photo(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo/photos").join(name)).unwrap()
}

/// An encoded multipart form, ready to be sent.
#[derive(Clone)]
pub(super) struct Form {
    /// The `Content-Type` header with the boundary.
    pub media_type: String,
    pub body: Vec<u8>,
}

/// Encodes a multipart form with these fields, followed by the file.
pub(super) fn form<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>, file: &[u8]) -> Form {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--edge--\r\n");
    Form { media_type: "multipart/form-data; boundary=edge".into(), body }
}

pub(super) fn has_canary(bytes: &[u8]) -> bool {
    bytes.windows(7).any(|window| window == b"CANARY-")
}
