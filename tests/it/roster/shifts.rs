//! The leader of a unit and the command centre enter, change and take back shifts; others read them or do not even that.

use domain::id::ShiftId;
use entity::{event, revision, shift};
use rstest::rstest;
use sea_orm::{EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::people::Person;
use tests::world::import as import_district;
use uuid::Uuid;

use super::{BINYANG, at, owner, put_on_duty, tonight};

const ROSTER: &str = "query($unit: UUID, $from: DateTime, $to: DateTime, $n: Int, $after: String) {
    dutyRoster(unitId: $unit, from: $from, to: $to, first: $n, after: $after) {
        pageInfo { hasNextPage endCursor } nodes { id post { staffNo } } } }";

/// The leader of the township, with what a shift of it names.
struct Desk {
    leader: Person,
    unit: Value,
    /// The posts of the clerk and of the leader.
    posts: [String; 2],
}

impl Desk {
    async fn of(app: &TestApp) -> Self {
        let (clerk, leader) =
            (Person::officer(app, "binyang-clerk").await, Person::officer(app, "binyang-leader").await);
        let unit = leader.ids_of(&[BINYANG]).await.remove(0);
        let posts = [clerk.post().await, leader.post().await];
        Self { leader, unit, posts }
    }

    fn shift(&self, from: i64, to: i64) -> Value {
        json!({
            "unitId": self.unit, "startsAt": at(from), "endsAt": at(to), "postId": self.posts[0],
            "deputyPostId": self.posts[1],
        })
    }

    async fn enters(&self, from: i64, to: i64) -> Value {
        self.leader.does("enterShift", self.shift(from, to)).await.ok().data("done.shift").clone()
    }

    async fn roster(&self, asked: Value) -> Vec<Value> {
        let seen = self.leader.asks(ROSTER, asked).await.ok();
        seen.data("dutyRoster.nodes").as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
    }
}

fn rule(answer: &Answer) -> &str {
    answer.extension("rule").as_str().unwrap_or_else(|| answer.code().unwrap_or("ok"))
}

/// A shift as `changeShift` takes it, with what differs.
fn changed(shift: &Value, version: u8, differs: &[(&str, Value)]) -> Value {
    let mut input = json!({
        "shiftId": shift["id"], "startsAt": shift["startsAt"], "endsAt": shift["endsAt"], "postId": shift["post"]["id"],
        "deputyPostId": shift["deputy"]["id"], "expectedVersion": version,
    });
    for (field, value) in differs {
        input[*field] = value.clone();
    }
    input
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_shift_that_overlaps_is_refused_and_names_the_other(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_district(&app).await;
    let desk = Desk::of(&app).await;
    let night = desk.enters(10, 20).await;

    for (from, to) in [(9, 11), (19, 21), (12, 13), (8, 24)] {
        let refused = desk.leader.reading("en").does("enterShift", desk.shift(from, to)).await;
        assert_eq!((refused.code(), rule(&refused)), (Some("ILLEGAL_MOVE"), "roster.one_shift"), "{from} {to}");
        assert_eq!(refused.extension("shiftId"), &night["id"], "{from} {to}");
        assert!(refused.body.contains("The unit has a shift from "), "{}", refused.body);
    }
    let after = desk.enters(20, 30).await;
    let input = changed(&night, 1, &[("endsAt", json!(at(21)))]);
    let refused = desk.leader.does("changeShift", input).await;
    assert_eq!((rule(&refused), refused.extension("shiftId")), ("roster.one_shift", &after["id"]));
    assert_eq!(desk.roster(json!({})).await, [night["id"].clone(), after["id"].clone()], "nothing else was entered");

    // Two that overlap at the same moment: one of them is entered.
    let (one, other) = tokio::join!(
        desk.leader.does("enterShift", desk.shift(40, 50)),
        desk.leader.does("enterShift", desk.shift(45, 55)),
    );
    let mut rules = [rule(&one), rule(&other)];
    rules.sort_unstable();
    assert_eq!(rules, ["ok", "roster.one_shift"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_shift_is_entered_changed_and_taken_back_once_and_the_journal_says_by_whom(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_district(&app).await;
    let desk = Desk::of(&app).await;
    let (request, input) = (Uuid::new_v4(), desk.shift(10, 20));
    let entered = desk.leader.does_as(request, "enterShift", input.clone()).await.ok();
    let again = desk.leader.does_as(request, "enterShift", input).await.ok();
    assert_eq!(entered.data("done"), again.data("done"), "once");
    let other = desk.leader.does_as(request, "enterShift", desk.shift(30, 40)).await;
    assert_eq!(other.code(), Some("REQUEST_ID_TAKEN"));
    let shift = entered.data("done.shift").clone();
    assert_eq!((&shift["version"], &shift["deputy"]["staffNo"]), (&json!(1), &json!("binyang-leader")));

    let later = changed(&shift, 1, &[("endsAt", json!(at(21))), ("deputyPostId", Value::Null)]);
    let now = desk.leader.does("changeShift", later.clone()).await.ok().data("done.shift").clone();
    assert_eq!((&now["version"], &now["deputy"]), (&json!(2), &Value::Null));
    assert_eq!(desk.leader.does("changeShift", later).await.code(), Some("CHANGED_MEANWHILE"));
    let stale = json!({ "shiftId": shift["id"], "expectedVersion": 1 });
    assert_eq!(desk.leader.does("takeBackShift", stale).await.code(), Some("CHANGED_MEANWHILE"));
    let back = json!({ "shiftId": shift["id"], "expectedVersion": 2 });
    let gone = desk.leader.does("takeBackShift", back).await.ok();
    assert_ne!(gone.data("done.shift.takenBackAt"), &Value::Null);
    assert_eq!(desk.roster(json!({})).await, [""; 0]);
    let twice = desk.leader.does("takeBackShift", json!({ "shiftId": shift["id"] })).await;
    assert_eq!(twice.code(), Some("NOT_FOUND"));

    let db = app.rows().await;
    let kept =
        shift::Entity::find_by_id(ShiftId(shift["id"].as_str().unwrap().parse().unwrap())).one(&db).await.unwrap();
    assert_eq!(kept.unwrap().version, 3, "a shift that was taken back stays as a record");
    let changes = event::Entity::find().filter(event::COLUMN.kind.starts_with("SHIFT_"));
    let changes = changes.order_by_asc(event::COLUMN.stream_version).all(&db).await.unwrap();
    let kinds: Vec<&str> = changes.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(kinds, ["SHIFT_ENTERED", "SHIFT_CHANGED", "SHIFT_TAKEN_BACK"]);
    assert!(changes.iter().all(|one| one.post.is_some_and(|post| post.0.to_string() == desk.posts[1])));
    let newest = revision::Entity::newest(&db).await.unwrap();
    assert_eq!(changes[2].stream_version, newest, "each change is a revision of the rules");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_has_been_is_not_rewritten_and_whoever_takes_over_gets_a_shift(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_district(&app).await;
    let desk = Desk::of(&app).await;
    let over = desk.leader.does("enterShift", desk.shift(-3, -1)).await;
    assert_eq!(rule(&over), "roster.over");
    let begun = desk.enters(-1, 11).await;

    let back = desk.leader.does("takeBackShift", json!({ "shiftId": begun["id"] })).await;
    assert_eq!(rule(&back), "roster.begun");
    let other_post = changed(&begun, 1, &[("postId", begun["deputy"]["id"].clone()), ("deputyPostId", Value::Null)]);
    assert_eq!(rule(&desk.leader.does("changeShift", other_post).await), "roster.begun");
    desk.leader.does("changeShift", changed(&begun, 1, &[("endsAt", json!(at(1)))])).await.done();
    let mut takes_over = desk.shift(1, 11);
    takes_over["postId"] = json!(desk.posts[1]);
    takes_over["deputyPostId"] = Value::Null;
    desk.leader.does("enterShift", takes_over).await.done();
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_leader_and_the_command_centre_keep_the_roster_and_others_see_it_or_nothing(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_district(&app).await;
    let desk = Desk::of(&app).await;
    let (centre, worker) = (Person::officer(&app, "command-1").await, Person::officer(&app, "binyang-worker-1").await);
    let elsewhere = Person::officer(&app, "yuntan-leader").await;
    let first = desk.enters(10, 20).await;
    centre.does("enterShift", desk.shift(20, 30)).await.done();
    let third = desk.enters(30, 40).await;

    assert_eq!(worker.does("enterShift", desk.shift(50, 60)).await.code(), Some("FORBIDDEN"));
    assert_eq!(elsewhere.does("enterShift", desk.shift(50, 60)).await.code(), Some("NOT_FOUND"));
    let back = json!({ "shiftId": first["id"] });
    assert_eq!(worker.does("takeBackShift", back.clone()).await.code(), Some("FORBIDDEN"));
    assert_eq!(elsewhere.does("takeBackShift", back).await.code(), Some("NOT_FOUND"));
    let mut foreign = desk.shift(50, 60);
    foreign["postId"] = json!(elsewhere.post().await);
    assert_eq!(rule(&desk.leader.does("enterShift", foreign).await), "roster.post_covers");
    let mut alone = desk.shift(50, 60);
    alone["deputyPostId"] = alone["postId"].clone();
    assert_eq!(rule(&desk.leader.does("enterShift", alone).await), "roster.another_deputy");

    let unit = json!({ "unit": desk.unit });
    for reader in [&desk.leader, &centre, &worker] {
        let seen = reader.asks(ROSTER, unit.clone()).await.ok();
        assert_eq!(seen.data("dutyRoster.nodes").as_array().unwrap().len(), 3);
    }
    for query in [ROSTER, "query($unit: UUID) { onDuty(unitId: $unit) { shiftId } }"] {
        assert_eq!(elsewhere.asks(query, unit.clone()).await.code(), Some("NOT_FOUND"));
        assert_eq!(Person::stranger(&app).asks(query, unit.clone()).await.code(), Some("UNAUTHENTICATED"));
    }
    assert_eq!(elsewhere.asks(ROSTER, json!({})).await.ok().data("dutyRoster.nodes"), &json!([]), "its own");
    assert_eq!(desk.roster(json!({ "from": at(15) })).await.len(), 3);
    assert_eq!(desk.roster(json!({ "from": at(21), "to": at(29) })).await.len(), 1);
    assert_eq!(desk.roster(json!({ "to": at(11) })).await, [first["id"].clone()]);
    let page = desk.leader.asks(ROSTER, json!({ "n": 2 })).await.ok();
    assert_eq!(page.data("dutyRoster.pageInfo.hasNextPage"), &json!(true));
    let rest = json!({ "n": 2, "after": page.data("dutyRoster.pageInfo.endCursor") });
    assert_eq!(desk.roster(rest).await, [third["id"].clone()]);
}

/// A shift that one process enters is known to the other: to its readers, and to the next emergency that it receives.
#[tokio::test]
async fn a_shift_is_known_to_every_process_at_once() {
    let apps = TestApp::start_many(2, Engine::Postgres).await;
    import_district(&apps[0]).await;
    let desk = Desk::of(&apps[0]).await;
    put_on_duty(&apps[0], &[tonight("520115-housing", "housing-clerk", "")]).await;
    Person::stranger(&apps[1]).reports_emergency("ANONYMOUS").await; // the other process has read the rules
    desk.enters(-1, 11).await;

    let report = Person::stranger(&apps[1]).reports_emergency("ANONYMOUS").await;

    let leader = desk.leader.at(&apps[1]);
    assert_eq!(owner(&leader, "report", &report, "REVIEW").await, json!(desk.posts[0]));
}
