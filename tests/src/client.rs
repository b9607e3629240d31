//! A GraphQL client that exposes the status, the headers, the body and the error codes of every response.

use std::{net::SocketAddr, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD};
use reqwest::{
    Method, RequestBuilder, StatusCode,
    header::HeaderMap,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

/// The pause between two attempts of a retrying client.
const PAUSE: Duration = Duration::from_millis(20);

/// A client of one server. It is anonymous until [`Client::with_token`].
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    http: reqwest::Client,
    token: Option<String>,
    language: Option<String>,
    insists: bool,
}

impl Client {
    /// Creates a client for the server at this address, without a token.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        // The server closes a connection after 5 s without a request. One that is used at that moment would fail.
        let http = http.pool_idle_timeout(Duration::from_secs(4));
        Self { address, http: http.build().expect("a client can be made"), token: None, language: None, insists: false }
    }

    /// Returns a copy that sends this access token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// Returns the id of the session to which the access token belongs: its `sub` claim.
    ///
    /// # Panics
    /// Panics without an access token.
    #[must_use]
    pub fn session_id(&self) -> String {
        let token = self.token.as_deref().expect("the client is logged in");
        let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).expect("a token");
        let claims: Value = serde_json::from_slice(&claims).expect("claims are JSON");
        claims["sub"].as_str().expect("a token has a subject").to_owned()
    }

    /// Returns a copy that connects to the same server as `other`.
    #[must_use]
    pub fn at(&self, other: &Self) -> Self {
        Self { address: other.address, ..self.clone() }
    }

    /// Returns a copy that retries GraphQL requests and form uploads, as a phone does, until it receives a response
    /// other than 503.
    #[must_use]
    pub fn insisting(&self) -> Self {
        Self { insists: true, ..self.clone() }
    }

    /// Returns a copy that sends this `Accept-Language`, such as `zh-CN` or `en`.
    #[must_use]
    pub fn in_language(&self, language: impl Into<String>) -> Self {
        Self { language: Some(language.into()), ..self.clone() }
    }

    /// Returns the address at which the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the URL for a path on the server: `url("/livez")`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends a GraphQL operation.
    pub async fn post(&self, query: &str, variables: Value) -> Answer {
        let body = json!({ "query": query, "variables": variables });
        self.answer(|| self.request(Method::POST, "/graphql").json(&body)).await
    }

    async fn answer(&self, request: impl Fn() -> RequestBuilder) -> Answer {
        if !self.insists {
            return Answer::to(request()).await;
        }
        loop {
            match Answer::try_to(request()).await {
                Ok(answer) if answer.status != StatusCode::SERVICE_UNAVAILABLE => return answer,
                Ok(_) | Err(_) => sleep(PAUSE).await,
            }
        }
    }

    /// Builds a request with this client's token and language. The test completes it and sends it with [`Answer::to`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method, self.url(path));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(language) = &self.language {
            request = request.header("accept-language", language);
        }
        request
    }

    /// Sends a body with any method and any content type, or without a content type.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: Option<&str>,
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let mut request = self.request(method, path).body(body);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        Answer::to(request).await
    }

    /// Uploads a file as a multipart form, according to an upload plan `{ url fileField fields { name value } }`.
    pub async fn send_form(&self, plan: &Value, file: &[u8], media_type: &str) -> Answer {
        let text = |value: &Value| value.as_str().expect("a plan holds texts").to_owned();
        let form = || {
            let mut form = Form::new();
            for field in plan["fields"].as_array().expect("a plan has fields") {
                form = form.text(text(&field["name"]), text(&field["value"]));
            }
            let part = Part::bytes(file.to_vec()).file_name("photo").mime_str(media_type).expect("a media type");
            form.part(text(&plan["fileField"]), part)
        };
        self.answer(|| self.http.post(text(&plan["url"])).multipart(form())).await
    }

    /// Writes these bytes to a new TCP connection and reads until the server closes it, for input that is not valid
    /// HTTP. The test would wait for ever on a persistent connection, so a valid request should ask the server to close
    /// it.
    pub async fn send_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut connection = TcpStream::connect(self.address).await.expect("the server listens");
        let mut answer = Vec::new();
        // The server may close or reset the connection before it has read everything. What it has sent until then still
        // counts.
        let _ = connection.write_all(bytes).await;
        let _ = connection.read_to_end(&mut answer).await;
        answer
    }
}

/// A response of the server.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The HTTP headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
    /// The body as JSON, or `null` if it is not JSON.
    pub json: Value,
}

impl Answer {
    /// Sends a request and reads the complete response.
    pub async fn to(request: RequestBuilder) -> Self {
        Self::try_to(request).await.expect("the server answers, and whole")
    }

    /// Sends a request and reads the complete response, or returns an error.
    ///
    /// # Errors
    /// Returns an error if the connection fails before the response is complete.
    pub async fn try_to(request: RequestBuilder) -> Result<Self, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.text().await?;
        let json = serde_json::from_str(&body).unwrap_or(Value::Null);
        Ok(Self { status, headers, body, json })
    }

    /// Returns the value at a path below `data`. Dots separate names and array indices: `hazards.nodes.0.id`.
    ///
    /// # Panics
    /// Panics with the whole response if there is no value at the path.
    #[must_use]
    #[track_caller]
    pub fn data(&self, path: &str) -> &Value {
        let pointer = format!("/data/{}", path.replace('.', "/"));
        self.json
            .pointer(&pointer)
            .unwrap_or_else(|| panic!("no `{path}` in the answer {}: {}", self.status, self.body))
    }

    /// Returns the string at a path below `data`.
    ///
    /// # Panics
    /// Panics like [`Answer::data`], or if the value is not a string.
    #[must_use]
    #[track_caller]
    pub fn text(&self, path: &str) -> &str {
        let value = self.data(path);
        value.as_str().unwrap_or_else(|| panic!("`{path}` is no text: {value}"))
    }

    /// Returns the code of the first error, or `None` if there is no error.
    ///
    /// # Panics
    /// Panics if the error has no code, because the API guarantees one for every error.
    #[must_use]
    #[track_caller]
    pub fn code(&self) -> Option<&str> {
        let error = self.json.pointer("/errors/0")?;
        let code = error.pointer("/extensions/code").and_then(Value::as_str);
        Some(code.unwrap_or_else(|| panic!("an error without a code: {error}")))
    }

    /// Returns the codes of all errors, in the order of the response. Skips errors without a code.
    #[must_use]
    pub fn codes(&self) -> Vec<&str> {
        let errors = self.json.get("errors").and_then(Value::as_array);
        errors.into_iter().flatten().filter_map(|error| error.pointer("/extensions/code")?.as_str()).collect()
    }

    /// Returns another extension of the first error, such as `rule`, `field` or `retryable`, or `null` if it is absent.
    #[must_use]
    pub fn extension(&self, name: &str) -> &Value {
        self.json.pointer(&format!("/errors/0/extensions/{name}")).unwrap_or(&Value::Null)
    }

    /// Returns the response unchanged if it contains no error.
    ///
    /// # Panics
    /// Panics if it contains an error, or if it is not a GraphQL response.
    #[must_use]
    #[track_caller]
    pub fn ok(self) -> Self {
        self.done();
        self
    }

    /// Checks that the response contains no error, if its data is not needed.
    ///
    /// # Panics
    /// Panics like [`Answer::ok`].
    #[track_caller]
    pub fn done(&self) {
        assert!(
            self.status.is_success() && self.json.get("errors").is_none() && self.json.get("data").is_some(),
            "the answer {} is no success: {}",
            self.status,
            self.body
        );
    }
}
