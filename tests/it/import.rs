//! Rules from files: what an import would change is shown before it is written, for every kind of file.

use std::path::PathBuf;

use rstest::rstest;
use serde_json::json;
use tests::app::{Engine, Settings, TestApp, run as command};
use tests::people::Person;
use tests::postgres::Database;
use tests::world::{import, import_as_shipped};

/// A kind of file: its word, a file that is imported already, and a change of one row.
struct Case {
    kind: &'static str,
    file: &'static str,
    change: (&'static str, &'static str),
    shown: &'static str,
}

/// Every kind that `chuishao import` takes, except for the roster, whose days pass (`roster/import.rs`).
const CASES: &[Case] = &[
    Case {
        kind: "areas",
        file: "demo/areas.geojson",
        change: ("\"name\":\"观山湖区\"", "\"name\":\"观山湖新区\""),
        shown: "~ 520115000000 since 1949-10-01: name 观山湖区 → 观山湖新区",
    },
    Case {
        kind: "units",
        file: "demo/units.csv",
        change: ("观山湖区消防救援大队", "观山湖区消防救援局"),
        shown: "~ 520115-fire: name 观山湖区消防救援大队 → 观山湖区消防救援局",
    },
    Case {
        kind: "codes",
        file: "codes.csv",
        change: ("place_kind,P02,农家乐", "place_kind,P02,农家乐和民宿"),
        shown: "~ place_kind P02 since 2024-01-01: name 农家乐 → 农家乐和民宿",
    },
    Case {
        kind: "categories",
        file: "categories.csv",
        change: ("gas,燃气,Gas in homes and eateries", "gas,燃气,Gas"),
        shown: "~ gas since 2024-01-01: name_en Gas in homes and eateries → Gas",
    },
    Case {
        kind: "duties",
        file: "demo/duties.csv",
        change: ("520115000000,gas,520115-city-management", "520115000000,gas,520115-housing"),
        shown: "~ 520115000000 gas since 2024-01-01: lead_unit 520115-city-management → 520115-housing",
    },
    Case {
        kind: "calendar",
        file: "calendar.csv",
        change: ("2026-01-01,OFF,元旦", "2026-01-01,OFF,新年"),
        shown: "~ 2026-01-01: name 元旦 → 新年",
    },
    Case {
        kind: "policies",
        file: "policies.toml",
        change: ("callback_days = 15", "callback_days = 20"),
        shown: "~ handling",
    },
    Case {
        kind: "officers",
        file: "demo/officers.csv",
        change: ("指挥示例甲", "指挥示例丁"),
        shown: "~ command-1: name 指挥示例甲 → 指挥示例丁",
    },
    Case {
        kind: "posts",
        file: "demo/posts.csv",
        change: (
            "auditor-1,AUDITOR,520115-command-centre,520115000000,2024-01-01,",
            "auditor-1,AUDITOR,520115-command-centre,520115000000,2024-01-01,2030-01-01",
        ),
        shown: "valid_to (none) → 2030-01-01",
    },
];

fn stored(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../api/data").join(file)
}

/// Runs an import; answers whether it succeeded and what it printed, errors included.
async fn run(app: &TestApp, kind: &str, file: &str, options: &[&str]) -> (bool, String) {
    let done = app.run(&[&["import", kind, file], options].concat()).await;
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_dry_run_shows_the_difference_of_every_kind_and_writes_nothing(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_as_shipped(&app).await;
    for Case { kind, file, change: (before, after), shown } in CASES {
        let as_it_is = stored(file).to_str().unwrap().to_owned();
        let (ok, same) = run(&app, kind, &as_it_is, &["--dry-run"]).await;
        assert!(
            ok && same.contains(": + 0 added, ~ 0 changed, = ") && same.contains("; nothing written"),
            "{kind}: {same}"
        );

        let text = std::fs::read_to_string(&as_it_is).unwrap();
        assert!(text.contains(before), "{kind}: `{before}`");
        let changed = app.data().join(stored(file).file_name().unwrap());
        std::fs::write(&changed, text.replacen(before, after, 1)).unwrap();
        for _ in 0..2 {
            let (ok, said) = run(&app, kind, changed.to_str().unwrap(), &["--dry-run"]).await;
            assert!(ok && said.contains(shown) && said.contains("~ 1 changed"), "{kind}: {said}");
            assert!(said.contains("; nothing written"), "{kind}: {said}");
        }
        let (ok, said) = run(&app, kind, changed.to_str().unwrap(), &[]).await;
        assert!(ok && said.contains("~ 1 changed") && said.contains("; revision "), "{kind}: {said}");
    }
}

/// All problems at once, with their lines; nothing of the file is written.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_file_that_is_not_good_is_refused_as_a_whole(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let file = app.data().join("units.csv");
    let text = "code,name,kind,area_code,parent_code,valid_from\n\
                    520115-new,新设局,DEPARTMENT,520115000000,,2026-01-01\n\
                    520115-odd,某局,OFFICE,999,,2026-01-01\n";
    std::fs::write(&file, text).unwrap();
    for options in [&["--dry-run"][..], &[]] {
        let (ok, said) = run(&app, "units", file.to_str().unwrap(), options).await;
        assert!(!ok && said.contains("line 3, column `kind`") && said.contains("line 3, column `area_code`"), "{said}");
    }
    std::fs::write(&file, text.lines().take(2).collect::<Vec<_>>().join("\n")).unwrap();
    let (ok, said) = run(&app, "units", file.to_str().unwrap(), &["--dry-run"]).await;
    assert!(ok && said.contains("+ 520115-new"), "{said}");
}

/// A revision is read at each write: the next report is routed by the new rules.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_running_server_sees_an_import(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let citizen = Person::citizen(&app, "19900009991").await;
    let suggested = async || {
        let report = citizen.reports("NAMED").await;
        let clerk = Person::officer(&app, "command-1").await;
        let query = "query($id: UUID!) { report(id: $id) { suggestedUnitIds } }";
        let seen = clerk.asks(query, json!({ "id": report })).await.ok();
        (seen.data("report.suggestedUnitIds.0").clone(), clerk.ids_of(&["520115-fire", "520115-housing"]).await)
    };
    let file = app.data().join("duties.csv");
    let text = std::fs::read_to_string(stored("demo/duties.csv")).unwrap();
    let other = text.replace("self_built_house,520115-housing", "self_built_house,520115-fire");
    std::fs::write(&file, other).unwrap();
    let (ok, said) = run(&app, "duties", file.to_str().unwrap(), &[]).await;
    assert!(ok, "{said}");

    let (lead, ids) = suggested().await;

    assert_eq!(lead, ids[0]);
}

/// Nobody is told of a table that is not there: the sentence names the command.
#[tokio::test]
async fn an_import_into_a_database_without_tables_names_the_command() {
    let database = Database::empty().await;
    let settings = Settings::new().database(&database);
    let file = stored("codes.csv");
    for options in [&["--dry-run"][..], &[]] {
        let arguments = [&["import", "codes", file.to_str().unwrap()], options].concat();
        let done = command(&arguments, &settings).await;
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(!done.status.success() && said.contains("run `chuishao migrate` first"), "{said}");
    }
}
