//! Sending photos as a phone does, and looking at what is served.

mod sized;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};
use uuid::Uuid;

use crate::client::{Answer, Client};
use crate::world::{SUBMIT, submission};

pub use sized::sized_photo;

/// Announces photos with a report, as the phone lists them.
#[derive(Debug, Clone)]
pub struct PhonePhoto {
    /// Made by the phone.
    pub id: Uuid,
    /// The file.
    pub bytes: Vec<u8>,
    /// What the phone calls it.
    pub media_type: &'static str,
}

impl PhonePhoto {
    /// Makes a JPEG.
    #[must_use]
    pub fn jpeg(bytes: Vec<u8>) -> Self {
        Self { id: Uuid::new_v4(), bytes, media_type: "image/jpeg" }
    }

    /// Returns how the phone announces it.
    #[must_use]
    pub fn announced(&self) -> Value {
        let sha256 = hex::encode(digest(&SHA256, &self.bytes));
        json!({ "id": self.id, "sha256": sha256, "bytes": self.bytes.len(), "mediaType": self.media_type })
    }
}

/// Returns a photo of the demo's world, by its file name.
///
/// # Panics
/// Panics if there is no such file.
#[must_use]
pub fn phone_photo(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/data/demo/photos");
    std::fs::read(format!("{folder}/{name}")).expect("the demo has this photo")
}

/// Hands a report in that announces these photos; its submission id and its report id.
///
/// # Panics
/// Panics if it is refused.
pub async fn report_with(client: &Client, naming: &str, place: Value, photos: &[PhonePhoto]) -> (Uuid, String) {
    let id = Uuid::new_v4();
    let mut input = submission(id, naming);
    input["place"] = place;
    input["photos"] = photos.iter().map(PhonePhoto::announced).collect();
    let sent = client.post(SUBMIT, json!({ "i": input })).await.ok();
    (id, sent.text("submitReport.receipt.reportId").to_owned())
}

/// Sends the bytes of a photo by the plan that the server gives, and says that they are sent.
///
/// # Panics
/// Panics if the server gives no plan, or does not take the bytes.
pub async fn send(client: &Client, submission: Uuid, photo: &PhonePhoto) -> Answer {
    let input = json!({ "i": { "submissionId": submission, "photoId": photo.id } });
    let ask = "mutation($i: SubmissionPhotoInput!) { preparePhoto(input: $i) { plan { url fileField fields { name value } } } }";
    let planned = client.post(ask, input.clone()).await.ok();
    let plan = planned.data("preparePhoto.plan");
    let posted = client.send_form(plan, &photo.bytes, photo.media_type).await;
    assert_eq!(posted.status, 204, "the bytes are taken: {}", posted.body);
    complete(client, submission, photo).await
}

/// Says that the bytes of a photo are sent, and what came of it.
pub async fn complete(client: &Client, submission: Uuid, photo: &PhonePhoto) -> Answer {
    let input = json!({ "i": { "submissionId": submission, "photoId": photo.id } });
    let ask = "mutation($i: SubmissionPhotoInput!) {
        completePhoto(input: $i) { id status whatToDo width height displayUrl thumbnailUrl evidenceTrust } }";
    client.post(ask, input).await
}

/// Returns what became of a photo, once it is VERIFIED or REJECTED.
///
/// # Panics
/// Panics if the server refuses to say.
pub async fn finished(client: &Client, submission: Uuid, photo: &PhonePhoto) -> Answer {
    loop {
        let answer = complete(client, submission, photo).await.ok();
        if answer.text("completePhoto.status") != "STORED" {
            return answer;
        }
        sleep(Duration::from_millis(20)).await; // another process may work on it: there is nothing else to wait on
    }
}

/// Returns what is in a JPEG beside its size and its coding, segment by segment; empty for one that holds nothing else.
#[must_use]
pub fn beside_pixels(jpeg: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let Some(mut rest) = jpeg.strip_prefix(&[0xFF, 0xD8]) else { return vec!["no JPEG".into()] };
    while let [0xFF, marker, high, low, ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])) + 2;
        let (segment, following) = rest.split_at(length.min(rest.len()));
        match (marker, segment) {
            // JFIF without a thumbnail (its version and its density), the frame, and the tables.
            (0xE0, [_, _, 0, 16, b'J', b'F', b'I', b'F', 0, _, _, _, _, _, _, _, 0, 0])
            | (0xC0..=0xC2 | 0xC4 | 0xDB | 0xDD, _) => {}
            (0xDA, _) => {
                // Pixels, up to the end, which is the end of the file.
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
