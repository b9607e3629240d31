//! What happened, replayed, gives the rows as they are; the journal has no gap; money adds up.

pub(crate) mod rows;
pub(crate) mod story;

use std::collections::{BTreeMap, BTreeSet};

use self::story::{AWARDS, Cast, HAZARDS, REPORTS};
use entity::{event, event_waiting, journal};
use rstest::rstest;
use sea_orm::{DatabaseConnection, EntityTrait, PaginatorTrait, QueryOrder};
use tests::app::{Engine, TestApp};
use tests::world::import;

/// What the story of [`story::play`] makes happen, by kind of stream: every event that does not need a broken payment or
/// sixty days.
const HAPPENED: &[(&str, &[&str])] = &[
    ("report", &["RECEIVED", "AMENDED", "WITHDRAWN", "CONFIRMED", "MERGED", "UNFOUNDED", "REFERRED", "OUT_OF_SCOPE"]),
    (
        "hazard",
        &[
            "REGISTERED",
            "CLASSIFIED",
            "DISPATCHED",
            "BLOWN",
            "TAKEN_BACK",
            "SIGNED",
            "CLAIMED",
            "RELEASED",
            "HANDED_OVER",
            "CHECKED_IN",
            "FINISHED",
            "ACCEPTED",
            "REWORKED",
            "CLOSED",
            "REOPENED",
            "CANCELLED",
        ],
    ),
    (
        "award",
        &[
            "PROPOSED",
            "REASSIGNED",
            "REVIEWED",
            "APPROVED",
            "NOTIFIED",
            "HELD",
            "RESUMED",
            "COLLECTED",
            "PAYMENT_STARTED",
            "PAID",
            "REJECTED",
            "VOIDED",
        ],
    ),
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
    the_journal_has_every_event_once(&db, &streams).await;
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
    for (stream, kinds) in HAPPENED {
        assert_eq!(seen[stream], kinds.iter().copied().collect(), "{stream}");
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
