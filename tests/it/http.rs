//! Hostile input is refused with a code, never with an internal error.

use std::fmt::Write;

use reqwest::Method;
use reqwest::header::HeaderValue;
use rstest::rstest;
use serde_json::json;
use tests::app::{Engine, TestApp};
use tests::client::Answer;

/// What tools send to learn a schema: as deep as they go, nine wrappings around a type.
const INTROSPECTION: &str = "query IntrospectionQuery {
  __schema {
    description queryType { name } mutationType { name } subscriptionType { name }
    types { ...FullType }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
  }
}
fragment FullType on __Type {
  kind name description specifiedByURL
  fields(includeDeprecated: true) {
    name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
  }
  inputFields(includeDeprecated: true) { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue {
  name description type { ...TypeRef } defaultValue isDeprecated deprecationReason
}
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

/// So many times, with a blank between.
fn many(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().join(" ")
}

/// Thirty fragments that each spread the next one twice: 2³⁰ fields to whoever walks them.
fn doubling() -> String {
    let mut document = String::from("{ viewer { ...F0 } }");
    for n in 0..30 {
        write!(document, " fragment F{n} on Viewer {{ ...F{m} ...F{m} }}", m = n + 1).unwrap();
    }
    document + " fragment F30 on Viewer { kind }"
}

/// Fifteen fragments that each spread the next one three times, and none of them has a field.
fn nested(end: &str) -> String {
    let mut document = String::from("mutation { ...F0 } # submitReport");
    for n in 0..15 {
        write!(document, "\nfragment F{n} on Mutation {{ ...F{m} ...F{m} ...F{m} }}", m = n + 1).unwrap();
    }
    document + "\nfragment F15 on Mutation { " + end + " }"
}

/// A document, the code that it is refused with, and the rule where one is named.
type Refused = (String, &'static str, Option<&'static str>);

fn hostile_documents() -> Vec<Refused> {
    let aliases = many(500, |n| format!("a{n}: kind"));
    let brackets = |open: &str, close: &str, count: usize| open.repeat(count) + &close.repeat(count);
    let mut documents = vec![
        (brackets("{ a ", "}", 50), "TOO_COMPLEX", Some("limit.depth")),
        (brackets("{ a ", "}", 100), "TOO_COMPLEX", Some("limit.depth")), // counted before it is parsed
        (format!("{{ viewer {{ {aliases} }} }}"), "TOO_COMPLEX", Some("limit.aliases")),
        (
            format!("{{ {} }}", many(500, |n| format!("a{n}: viewer {{ kind }}"))),
            "TOO_COMPLEX",
            Some("limit.root_fields"),
        ),
        (doubling(), "TOO_COMPLEX", Some("limit.complexity")),
        (
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".into(),
            "BAD_QUERY",
            Some("limit.fragment_cycle"),
        ),
        (nested("...Gone"), "BAD_QUERY", Some("limit.fragment_unknown")),
        (nested("... { ...F9 }"), "BAD_QUERY", Some("limit.fragment_cycle")),
        (nested("logout"), "TOO_COMPLEX", Some("limit.root_fields")),
        ("{ viewer { kind } } fragment A on Viewer { kind }".into(), "BAD_QUERY", Some("limit.fragment_unused")),
        (format!("{{ areaAt(place: [{}]) {{ area {{ id }} }} }}", "\"\"\"\n\\".repeat(9)), "BAD_QUERY", None),
        (
            format!("{{ viewer {{ kind {} }} }}", "@skip(if: false) ".repeat(11)),
            "TOO_COMPLEX",
            Some("limit.directives"),
        ),
        ("{ hazards(first: 100) { edges { node { history { id kind at } } } } }".into(), "TOO_COMPLEX", None),
        ("mutation { a: logout b: logout }".into(), "TOO_COMPLEX", Some("limit.root_fields")),
        (format!("{{ viewer(x: {}) {{ kind }} }}", brackets("[", "]", 30_000)), "TOO_COMPLEX", Some("limit.depth")),
        (format!("{{ viewer(x: {}) {{ kind }} }}", brackets("{a:", "}", 10_000)), "TOO_COMPLEX", Some("limit.depth")),
        (
            format!("query($a: {}) {{ viewer {{ kind }} }}", brackets("[", "]", 30_000)),
            "TOO_COMPLEX",
            Some("limit.depth"),
        ),
    ];
    documents.extend(wrong_documents());
    documents
}

fn wrong_documents() -> Vec<Refused> {
    vec![
        (format!("{{ {} }}", "x".repeat(70_000)), "TOO_LARGE", None),
        ("{ nope }".into(), "BAD_QUERY", None),
        ("{ viewer { nope } }".into(), "BAD_QUERY", None),
        ("{ viewer".into(), "BAD_QUERY", None),
        ("subscription { x }".into(), "BAD_QUERY", None),
        (String::new(), "BAD_QUERY", None),
        ("{ area(id: \"not a uuid\") { name } }".into(), "INVALID_INPUT", None),
        ("{ areas(first: 1000000) { edges { node { name } } } }".into(), "INVALID_INPUT", None),
    ]
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn hostile_documents_are_refused_with_a_code(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    for (document, code, rule) in hostile_documents() {
        let answer = app.client().post(&document, json!({})).await;
        assert!(!answer.status.is_server_error(), "{document:.80}");
        assert_eq!(answer.code(), Some(code), "{document:.80}: {}", answer.body);
        if let Some(rule) = rule {
            assert_eq!(answer.extension("rule"), rule, "{document:.80}");
        }
        assert!(answer.body.len() < 2_000, "{document:.80}: an answer of {} bytes", answer.body.len());
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn hostile_requests_are_refused_with_a_code(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let json_type = Some("application/json");
    let query = r#"{"query":"{viewer{kind}}"}"#;
    let deep =
        format!(r#"{{"query":"{{viewer{{kind}}}}","variables":{{"a":{}1{}}}}}"#, "[".repeat(9_000), "]".repeat(9_000));
    for (method, path, media, body, status, code) in [
        (Method::GET, "/graphql", None, "", 405, "METHOD_NOT_ALLOWED"),
        (Method::GET, "/graphql?query=mutation%7Blogout%7D", None, "", 405, "METHOD_NOT_ALLOWED"),
        (Method::PUT, "/graphql", json_type, query, 405, "METHOD_NOT_ALLOWED"),
        (Method::POST, "/graphql", Some("text/plain"), query, 415, "UNSUPPORTED_MEDIA"),
        (
            Method::POST,
            "/graphql",
            Some("application/x-www-form-urlencoded"),
            "query={viewer{kind}}",
            415,
            "UNSUPPORTED_MEDIA",
        ),
        (Method::POST, "/graphql", Some("multipart/form-data; boundary=x"), "--x--", 415, "UNSUPPORTED_MEDIA"),
        (Method::POST, "/graphql", None, query, 415, "UNSUPPORTED_MEDIA"),
        (Method::POST, "/graphql", json_type, r#"[{"query":"{viewer{kind}}"}]"#, 400, "BAD_QUERY"),
        (Method::POST, "/graphql", json_type, "[]", 400, "BAD_QUERY"),
        (Method::POST, "/graphql", json_type, "", 400, "BAD_QUERY"),
        (Method::POST, "/graphql", json_type, r#"{"query":"#, 400, "BAD_QUERY"),
        (Method::POST, "/graphql", json_type, r#"{"query":7}"#, 400, "BAD_QUERY"),
        (Method::POST, "/graphql", json_type, r#"{"query":"{viewer{kind}}","variables":"x"}"#, 400, "BAD_QUERY"),
        (Method::POST, "/graphql", json_type, &deep, 400, "BAD_QUERY"),
    ] {
        let answer = app.client().send(method, path, media, body.to_owned()).await;
        assert_eq!(answer.status, status, "{path} {media:?} {body:.40}");
        assert_eq!(answer.code(), Some(code), "{path} {media:?} {body:.40}");
    }
}

/// The server and the library copy a variable wherever it is mentioned, so that mentions count as what they stand for.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_variable_counts_wherever_it_is_mentioned(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let places = |mentions: usize| {
        format!("query($v: String) {{ areaAt(place: [{}]) {{ area {{ id }} }} }}", "$v ".repeat(mentions))
    };
    let directives = format!("query($v: String) {{ viewer {{ kind @skip(if: [{}]) }} }}", "$v ".repeat(1_000));
    let large = "墙 ".repeat(40_000);
    for document in [places(3), places(3_000), directives] {
        for value in [json!(large), json!(vec![0; 100_000]), json!({ "a": [large] })] {
            let answer = app.client().post(&document, json!({ "v": value })).await;
            assert_eq!((answer.code(), answer.extension("rule")), (Some("TOO_COMPLEX"), &json!("limit.values")));
        }
    }
    let once = app.client().post(&places(1), json!({ "v": vec![0; 100_000] })).await;
    assert_ne!(once.extension("rule"), "limit.values", "{}", once.body);
    let small = app.client().post(&places(3_000), json!({ "v": "墙" })).await;
    assert_ne!(small.extension("rule"), "limit.values", "{}", small.body);
    assert!(small.body.len() < 2_000);
}

/// Whoever sends a token is never answered as anonymous, whatever the token is.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_token_that_cannot_be_read_is_refused(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let body = json!({ "query": "{ viewer { kind } }" });
    for header in ["Bearer abc", "Bearer tokén", "\u{feff}Bearer abc", "Basic abc", "", "Bearer"] {
        let header = HeaderValue::from_bytes(header.as_bytes()).unwrap();
        let request = app.client().request(Method::POST, "/graphql").header("authorization", &header).json(&body);
        assert_eq!(Answer::to(request).await.code(), Some("UNAUTHENTICATED"), "{header:?}");
    }
}

/// Ten megabytes, announced or in one chunk. The server may close before it has read all; what it must not do is to take
/// them.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn large_bodies_are_refused(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let large = format!("{{\"query\":\"{}\"}}", "x".repeat(10_000_000));
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    let announced = format!("{head}content-length: {}\r\n\r\n{large}", large.len());
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    for request in [announced, chunked] {
        let heard = app.client().send_bytes(request.as_bytes()).await;
        let heard = String::from_utf8_lossy(&heard);
        assert!(heard.starts_with("HTTP/1.1 413") && heard.contains("TOO_LARGE"), "{heard:.200}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_standard_introspection_passes_the_limits(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let answer = app.client().post(INTROSPECTION, json!({})).await.ok();
    let types = answer.data("__schema.types").as_array().unwrap().clone();
    assert!(types.iter().any(|ty| ty["name"] == "SubmitReportInput"), "{} types", types.len());
}

/// Answers hold tokens and follow-up codes, and the explorer takes them: no cache keeps them, no other page frames them.
#[tokio::test]
async fn answers_are_not_kept_and_not_framed() {
    let app = TestApp::start(Engine::Sqlite).await;
    let client = app.client();
    for answer in [
        client.post("{ viewer { kind } }", json!({})).await,
        client.post("{ nope }", json!({})).await,
        client.post("{ hazards(first: 1) { nodes { id } } }", json!({})).await,
        client.send(Method::GET, "/graphql", None, "").await,
        client.send(Method::POST, "/graphql", Some("text/plain"), "x").await,
        client.send(Method::POST, "/photos/incoming", Some("text/plain"), "x").await,
        client.send(Method::GET, "/photos/x/y", None, "").await,
    ] {
        assert_eq!(answer.headers["cache-control"], "no-store", "{}", answer.body);
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{}", answer.body);
    }
    let explorer = client.send(Method::GET, "/graphiql", None, "").await;
    let policy = explorer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
}
