//! Uploads photos as a phone does, and inspects the JPEGs that the server returns.

mod sized;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};
use uuid::Uuid;

use crate::client::{Answer, Client};
use crate::world::{SUBMIT, submission};

pub use sized::sized_photo;

/// A photo on a phone, which a submission announces before it is uploaded.
#[derive(Debug, Clone)]
pub struct PhonePhoto {
    /// The photo id, which the phone generates.
    pub id: Uuid,
    /// The contents of the file.
    pub bytes: Vec<u8>,
    /// The media type that the phone declares.
    pub media_type: &'static str,
}

impl PhonePhoto {
    /// Creates a JPEG photo with a new id.
    #[must_use]
    pub fn jpeg(bytes: Vec<u8>) -> Self {
        Self { id: Uuid::new_v4(), bytes, media_type: "image/jpeg" }
    }

    /// Returns the entry for the photo in a submission.
    #[must_use]
    pub fn announced(&self) -> Value {
        let sha256 = hex::encode(digest(&SHA256, &self.bytes));
        json!({ "id": self.id, "sha256": sha256, "bytes": self.bytes.len(), "mediaType": self.media_type })
    }
}

/// Returns a sample photo of the demonstration, by file name.
///
/// # Panics
/// Panics if there is no such file.
#[must_use]
pub fn phone_photo(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/data/demo/photos");
    std::fs::read(format!("{folder}/{name}")).expect("the demo has this photo")
}

/// Submits a report that announces these photos, and returns its submission id and its report id.
///
/// # Panics
/// Panics if the submission is refused.
pub async fn report_with(client: &Client, naming: &str, place: Value, photos: &[PhonePhoto]) -> (Uuid, String) {
    let id = Uuid::new_v4();
    let mut input = submission(id, naming);
    input["place"] = place;
    input["photos"] = photos.iter().map(PhonePhoto::announced).collect();
    let sent = client.post(SUBMIT, json!({ "i": input })).await.ok();
    (id, sent.text("submitReport.receipt.reportId").to_owned())
}

/// Uploads a photo according to the server's upload plan, and calls `completePhoto`.
///
/// # Panics
/// Panics if the server returns no plan or rejects the upload.
pub async fn send(client: &Client, submission: Uuid, photo: &PhonePhoto) -> Answer {
    let input = json!({ "i": { "submissionId": submission, "photoId": photo.id } });
    let ask = "mutation($i: SubmissionPhotoInput!) { preparePhoto(input: $i) { plan { url fileField fields { name value } } } }";
    let planned = client.post(ask, input.clone()).await.ok();
    let plan = planned.data("preparePhoto.plan");
    let posted = client.send_form(plan, &photo.bytes, photo.media_type).await;
    assert_eq!(posted.status, 204, "the bytes are taken: {}", posted.body);
    complete(client, submission, photo).await
}

/// Calls `completePhoto`, which reports that the upload is complete, and returns the response.
pub async fn complete(client: &Client, submission: Uuid, photo: &PhonePhoto) -> Answer {
    let input = json!({ "i": { "submissionId": submission, "photoId": photo.id } });
    let ask = "mutation($i: SubmissionPhotoInput!) {
        completePhoto(input: $i) { id status whatToDo width height displayUrl thumbnailUrl evidenceTrust } }";
    client.post(ask, input).await
}

/// Polls `completePhoto` until the photo is no longer `STORED`, and returns the last response: the photo is `VERIFIED`
/// or `REJECTED`.
///
/// # Panics
/// Panics if the server refuses the request.
pub async fn finished(client: &Client, submission: Uuid, photo: &PhonePhoto) -> Answer {
    loop {
        let answer = complete(client, submission, photo).await.ok();
        if answer.text("completePhoto.status") != "STORED" {
            return answer;
        }
        sleep(Duration::from_millis(20)).await; // another process may be working on it, so polling is the only way
    }
}

/// Describes everything in a JPEG that is not needed to decode its pixels: metadata segments, and bytes after the end.
/// Returns an empty list for a clean file.
#[must_use]
pub fn beside_pixels(jpeg: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let Some(mut rest) = jpeg.strip_prefix(&[0xFF, 0xD8]) else { return vec!["no JPEG".into()] };
    while let [0xFF, marker, high, low, ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])) + 2;
        let (segment, following) = rest.split_at(length.min(rest.len()));
        match (marker, segment) {
            // Allowed segments: APP0 with JFIF of 16 bytes, that is without a thumbnail; SOF0 to SOF2 (frame); DHT
            // (C4), DQT (DB) and DRI (DD).
            (0xE0, [_, _, 0, 16, b'J', b'F', b'I', b'F', 0, _, _, _, _, _, _, _, 0, 0])
            | (0xC0..=0xC2 | 0xC4 | 0xDB | 0xDD, _) => {}
            (0xDA, _) => {
                // SOS: the scan data ends at the first marker other than a stuffed zero or a restart marker (D0 to D7).
                // That must be EOI (FF D9), at the end of the file.
                let end = following.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7));
                let tail = end.and_then(|end| following.get(end..)).unwrap_or_default();
                if tail != [0xFF, 0xD9] {
                    found.push(format!("{} bytes behind the pixels", tail.len()));
                }
                return found;
            }
            _ => found.push(format!("a segment {marker:#04x} of {length} bytes")),
        }
        rest = following;
    }
    found.push("no pixels".into());
    found
}
