//! An installation that an earlier build has filled goes on under this one: each fixture in `tests/data/stored_forms` is
//! opened, replayed and read, and every answer is compared with the answer of the build that made it.

mod fixture;
mod seals;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use entity::{event, journal};
use sea_orm::{DatabaseConnection, EntityTrait};
use serde_json::json;
use sha2::{Digest, Sha256};
use tests::app::{EmptyPlace, Engine, Setup, TestApp};
use tests::phone::Phone;
use tests::waiting::until;
use tests::world::{SUBMIT, submission};
use uuid::Uuid;

use crate::journal::{rows, streams, the_journal_has_every_event_once};
use crate::now::now;
use crate::todos::rows::todos_follow_from_events;
use fixture::{Fixture, People, told};

/// The builds that have fixtures.
const BUILDS: [&str; 1] = ["9ba7ad8"];
/// The step that is repeated last, because it would repair what it is to find.
const REGISTERED: &str = "registerDevice";

/// Every step gets the answer that it got from the old build when it was repeated there: receipts with their signatures,
/// follow-up codes, ids and states. The same request for something else is refused as it was.
async fn steps_are_replayed(fixture: &Fixture, people: &People) {
    let mut altered = 0;
    let requests = fixture.lines("requests").into_iter();
    for request in requests.filter(|request| request["step"] != REGISTERED) {
        let answer = people.ask(&request, &request["variables"]).await;
        let again = fixture.as_today(&request["who"], request["again"].clone());
        assert_eq!(told(&answer), again, "{}", request["step"]);
        let other = &request["altered"];
        if !other.is_null() {
            let answer = people.ask(&request, &other["variables"]).await;
            assert_eq!(told(&answer), json!({ "error": other["error"] }), "{}", request["step"]);
            altered += 1;
        }
    }
    assert!(altered > 40, "only {altered} steps were altered");
}

/// Histories with their notes, cases, awards with their ledger, what authors see, rules, and photos with their bytes.
async fn everything_reads_as_before(fixture: &Fixture, app: &TestApp, people: &People) {
    let reads = fixture.lines("reads");
    assert!(reads.len() > 100, "only {} reads", reads.len());
    for read in reads {
        let answer = told(&people.ask(&read, &read["variables"]).await);
        assert_eq!(
            fixture.settled(answer),
            fixture.settled(fixture.as_today(&read["who"], read["answer"].clone())),
            "{} {}",
            read["who"],
            read["query"]
        );
    }
    for seen in fixture.about["photos"].as_array().unwrap() {
        let answer = people.ask(seen, &seen["variables"]).await.ok();
        let sums = fixture::sums_of_photos(app, &answer.json).await;
        for (id, before) in seen["photos"].as_object().unwrap() {
            assert_eq!(&sums[id], before, "photo {id}");
        }
    }
    let keys = app.client().send(reqwest::Method::GET, "/.well-known/jwks.json", None, "").await;
    assert_eq!(keys.json, fixture.about["jwks"]);
}

/// Old events are stored as they were, and the history shows each of them in its published form.
async fn events_are_published(fixture: &Fixture, db: &DatabaseConnection, people: &People) {
    let mut reads = fixture.lines("reads");
    let stored = event::Entity::find().all(db).await.unwrap();
    let stored: BTreeMap<_, _> = stored.iter().map(|row| (row.id.to_string(), &row.payload)).collect();
    let kept = fixture::facts_of_events(&mut reads);
    assert!(kept.len() > 50 && kept.iter().all(|(id, facts)| stored[id] == facts), "{}", kept.len());
    let mut shown = BTreeSet::new();
    for mut read in reads.into_iter().filter(|read| read["query"].as_str().unwrap().contains("history { id")) {
        let query = read["query"].as_str().unwrap();
        read["query"] =
            json!(query.replace("history { id", "history { sentence details { hazardId deadlines { due } } id"));
        let answer = people.ask(&read, &read["variables"]).await;
        let Some(data) = answer.json["data"].as_object() else { continue }; // somebody who may not see it
        for event in data.values().filter_map(|of| of["history"].as_array()).flatten() {
            assert!(
                event["kind"] != "OTHER" && event["details"].is_object() && event["sentence"].is_string(),
                "{event}"
            );
            shown.insert(event["id"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(shown, kept.into_keys().collect());
}

/// Old events replayed give the old rows, and each contradicts nothing that the journal keeps of it.
async fn the_journal_holds(db: &DatabaseConnection, began: DateTime<Utc>) {
    let streams = streams(db).await;
    assert!(rows::reports_are_their_events(db, &streams).await > 10);
    assert!(rows::hazards_are_their_events(db, &streams).await > 3);
    assert!(rows::awards_are_their_events(db, &streams).await > 2);
    the_journal_has_every_event_once(db, &streams).await;
    let places = journal::Entity::find().all(db).await.unwrap();
    let mut old = 0;
    for event in streams.values().flatten() {
        let place = places.iter().find(|place| place.event_id == event.id).unwrap();
        // Events of the earlier build keep their leaves; what this build has written since has leaves of its own form.
        let is_old = event.recorded_at < began;
        old += usize::from(is_old);
        assert_eq!(place.leaf == leaf(event), is_old, "{}", event.stream);
    }
    assert!(old > 50, "only {old} events of the earlier build");
}

/// The leaf of an event, as the build that wrote it counted it: every field with its length before it.
fn leaf(event: &event::Model) -> Vec<u8> {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let fields = [
        event.id.0.to_string(),
        event.stream.clone(),
        event.stream_version.to_string(),
        event.kind.clone(),
        event.payload.clone(),
        id(event.actor.map(|officer| officer.0)),
        id(event.post.map(|post| post.0)),
        event.occurred_at.timestamp_millis().to_string(),
        event.recorded_at.timestamp_millis().to_string(),
        event.rule_version.0.to_string(),
    ];
    let mut hash = Sha256::new();
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().to_vec()
}

/// An assignment that was claimed is finished by its worker, and its case is closed: old events carry new steps.
async fn a_case_goes_on(fixture: &Fixture, people: &People) {
    let assignment = fixture.about["open"].as_str().unwrap();
    people.person("housing-worker-1").finishes(assignment).await;
    let clerk = people.person("binyang-clerk");
    let accepted = clerk.judges("acceptWork", assignment).await.ok();
    assert_eq!(accepted.text("done.status"), "ACCEPTED");
    people.person("binyang-leader").closes(accepted.text("done.hazardId")).await;
    let holder = &fixture.about["people"]["last holder"];
    let said = json!({ "reportId": holder["report"], "contacted": true, "solved": true, "satisfaction": "SATISFIED" });
    people.person("last holder").does("answerCallback", said).await.done();
}

/// What a phone signs belongs to the person who registered it under the old build, and it need not be registered again.
async fn a_known_phone_signs(fixture: &Fixture, app: &TestApp, people: &People) {
    let phone = Phone::with_seed(&hex::decode(fixture.about["phone"].as_str().unwrap()).unwrap());
    let signed = phone.signs(&submission(Uuid::new_v4(), "NAMED"));
    let sent = app.client().post(SUBMIT, json!({ "i": signed })).await.ok();
    let mine = people.client("cat").post("{ myReports { nodes { id } } }", json!({})).await.ok();
    let mine = mine.data("myReports.nodes").as_array().unwrap();
    assert_eq!(mine.len(), 4, "two that were adopted, one after the registration, and this one");
    assert!(mine.iter().any(|report| &report["id"] == sent.data("submitReport.receipt.reportId")));
    for request in fixture.lines("requests").into_iter().filter(|request| request["step"] == REGISTERED) {
        // Since then a phone signs the session in which it is registered.
        let session = people.client(request["who"].as_str().unwrap()).session_id();
        let signed = json!({ "input": phone.registration(&session) });
        assert_eq!(signed["input"]["publicKey"], request["variables"]["input"]["publicKey"]);
        assert_eq!(told(&people.ask(&request, &signed).await), request["again"]);
    }
}

/// A photo whose bytes had come and that nobody had looked at is looked at.
async fn the_photo_that_waited_is_shown(fixture: &Fixture, db: &DatabaseConnection) {
    let waiting: Uuid = fixture.about["waiting"].as_str().unwrap().parse().unwrap();
    until("the photo to be looked at", async || {
        let photos = entity::photo::Entity::find().all(db).await.unwrap();
        let photo = photos.into_iter().find(|photo| photo.client_id == waiting).unwrap();
        if photo.display_key.is_some() { Ok(()) } else { Err(photo.status) }
    })
    .await;
}

/// The whole of it, in an installation of an old build that this build has just taken over.
async fn it_goes_on(fixture: &Fixture, app: &TestApp) {
    let began = now();
    let people = People::log_in(app, fixture).await;
    everything_reads_as_before(fixture, app, &people).await;
    steps_are_replayed(fixture, &people).await;
    everything_reads_as_before(fixture, app, &people).await; // a replay changes nothing
    let db = app.rows().await;
    events_are_published(fixture, &db, &people).await;
    the_photo_that_waited_is_shown(fixture, &db).await;
    seals::open(fixture, app, &db).await;
    the_journal_holds(&db, began).await;
    todos_follow_from_events(app).await;
    a_known_phone_signs(fixture, app, &people).await;
    a_case_goes_on(fixture, &people).await;
    until("the journal to go on", async || {
        let waiting = entity::event_waiting::Entity::find().all(&db).await.unwrap().len();
        if waiting == 0 { Ok(()) } else { Err(waiting) }
    })
    .await;
    the_journal_holds(&db, began).await;
    todos_follow_from_events(app).await;
}

#[tokio::test]
async fn an_installation_on_sqlite_goes_on() {
    for build in BUILDS {
        let fixture = Fixture::of(build, "sqlite");
        let place = Setup::on(Engine::Sqlite).empty_place().await;
        fixture.copy("keys", &place.keys());
        fixture.copy("data/chuishao.db", &place.data().join("chuishao.db"));
        fixture.copy("data/photos", &place.data().join("photos"));
        it_goes_on(&fixture, &place.serve().await).await;
    }
}

#[tokio::test]
async fn an_installation_on_postgresql_goes_on() {
    for build in BUILDS {
        let fixture = Fixture::of(build, "postgresql");
        let place = Setup::on(Engine::Postgres).empty_place().await;
        fixture.copy("keys", &place.keys());
        fixture.copy("data/photos", &place.keys().with_file_name("photos"));
        fixture.fill(place.rows().await).await;
        fixture::done(&place.run(&["migrate"]).await);
        it_goes_on(&fixture, &place.serve().await).await;
    }
}

/// Brings a file of the fixture into a place by `restore`.
async fn restore(place: &EmptyPlace, words: &[&str]) -> String {
    fixture::done(&place.run(&[&["restore"], words].concat()).await)
}

/// The copy of the keys opens with its passphrase, and the backup is verified and restored into an empty place.
#[tokio::test]
async fn a_backup_is_restored() {
    for build in BUILDS {
        let fixture = Fixture::of(build, "sqlite");
        let place = Setup::on(Engine::Sqlite).empty_place().await;
        let [backup, keys, phrase] = ["backup.tar", "keys.copy", "passphrase"].map(|name| fixture.text_path(name));
        restore(&place, &["--keys", &keys, "--passphrase-file", &phrase]).await;
        assert_eq!(fixture::files(&place.keys()), fixture::files(&fixture.path("keys")));
        assert!(restore(&place, &["--dry-run", &backup]).await.contains("is intact and matches the keys"));
        assert!(restore(&place, &[&backup]).await.contains("restored: "));
        fixture::done(&place.run(&["migrate"]).await);
        it_goes_on(&fixture, &place.serve().await).await;
    }
}
