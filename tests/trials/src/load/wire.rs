//! One request of a phone, and its possible outcomes.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};

use super::outbox::Receipt;

/// The client timeout of a phone. It is longer than the server's deadline.
const PATIENCE: Duration = Duration::from_secs(30);

/// An HTTP connection to the server, which is kept alive as phones do.
#[derive(Debug, Clone)]
pub struct Wire {
    http: reqwest::Client,
    url: String,
}

/// The outcome of a request.
#[derive(Debug)]
pub enum Reply {
    /// The data of the response.
    Data(Value),
    /// `TRY_LATER`, with the `Retry-After` time if the server gave one.
    TryLater(Option<Duration>),
    /// The access token has expired.
    LoginEnded,
    /// A refusal with this code.
    Refused(String),
    /// A response that a correct server never sends, with a description.
    Nonsense(String),
    /// No response: it is unknown whether the request was executed.
    NoAnswer,
}

impl Wire {
    /// Creates a connection to the server at this URL: `http://host:port`.
    ///
    /// # Panics
    /// Panics if the HTTP client cannot be created.
    #[must_use]
    pub fn to(server: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(1).timeout(PATIENCE);
        let http = http.build().expect("a client can be made");
        Self { http, url: format!("{}/graphql", server.trim_end_matches('/')) }
    }

    /// Sends a GraphQL operation and returns its outcome.
    pub async fn ask(&self, token: Option<&str>, query: &str, variables: Value) -> Reply {
        let mut request = self.http.post(&self.url).json(&json!({ "query": query, "variables": variables }));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let Ok(response) = request.send().await else { return Reply::NoAnswer };
        let (status, after) = (response.status().as_u16(), seconds(response.headers().get(RETRY_AFTER)));
        let Ok(body) = response.text().await else { return Reply::NoAnswer };
        reply_of(status, after, &body)
    }
}

fn seconds(header: Option<&reqwest::header::HeaderValue>) -> Option<Duration> {
    header?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

fn reply_of(status: u16, after: Option<Duration>, body: &str) -> Reply {
    let nonsense = || Reply::Nonsense(format!("{status}: {}", body.chars().take(500).collect::<String>()));
    let Ok(mut json) = serde_json::from_str::<Value>(body) else { return nonsense() };
    let code = json.pointer("/errors/0").map(|error| error.pointer("/extensions/code").and_then(Value::as_str));
    match (status, code) {
        (503, Some(Some("TRY_LATER"))) | (429, Some(Some("RATE_LIMITED"))) if after.is_some() => Reply::TryLater(after),
        (401, Some(Some("UNAUTHENTICATED"))) => Reply::LoginEnded,
        (200, Some(Some(code))) if code != "INTERNAL" => Reply::Refused(code.to_owned()),
        (200, None) if json.get("data").is_some_and(Value::is_object) => Reply::Data(json["data"].take()),
        _ => nonsense(),
    }
}

/// Parses the receipt in a result of the response, if there is one.
#[must_use]
pub fn receipt(at: Option<&Value>) -> Option<Receipt> {
    serde_json::from_value(at?.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_away_must_say_when_to_come_back() {
        let away = r#"{"errors":[{"message":"…","extensions":{"code":"TRY_LATER"}}]}"#;
        assert!(matches!(reply_of(503, Some(Duration::from_secs(2)), away), Reply::TryLater(Some(_))));
        assert!(matches!(reply_of(503, None, away), Reply::Nonsense(_)));
        assert!(matches!(reply_of(200, None, away), Reply::Refused(_)));
    }

    #[test]
    fn accidents_and_broken_answers_are_told_as_they_came() {
        let accident = r#"{"errors":[{"message":"…","extensions":{"code":"INTERNAL"}}]}"#;
        for (status, body) in [(200, accident), (500, accident), (502, "Bad Gateway"), (200, "{}"), (200, "{\"dat")] {
            assert!(matches!(reply_of(status, None, body), Reply::Nonsense(_)), "{status} {body}");
        }
        assert!(matches!(reply_of(200, None, r#"{"data":{"ping":1}}"#), Reply::Data(_)));
    }
}
