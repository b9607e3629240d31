//! Who cannot succeed: a unit that the work accuses, and a unit that may not lead.

use rstest::rstest;
use serde_json::json;
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{import, submission};
use uuid::Uuid;

use crate::todos::rows::todos_follow_from_events;

use super::{ending, events, run};

async fn accuses(app: &TestApp, asker: &Person, unit: &str) -> String {
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["accusedUnitId"] = asker.ids_of(&[unit]).await.remove(0);
    let sent = Person::stranger(app).submits(&input).await.ok();
    sent.text("submitReport.receipt.reportId").to_owned()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_unit_that_the_work_accuses_does_not_succeed(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let stranger = Person::stranger(&app);
    let accusing = accuses(&app, &clerk, "520115002000").await;
    let accused = clerk.confirms(&accuses(&app, &clerk, "520115002000").await).await;
    let shared = clerk.confirms(&accuses(&app, &clerk, "520115002000").await).await;
    let merged = json!({ "reportId": stranger.reports("ANONYMOUS").await, "hazardId": shared, "reason": "同一处" });
    clerk.does("mergeReport", merged).await.done();
    let free = stranger.reports("ANONYMOUS").await;
    let township = ending(&app, &["520115001000"]);

    let (ok, said) = run(&app, &township, &["--successor", "520115002000"]).await;

    assert!(!ok && said.contains("this unit is recused"), "{said}");
    for (line, is_named) in [
        (format!("report,{accusing}"), true),
        (format!("hazard,{accused}"), true),
        (format!("hazard,{shared}"), false),
        (format!("report,{free}"), false),
    ] {
        assert_eq!(said.contains(&line), is_named, "{line}: {said}");
    }
    assert_eq!(events(&clerk, "report", &free).await, [json!("RECEIVED")], "nothing was written");

    // Each piece goes to a unit that it does not accuse.
    let (_, told) = run(&app, &township, &["--dry-run"]).await;
    let recused = [accusing.as_str(), accused.as_str()];
    let lines = told.lines().filter(|line| line.ends_with(',') && line.matches(',').count() == 2);
    let named: Vec<String> = lines
        .map(|line| {
            let award = line.starts_with("award,");
            let centre = award || recused.iter().any(|id| line.contains(id));
            format!("{line}{}\n", if centre { "520115-command-centre" } else { "520115002000" })
        })
        .collect();
    let file = app.data().join("each.csv");
    std::fs::write(&file, format!("kind,id,unit\n{}", named.concat())).unwrap();
    let (ok, said) = run(&app, &township, &["--successors", file.to_str().unwrap()]).await;
    assert!(ok && said.contains("taken over by successors"), "{said}");
    let centre = Person::officer(&app, "command-1").await;
    assert_eq!(events(&centre, "report", &accusing).await, [json!("RECEIVED"), json!("INHERITED")]);
    assert_eq!(events(&centre, "hazard", &accused).await.last(), Some(&json!("INHERITED")));
    todos_follow_from_events(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_village_never_leads_by_succession_either(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let hazard = clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let [lead, support] = clerk.dispatches(&hazard, &["520115-housing", "520115-fire"]).await.try_into().unwrap();
    let both = ending(&app, &["520115-housing", "520115-fire"]);
    let (_, told) = run(&app, &both, &["--dry-run"]).await;
    let named: String = told
        .lines()
        .filter_map(|line| match line.split(',').next() {
            Some("assignment") => Some(format!("{line}520115001001\n")),
            Some("post") => Some(format!("{line}520115-city-management\n")),
            _ => None,
        })
        .collect();
    let file = app.data().join("village.csv");
    std::fs::write(&file, format!("kind,id,unit\n{named}")).unwrap();

    let (ok, said) = run(&app, &both, &["--successors", file.to_str().unwrap()]).await;

    assert!(!ok && said.contains(&format!("a unit of kind VILLAGE cannot take over assignment,{lead}")), "{said}");
    assert!(!said.contains(&support), "a village may support: {said}");
    todos_follow_from_events(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_successor_does_not_see_what_accuses_its_predecessor(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (clerk, centre) = (Person::officer(&app, "binyang-clerk").await, Person::officer(&app, "command-1").await);
    let successor = Person::officer(&app, "yuntan-clerk").await;
    let waiting = accuses(&app, &clerk, "520115001000").await;
    let hazard = centre.confirms(&accuses(&app, &clerk, "520115001000").await).await;
    let free = clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;

    let (ok, said) = run(&app, &ending(&app, &["520115001000"]), &["--successor", "520115002000"]).await;

    assert!(ok, "{said}");
    for officer in [&clerk, &successor] {
        let query = "query($report: UUID!, $hazard: UUID!) { report(id: $report) { id } hazard(id: $hazard) { id } }";
        let hidden = officer.asks(query, json!({ "report": waiting, "hazard": hazard })).await;
        assert_eq!(hidden.codes(), ["NOT_FOUND", "NOT_FOUND"], "{}", hidden.body);
        assert_eq!(events(officer, "hazard", &free).await.last(), Some(&json!("INHERITED")));
    }
    assert_eq!(events(&centre, "report", &waiting).await, [json!("RECEIVED")]);
    todos_follow_from_events(&app).await;
}
