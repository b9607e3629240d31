//! Somebody who talks to the server over HTTP, as any phone or desk does.

use domain::refusal::Language;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::outcome::{Broken, Line, StepResult, both};
use super::steps::{Repeat, Step};

/// The client of the server.
#[derive(Debug, Clone)]
pub(super) struct Client {
    /// Speaks HTTP.
    pub(super) http: reqwest::Client,
    /// URL of the server.
    pub(super) url: String,
    /// The language in which answers are wanted.
    pub(super) language: Language,
}

/// Somebody who talks to the server.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// How the story calls them.
    pub(super) name: Line,
    client: Client,
    token: Option<String>,
}

/// What the server answered: the data, or the code of the first error with its sentence.
#[derive(Debug)]
pub(super) enum Answer {
    /// The data.
    Data(Value),
    /// A refusal.
    No {
        /// Its code.
        code: String,
        /// Its sentence.
        message: String,
    },
}

impl Person {
    /// Somebody without a login.
    pub(super) fn stranger(client: &Client) -> Self {
        Self { name: both("匿名群众", "an anonymous citizen"), client: client.clone(), token: None }
    }

    /// The same client, under another name and with a token.
    pub(super) fn with_token(&self, name: Line, token: impl Into<String>) -> Self {
        Self { name, client: self.client.clone(), token: Some(token.into()) }
    }

    /// Their name in the language of the story.
    pub(super) fn named(&self, language: Language) -> &str {
        self.name.text(language)
    }

    /// Sends an operation.
    pub(super) async fn ask(&self, query: &str, variables: Value) -> StepResult<Answer> {
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
            return Ok(Answer::Data(whole.get_mut("data").map(Value::take).unwrap_or_default()));
        };
        let word = |path: &str| error.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Answer::No { code: word("/extensions/code"), message: word("/message") })
    }

    /// Reads.
    pub(super) async fn read(&self, query: &str, variables: Value) -> StepResult<Value> {
        match self.ask(query, variables).await? {
            Answer::Data(data) => Ok(data),
            Answer::No { code, message } => Err(Broken::because(format!("reading was refused: {code}: {message}"))),
        }
    }

    /// Takes a step that must succeed; what it answers.
    pub(super) async fn take(&self, step: &Step, input: Value) -> StepResult<Value> {
        match self.attempt(step, input).await? {
            Answer::Data(mut data) => Ok(data.get_mut(step.name).map(Value::take).unwrap_or_default()),
            Answer::No { code, message } => {
                Err(Broken::because(format!("{} was refused: {code}: {message}", step.name)))
            }
        }
    }

    /// Takes a step that must be refused with this code; the sentence that says why.
    pub(super) async fn is_refused(&self, step: &Step, input: Value, wanted: &str) -> StepResult<String> {
        match self.attempt(step, input).await? {
            Answer::No { code, message } if code == wanted => Ok(message),
            Answer::No { code, .. } => {
                Err(Broken::because(format!("{} was refused with {code}, not {wanted}", step.name)))
            }
            Answer::Data(_) => Err(Broken::because(format!("{} succeeded, but {wanted} was expected", step.name))),
        }
    }

    /// Takes a step, whatever comes of it.
    pub(super) async fn attempt(&self, step: &Step, input: Value) -> StepResult<Answer> {
        let mut input = match input {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        if step.repeat == Repeat::ByRequest {
            input.insert("requestId".to_owned(), json!(Uuid::new_v4()));
        }
        let Step { name, input: kind, answer, .. } = step;
        let query = format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ {answer} }} }}");
        self.ask(&query, json!({ "input": input })).await
    }

    /// Sends a form of several parts.
    pub(super) async fn send_form(&self, url: &str, form: reqwest::multipart::Form) -> StepResult<()> {
        let answered = self.client.http.post(url).multipart(form).send().await;
        let response = answered.map_err(|error| Broken::because(format!("the photo could not be sent: {error}")))?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(Broken::because(format!("the photo was refused with {}", response.status())))
    }

    /// Fetches what a link leads to.
    pub(super) async fn fetch(&self, url: &str) -> StepResult<Vec<u8>> {
        let answered = self.client.http.get(url).send().await.and_then(reqwest::Response::error_for_status);
        let response = answered.map_err(|error| Broken::because(format!("a link cannot be opened: {error}")))?;
        let bytes = response.bytes().await;
        bytes
            .map(|bytes| bytes.to_vec())
            .map_err(|error| Broken::because(format!("a download was interrupted: {error}")))
    }
}

/// The text at a path of an answer, names and positions parted by dots.
pub(super) fn text<'a>(value: &'a Value, path: &str) -> StepResult<&'a str> {
    let found = value.pointer(&format!("/{}", path.replace('.', "/"))).and_then(Value::as_str);
    found.ok_or_else(|| Broken::because(format!("the answer has no text `{path}`: {value}")))
}

/// Whatever stands at a path of an answer; `null` where nothing does.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    value.pointer(&format!("/{}", path.replace('.', "/"))).unwrap_or(&Value::Null)
}

/// The list at a path of an answer.
pub(super) fn list<'a>(value: &'a Value, path: &str) -> StepResult<&'a Vec<Value>> {
    let found = value.pointer(&format!("/{}", path.replace('.', "/"))).and_then(Value::as_array);
    found.ok_or_else(|| Broken::because(format!("the answer has no list `{path}`: {value}")))
}

/// That something is what the story says.
pub(super) fn expect<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, got: &T, wanted: &T) -> StepResult<()> {
    if got == wanted {
        return Ok(());
    }
    Err(Broken::because(format!("{what} is {got:?}, not {wanted:?}")))
}
