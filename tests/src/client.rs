//! A GraphQL client that hides nothing: status, headers, body and codes of every answer.

use std::{net::SocketAddr, time::Duration};

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

/// The pause between two tries of a client that insists.
const PAUSE: Duration = Duration::from_millis(20);

/// Talks to the server: without a login until [`Client::with_token`].
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    http: reqwest::Client,
    token: Option<String>,
    language: Option<String>,
    insists: bool,
}

impl Client {
    /// Makes a client of the server at this address, without a token.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        Self { address, http: http.build().expect("a client can be made"), token: None, language: None, insists: false }
    }

    /// Returns the same client, as the bearer of this access token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// Returns the same client, talking to the server that another client talks to.
    #[must_use]
    pub fn at(&self, other: &Self) -> Self {
        Self { address: other.address, ..self.clone() }
    }

    /// Returns the same client, which sends each request again, as a phone does, until it gets an answer other than 503.
    #[must_use]
    pub fn insisting(&self) -> Self {
        Self { insists: true, ..self.clone() }
    }

    /// Returns the same client, asking for texts in this language (`zh-CN`, `en`).
    #[must_use]
    pub fn in_language(&self, language: impl Into<String>) -> Self {
        Self { language: Some(language.into()), ..self.clone() }
    }

    /// Returns where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address of a path of the server: `url("/livez")`.
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

    /// Returns a request with this client's token and language, to be completed by the test and sent by [`Answer::to`].
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

    /// Sends a body of any content type, or of none, with any method.
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

    /// Sends a file as an upload plan `{ url fileField fields { name value } }` says.
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

    /// Writes these bytes to a connection of its own and reads until the server closes it: for what is not even HTTP.
    /// A server that keeps the connection keeps the test waiting, so ask it to close.
    pub async fn send_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut connection = TcpStream::connect(self.address).await.expect("the server listens");
        let mut answer = Vec::new();
        // A server that has heard enough may close before it has read all, or reset: what it said still counts.
        let _ = connection.write_all(bytes).await;
        let _ = connection.read_to_end(&mut answer).await;
        answer
    }
}

/// What the server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status of HTTP.
    pub status: StatusCode,
    /// The headers of HTTP.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: String,
    /// The body as JSON, `null` if it is none.
    pub json: Value,
}

impl Answer {
    /// Sends a request and reads its whole answer.
    pub async fn to(request: RequestBuilder) -> Self {
        Self::try_to(request).await.expect("the server answers, and whole")
    }

    /// Sends a request and reads its whole answer, where there is one.
    ///
    /// # Errors
    /// Returns an error if the connection ends before.
    pub async fn try_to(request: RequestBuilder) -> Result<Self, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.text().await?;
        let json = serde_json::from_str(&body).unwrap_or(Value::Null);
        Ok(Self { status, headers, body, json })
    }

    /// Returns the value at a path below `data`, names and positions parted by dots: `hazards.nodes.0.id`.
    ///
    /// # Panics
    /// Panics if the path leads nowhere; the whole answer is in the message.
    #[must_use]
    #[track_caller]
    pub fn data(&self, path: &str) -> &Value {
        let pointer = format!("/data/{}", path.replace('.', "/"));
        self.json
            .pointer(&pointer)
            .unwrap_or_else(|| panic!("no `{path}` in the answer {}: {}", self.status, self.body))
    }

    /// Returns the text at a path below `data`.
    ///
    /// # Panics
    /// As [`Answer::data`], and if it is not a text.
    #[must_use]
    #[track_caller]
    pub fn text(&self, path: &str) -> &str {
        let value = self.data(path);
        value.as_str().unwrap_or_else(|| panic!("`{path}` is no text: {value}"))
    }

    /// Returns the code of the first error, if there is an error.
    ///
    /// # Panics
    /// Panics if the error has no code: a contract of its own, that every error has one.
    #[must_use]
    #[track_caller]
    pub fn code(&self) -> Option<&str> {
        let error = self.json.pointer("/errors/0")?;
        let code = error.pointer("/extensions/code").and_then(Value::as_str);
        Some(code.unwrap_or_else(|| panic!("an error without a code: {error}")))
    }

    /// Returns the codes of all errors, in the order of the answer.
    #[must_use]
    pub fn codes(&self) -> Vec<&str> {
        let errors = self.json.get("errors").and_then(Value::as_array);
        errors.into_iter().flatten().filter_map(|error| error.pointer("/extensions/code")?.as_str()).collect()
    }

    /// Returns what else the first error says beside its code: `rule`, `field`, `retryable`; `null` if it does not.
    #[must_use]
    pub fn extension(&self, name: &str) -> &Value {
        self.json.pointer(&format!("/errors/0/extensions/{name}")).unwrap_or(&Value::Null)
    }

    /// Returns the same answer if it holds no error.
    ///
    /// # Panics
    /// Panics if it tells of one, or is not the answer of a GraphQL server at all.
    #[must_use]
    #[track_caller]
    pub fn ok(self) -> Self {
        self.done();
        self
    }

    /// For an answer that nobody looks at: it tells of no error.
    ///
    /// # Panics
    /// As [`Answer::ok`].
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
