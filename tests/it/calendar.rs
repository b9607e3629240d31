//! Calendars 节假日安排: until when they are complete, and what a change does to deadlines that run.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, Utc};
use rstest::rstest;
use sea_orm::{EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::{Handlers, Rewarders};
use tests::people::Person;
use tests::world::import;

use crate::now::now;
use crate::todos::rows::todos_follow_from_events;

fn today() -> NaiveDate {
    now().with_timezone(&FixedOffset::east_opt(8 * 3_600).unwrap()).date_naive()
}

/// Writes a calendar file and imports it. Returns what the command says.
async fn import_days(app: &TestApp, days: &[(NaiveDate, &str)]) -> String {
    let rows: String = days.iter().flat_map(|(day, kind)| [format!("{day},{kind}"), ",测试\n".to_owned()]).collect();
    let file = app.data().join("days.csv");
    std::fs::write(&file, format!("date,kind,name\n{rows}")).unwrap();
    let done = app.run(&["import", "calendar", file.to_str().unwrap()]).await;
    let said = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
    assert!(done.status.success(), "{said}");
    said
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

/// The due times of the running clocks, by kind.
fn due(clocks: &Value) -> Vec<(String, DateTime<Utc>)> {
    let running = clocks.as_array().unwrap().iter().filter(|clock| clock["state"] == "RUNNING");
    let mut due: Vec<_> =
        running.map(|clock| (clock["kind"].as_str().unwrap().to_owned(), time(&clock["due"]))).collect();
    due.sort();
    due
}

/// The clocks of a report, a hazard and an award.
struct Seen {
    clocks: Vec<Vec<(String, DateTime<Utc>)>>,
    recounted: Vec<Value>,
}

async fn see(clerk: &Person, rewarder: &Person, report: &str, hazard: &str) -> Seen {
    let of_report = "query($id: UUID!) { report(id: $id) { clocks { kind state due } history { kind details { deadlines { change due previousDue } } } } }";
    let of_hazard = "query($id: UUID!) { hazard(id: $id) { clocks { kind state due } history { kind details { deadlines { change due previousDue } } } award {
        clocks { kind state due } } } }";
    let report = clerk.asks(of_report, json!({ "id": report })).await.ok();
    let hazard = rewarder.asks(of_hazard, json!({ "id": hazard })).await.ok();
    let parts = [report.data("report"), hazard.data("hazard"), hazard.data("hazard.award")];
    let clocks = parts.map(|part| due(&part["clocks"])).to_vec();
    let events = parts.iter().flat_map(|part| part["history"].as_array().cloned().unwrap_or_default());
    let recounted = events.filter(|event| event["kind"] == "RECOUNTED");
    Seen { clocks, recounted: recounted.map(|event| event["details"]["deadlines"][0].clone()).collect() }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn changed_days_move_the_running_deadlines_of_reports_hazards_and_awards(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let (clerk, leader) = (Person::officer(&app, "binyang-clerk").await, Person::officer(&app, "binyang-leader").await);
    let rewarder = Rewarders::log_in(&app).await.reviewer;
    let waiting = ann.reports("NAMED").await;
    let hazard = clerk.confirms(&ann.reports("NAMED").await).await;
    leader.blows(&hazard, &["520115-housing"]).await;
    let before = see(&clerk, &rewarder, &waiting, &hazard).await;
    let holiday: Vec<_> = (1..=12).map(|days| (today() + Days::new(days), "OFF")).collect();

    let said = import_days(&app, &holiday).await;

    assert!(said.contains("running clock(s) have a new due time"), "{said}"); // the server may have been first
    let after = see(&clerk, &rewarder, &waiting, &hazard).await;
    let (report, own) = (&after.clocks[0], &after.clocks[1]);
    let last = today() + Days::new(12);
    assert!(report[0].0 == "REVIEW" && report[0].1.date_naive() > last, "{report:?}");
    for ((kind, old), (_, new)) in before.clocks[1].iter().zip(own) {
        match kind.as_str() {
            "FINISH" => assert!(new.date_naive() > last, "five working days: {old} → {new}"),
            _ => assert_eq!(old, new, "{kind} is not counted in working days"),
        }
    }
    assert!(after.clocks[2][0].1 > before.clocks[2][0].1, "the award");
    for change in &after.recounted {
        assert_eq!(change["change"], "RECOUNTED");
        assert!(time(&change["previousDue"]) < time(&change["due"]), "{change}");
    }
    assert_eq!(after.recounted.len(), 2, "the report and the hazard each show one event");
    let events = async || {
        let recounted = entity::event::Entity::find().filter(entity::event::COLUMN.kind.eq("RECOUNTED"));
        recounted.count(&app.rows().await).await.unwrap()
    };
    assert_eq!(events().await, 3, "the award has one too");

    let again = import_days(&app, &holiday).await;
    assert!(again.contains("0 running clock(s)"), "{again}");
    assert_eq!(events().await, 3);
    assert_eq!(
        entity::clock_recount::Entity::find().count(&app.rows().await).await.unwrap(),
        0,
        "nothing is left to do"
    );
    let back: Vec<_> = (1..=12).map(|days| (today() + Days::new(days), "WORK")).collect();
    import_days(&app, &back).await;
    let earlier = see(&clerk, &rewarder, &waiting, &hazard).await;
    assert!(earlier.clocks[0][0].1 <= before.clocks[0][0].1, "every day is a working day now");
    todos_follow_from_events(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_end_of_the_calendar_is_announced_sixty_days_before(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let ready = async || {
        let answer = app.client().send(reqwest::Method::GET, "/readyz", None, "").await;
        serde_json::from_str::<Value>(&answer.body).unwrap()["calendar"].clone()
    };
    let year = chrono::Datelike::year(&today());

    // A calendar that names a day of the year after next is complete for a long time.
    let far = NaiveDate::from_ymd_opt(year + 2, 5, 1).unwrap();
    let said = import_days(&app, &[(far, "OFF")]).await;
    assert!(said.contains(&format!("the calendar is complete until {}-12-31", year + 2)), "{said}");
    assert!(!said.contains("Import the next holidays"), "{said}");
    assert_eq!(ready().await, json!({ "completeUntil": format!("{}-12-31", year + 2), "endsSoon": false }));

    // One that ended last year has to be said everywhere.
    let rows = app.rows().await;
    entity::calendar_day::Entity::delete_many().exec(&rows).await.unwrap();
    let past = NaiveDate::from_ymd_opt(year - 1, 5, 1).unwrap();
    let said = import_days(&app, &[(past, "OFF")]).await;
    assert!(said.contains(&format!("complete until {}-12-31: afterwards holidays count", year - 1)), "{said}");
    assert_eq!(ready().await, json!({ "completeUntil": format!("{}-12-31", year - 1), "endsSoon": true }));
    let mut app = app;
    app.stop_and_restart().await;
    app.process().log_line("the calendar is complete until").await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_deadline_that_stands_still_during_the_import_does_not_end_in_the_holiday(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let units = ["520115-housing", "520115-fire"];
    let [finished, slip] = all.clerk.dispatches(&hazard, &units).await.try_into().unwrap();
    all.worker.works_on(&finished).await;
    let emergency = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    let emergency = all.clerk.hazard_of(&emergency).await;
    let [taken] = all.clerk.dispatches(&emergency, &["520115-fire"]).await.try_into().unwrap();
    let holiday: Vec<_> = (1..=12).map(|days| (today() + Days::new(days), "OFF")).collect();

    import_days(&app, &holiday).await;

    all.clerk.judges("sendToRework", &finished).await.done();
    all.clerk.judges("takeBackAssignment", &taken).await.done();
    let query = "query($id: UUID!) { hazard(id: $id) { clocks { kind state due } } }";
    let seen = all.clerk.asks(query, json!({ "id": hazard })).await.ok();
    let own = due(seen.data("hazard.clocks"));
    let finishing: Vec<_> = own.iter().filter(|(kind, _)| kind == "FINISH").map(|(_, due)| *due).collect();
    assert_eq!(finishing.len(), 2, "that of {finished}, which resumed, and that of {slip}, which always ran");
    assert_eq!(finishing[0], finishing[1], "both were given five working days at once");
    assert!(finishing[0].date_naive() > today() + Days::new(12), "{own:?}");
    todos_follow_from_events(&app).await;
}

/// An operator who looks at the settings sees until when the calendar is complete.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_command_that_shows_the_settings_says_until_when_the_calendar_is_complete(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let said = String::from_utf8(app.run(&["config"]).await.stdout).unwrap();
    assert!(said.contains("the calendar is complete until 20"), "{said}");
}
