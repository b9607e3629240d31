//! Photos of the demonstration, sent as a phone sends them.

use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::ear::{Ear, Person};

/// A photo in a phone.
pub(super) struct Picture {
    pub(super) id: Uuid,
    bytes: Vec<u8>,
}

impl Picture {
    /// A photo of the demonstration, with everything that its camera wrote into it.
    pub(super) fn named(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/data/demo/photos");
        let bytes = std::fs::read(folder.join(name)).unwrap();
        assert!(bytes.windows(6).any(|part| part == b"CANARY"), "{name} has a canary to lose");
        Self { id: Uuid::new_v4(), bytes }
    }

    /// Its announcement in a submission.
    pub(super) fn announced(&self) -> Value {
        let sha256 = hex::encode(digest(&SHA256, &self.bytes));
        json!({ "id": self.id, "sha256": sha256, "bytes": self.bytes.len(), "mediaType": "image/jpeg" })
    }

    /// Its announcement by a worker.
    pub(super) fn announced_for(&self, assignment: &Value) -> Value {
        let mut announced = self.announced();
        announced["clientId"] = announced["id"].take();
        announced.as_object_mut().unwrap().remove("id");
        announced["assignmentId"] = assignment.clone();
        announced["stage"] = json!("AFTER");
        announced
    }

    /// Sends the bytes as a plan says, under a file name that tells too much.
    pub(super) async fn send(self, ear: &Ear, who: &Person, plan: &Value, file_name: &str) {
        let mut form = Form::new();
        for field in plan["fields"].as_array().unwrap() {
            let part = |key: &str| field[key].as_str().unwrap().to_owned();
            form = form.text(part("name"), part("value"));
        }
        let file = Part::bytes(self.bytes).file_name(file_name.to_owned()).mime_str("image/jpeg").unwrap();
        let form = form.part(plan["fileField"].as_str().unwrap().to_owned(), file);
        let request = reqwest::Client::builder().no_proxy().build().unwrap().post(plan["url"].as_str().unwrap());
        let answer = ear.hear(&format!("the upload by {}", who.name), request.multipart(form)).await;
        assert!(answer.status.is_success(), "the upload: {} {}", answer.status, answer.body);
    }
}

/// The bytes of both versions of each photo that an answer links to, as somebody with the link gets them.
pub(super) async fn look_at(ear: &Ear, who: &Person, photos: &Value) -> usize {
    let mut seen = 0;
    for photo in photos.as_array().unwrap() {
        for link in ["displayUrl", "thumbnailUrl"] {
            let url = photo[link].as_str().unwrap();
            let path = url.find("/photos/").map(|at| &url[at..]).unwrap();
            let response = who.client.request(Method::GET, path).send().await.unwrap();
            assert!(response.status().is_success(), "{path}: {}", response.status());
            ear.keep_bytes(&format!("headers of {link}"), format!("{:?}", response.headers()).into_bytes());
            let bytes = response.bytes().await.unwrap();
            assert!(bytes.starts_with(&[0xFF, 0xD8]) && bytes.len() > 1_000, "{link} is a JPEG");
            ear.keep_bytes(&format!("{link} seen by {}", who.name), bytes.to_vec());
            seen += 1;
        }
    }
    seen
}
