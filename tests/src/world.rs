//! Imports the sample district, and logs people in.

use std::path::Path;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::TestApp;
use crate::client::Client;

/// The files of the district and their kinds, in import order.
const FILES: [(&str, &str); 5] = [
    ("areas", "areas.geojson"),
    ("units", "units.csv"),
    ("duties", "duties.csv"),
    ("officers", "officers.csv"),
    ("posts", "posts.csv"),
];

/// Returns coordinates inside the community 碧雅社区, township 宾阳街道.
#[must_use]
pub fn in_binyang() -> Value {
    json!({ "lng": 106.475, "lat": 26.6115, "crs": "WGS84", "address": "碧雅社区北门" })
}

/// Returns the national policies with a time veil of so many minutes. With 0, officers see reports at once.
#[must_use]
pub fn policies(veil_minutes: u32) -> String {
    let shipped = include_str!("../../api/data/policies.toml");
    let changed = shipped.replace("veil_minutes = 15", &format!("veil_minutes = {veil_minutes}"));
    assert!(changed.contains(&format!("veil_minutes = {veil_minutes}")), "the policies have a time veil");
    changed
}

/// Imports a file of policies into the database of a running server.
///
/// # Panics
/// Panics if the import fails.
pub async fn import_policies(app: &TestApp, policies: &str) {
    let file = app.data().join("policies.toml");
    std::fs::write(&file, policies).expect("the data folder can be written");
    let done = app.run(&["import", "policies", file.to_str().expect("paths are UTF-8")]).await;
    assert!(done.status.success(), "policies: {}", String::from_utf8_lossy(&done.stderr));
}

/// Imports the district into the database of a running server, with policies without a time veil: officers see reports
/// at once.
///
/// # Panics
/// Panics if the import of a file fails.
pub async fn import(app: &TestApp) {
    import_as_shipped(app).await;
    import_policies(app, &policies(0)).await;
}

/// Imports the district, and leaves the national policies as they are: officers see reports at the next quarter of an hour.
///
/// # Panics
/// Panics if the import of a file fails.
pub async fn import_as_shipped(app: &TestApp) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/data/demo");
    for (kind, file) in FILES {
        let path = folder.join(file);
        let done = app.run(&["import", kind, path.to_str().expect("paths are UTF-8")]).await;
        assert!(done.status.success(), "{kind}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

/// Imports the policies without a time veil, and with another wording of one of their parts.
///
/// # Panics
/// Panics if the policies do not contain `before`, or if the import fails.
pub async fn change_policies(app: &TestApp, before: &str, after: &str) {
    let policies = policies(0);
    assert!(policies.contains(before), "the policies do not say {before}");
    import_policies(app, &policies.replace(before, after)).await;
}

/// Lets every author submit as many reports in a day as a load generator sends.
pub async fn allow_any_number_of_reports(app: &TestApp) {
    let (before, after) = (
        "\nreports_a_day = 200\nreports_a_day_on_duty = 5000",
        "\nreports_a_day = 100000\nreports_a_day_on_duty = 100000",
    );
    change_policies(app, before, after).await;
}

/// Imports a file of this kind that has only these lines below its heading. The open work of units that end stays where
/// it is.
///
/// # Panics
/// Panics if the import fails.
pub async fn import_lines(app: &TestApp, kind: &str, heading: &str, lines: &[&str]) {
    let file = app.data().join(format!("{kind}-{}.csv", Uuid::new_v4()));
    std::fs::write(&file, format!("{heading}\n{}\n", lines.join("\n"))).expect("the data folder takes a file");
    let file = file.to_str().expect("paths are UTF-8");
    let leaving: &[&str] = if kind == "units" { &["--leave-open"] } else { &[] };
    let done = app.run(&[&["import", kind, file], leaving].concat()).await;
    assert!(done.status.success(), "{kind}: {}", String::from_utf8_lossy(&done.stderr));
}

/// A day after the posts and units of the district began, on which a unit or a post has ended long ago.
pub const ENDED: &str = "2025-01-01";

/// Logs in with a one-time code, which is read from the output of the development sender. Returns a client with the
/// access token.
///
/// # Panics
/// Panics if the login is refused.
pub async fn login(app: &TestApp, kind: &str, phone: &str) -> Client {
    app.client().with_token(session(app, kind, phone).await.access)
}

/// The tokens of a login session.
#[derive(Debug, Clone)]
pub struct Session {
    /// The access token, valid for ten minutes.
    pub access: String,
    /// The refresh token, which can be exchanged once for a new pair.
    pub refresh: String,
}

/// Logs in as [`login`] does, and returns the tokens.
///
/// # Panics
/// Panics if the login is refused.
pub async fn session(app: &TestApp, kind: &str, phone: &str) -> Session {
    let asked = app
        .client()
        .post(
            "mutation($i: RequestCodeInput!) { requestCode(input: $i) { requestId } }",
            json!({ "i": { "phone": phone, "kind": kind } }),
        )
        .await
        .ok();
    let request = asked.text("requestCode.requestId").to_owned();
    let (start, end) = (&phone[..3], &phone[7..]); // as the development sender masks the number
    let code = app.process().output_after(&format!("one-time code for {start}****{end} (request {request}): ")).await;
    let session = app
        .client()
        .post(
            "mutation($i: LoginInput!) { login(input: $i) { accessToken refreshToken } }",
            json!({ "i": { "requestId": request, "code": code.trim() } }),
        )
        .await
        .ok();
    Session {
        access: session.text("login.accessToken").to_owned(),
        refresh: session.text("login.refreshToken").to_owned(),
    }
}

/// Returns the phone number of an officer of the district, by staff number.
///
/// # Panics
/// Panics if there is no such officer.
#[must_use]
pub fn phone_of(staff_no: &str) -> String {
    let file = include_str!("../../api/data/demo/officers.csv");
    let row = file.lines().find(|line| line.starts_with(&format!("{staff_no},"))).expect("the officer exists");
    row.split(',').nth(3).expect("officers have a phone").trim().to_owned()
}

/// Returns the input of `submitReport` for a report without photos.
#[must_use]
pub fn submission(id: Uuid, naming: &str) -> Value {
    json!({
        "submissionId": id, "text": "小区北侧围墙裂缝贯通，墙体外倾。", "category": "self_built_house",
        "place": in_binyang(), "naming": naming,
    })
}

/// Returns the input of `submitReport` for an emergency report.
#[must_use]
pub fn emergency(id: Uuid, naming: &str) -> Value {
    let mut submission = submission(id, naming);
    submission["emergency"] = json!(true);
    submission
}

/// The mutation that submits a report.
pub const SUBMIT: &str = "mutation($i: SubmitReportInput!) { submitReport(input: $i) {
    receipt { reportId submissionId contentHash receivedAt signature } replayed followUpCode } }";
