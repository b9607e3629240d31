//! Who may review a report depends on the people too: an officer is recused with all posts.

use chrono::FixedOffset;
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::waiting::until;
use tests::world::{emergency, import, submission};
use uuid::Uuid;

use super::waiting::{gauge, listed};
use super::{POSTS, UNITS, accuses, import_lines, sees};
use crate::now::now;

const HISTORY: &str = "query($id: UUID!) { report(id: $id) { history { kind } } }";

async fn history(officer: &Person, report: &str) -> Result<Vec<Value>, String> {
    let seen = officer.asks(HISTORY, json!({ "id": report })).await;
    if let Some(code) = seen.code() {
        return Err(code.to_owned());
    }
    let kinds = seen.data("report.history").as_array().unwrap().iter().map(|event| event["kind"].clone());
    Ok(kinds.collect())
}

/// Posts of the command centre's officers in a village of the township.
fn village_posts(until: &str) -> Vec<String> {
    let post = |officer| format!("{officer},GRID_WORKER,520115001001,520115001001,2024-01-01,{until}");
    ["command-1", "command-2"].map(post).to_vec()
}

async fn import_posts(app: &TestApp, posts: &[String]) {
    let lines: Vec<&str> = std::iter::once(POSTS).chain(posts.iter().map(String::as_str)).collect();
    import_lines(app, "posts", &lines).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_report_waits_while_every_officer_who_could_review_it_is_recused_by_another_post(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    app.expect_in_log("reports wait because no unit may review them");
    let centre = Person::officer(&app, "command-1").await;
    let report = accuses(&app, &centre, "520115001000", submission(Uuid::new_v4(), "ANONYMOUS")).await;
    assert_eq!(history(&centre, &report).await.unwrap(), [json!("RECEIVED")]);

    import_posts(&app, &village_posts("")).await;
    let danger = accuses(&app, &centre, "520115001000", emergency(Uuid::new_v4(), "ANONYMOUS")).await;

    gauge(&app, "1").await;
    assert!(listed(&app).await.starts_with(&report), "the operator is told");
    assert_eq!(history(&centre, &report).await.unwrap_err(), "NOT_FOUND");

    // People are in danger: another township takes the report and its hazard, and dispatches it.
    let other = Person::officer(&app, "yuntan-clerk").await;
    until("the emergency to be assigned", async || {
        let kinds = history(&other, &danger).await;
        if kinds == Ok(vec![json!("RECEIVED"), json!("ASSIGNED")]) { Ok(()) } else { Err(kinds) }
    })
    .await;
    let hazard = other.hazard_of(&danger).await;
    let query = "query($id: UUID!) { hazard(id: $id) { clocks { kind state } history { kind } } }";
    let seen = other.asks(query, json!({ "id": hazard })).await.ok();
    assert_eq!(seen.data("hazard.history"), &json!([{ "kind": "REGISTERED" }, { "kind": "TRANSFERRED" }]));
    let clocks = seen.data("hazard.clocks").as_array().unwrap();
    let dispatch = |state: &str| json!({ "kind": "DISPATCH", "state": state });
    assert!(clocks.len() == 2 && [dispatch("RUNNING"), dispatch("CANCELLED")].iter().all(|one| clocks.contains(one)));
    other.dispatches(&hazard, &["520115-fire"]).await;

    // A report that accuses the village cannot be referred to the centre either: nobody there could read it.
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let of_village = accuses(&app, &clerk, "520115001001", submission(Uuid::new_v4(), "ANONYMOUS")).await;
    let to = clerk.ids_of(&["520115-command-centre"]).await.remove(0);
    let refer = json!({ "reportId": of_village, "toUnitId": to, "reason": "请指挥中心审核" });
    assert_eq!(clerk.does("referReport", refer).await.extension("rule"), &json!("referral.reviews"));

    // The posts end, and the report waits no longer; its unit is the same.
    let today = now().with_timezone(&FixedOffset::east_opt(8 * 3_600).unwrap()).date_naive();
    import_posts(&app, &village_posts(&today.to_string())).await;
    gauge(&app, "0").await;
    assert_eq!(history(&centre, &report).await.unwrap(), [json!("RECEIVED")]);
    centre.confirms(&report).await;
}

/// If nobody anywhere may review the report of an emergency, its hazard goes to the township that is accused: somebody has
/// to send help.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_hazard_of_an_emergency_always_has_somebody_who_dispatches_it(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    app.expect_in_log("reports wait because no unit may review them");
    let others: Vec<String> = include_str!("../../../api/data/demo/units.csv")
        .lines()
        .filter(|line| line.contains(",TOWNSHIP,") && !line.starts_with("520115001000,"))
        .map(|line| line.replace(",,", ",520115001000,")) // all other townships are below the accused one
        .collect();
    let lines: Vec<&str> = std::iter::once(UNITS).chain(others.iter().map(String::as_str)).collect();
    import_lines(&app, "units", &lines).await;
    import_posts(&app, &village_posts("")).await;
    let leader = Person::officer(&app, "binyang-leader").await;

    let danger = accuses(&app, &leader, "520115001000", emergency(Uuid::new_v4(), "ANONYMOUS")).await;

    gauge(&app, "1").await;
    let hazards = "{ hazards(first: 10) { edges { node { id } } } }";
    let hazard = until("the township to hold the hazard", async || {
        let seen = leader.asks(hazards, json!({})).await.ok();
        let node = &seen.data("hazards.edges")[0]["node"]["id"];
        node.as_str().map(str::to_owned).ok_or(seen.body)
    })
    .await;
    assert!(sees(&leader, &hazard).await);
    assert_eq!(history(&leader, &danger).await.unwrap_err(), "NOT_FOUND");
    leader.blows_of_type("emergency", &hazard, &["520115-fire"]).await;
}

/// A wrong parent makes the reviewing unit recused; its correction ends the waiting, and other reports are not held up.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_report_whose_unit_may_review_it_again_waits_no_longer_and_holds_up_no_other(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    app.expect_in_log("reports wait because no unit may review them");
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let first = accuses(&app, &clerk, "520115-housing", submission(Uuid::new_v4(), "ANONYMOUS")).await;
    let under = async |parent: &str| {
        let demo = include_str!("../../../api/data/demo/units.csv");
        let of = |code: &str| {
            let row = demo.lines().find(|line| line.starts_with(&format!("{code},"))).unwrap();
            let mut cells: Vec<&str> = row.split(',').collect();
            cells[4] = parent;
            cells.join(",")
        };
        let (centre, township) = (of("520115-command-centre"), of("520115001000"));
        import_lines(&app, "units", &[UNITS, &centre, &township]).await;
    };

    under("520115-housing").await;
    gauge(&app, "1").await;
    under("").await;
    gauge(&app, "0").await;

    assert_eq!(history(&clerk, &first).await.unwrap(), [json!("RECEIVED")]);
    assert_eq!(listed(&app).await, "no report waits for a unit that may review it\n");
    clerk.confirms(&first).await;
}
