//! What happened, replayed, gives the rows as they are; the journal has no gap; money adds up.

pub(crate) mod rows;
pub(crate) mod story;

use std::collections::{BTreeMap, BTreeSet};

use self::story::{ANSWERS, AWARDS, Cast, HAZARDS, INCIDENTS, REPORTS};
use domain::event::DomainEvent;
use domain::id::{AmendmentId, NoteId, PhotoId, ReportId};
use domain::note::NOTE_FIELDS;
use domain::{award, hazard, incident, report};
use entity::{amendment, event, event_waiting, journal, note, photo};
use rstest::rstest;
use sea_orm::{DatabaseConnection, EntityTrait, PaginatorTrait, QueryOrder};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tests::app::{Engine, TestApp};
use tests::world::import;
use uuid::Uuid;

/// The events that the story of [`story::play`] does not make happen: those that need a broken payment, sixty days, or an
/// import while work goes on. It plays all others.
const NOT_PLAYED: &[(&str, &[&str], &[&str])] = &[
    ("report", report::Event::KINDS, &["ASSIGNED", "INHERITED", "RECOUNTED"]),
    ("hazard", hazard::Event::KINDS, &["INHERITED", "RECOUNTED"]),
    (
        "award",
        award::Event::KINDS,
        &["PAYMENT_FAILED", "PAYMENT_UNKNOWN", "FORFEITED", "INHERITED", "REBASED", "RECOUNTED"],
    ),
    ("incident", incident::Event::KINDS, &["INHERITED"]),
];

/// The events of every stream, in the order of their versions.
pub(crate) type Streams = BTreeMap<String, Vec<event::Model>>;

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn replayed_events_give_the_rows(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;
    import(&app).await;
    Cast::log_in(&app).await.play().await;
    app.stop_and_restart().await; // what waits for its position gets it before the server ends
    let db = app.rows().await;

    let streams = streams(&db).await;
    everything_happened(&streams);
    assert_eq!(rows::reports_are_their_events(&db, &streams).await, REPORTS);
    assert_eq!(rows::hazards_are_their_events(&db, &streams).await, HAZARDS);
    assert_eq!(rows::awards_are_their_events(&db, &streams).await, AWARDS);
    assert_eq!(rows::incidents_are_their_events(&db, &streams).await, INCIDENTS);
    assert_eq!(rows::answers_are_their_events(&db, &streams).await, ANSWERS);
    the_journal_has_every_event_once(&db, &streams).await;
    the_journal_binds_words_and_photos(&db, &streams).await;
    crate::todos::rows::todos_follow_from_events(&app).await;
}

/// Each text and each photo that an event names has its hash beside it, and each report's first event has the hash of its
/// content. A changed reason, amendment or photo therefore no longer fits its event.
async fn the_journal_binds_words_and_photos(db: &DatabaseConnection, streams: &Streams) {
    let mut bound = BTreeMap::<&str, usize>::new();
    for row in streams.values().flatten() {
        let payload: Value = serde_json::from_str(&row.payload).unwrap();
        for field in NOTE_FIELDS.into_iter().chain(["amendment"]) {
            let Some(id) = payload[field].as_str() else { continue };
            let text = text_of(db, field, id.parse().unwrap()).await;
            assert_eq!(payload[format!("{field}_sha256")], hash_of_text(id, &text), "{}", row.payload);
            *bound.entry(field).or_default() += 1;
        }
        for (index, id) in payload["photos"].as_array().into_iter().flatten().enumerate() {
            let id = PhotoId(id.as_str().unwrap().parse().unwrap());
            let stored = photo::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
            assert_eq!(payload["photos_sha256"][index], hex::encode(stored.sha256), "{}", row.payload);
            *bound.entry("photos").or_default() += 1;
        }
        if row.kind == "RECEIVED" {
            let id = row.stream.strip_prefix("report:").unwrap().parse().unwrap();
            let stored = entity::report::Entity::find_by_id(ReportId(id)).one(db).await.unwrap().unwrap();
            assert_eq!(payload["content_hash"], hex::encode(stored.content_hash), "{}", row.payload);
            *bound.entry("content").or_default() += 1;
        }
    }
    for field in NOTE_FIELDS.into_iter().chain(["amendment", "photos", "content"]) {
        assert!(bound.get(field).is_some_and(|count| *count > 0), "{field}: {bound:?}");
    }
}

async fn text_of(db: &DatabaseConnection, field: &str, id: Uuid) -> String {
    if field == "amendment" {
        return amendment::Entity::find_by_id(AmendmentId(id)).one(db).await.unwrap().unwrap().text;
    }
    note::Entity::find_by_id(NoteId(id)).one(db).await.unwrap().unwrap().text
}

fn hash_of_text(id: &str, text: &str) -> String {
    let id: Uuid = id.parse().unwrap();
    let parts = [b"chuishao/text/1".as_slice(), id.as_bytes(), text.as_bytes()];
    hex::encode(Sha256::digest(parts.concat()))
}

/// Reads all events. Versions count up by one, and the stored form tells the kind and the time that the columns tell.
pub(crate) async fn streams(db: &DatabaseConnection) -> Streams {
    let mut streams = Streams::new();
    for row in event::Entity::find().order_by_asc(event::COLUMN.stream_version).all(db).await.unwrap() {
        streams.entry(row.stream.clone()).or_default().push(row);
    }
    for (stream, events) in &streams {
        let versions: Vec<i64> = events.iter().map(|row| row.stream_version).collect();
        assert_eq!(versions, (1..).take(events.len()).collect::<Vec<_>>(), "{stream}");
    }
    streams
}

pub(crate) fn everything_happened(streams: &Streams) {
    let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in streams.values().flatten() {
        seen.entry(row.stream.split(':').next().unwrap()).or_default().insert(&row.kind);
    }
    for (stream, kinds, not_played) in NOT_PLAYED {
        let played = kinds.iter().filter(|kind| !not_played.contains(kind));
        assert_eq!(seen[stream], played.copied().collect(), "{stream}");
    }
}

/// Positions count up by one from 1, nothing waits, and inside a stream versions go up with positions.
pub(crate) async fn the_journal_has_every_event_once(db: &DatabaseConnection, streams: &Streams) {
    assert_eq!(event_waiting::Entity::find().count(db).await.unwrap(), 0);
    let journal = journal::Entity::find().order_by_asc(journal::COLUMN.position).all(db).await.unwrap();
    let positions: Vec<i64> = journal.iter().map(|row| row.position).collect();
    assert_eq!(positions, (1..).take(journal.len()).collect::<Vec<_>>());
    let position: BTreeMap<_, _> = journal.iter().map(|row| (row.event_id, row.position)).collect();
    assert_eq!(position.len(), streams.values().map(Vec::len).sum::<usize>());
    for (stream, events) in streams {
        assert!(events.iter().map(|event| position[&event.id]).is_sorted(), "{stream}");
    }
    assert!(journal.iter().all(|row| row.leaf.len() == 32));
}
