//! One request of a phone, and all that can come of it: an answer, or no word.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};

use super::outbox::Receipt;

/// How long a phone waits for an answer before it takes it for lost: longer than the server's own deadline.
const PATIENCE: Duration = Duration::from_secs(30);

/// A way to the server. Keeps a connection while it holds, as phones do.
#[derive(Debug, Clone)]
pub struct Wire {
    http: reqwest::Client,
    url: String,
}

/// What a phone was told.
#[derive(Debug)]
pub enum Told {
    /// The answer's data.
    Data(Value),
    /// To come back: the time that the server named.
    Later(Option<Duration>),
    /// That its login has ended.
    LoginEnded,
    /// No, under this code.
    Refused(String),
    /// Something that no honest server says; here in words.
    Nonsense(String),
    /// Nothing: whether it was done is unknown.
    Nothing,
}

impl Wire {
    /// A way to this server: `http://host:port`.
    ///
    /// # Panics
    /// When no HTTP client can be made.
    #[must_use]
    pub fn to(server: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(1).timeout(PATIENCE);
        let http = http.build().expect("a client can be made");
        Self { http, url: format!("{}/graphql", server.trim_end_matches('/')) }
    }

    /// Sends an operation and tells what came of it.
    pub async fn ask(&self, token: Option<&str>, query: &str, variables: Value) -> Told {
        let mut request = self.http.post(&self.url).json(&json!({ "query": query, "variables": variables }));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let Ok(response) = request.send().await else { return Told::Nothing };
        let (status, after) = (response.status().as_u16(), seconds(response.headers().get(RETRY_AFTER)));
        let Ok(body) = response.text().await else { return Told::Nothing };
        told(status, after, &body)
    }
}

fn seconds(header: Option<&reqwest::header::HeaderValue>) -> Option<Duration> {
    header?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

fn told(status: u16, after: Option<Duration>, body: &str) -> Told {
    let nonsense = || Told::Nonsense(format!("{status}: {}", body.chars().take(500).collect::<String>()));
    let Ok(mut json) = serde_json::from_str::<Value>(body) else { return nonsense() };
    let code = json.pointer("/errors/0").map(|error| error.pointer("/extensions/code").and_then(Value::as_str));
    match (status, code) {
        (503, Some(Some("TRY_LATER"))) | (429, Some(Some("RATE_LIMITED"))) if after.is_some() => Told::Later(after),
        (401, Some(Some("UNAUTHENTICATED"))) => Told::LoginEnded,
        (200, Some(Some(code))) if code != "INTERNAL" => Told::Refused(code.to_owned()),
        (200, None) if json.get("data").is_some_and(Value::is_object) => Told::Data(json["data"].take()),
        _ => nonsense(),
    }
}

/// The receipt at this place of an answer, if there is one.
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
        assert!(matches!(told(503, Some(Duration::from_secs(2)), away), Told::Later(Some(_))));
        assert!(matches!(told(503, None, away), Told::Nonsense(_)));
        assert!(matches!(told(200, None, away), Told::Refused(_)));
    }

    #[test]
    fn accidents_and_broken_answers_are_told_as_they_came() {
        let accident = r#"{"errors":[{"message":"…","extensions":{"code":"INTERNAL"}}]}"#;
        for (status, body) in [(200, accident), (500, accident), (502, "Bad Gateway"), (200, "{}"), (200, "{\"dat")] {
            assert!(matches!(told(status, None, body), Told::Nonsense(_)), "{status} {body}");
        }
        assert!(matches!(told(200, None, r#"{"data":{"ping":1}}"#), Told::Data(_)));
    }
}
