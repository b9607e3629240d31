//! A fixture unpacked, the people in it, and how answers are compared.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use reqwest::Method;
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tests::app::TestApp;
use tests::client::{Answer, Client};
use tests::people::Person;
use tests::scratch;

/// What a build has left.
pub(super) struct Fixture {
    folder: TempDir,
    /// The people, and what cannot be found in what they sent.
    pub(super) about: Value,
    /// The id that the server gave the photo that waits.
    waiting: Value,
}

impl Fixture {
    /// Unpacks the fixture of a build.
    pub(super) fn of(build: &str, engine: &str) -> Self {
        let folder = scratch::folder();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("data/stored_forms/{build}/{engine}.tar.gz"));
        let unpacked = Command::new("tar").arg("-xzpf").arg(&file).arg("-C").arg(folder.path()).status().unwrap();
        assert!(unpacked.success(), "{} cannot be unpacked", file.display());
        let about = serde_json::from_slice(&fs::read(folder.path().join("about.json")).unwrap()).unwrap();
        let mut fixture = Self { folder, about, waiting: Value::Null };
        fixture.waiting = fixture.id_of_waiting();
        fixture
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn text_path(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// The requests, or the reads, in their order.
    pub(super) fn lines(&self, name: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path(&format!("{name}.jsonl"))).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Copies a file or a folder to where it belongs.
    pub(super) fn copy(&self, name: &str, to: &Path) {
        copy(&self.path(name), to);
    }

    /// Fills an empty PostgreSQL with the rows. The connection cannot be used afterwards: the dump has changed it.
    pub(super) async fn fill(&self, rows: DatabaseConnection) {
        let sql = fs::read_to_string(self.path("rows.sql")).unwrap();
        rows.execute_unprepared(&sql).await.unwrap();
        rows.close().await.unwrap();
    }

    /// An answer without the photo that waits to be looked at: it is looked at as soon as a server starts.
    pub(super) fn settled(&self, mut answer: Value) -> Value {
        let waiting = &self.about["waiting"];
        visit(&mut answer, &mut |value| {
            if let Value::Array(list) = value {
                list.retain(|one| one.get("clientId") != Some(waiting) && one.get("id") != Some(&self.waiting));
            }
        });
        answer
    }

    fn id_of_waiting(&self) -> Value {
        let (waiting, mut id) = (&self.about["waiting"], Value::Null);
        for mut read in self.lines("reads") {
            visit(&mut read["answer"], &mut |value| {
                if value.get("clientId") == Some(waiting) {
                    id = value["id"].clone();
                }
            });
        }
        id
    }

    /// An answer of the earlier build to this person as this build gives it: additions come in pages, the ids of
    /// phones are for authors alone, and events are shown in their published form. The ledger stands in the order of the events, not of their times.
    pub(super) fn as_today(&self, who: &Value, mut answer: Value) -> Value {
        let officer = self.about["people"][who.as_str().unwrap()]["kind"] == "OFFICER";
        visit(&mut answer, &mut |value| {
            let Value::Object(fields) = value else { return };
            if let Some(list @ Value::Array(_)) = fields.get_mut("amendments") {
                *list = json!({ "nodes": list.take() });
            }
            if let Some(Value::Array(lines)) = fields.get_mut("ledger") {
                lines.sort_by_key(order_of_its_movement);
            }
            fields.remove("facts"); // the stored form, which the history no longer shows; `facts_of_events` reads it
            if let (true, Some(id)) = (officer, fields.get_mut("clientId")) {
                *id = Value::Null;
            }
        });
        answer
    }
}

/// The place of a line in the ledger of an award that was paid at once: from the budget to the reporter, each time the
/// account first that gives.
fn order_of_its_movement(line: &Value) -> (usize, bool) {
    let accounts = ["BUDGET", "COMMITTED", "PAYABLE", "CLEARING", "PAID"];
    let at = accounts.iter().position(|account| line["account"] == *account).unwrap();
    let gives = line["amount"].as_i64().unwrap() < 0;
    (if gives { at } else { at - 1 }, !gives)
}

/// A query of an earlier build in the words of this one.
fn in_present_words(query: &str) -> String {
    query
        .replace("amendments { id text receivedAt }", "amendments(first: 3) { nodes { id text receivedAt } }")
        .replace("amendments { id text }", "amendments(first: 3) { nodes { id text } }")
        .replace("photos { clientId displayUrl", "photos { id clientId displayUrl")
        .replace("version kind at facts officerId", "version kind at officerId")
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
        fs::set_permissions(to, fs::Permissions::from_mode(0o700)).unwrap();
    } else {
        fs::copy(from, to).unwrap();
        fs::set_permissions(to, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

fn visit(value: &mut Value, look: &mut impl FnMut(&mut Value)) {
    look(value);
    match value {
        Value::Array(list) => list.iter_mut().for_each(|one| visit(one, look)),
        Value::Object(fields) => fields.values_mut().for_each(|one| visit(one, look)),
        _ => {}
    }
}

/// The files of a folder by name, with their bytes.
pub(super) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.file_name().unwrap().into(), fs::read(path).unwrap())).collect()
}

/// What a command said that succeeded.
#[track_caller]
pub(super) fn done(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}: {said}{}", output.status, String::from_utf8_lossy(&output.stderr));
    said
}

/// An answer as the fixture keeps it: the data, or all that the first error says beside its sentence.
pub(super) fn told(answer: &Answer) -> Value {
    match answer.json.pointer("/errors/0/extensions") {
        Some(error) => json!({ "error": error }),
        None => json!({ "data": answer.json["data"] }),
    }
}

/// The stored form of each event in the answers of the earlier build, by the id of the event.
pub(super) fn facts_of_events(answers: &mut [Value]) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    for answer in answers {
        visit(answer, &mut |value| {
            if let (Some(id), Some(payload)) = (text(&value["id"]), text(&value["facts"])) {
                facts.insert(id, payload);
            }
        });
    }
    facts
}

/// For each photo that an answer links to, the sums of what is shown and of its thumbnail.
pub(super) async fn sums_of_photos(app: &TestApp, answer: &Value) -> Map<String, Value> {
    let (mut links, mut sums) = (Vec::new(), Map::new());
    visit(&mut answer.clone(), &mut |value| {
        if value["displayUrl"].is_string() {
            links.push(value.clone());
        }
    });
    let rows = entity::photo::Entity::find().all(&app.rows().await).await.unwrap();
    for photo in links {
        let row = rows.iter().find(|row| json!(row.id.0) == photo["id"]).unwrap();
        let display = sum(app, &photo["displayUrl"]).await;
        let thumbnail = sum(app, &photo["thumbnailUrl"]).await;
        sums.insert(row.client_id.to_string(), json!([display, thumbnail]));
    }
    sums
}

async fn sum(app: &TestApp, link: &Value) -> String {
    let path = link.as_str().unwrap().splitn(4, '/').nth(3).unwrap();
    let response = app.client().request(Method::GET, &format!("/{path}")).send().await.unwrap();
    assert_eq!(response.status(), 200, "{link}");
    hex::encode(Sha256::digest(response.bytes().await.unwrap()))
}

/// Everybody of a fixture, logged in again.
pub(super) struct People(BTreeMap<String, Client>);

impl People {
    /// Logs everybody in by a one-time code; holders of follow-up codes by these.
    pub(super) async fn log_in(app: &TestApp, fixture: &Fixture) -> Self {
        let mut all = BTreeMap::new();
        for (name, known) in fixture.about["people"].as_object().unwrap() {
            let text = |field: &str| known[field].as_str();
            let client = match (text("phone"), text("report")) {
                (Some(phone), _) => tests::world::login(app, text("kind").unwrap(), phone).await,
                (None, Some(report)) => {
                    let query = "mutation($i: OpenReportInput!) { openReport(input: $i) { accessToken } }";
                    let input = json!({ "i": { "reportId": report, "code": known["code"] } });
                    let opened = app.client().post(query, input).await.ok();
                    app.client().with_token(opened.text("openReport.accessToken"))
                }
                (None, None) => app.client().clone(),
            };
            all.insert(name.clone(), client);
        }
        Self(all)
    }

    pub(super) fn client(&self, name: &str) -> &Client {
        &self.0[name]
    }

    pub(super) fn person(&self, name: &str) -> Person {
        Person::from(self.client(name).clone())
    }

    /// Sends what somebody sent.
    pub(super) async fn ask(&self, sent: &Value, variables: &Value) -> Answer {
        let client = self.client(sent["who"].as_str().unwrap());
        client.post(&in_present_words(sent["query"].as_str().unwrap()), variables.clone()).await
    }
}
