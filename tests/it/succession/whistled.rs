//! What a command centre has to decide on whistles 哨 and ratings 评哨 is its successor's.

use rstest::rstest;
use tests::app::{Engine, TestApp};
use tests::handling::Handlers;
use tests::people::Person;
use tests::world::{import, import_lines};

use super::{ending, run};
use crate::rating::{rates, rules};
use crate::todos::rows::todos_follow_from_events;
use crate::whistles::{leaves_to_centre, names, todos};

/// The command centre that has to name units, and to rule on a rating, ends: its successor does both.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_whistle_that_waits_for_a_command_centre_that_ends_waits_for_its_successor(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let rated = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let [assignment] = all.leader.blows(&rated, &["520115-housing"]).await.try_into().unwrap();
    all.worker.works_on(&assignment).await;
    all.clerk.judges("acceptWork", &assignment).await.done();
    rates(&all.clerk, &assignment, "POOR", Some("到场超时")).await.done();
    Person::officer(&app, "housing-clerk").await.judges("objectToRating", &assignment).await.done();
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let asked = leaves_to_centre(&all.leader, &hazard).await.ok();
    let whistle = asked.text("done.whistleRequest.id").to_owned();
    let new = "520115-new-centre,观山湖区新指挥中心,COMMAND_CENTRE,520115000000,,2024-01-01";
    import_lines(&app, "units", "code,name,kind,area_code,parent_code,valid_from", &[new]).await;

    let centre = ending(&app, &["520115-command-centre"]);
    let (ok, told) = run(&app, &centre, &["--dry-run"]).await;
    assert!(ok && told.contains("2 whistle(s)") && told.contains(&format!("whistle,{hazard},")), "{told}");
    let (ok, said) = run(&app, &centre, &["--successor", "520115-new-centre"]).await;
    assert!(ok && said.contains("2 whistle(s)"), "{said}");
    todos_follow_from_events(&app).await;

    let officer = Person::officer(&app, "command-1").await;
    assert_eq!(todos(&officer).await, ["NAME_UNITS", "RULE_ON_RATING"]);
    names(&officer, &hazard, &whistle, "520115-housing").await.done();
    rules(&officer, &assignment, "STANDS").await.done();
    todos_follow_from_events(&app).await;
}
