//! Rosters from files: a file is imported as a whole, or refused with what is wrong on each line.

use entity::{revision, shift};
use rstest::rstest;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{ENDED, import as import_district, import_lines};

use super::{BINYANG, HEADING, at};

/// Imports these lines; answers whether it succeeded and what it printed, errors included.
async fn run(app: &TestApp, lines: &[String], options: &[&str]) -> (bool, String) {
    let file = app.data().join("roster.csv");
    std::fs::write(&file, format!("{HEADING}\n{}\n", lines.join("\n"))).unwrap();
    let done = app.run(&[&["import", "roster", file.to_str().unwrap()], options].concat()).await;
    (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

async fn stored(app: &TestApp) -> (u64, i64) {
    let db = app.rows().await;
    (shift::Entity::find().count(&db).await.unwrap(), revision::Entity::newest(&db).await.unwrap())
}

fn line(from: i64, to: i64, rest: &str) -> String {
    format!("{BINYANG},{},{},{rest}", at(from), at(to))
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_import_with_one_wrong_line_changes_nothing(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_district(&app).await;
    let ended = format!("binyang-worker-2,WORKER,{BINYANG},{BINYANG},2024-01-01,{ENDED}");
    import_lines(&app, "posts", "staff_no,role,unit_code,area_code,valid_from,valid_to", &[&ended]).await;
    let before = stored(&app).await;
    let good = line(10, 20, "binyang-clerk,,binyang-leader,");
    for (wrong, said) in [
        (line(19, 30, "binyang-leader,,,"), "line 3: roster.one_shift: The unit has a shift from "),
        (line(30, 29, "binyang-leader,,,"), "line 3: roster.span"),
        (line(30, 40, "binyang-leader,,binyang-leader,"), "line 3: roster.another_deputy"),
        (line(30, 40, "nobody,,,"), "line 3, column `staff_no`: there is no officer `nobody`"),
        (line(30, 40, "yuntan-clerk,,,"), "line 3, column `staff_no`: `yuntan-clerk` holds no such post"),
        (line(30, 40, "binyang-clerk,WORKER,,"), "line 3, column `staff_no`: `binyang-clerk` holds no such post"),
        (line(30, 40, "binyang-worker-2,,,"), "line 3, column `staff_no`: `binyang-worker-2` holds no such post"),
        (line(30, 40, "binyang-clerk,,nobody,"), "line 3, column `deputy_staff_no`: there is no officer `nobody`"),
        (good.clone(), "line 3: line 2 already contains"),
        (
            format!("{BINYANG},2026-11-30 18:00,{},binyang-clerk,,,", at(40)),
            "line 3, column `starts_at`: `2026-11-30 18:00` is not a time with its zone",
        ),
        ("no-unit,2026-11-30T18:00:00+08:00,2026-12-01T08:00:00+08:00,binyang-clerk,,,".to_owned(), "there is no unit"),
    ] {
        for options in [&["--dry-run"][..], &[]] {
            let (ok, printed) = run(&app, &[good.clone(), wrong.clone()], options).await;
            assert!(!ok && printed.contains(said) && printed.contains("nothing was imported"), "{wrong}: {printed}");
        }
        assert_eq!(stored(&app).await, before, "{wrong}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_roster_is_shown_before_it_is_imported_and_imported_again_without_effect(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_district(&app).await;
    let before = stored(&app).await;
    let (start, end) = (at(20), at(30));
    let second = format!("{BINYANG},{start},{end},binyang-leader,TOWNSHIP_LEADER,,");
    let lines = [line(10, 19, "binyang-clerk,,binyang-leader,"), second];

    let (ok, printed) = run(&app, &lines, &["--dry-run"]).await;
    assert!(ok && printed.contains(": + 2 added, ~ 0 changed") && printed.contains("nothing written"), "{printed}");
    assert_eq!(stored(&app).await, before);
    let (ok, printed) = run(&app, &lines, &[]).await;
    assert!(ok && printed.contains(": + 2 added") && printed.contains("; revision "), "{printed}");
    assert_eq!(stored(&app).await, (before.0 + 2, before.1 + 1));
    let (ok, printed) = run(&app, &lines, &[]).await;
    assert!(ok && printed.contains("= 2 unchanged; nothing written"), "{printed}");

    // A line with the unit and the start of a shift changes it; shifts that the file does not contain stay.
    let changed = [lines[1].replace(&end, &at(29)).replace("TOWNSHIP_LEADER,,", "TOWNSHIP_LEADER,binyang-clerk,")];
    let (ok, printed) = run(&app, &changed, &[]).await;
    assert!(ok && printed.contains("deputy (none) → binyang-clerk TOWNSHIP_CLERK"), "{printed}");
    assert_eq!(stored(&app).await, (before.0 + 2, before.1 + 2));
    // A shift that a person has taken back can be entered again by a file.
    let leader = Person::officer(&app, "binyang-leader").await;
    let seen = leader.asks("{ dutyRoster { nodes { id } } }", json!({})).await.ok();
    let shift = seen.data("dutyRoster.nodes")[0]["id"].clone();
    leader.does("takeBackShift", json!({ "shiftId": shift })).await.done();
    let (ok, printed) = run(&app, &lines[..1], &[]).await;
    assert!(ok && printed.contains(": + 1 added"), "{printed}");
}

/// The shifts of the example are over: only a file may state what has been.
#[tokio::test]
async fn the_example_of_a_roster_can_be_imported() {
    let app = TestApp::start(Engine::Sqlite).await;
    import_district(&app).await;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/data/demo/roster.csv");
    for expected in [": + 4 added", "= 4 unchanged; nothing written"] {
        let done = app.run(&["import", "roster", file]).await;
        let said = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
        assert!(done.status.success() && said.contains(expected), "{said}");
    }
}
