//! Hostile input is refused with a code, never with an accident.

use std::fmt::Write;

use reqwest::Method;
use serde_json::json;

tests::on_both_engines! {
    async fn every_hostile_request_is_refused_with_a_code(app: TestApp) {
        let deep = format!("{{ {} x {} }}", "a {".repeat(49), "}".repeat(49));
        let aliases: Vec<String> = (0..500).map(|n| format!("a{n}: viewer {{ kind }}")).collect();
        let mut doubling = String::from("{ viewer { ...F0 } }");
        for n in 0..30 {
            write!(doubling, " fragment F{n} on Viewer {{ ...F{m} ...F{m} }}", m = n + 1).unwrap();
        }
        doubling += " fragment F30 on Viewer { kind }";
        let many = format!("{{ {} }}", aliases.join(" "));
        for (document, code) in [
            (deep.as_str(), "TOO_COMPLEX"),
            (many.as_str(), "TOO_COMPLEX"),
            (doubling.as_str(), "TOO_COMPLEX"),
            ("mutation { a: logout b: logout }", "TOO_COMPLEX"),
            ("{ nope }", "BAD_QUERY"),
            ("{ viewer", "BAD_QUERY"),
            ("subscription { x }", "BAD_QUERY"),
        ] {
            let answer = app.client().post(document, json!({})).await;
            assert!(!answer.status.is_server_error(), "{document}");
            assert_eq!(answer.code(), Some(code), "{document}");
        }
        let json_type = Some("application/json");
        let large = format!("{{\"query\":\"{}\"}}", "x".repeat(10_000_000));
        for (method, media, body, status) in [
            (Method::GET, None, "", 405),
            (Method::POST, Some("text/plain"), "{\"query\":\"{viewer{kind}}\"}", 415),
            (Method::POST, json_type, "[{\"query\":\"{viewer{kind}}\"}]", 400),
            (Method::POST, json_type, "{\"query\":", 400),
        ] {
            let answer = app.client().send(method, "/graphql", media, body).await;
            assert_eq!(answer.status, status, "{body:.40}");
            assert!(answer.code().is_some());
        }
        // The server may close before it has read all; what it must not do is to take it.
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{large}",
            large.len()
        );
        let heard = app.client().send_bytes(head.as_bytes()).await;
        assert!(String::from_utf8_lossy(&heard).starts_with("HTTP/1.1 413"));
    }
}
