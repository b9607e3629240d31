//! A player of the story: an HTTP client that uses the public API.

use domain::refusal::Language;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::outcome::{BilingualText, Broken, StepResult, both};
use super::steps::{Repeat, StepDefinition};

/// The HTTP client that all players share.
#[derive(Debug, Clone)]
pub(super) struct Client {
    /// The underlying HTTP client.
    pub(super) http: reqwest::Client,
    /// The base URL of the server.
    pub(super) url: String,
    /// The language of the responses (`Accept-Language`).
    pub(super) language: Language,
}

/// A player of the story, logged in or anonymous.
#[derive(Debug, Clone)]
pub(super) struct DemoPerson {
    /// The name of the player in the story.
    pub(super) name: BilingualText,
    client: Client,
    token: Option<String>,
}

/// A GraphQL response: its data, or its first error.
#[derive(Debug)]
pub(super) enum GraphqlAnswer {
    /// The data of the response.
    Data(Value),
    /// The first error.
    No {
        /// The error code.
        code: String,
        /// The message for the user.
        message: String,
    },
}

impl DemoPerson {
    /// Creates an anonymous player.
    pub(super) fn stranger(client: &Client) -> Self {
        Self { name: both("匿名群众", "an anonymous citizen"), client: client.clone(), token: None }
    }

    /// Creates a player with the same client, another name and an access token.
    pub(super) fn with_token(&self, name: BilingualText, token: impl Into<String>) -> Self {
        Self { name, client: self.client.clone(), token: Some(token.into()) }
    }

    /// Returns the name of the player in this language.
    pub(super) fn named(&self, language: Language) -> &str {
        self.name.text(language)
    }

    /// Sends a GraphQL operation.
    pub(super) async fn ask(&self, query: &str, variables: Value) -> StepResult<GraphqlAnswer> {
        let url = format!("{}/graphql", self.client.url);
        let language = if self.client.language == Language::Chinese { "zh-CN" } else { "en" };
        let mut request = self.client.http.post(url).header("accept-language", language);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answered = request.json(&json!({ "query": query, "variables": variables })).send().await;
        let response = answered.map_err(|error| Broken::because(format!("the server did not answer: {error}")))?;
        let whole = response.json::<Value>().await;
        let mut whole = whole.map_err(|error| Broken::because(format!("the answer is not valid JSON: {error}")))?;
        let Some(error) = whole.pointer("/errors/0") else {
            return Ok(GraphqlAnswer::Data(whole.get_mut("data").map(Value::take).unwrap_or_default()));
        };
        let word = |path: &str| error.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(GraphqlAnswer::No { code: word("/extensions/code"), message: word("/message") })
    }

    /// Sends a query that must succeed, and returns its data.
    pub(super) async fn read(&self, query: &str, variables: Value) -> StepResult<Value> {
        match self.ask(query, variables).await? {
            GraphqlAnswer::Data(data) => Ok(data),
            GraphqlAnswer::No { code, message } => {
                Err(Broken::because(format!("reading was refused: {code}: {message}")))
            }
        }
    }

    /// Calls a mutation that must succeed, and returns its result.
    pub(super) async fn take(&self, step: &StepDefinition, input: Value) -> StepResult<Value> {
        match self.attempt(step, input).await? {
            GraphqlAnswer::Data(mut data) => Ok(data.get_mut(step.name).map(Value::take).unwrap_or_default()),
            GraphqlAnswer::No { code, message } => {
                Err(Broken::because(format!("{} was refused: {code}: {message}", step.name)))
            }
        }
    }

    /// Calls a mutation that must be refused with this code, and returns the message of the refusal.
    pub(super) async fn expect_refusal(&self, step: &StepDefinition, input: Value, wanted: &str) -> StepResult<String> {
        match self.attempt(step, input).await? {
            GraphqlAnswer::No { code, message } if code == wanted => Ok(message),
            GraphqlAnswer::No { code, .. } => {
                Err(Broken::because(format!("{} was refused with {code}, not {wanted}", step.name)))
            }
            GraphqlAnswer::Data(_) => {
                Err(Broken::because(format!("{} succeeded, but {wanted} was expected", step.name)))
            }
        }
    }

    /// Calls a mutation, and returns its result or its refusal.
    pub(super) async fn attempt(&self, step: &StepDefinition, input: Value) -> StepResult<GraphqlAnswer> {
        let mut input = match input {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        if step.repeat == Repeat::ByRequest {
            input.insert("requestId".to_owned(), json!(Uuid::new_v4()));
        }
        let StepDefinition { name, input: kind, answer, .. } = step;
        let query = format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ {answer} }} }}");
        self.ask(&query, json!({ "input": input })).await
    }

    /// Uploads a multipart form.
    pub(super) async fn send_form(&self, url: &str, form: reqwest::multipart::Form) -> StepResult<()> {
        let answered = self.client.http.post(url).multipart(form).send().await;
        let response = answered.map_err(|error| Broken::because(format!("the photo could not be sent: {error}")))?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(Broken::because(format!("the photo was refused with {}", response.status())))
    }

    /// Downloads the content of a link.
    pub(super) async fn fetch(&self, url: &str) -> StepResult<Vec<u8>> {
        let answered = self.client.http.get(url).send().await.and_then(reqwest::Response::error_for_status);
        let response = answered.map_err(|error| Broken::because(format!("a link cannot be opened: {error}")))?;
        let bytes = response.bytes().await;
        bytes
            .map(|bytes| bytes.to_vec())
            .map_err(|error| Broken::because(format!("a download was interrupted: {error}")))
    }
}

/// Returns the string at a path in a response. Dots separate names and array indices.
pub(super) fn text<'a>(value: &'a Value, path: &str) -> StepResult<&'a str> {
    let found = value.pointer(&format!("/{}", path.replace('.', "/"))).and_then(Value::as_str);
    found.ok_or_else(|| Broken::because(format!("the answer has no text `{path}`: {value}")))
}

/// Returns the value at a path in a response, or `null` if there is none.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    value.pointer(&format!("/{}", path.replace('.', "/"))).unwrap_or(&Value::Null)
}

/// Returns the array at a path in a response.
pub(super) fn list<'a>(value: &'a Value, path: &str) -> StepResult<&'a Vec<Value>> {
    let found = value.pointer(&format!("/{}", path.replace('.', "/"))).and_then(Value::as_array);
    found.ok_or_else(|| Broken::because(format!("the answer has no list `{path}`: {value}")))
}

/// Returns an error if a value differs from the expected one.
pub(super) fn expect<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, got: &T, wanted: &T) -> StepResult<()> {
    if got == wanted {
        return Ok(());
    }
    Err(Broken::because(format!("{what} is {got:?}, not {wanted:?}")))
}
