//! Units that end 撤并: their open work is told, and a successor takes it over.

mod going_on;
mod recused;
mod whistled;

use chrono::FixedOffset;
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::Rewarders;
use tests::people::Person;
use tests::world::import;

use crate::now::now;
use crate::todos::rows::todos_follow_from_events;

/// A file that ends units of the sample district today.
pub(super) fn ending(app: &TestApp, codes: &[&str]) -> String {
    let today = now().with_timezone(&FixedOffset::east_opt(8 * 3_600).unwrap()).date_naive();
    let all = include_str!("../../api/data/demo/units.csv");
    let row = |code: &&str| all.lines().find(|line| line.starts_with(&format!("{code},"))).unwrap().to_owned();
    let rows: String = codes.iter().map(row).flat_map(|row| [row, format!(",{today}\n")]).collect();
    let file = app.data().join("ending.csv");
    std::fs::write(&file, format!("code,name,kind,area_code,parent_code,valid_from,valid_to\n{rows}")).unwrap();
    file.to_str().unwrap().to_owned()
}

pub(super) async fn run(app: &TestApp, file: &str, options: &[&str]) -> (bool, String) {
    let done = app.run(&[&["import", "units", file], options].concat()).await;
    (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

/// The kinds of the events in the history of a report or a hazard.
async fn events(officer: &Person, kind: &str, id: &str) -> Vec<Value> {
    let query = format!("query($id: UUID!) {{ it: {kind}(id: $id) {{ history {{ kind }} }} }}");
    let seen = officer.asks(&query, json!({ "id": id })).await.ok();
    seen.data("it.history").as_array().unwrap().iter().map(|event| event["kind"].clone()).collect()
}

async fn is_listed(officer: &Person, code: &str) -> bool {
    let units = officer.asks("{ units(first: 100) { edges { node { code } } } }", json!({})).await.ok();
    units.body.contains(&format!("\"{code}\""))
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_work_of_a_township_and_a_department_that_end_goes_on_at_their_successors(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let (clerk, leader) = (Person::officer(&app, "binyang-clerk").await, Person::officer(&app, "binyang-leader").await);
    let worker = Person::officer(&app, "housing-worker-1").await;
    let rewarders = Rewarders::log_in(&app).await;
    let waiting = ann.reports("NAMED").await;
    let hazard = clerk.confirms(&ann.reports("NAMED").await).await;
    let [assignment] = leader.blows(&hazard, &["520115-housing"]).await.try_into().unwrap();
    worker.steps("claimAssignment", &assignment).await.done();
    let award = rewarders.award_of(&hazard).await;
    let township = ending(&app, &["520115001000"]);

    // Told in a dry run, refused without a word about the work; nothing is written.
    let (ok, told) = run(&app, &township, &["--dry-run"]).await;
    assert!(ok && told.contains("open in 520115001000: 1 report(s), 1 hazard(s), 1 award(s), 4 post(s)"), "{told}");
    for line in
        [format!("report,{waiting},"), format!("hazard,{hazard},"), format!("award,{},", award["id"].as_str().unwrap())]
    {
        assert!(told.contains(&line), "{line} is missing in {told}");
    }
    assert!(told.contains("; nothing written") && told.contains("--successor CODE"), "{told}");
    let (ok, refused) = run(&app, &township, &[]).await;
    assert!(
        !ok && refused.contains("nothing was imported") && refused.contains(&format!("report,{waiting},")),
        "{refused}"
    );
    for (successor, why) in [
        ("520115-nowhere", "there is no unit with this code"),
        ("520115001000", "this unit ends too"),
        ("520115-forestry", "a unit of kind DEPARTMENT cannot take over report"),
    ] {
        let (ok, said) = run(&app, &township, &["--successor", successor]).await;
        assert!(!ok && said.contains(why), "{successor}: {said}");
    }

    let (ok, said) = run(&app, &township, &["--successor", "520115002000", "--dry-run"]).await;
    assert!(ok && said.contains("taken over by successors: 1 report(s)") && said.contains("nothing written"), "{said}");
    assert_eq!(events(&clerk, "report", &waiting).await, [json!("RECEIVED")]);
    let (ok, said) = run(&app, &township, &["--successor", "520115002000"]).await;
    assert!(ok && said.contains("taken over by successors: 1 report(s), 1 hazard(s), 1 award(s), 4 post(s)"), "{said}");

    // The department's assignment and posts follow a file, which has to name them all.
    let department = ending(&app, &["520115-housing"]);
    let (_, told) = run(&app, &department, &["--dry-run"]).await;
    let lines: Vec<&str> =
        told.lines().filter(|line| line.starts_with("assignment,") || line.starts_with("post,")).collect();
    assert_eq!(lines.len(), 5, "{told}");
    let successors = app.data().join("successors.csv");
    let named =
        |lines: &[&str]| lines.iter().flat_map(|line| [*line, "520115-city-management\r\n"]).collect::<String>();
    std::fs::write(&successors, format!("kind,id,unit\r\n{}", named(&lines[..4]))).unwrap();
    let options = ["--successors", successors.to_str().unwrap()];
    let (ok, said) = run(&app, &department, &options).await;
    assert!(!ok && said.contains("it names no successor for post,"), "{said}");
    std::fs::write(&successors, format!("kind,id,unit\r\n{}", named(&lines))).unwrap();
    let (ok, said) = run(&app, &department, &options).await;
    assert!(ok && said.contains("taken over by successors: 1 assignment(s), 4 post(s)"), "{said}");
    for code in ["520115001000", "520115-housing"] {
        assert!(!is_listed(&clerk, code).await, "{code} has ended");
    }

    // The same people go on, in their new units, to the very end.
    worker.finishes(&assignment).await;
    clerk.judges("acceptWork", &assignment).await.done();
    leader.closes(&hazard).await;
    clerk.confirms(&waiting).await;
    rewarders.approve(&award).await;
    let kinds = events(&clerk, "hazard", &hazard).await;
    assert_eq!(kinds.iter().filter(|kind| **kind == "INHERITED").count(), 2, "{kinds:?}");
    assert_eq!(events(&clerk, "report", &waiting).await[1], "INHERITED");
    let query = "query($id: UUID!) { hazard(id: $id) { clocks { kind state } assignments { unit { code } } } }";
    let seen = clerk.asks(query, json!({ "id": hazard })).await.ok();
    assert_eq!(seen.text("hazard.assignments.0.unit.code"), "520115-city-management");
    let running = seen.data("hazard.clocks").as_array().unwrap().iter().filter(|clock| clock["state"] == "RUNNING");
    assert_eq!(running.map(|clock| &clock["kind"]).collect::<Vec<_>>(), ["FOLLOW_UP"], "{}", seen.body);
    todos_follow_from_events(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_unit_without_open_work_ends_at_once_and_open_work_can_be_left(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let village = ending(&app, &["520115-forestry"]);
    let (ok, said) = run(&app, &village, &["--leave-open"]).await;
    assert!(ok && said.contains("~ 1 changed") && said.contains("it stays open"), "{said}");
    // Imported again it changes nothing and is not refused, but it still tells of what was left.
    let (ok, said) = run(&app, &village, &[]).await;
    assert!(ok && said.contains("open in 520115-forestry") && said.contains("= 1 unchanged"), "{said}");
    let (ok, said) = run(&app, &village, &["--successor", "520115-emergency"]).await;
    assert!(ok && said.contains("taken over by successors"), "{said}");
    let (ok, said) = run(&app, &village, &[]).await;
    assert!(ok && !said.contains("open in"), "{said}");
    let other = app.run(&["import", "codes", "x.csv", "--leave-open", "--successor", "1"]).await;
    assert!(!other.status.success(), "the two options exclude each other");
}
