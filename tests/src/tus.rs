//! A minimal client of the resumable upload protocol tus 1.0, which gives tests control over every header.

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Method, RequestBuilder, Url};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Duration, sleep},
};
use uuid::Uuid;

use crate::{
    client::{Answer, Client},
    photos::PhonePhoto,
};

/// The protocol version header, which every request must send.
pub const VERSION: (&str, &str) = ("tus-resumable", "1.0.0");
/// The content type of a PATCH request.
pub const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");

/// A cut-off upload is sent in chunks of this size, with a pause after each, so that the network is not faster than the
/// server. Bytes that the server's HTTP library has buffered but not passed on when the connection ends are lost, and
/// would have to be sent again.
const SOME: usize = 16 * 1024;
const SOME_TIME: Duration = Duration::from_millis(2);

/// Requests the upload plan of a photo, and returns its part for resumable uploads.
///
/// # Panics
/// Panics if the server returns none.
pub async fn plan(client: &Client, submission: Uuid, photo: &PhonePhoto) -> Value {
    let input = json!({ "i": { "submissionId": submission, "photoId": photo.id } });
    let ask = "mutation($i: SubmissionPhotoInput!) { preparePhoto(input: $i) {
        plan { resumable { url metadata { name value } } } } }";
    client.post(ask, input).await.ok().data("preparePhoto.plan.resumable").clone()
}

/// Builds the POST request that creates an upload according to this plan, for a file of this length in bytes.
///
/// # Panics
/// Panics if the value is not a plan.
pub fn making(client: &Client, plan: &Value, length: usize) -> RequestBuilder {
    let text = |value: &Value| value.as_str().expect("a plan holds texts").to_owned();
    let pairs = plan["metadata"].as_array().expect("a plan has metadata").iter();
    let pairs: Vec<String> =
        pairs.map(|pair| format!("{} {}", text(&pair["name"]), BASE64_STANDARD.encode(text(&pair["value"])))).collect();
    client
        .request(Method::POST, path_of(&text(&plan["url"])).as_str())
        .header(VERSION.0, VERSION.1)
        .header("upload-length", length)
        .header("upload-metadata", pairs.join(","))
}

/// An upload that was created on the server.
#[derive(Debug, Clone)]
pub struct Upload {
    client: Client,
    path: String,
}

impl Upload {
    /// Creates an upload for a photo.
    ///
    /// # Panics
    /// Panics if the server refuses to create it.
    pub async fn of(client: &Client, submission: Uuid, photo: &PhonePhoto) -> Self {
        let plan = plan(client, submission, photo).await;
        Self::made(client, &Answer::to(making(client, &plan, photo.bytes.len())).await)
    }

    /// Returns the upload that this response to a creation request describes.
    ///
    /// # Panics
    /// Panics if the creation was refused.
    #[must_use]
    pub fn made(client: &Client, answer: &Answer) -> Self {
        assert_eq!(answer.status, 201, "{}", answer.body);
        Self { client: client.clone(), path: path_of(header(answer, "location")) }
    }

    /// Returns the same upload, accessed through another process of the installation.
    #[must_use]
    pub fn at(&self, client: &Client) -> Self {
        Self { client: self.client.at(client), path: self.path.clone() }
    }

    /// Returns the path of the upload on the server.
    #[must_use]
    pub fn url(&self) -> String {
        self.client.url(&self.path)
    }

    /// Builds a request for this upload, with the protocol version header.
    pub fn request(&self, method: Method) -> RequestBuilder {
        self.client.request(method, &self.path).header(VERSION.0, VERSION.1)
    }

    /// Requests the upload offset (HEAD): the number of bytes that the server has stored.
    ///
    /// # Panics
    /// Panics if the server does not return it.
    pub async fn offset(&self) -> usize {
        let answer = Answer::to(self.request(Method::HEAD)).await;
        assert_eq!(answer.status, 200);
        header(&answer, "upload-offset").parse().expect("a number of bytes")
    }

    /// Builds a PATCH request that continues the upload at this offset.
    pub fn going_on(&self, offset: usize, bytes: &[u8]) -> RequestBuilder {
        self.request(Method::PATCH).header(BYTES.0, BYTES.1).header("upload-offset", offset).body(bytes.to_vec())
    }

    /// Continues the upload at this offset, and returns the response.
    pub async fn go_on(&self, offset: usize, bytes: &[u8]) -> Answer {
        Answer::to(self.going_on(offset, bytes)).await
    }

    /// Announces all of `bytes` in `Content-Length`, sends only the first `sent` of them, and closes the connection.
    ///
    /// # Panics
    /// Panics if the server does not accept the request.
    pub async fn is_cut(&self, offset: usize, bytes: &[u8], sent: usize) {
        let mut connection = TcpStream::connect(self.client.address()).await.expect("the server listens");
        let head = format!(
            "PATCH {} HTTP/1.1\r\nHost: x\r\n{}: {}\r\n{}: {}\r\nUpload-Offset: {offset}\r\nContent-Length: {}\r\n\
             Expect: 100-continue\r\n\r\n",
            self.path,
            VERSION.0,
            VERSION.1,
            BYTES.0,
            BYTES.1,
            bytes.len()
        );
        connection.write_all(head.as_bytes()).await.expect("the server reads");
        let mut go_ahead = [0; 25];
        connection.read_exact(&mut go_ahead).await.expect("the server says to go on");
        for some in bytes[..sent].chunks(SOME) {
            connection.write_all(some).await.expect("the server reads");
            sleep(SOME_TIME).await; // simulates the pace of the network
        }
        connection.shutdown().await.expect("a connection can be cut");
        let mut rest = Vec::new();
        let _ = connection.read_to_end(&mut rest).await; // once the server closes, it has processed what it received
    }
}

/// Returns the value of a response header.
///
/// # Panics
/// Panics if the header is missing.
#[must_use]
pub fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers.get(name).unwrap_or_else(|| panic!("no `{name}` in {}", answer.status));
    value.to_str().expect("a text")
}

fn path_of(url: &str) -> String {
    Url::parse(url).expect("an address").path().to_owned()
}
