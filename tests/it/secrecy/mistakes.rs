//! Numbers and names in all the wrong places: whatever the server says about them, it does not repeat them.

use reqwest::{
    Method,
    header::{ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderName, REFERER, USER_AGENT},
    multipart::{Form, Part},
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tests::{
    app::{Engine, TestApp},
    steps::Step,
    world::submission,
};
use uuid::Uuid;

use super::ear::{Cast, Ear, NAMED, Person};
use super::story::Played;

/// Makes every mistake, as nobody, as the reporter and as an officer.
pub(super) async fn make(app: &TestApp, ear: &Ear, cast: &Cast, played: &Played) {
    for who in ["nobody", NAMED.who, "binyang-clerk"] {
        let person = cast.get(who);
        in_documents(ear, person).await;
        in_variables(ear, person, played).await;
        in_submissions(ear, person).await;
    }
    in_headers_and_paths(app, ear).await;
    in_forms(app, ear).await;
    in_broken_requests(app, ear).await;
    in_an_accident(app, ear, cast.get(NAMED.who), played).await;
}

/// An internal error is logged; the row that the database did not take is not.
async fn in_an_accident(app: &TestApp, ear: &Ear, author: &Person, played: &Played) {
    let (breaks, mends) = match app.engine() {
        Engine::Sqlite => (
            "create trigger broken before insert on amendment begin select raise(abort, 'on purpose'); end",
            "drop trigger broken",
        ),
        Engine::Postgres => (
            "alter table amendment add constraint broken check (length(text) < 0) not valid",
            "alter table amendment drop constraint broken",
        ),
    };
    let rows = app.rows().await;
    rows.execute_unprepared(breaks).await.unwrap();
    let text = format!("{} {}", NAMED.phone, NAMED.name);
    let input = json!({ "reportId": played.reports[0], "requestId": Uuid::new_v4(), "text": text });
    let query = "mutation($i: AmendReportInput!) { amendReport(input: $i) { id } }";
    let answer = ear.ask(author, query, json!({ "i": input })).await;
    assert_eq!(answer.code(), Some("INTERNAL"));
    app.process().log_line("a request failed").await;
    rows.execute_unprepared(mends).await.unwrap();
}

/// Refused, with a code, and not as an internal error.
async fn refused(ear: &Ear, who: &Person, query: &str, variables: Value) {
    let answer = ear.ask(who, query, variables).await;
    let code = answer.code().unwrap_or_else(|| panic!("taken: {query}: {}", answer.body));
    assert_ne!(code, "INTERNAL", "{query}: {}", answer.body);
}

async fn in_documents(ear: &Ear, who: &Person) {
    let (phone, name) = (NAMED.phone, NAMED.name);
    for query in [
        format!("{{ viewer {phone} }}"),
        format!("{{ viewer {{ {name} }} }}"),
        format!("{{ \"{name}\" }}"),
        format!("{{ viewer {{ kind }} # {phone}"),
        format!("{{ a{phone} }}"),
        format!("{{ viewer {{ p{phone} }} }}"),
        format!("{{ viewer(p{phone}: 1) {{ kind }} }}"),
        format!("{{ viewer @p{phone} {{ kind }} }}"),
        format!("{{ viewer {{ ...F{phone} }} }}"),
        format!("{{ viewer {{ ... on T{phone} {{ kind }} }} }}"),
        format!("query Q{phone} {{ viewer {{ kind }} }} query Q{phone} {{ viewer {{ kind }} }}"),
        format!("query($p{phone}: Int) {{ viewer {{ kind }} }}"),
        format!("query {{ report(id: $p{phone}) {{ id }} }}"),
        format!("query($p: P{phone}) {{ areas(parent: $p) {{ nodes {{ id }} }} }}"),
        format!("{{ report(id: \"{phone}\") {{ id }} }}"),
        format!("{{ report(id: \"{name}\") {{ id }} }}"),
        format!("{{ report(id: {phone}) {{ id }} }}"),
        format!("{{ codeList(list: P{phone}) {{ code }} }}"),
        format!("{{ codeList(list: \"{name}\") {{ code }} }}"),
        format!("{{ areas(first: {phone}) {{ nodes {{ id }} }} }}"),
        format!("{{ areas(after: \"{phone}\") {{ nodes {{ id }} }} }}"),
        format!("{{ areaAt(place: {{ lng: {phone}, lat: 1, crs: WGS84 }}) {{ overlap }} }}"),
        format!("{{ areaAt(place: {{ lng: \"{name}\", lat: 1, crs: WGS84 }}) {{ overlap }} }}"),
        format!("{{ areaAt(place: {{ lng: 1, lat: 1, crs: WGS84, p{phone}: 1 }}) {{ overlap }} }}"),
        format!("mutation {{ a{phone}: logout b{phone}: logout }}"),
        format!("subscription {{ p{phone} }}"),
    ] {
        refused(ear, who, &query, json!({})).await;
    }
}

async fn in_variables(ear: &Ear, who: &Person, played: &Played) {
    let report = &played.reports[0];
    for (mutation, input) in logins().into_iter().chain(steps(report)) {
        let ty = Step::named(mutation).input;
        let query = format!("mutation($i: {ty}!) {{ {mutation}(input: $i) {{ __typename }} }}");
        refused(ear, who, &query, json!({ "i": input })).await;
        refused(ear, who, &query, json!({ "i": NAMED.phone })).await;
    }
    // A second code for the same number: refused within a minute after the first was used, sent after it.
    let again = "mutation($i: RequestCodeInput!) { requestCode(input: $i) { endsAt } }";
    ear.ask(who, again, json!({ "i": { "phone": NAMED.phone, "kind": "REPORTER" } })).await;
    let refresh = "mutation($t: String!) { refresh(refreshToken: $t) { endsAt } }";
    refused(ear, who, refresh, json!({ "t": NAMED.phone })).await;
    let complete = "mutation($t: UUID!) { completeWorkPhoto(photoId: $t) { id } }";
    refused(ear, who, complete, json!({ "t": NAMED.name })).await;
}

/// A mutation, and an input that is wrong.
type Wrong = (&'static str, Value);

fn logins() -> Vec<Wrong> {
    let (phone, name) = (NAMED.phone, NAMED.name);
    let code = |phone: Value, kind: &str| json!({ "phone": phone, "kind": kind });
    let mut with_more = code(json!(phone), "REPORTER");
    with_more[phone] = json!(name);
    vec![
        ("requestCode", code(json!(format!("{phone}0")), "REPORTER")),
        ("requestCode", code(json!(name), "REPORTER")),
        ("requestCode", code(json!(19_973_137_311_u64), "REPORTER")),
        ("requestCode", code(json!(phone), phone)),
        ("requestCode", code(json!(phone), name)),
        ("requestCode", with_more),
        ("login", json!({ "requestId": Uuid::new_v4(), "code": phone })),
        ("login", json!({ "requestId": phone, "code": name })),
    ]
}

fn steps(report: &Value) -> Vec<Wrong> {
    let (phone, name) = (NAMED.phone, NAMED.name);
    let any = || json!(Uuid::new_v4());
    let (word, long) = (json!(phone), json!(phone.repeat(200)));
    let identity = |report: Value, request: Value, name: &str, phone: &str| {
        let input = json!({ "reportId": report, "requestId": request, "name": name, "phone": phone });
        ("giveIdentity", input)
    };
    let amend = |report: Value, text: &Value| {
        let input = json!({ "reportId": report, "requestId": Uuid::new_v4(), "text": text });
        ("amendReport", input)
    };
    let accept = json!({ "assignmentId": any(), "requestId": any(), "reason": name });
    vec![
        ("openReport", json!({ "reportId": report, "code": phone })),
        ("openReport", json!({ "reportId": name, "code": phone })),
        identity(report.clone(), word.clone(), name, phone),
        identity(report.clone(), any(), "金", name),
        identity(any(), any(), name, phone),
        amend(any(), &word),
        amend(report.clone(), &long),
        ("confirmReport", json!({ "reportId": report, "requestId": any(), "reason": long })),
        ("acceptWork", accept),
        ("collectAward", json!({ "reportId": name, "requestId": phone })),
    ]
}

async fn in_submissions(ear: &Ear, who: &Person) {
    let (phone, name) = (NAMED.phone, NAMED.name);
    let photo = json!({ "id": Uuid::new_v4(), "sha256": "00".repeat(32), "bytes": 1000, "mediaType": "image/jpeg" });
    let wrong_photo = |key: &str, value: Value| {
        let mut photo = photo.clone();
        photo[key] = value;
        json!([photo])
    };
    let mut place = submission(Uuid::new_v4(), "ANONYMOUS")["place"].clone();
    place["crs"] = json!(phone);
    for (field, value) in [
        ("submissionId", json!(phone)),
        ("text", json!(phone.repeat(200))),
        ("naming", json!(name)),
        ("place", place),
        ("place", json!(phone)),
        ("capturedAt", json!(phone)),
        ("emergency", json!(name)),
        ("accusedUnitId", json!(phone)),
        ("photos", json!(name)),
        ("photos", wrong_photo("id", json!(phone))),
        ("photos", wrong_photo("sha256", json!(phone))),
        ("photos", wrong_photo("mediaType", json!([format!("image/{phone}")]))),
        ("photos", wrong_photo("bytes", json!(19_973_137_311.5))),
        (phone, json!(name)),
    ] {
        let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
        input[field] = value;
        let one = "mutation($i: SubmitReportInput!) { submitReport(input: $i) { replayed } }";
        refused(ear, who, one, json!({ "i": input })).await;
        let many = "mutation($i: [SubmitReportInput!]!) { submitReports(inputs: $i) {
            submissionId accepted { replayed } refusal { code field message } } }";
        let answer = ear.ask(who, many, json!({ "i": [input] })).await;
        let refusal = answer.json.pointer("/data/submitReports/0/refusal/code").and_then(Value::as_str);
        assert!(answer.code().or(refusal).is_some_and(|code| code != "INTERNAL"), "{field}: {}", answer.body);
    }
}

async fn in_headers_and_paths(app: &TestApp, ear: &Ear) {
    let (phone, client) = (NAMED.phone, app.client());
    let name = NAMED.name.as_bytes();
    let body = r#"{"query":"{ viewer { kind } }"}"#;
    let own = HeaderName::from_static("x-request-id");
    let forwarded = HeaderName::from_static("x-forwarded-for");
    for header in [AUTHORIZATION, COOKIE, USER_AGENT, REFERER, ACCEPT, ACCEPT_LANGUAGE, own, forwarded] {
        for value in [phone.as_bytes(), name] {
            let request = client.request(Method::POST, "/graphql").header(CONTENT_TYPE, "application/json").body(body);
            let answer = ear.hear(&format!("a {header}"), request.header(header.clone(), value)).await;
            assert!(!answer.status.is_server_error(), "{header}");
        }
    }
    let bearer = client.request(Method::POST, "/graphql").header(CONTENT_TYPE, "application/json").body(body);
    ear.hear("a token", bearer.bearer_auth(format!("{phone}.{phone}.{phone}"))).await;
    let typed = client.request(Method::POST, "/graphql").header(CONTENT_TYPE, format!("text/{phone}")).body(body);
    ear.hear("a content type", typed).await;
    for path in [
        format!("/{phone}"),
        format!("/graphql/{phone}?name={}", NAMED.name),
        format!("/graphql?query={{{phone}}}"),
        format!("/photos/{phone}/display?until={phone}&signature={phone}"),
        format!("/photos/{}/{phone}?until=1&signature={phone}", Uuid::new_v4()),
        format!("/metrics/{phone}"),
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let answer = ear.hear(&format!("{method} {path}"), client.request(method.clone(), &path)).await;
            assert!(!answer.status.is_server_error(), "{method} {path}");
        }
    }
}

async fn in_forms(app: &TestApp, ear: &Ear) {
    let (phone, name) = (NAMED.phone, NAMED.name);
    let file = || Part::bytes(phone.as_bytes().to_vec()).file_name(format!("{name}.jpg"));
    for form in [
        Form::new().text(phone, name),
        Form::new().text("key", phone).text("Content-Type", name).text("policy", phone).text("signature", phone),
        Form::new().text("key", format!("incoming/00/{phone}")).text("policy", "e30=").text(phone, name),
        Form::new(),
    ] {
        let request = app.client().request(Method::POST, "/photos/incoming").multipart(form.part("file", file()));
        let answer = ear.hear("the door for photos", request).await;
        assert!(answer.status.is_client_error(), "{}", answer.body);
    }
}

/// Bodies that are no requests, and bytes that are no HTTP.
async fn in_broken_requests(app: &TestApp, ear: &Ear) {
    let (phone, name) = (NAMED.phone, NAMED.name);
    for body in [
        phone.to_owned(),
        format!("{{\"query\": \"{{ viewer {{ kind }} }}\", {phone}"),
        format!("{{\"query\": {phone}}}"),
        format!("{{\"query\": \"{{ viewer {{ kind }} }}\", \"operationName\": \"{phone}\"}}"),
        format!("{{\"query\": \"{{ viewer {{ kind }} }}\", \"variables\": \"{name}\"}}"),
        format!("{{\"query\": \"{{ viewer {{ kind }} }}\", \"extensions\": {phone}}}"),
        format!("[\"{phone}\"]"),
    ] {
        let request = app.client().request(Method::POST, "/graphql").header(CONTENT_TYPE, "application/json");
        let answer = ear.hear("a broken body", request.body(body.clone())).await;
        assert!(answer.code().is_some(), "{body}: {}", answer.body);
    }
    for request in [
        format!("{phone}\r\n\r\n"),
        format!("GET /{name} HTTP/9.9\r\n\r\n"),
        format!("POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: +{phone}\r\n\r\n"),
        format!("POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: {phone}\r\n\r\n"),
        format!("POST /graphql HTTP/1.1\r\nhost: {phone}\r\nhost: {phone}\r\nconnection: close\r\n\r\n"),
        format!("POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{name}: 1\r\n\r\n"),
        format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\nx{phone}\r\n"
        ),
    ] {
        let answer = app.client().send_bytes(request.as_bytes()).await;
        ear.keep_bytes("answer to bytes", answer);
    }
}
