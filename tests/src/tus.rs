//! A bare client of tus 1.0, which hides nothing: what a phone says, header by header.

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

/// The version that every request names.
pub const VERSION: (&str, &str) = ("tus-resumable", "1.0.0");
/// The type of a body that holds bytes of a file.
pub const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");

/// So much of a body is sent at a time, and so long after one another: a network that is no faster than the server. What the
/// server's library has not handed on when a connection ends is lost with it, and would only be sent again.
const SOME: usize = 16 * 1024;
const SOME_TIME: Duration = Duration::from_millis(2);

/// Returns how a photo may be sent piece by piece: asks for its plan.
///
/// # Panics
/// Panics if the server gives none.
pub async fn plan(client: &Client, submission: Uuid, photo: &PhonePhoto) -> Value {
    let input = json!({ "i": { "submissionId": submission, "photoId": photo.id } });
    let ask = "mutation($i: SubmissionPhotoInput!) { preparePhoto(input: $i) {
        plan { resumable { url metadata { name value } } } } }";
    client.post(ask, input).await.ok().data("preparePhoto.plan.resumable").clone()
}

/// Returns a request to make an upload by this plan, for a file of so many bytes.
///
/// # Panics
/// Panics if it is no plan.
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

/// An upload that was made.
#[derive(Debug, Clone)]
pub struct Upload {
    client: Client,
    path: String,
}

impl Upload {
    /// Makes an upload for a photo.
    ///
    /// # Panics
    /// Panics if the server does not.
    pub async fn of(client: &Client, submission: Uuid, photo: &PhonePhoto) -> Self {
        let plan = plan(client, submission, photo).await;
        Self::made(client, &Answer::to(making(client, &plan, photo.bytes.len())).await)
    }

    /// Returns the upload whose making was answered so.
    ///
    /// # Panics
    /// Panics if it was refused.
    #[must_use]
    pub fn made(client: &Client, answer: &Answer) -> Self {
        assert_eq!(answer.status, 201, "{}", answer.body);
        Self { client: client.clone(), path: path_of(header(answer, "location")) }
    }

    /// Returns the same upload, at another process of the installation.
    #[must_use]
    pub fn at(&self, client: &Client) -> Self {
        Self { client: self.client.at(client), path: self.path.clone() }
    }

    /// Returns where it is.
    #[must_use]
    pub fn url(&self) -> String {
        self.client.url(&self.path)
    }

    /// Returns a request about it.
    pub fn request(&self, method: Method) -> RequestBuilder {
        self.client.request(method, &self.path).header(VERSION.0, VERSION.1)
    }

    /// Returns how many bytes are kept.
    ///
    /// # Panics
    /// Panics if the server does not say.
    pub async fn offset(&self) -> usize {
        let answer = Answer::to(self.request(Method::HEAD)).await;
        assert_eq!(answer.status, 200);
        header(&answer, "upload-offset").parse().expect("a number of bytes")
    }

    /// Returns a request that goes on at this offset.
    pub fn going_on(&self, offset: usize, bytes: &[u8]) -> RequestBuilder {
        self.request(Method::PATCH).header(BYTES.0, BYTES.1).header("upload-offset", offset).body(bytes.to_vec())
    }

    /// Goes on at this offset.
    pub async fn go_on(&self, offset: usize, bytes: &[u8]) -> Answer {
        Answer::to(self.going_on(offset, bytes)).await
    }

    /// Says that all of `bytes` come, sends the first `sent` of them, and is gone.
    ///
    /// # Panics
    /// Panics if nobody listens.
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
            sleep(SOME_TIME).await; // the pace of the network, not a wait for something
        }
        connection.shutdown().await.expect("a connection can be cut");
        let mut rest = Vec::new();
        let _ = connection.read_to_end(&mut rest).await; // the server has taken what came when it closes, too
    }
}

/// Returns the text of a header.
///
/// # Panics
/// Panics if it is not there.
#[must_use]
pub fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers.get(name).unwrap_or_else(|| panic!("no `{name}` in {}", answer.status));
    value.to_str().expect("a text")
}

fn path_of(url: &str) -> String {
    Url::parse(url).expect("an address").path().to_owned()
}
