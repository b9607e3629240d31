//! Tests the importer on both database engines, with the demonstration files and with invalid files.

use rstest::rstest;

use super::*;
use crate::database::Engine;
use crate::error::ApiError;
use crate::policy::defaults::{DEMO, NATIONAL};
use crate::policy::rulebook_cache::RuleBookCache;
use crate::testing::TestDatabase;

const NOW: DateTime<Utc> = DateTime::<Utc>::UNIX_EPOCH;

async fn empty(engine: Engine) -> (TestDatabase, Database) {
    let rows = TestDatabase::alone(engine).await;
    let db = rows.database.clone();
    (rows, db)
}

/// Returns a database with the rules of the demonstration district.
async fn district(engine: Engine) -> (TestDatabase, Database) {
    let (rows, db) = empty(engine).await;
    for file in DEMO {
        import(&db, file.kind, file.name, file.bytes, Mode::Write, NOW).await.unwrap();
    }
    (rows, db)
}

async fn write(db: &Database, kind: RuleKind, text: &str) -> ApiResult<Difference> {
    import(db, kind, "file", text.as_bytes(), Mode::Write, NOW).await
}

async fn revisions(db: &Database) -> i64 {
    revision::Entity::newest(&db.read).await.unwrap()
}

fn problems(result: ApiResult<Difference>) -> String {
    let Err(ApiError::Refused(refusal)) = result else { panic!("the file should be refused: {result:?}") };
    assert_eq!((refusal.code, refusal.field), (Code::InvalidInput, Some("file")));
    refusal.en.unwrap()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn everything_that_the_binary_carries_can_be_imported_once(#[case] engine: Engine) {
    let (_rows, db) = district(engine).await;
    assert_eq!(revisions(&db).await, 7);
    for file in NATIONAL.iter().chain(DEMO) {
        for mode in [Mode::DryRun, Mode::Write] {
            let again = import(&db, file.kind, file.name, file.bytes, mode, NOW).await.unwrap();
            assert!(again.is_empty() && again.unchanged > 0 && again.revision.is_none(), "{again}");
        }
    }
    assert_eq!(revisions(&db).await, 7);
    let events = entity::event::Entity::find().all(&db.read).await.unwrap();
    let mut versions: Vec<i64> = events.iter().map(|event| event.stream_version).collect();
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7]);
    assert!(events.iter().all(|event| event.kind == "RULES_IMPORTED" && event.stream == "rules:all"));
    let book = RuleBookCache::default().current(&db.read).await.unwrap();
    assert_eq!((book.version.0, book.areas.len(), book.units.iter().count()), (7, 171, 53));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_dry_run_writes_nothing(#[case] engine: Engine) {
    let (_rows, db) = empty(engine).await;
    let codes = NATIONAL[0];
    let shown = import(&db, codes.kind, codes.name, codes.bytes, Mode::DryRun, NOW).await.unwrap();
    assert!(shown.added.len() > 50 && shown.revision.is_none());
    assert!(shown.to_string().contains("+ place_kind P01 since 2024-01-01\n"), "{shown}");
    assert_eq!(revisions(&db).await, 0);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_changed_row_is_named_with_its_columns_and_keeps_its_id(#[case] engine: Engine) {
    let (_rows, db) = district(engine).await;
    let cache = RuleBookCache::default();
    let before = cache.current(&db.read).await.unwrap();
    let text = "code,name,kind,area_code,parent_code,valid_from\n\
                520115-fire,观山湖区消防局,DEPARTMENT,520115000000,,2024-01-01\n\
                520115-new,新设局,DEPARTMENT,520115000000,520115-fire,2026-01-01\n";
    let done = write(&db, RuleKind::Units, text).await.unwrap();
    assert_eq!(
        (done.added.as_slice(), done.changed.len(), done.revision.map(|v| v.0)),
        (&["520115-new".to_owned()][..], 1, Some(8))
    );
    assert!(done.to_string().contains("~ 520115-fire: name "), "{done}");
    let after = cache.current(&db.read).await.unwrap();
    let fire = after.units.by_code("520115-fire").unwrap();
    assert_eq!((fire.name.as_str(), fire.id), ("观山湖区消防局", before.units.by_code("520115-fire").unwrap().id));
    assert_eq!(after.units.by_code("520115-new").unwrap().parent_id, Some(fire.id));
    assert_eq!((before.version.0, after.version.0), (7, 8));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_newer_row_ends_the_one_before(#[case] engine: Engine) {
    let (_rows, db) = district(engine).await;
    let text = "area_code,category,lead_unit,support_units,township_may_lead,township_tasks,valid_from,basis\n\
                520115000000,gas,520115-gas-company,,false,,2027-01-01,新清单\n";
    let done = write(&db, RuleKind::Duties, text).await.unwrap();
    assert_eq!((done.added.len(), done.changed.len()), (1, 1));
    assert!(done.to_string().contains("valid_to (none) → 2027-01-01"), "{done}");
    assert!(write(&db, RuleKind::Duties, text).await.unwrap().is_empty());
    let old = DEMO[2];
    assert!(import(&db, old.kind, old.name, old.bytes, Mode::Write, NOW).await.unwrap().is_empty());
    let book = RuleBookCache::default().current(&db.read).await.unwrap();
    let area = book.areas.by_code("520115001000", "2026-01-01".parse().unwrap()).unwrap().id;
    for (day, lead) in [("2026-12-31", "520115-city-management"), ("2027-01-01", "520115-gas-company")] {
        let duty = book.duty_for(area, Some("gas"), day.parse().unwrap()).unwrap();
        assert_eq!(book.unit(duty.lead).unwrap().code, lead, "{day}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn all_problems_are_named_at_once_and_nothing_is_written(#[case] engine: Engine) {
    let (_rows, db) = district(engine).await;
    let text = "code,name,kind,area_code,parent_code,valid_from\n\
                bad code,甲,OFFICE,520115000000,,2024-01-01\n\
                b,,DEPARTMENT,999,,2024-13-01\n\
                c,丙,DEPARTMENT,999,nobody,2024-01-01\n\
                good,丁,DEPARTMENT,520115000000,,2024-01-01\n\
                good,戊,DEPARTMENT,520115000000,,2024-01-01\n\
                short,己\n\
                t,庚,TOWNSHIP,520115000000,,2024-01-01\n\
                u,辛,TOWNSHIP,520115001000,,2024-01-01\n";
    let found = problems(write(&db, RuleKind::Units, text).await);
    for part in [
        "line 2, column `code`",
        "line 2, column `kind`",
        "line 3, column `name`",
        "line 3, column `valid_from`",
        "line 4, column `area_code`",
        "line 6: line 5 already contains `good`",
        "line 7: it has 2 values",
        "line 8, column `area_code`",
        "line 9, column `area_code`: `520115001000` and `u` are both",
    ] {
        assert!(found.contains(part), "`{part}` is missing in\n{found}");
    }
    assert_eq!(revisions(&db).await, 7);
    let header = problems(write(&db, RuleKind::Calendar, "date,kind,nmae\n2026-01-01,OFF,元旦\n").await);
    assert!(
        header.contains("`nmae`: this column is unknown") && header.contains("`name`: the column is missing"),
        "{header}"
    );
}

fn feature(code: &str, level: &str, parent: &str, more: &str) -> String {
    let ring = "[[106.0,26.0],[106.1,26.0],[106.1,26.1],[106.0,26.0]]";
    format!(
        r#"{{"type":"Feature","properties":{{"code":"{code}","name":"甲","level":"{level}","parent":"{parent}","boundary":"official"{more}}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
    )
}

fn collection(features: &[String]) -> String {
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}", features.join(",\n"))
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn areas_are_checked_one_by_one(#[case] engine: Engine) {
    let (_rows, db) = district(engine).await;
    let file = collection(&[
        feature("520115002000", "village", "520115000000", ""),
        feature("9001", "village", "9000", ""),
        feature("9002", "street", "520115000000", ""),
        feature("9003", "county", "520115001000", ""),
        feature("9004", "township", "520115000000", r#","validFrom":"2026-02-30""#),
        feature("520115001000", "township", "520115000000", r#","validTo":"2026-01-01""#),
        feature("9005", "township", "520115000000", r#","valid_from":"2026-01-01""#),
    ]);
    let found = problems(write(&db, RuleKind::Areas, &file).await);
    for part in [
        "line 2, column `level`",
        "line 3, column `parent`: `9000`",
        "line 4, column `level`",
        "line 5, column `parent`",
        "line 6, column `validFrom`",
        "line 7, column `validTo`: `520115001000` ends before `520115001001`",
        "line 8, column `valid_from`: write the property as `validFrom`",
    ] {
        assert!(found.contains(part), "`{part}` is missing in\n{found}");
    }
    assert!(problems(write(&db, RuleKind::Areas, "{").await).contains("line 1: the file is not valid JSON"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_boundary_is_replaced_and_an_area_can_end(#[case] engine: Engine) {
    let (_rows, db) = district(engine).await;
    let zone = collection(&[feature("520115-zone", "township", "520115000000", r#","validFrom":"2026-01-01""#)]);
    assert_eq!(write(&db, RuleKind::Areas, &zone).await.unwrap().added.len(), 1);
    assert!(write(&db, RuleKind::Areas, &zone).await.unwrap().is_empty());
    let moved = zone.replace("106.0,26.0", "106.0,26.01");
    let changed = write(&db, RuleKind::Areas, &moved).await.unwrap();
    assert!(changed.changed.len() == 1 && changed.to_string().contains("SHA-256 of the geometry"), "{changed}");
    let later = moved.replace("2026-01-01", "2026-06-01"); // a newer boundary of the same area
    assert!(write(&db, RuleKind::Areas, &later).await.unwrap().is_empty());
    let ended = moved.replace(r#""validFrom""#, r#""validTo":"2027-01-01","validFrom""#);
    let changed = write(&db, RuleKind::Areas, &ended).await.unwrap();
    assert!(changed.to_string().contains("validTo (none) → 2027-01-01"), "{changed}");
    let book = RuleBookCache::default().current(&db.read).await.unwrap();
    let on = |day: &str| book.areas.by_code("520115-zone", day.parse().unwrap()).is_some();
    assert!(!on("2025-12-31") && on("2026-12-31") && !on("2027-01-01"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_spreadsheet_in_gb18030_is_read(#[case] engine: Engine) {
    let (_rows, db) = empty(engine).await;
    let text = "\u{feff}date,kind,name\n2027-01-01,OFF,元旦\n";
    let plain = text.trim_start_matches('\u{feff}').replace('\n', "\r\n");
    let (gb, _, _) = encoding_rs::GB18030.encode(&plain);
    assert_eq!(import(&db, RuleKind::Calendar, "gb.csv", &gb, Mode::Write, NOW).await.unwrap().added, ["2027-01-01"]);
    assert!(write(&db, RuleKind::Calendar, text).await.unwrap().is_empty(), "UTF-8 with a mark says the same");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn policies_are_checked_before_they_hold(#[case] engine: Engine) {
    let (_rows, db) = district(engine).await;
    let text = "[[policy]]\nkind = \"award\"\narea = \"999\"\nvalid_from = \"2026-01-01\"\n[policy.body]\npropose_at = \"NEVER\"\n\
                [[policy]]\nkind = \"tax\"\narea = \"\"\nvalid_from = \"soon\"\n[policy.body]\n";
    let found = problems(write(&db, RuleKind::Policies, text).await);
    for part in ["line 3, column `area`", "column `body`", "line 8, column `kind`", "line 10, column `valid_from`"] {
        assert!(found.contains(part), "`{part}` is missing in\n{found}");
    }
    assert!(problems(write(&db, RuleKind::Policies, "[[policy]\n").await).contains("line 1"));
    let national = include_str!("../../../data/policies.toml");
    for (line, with, name) in [
        ("warn_percent =", "warn_procent = 1\nwarn_percent =", "`warn_procent` is unknown"),
        ("sign = \"4wh\"", "sign = \"4wh\"\nsing = \"4wh\"", "`direct.sing` is unknown"),
        (
            "spans = { sign = \"10min\"",
            "spans = { sihn = \"1h\", sign = \"10min\"",
            "`whistles.0.spans.sihn` is unknown",
        ),
        ("check_in = \"1wd\"\nfinish = \"5wd\"", "check_in = \"1wd\"", "every assignment needs a span to `finish`"),
        ("decided_by = [\"COMMAND_CENTRE\"]", "decided_by = [\"WORKER\"]", "suspension.decided_by must name"),
        ("general = [30]", "general = [30, 30]", "in ascending order"),
        ("general = [30]", "general = [0]", "between 1 and 3650"),
    ] {
        assert!(national.contains(line), "{line}");
        let found = problems(write(&db, RuleKind::Policies, &national.replacen(line, with, 1)).await);
        assert!(found.contains(name), "{name} is missing in {found}");
    }
    let county = "[[policy]]\nkind = \"office\"\narea = \"520115000000\"\nvalid_from = \"2026-06-01\"\n[policy.body]\nhours = [[\"08:30\", \"11:30\"]]\n";
    write(&db, RuleKind::Policies, county).await.unwrap();
    let book = RuleBookCache::default().current(&db.read).await.unwrap();
    let day = "2026-06-01".parse().unwrap();
    let grid = book.areas.by_code("520115001002003", day).unwrap().id;
    assert_eq!(book.calendar(Some(grid), day).hours.len(), 1);
    assert_eq!(book.calendar(None, day).hours.len(), 2);
    assert_eq!(book.calendar(Some(grid), "2026-05-31".parse().unwrap()).hours.len(), 2);
    assert_eq!(book.handling(Some(grid), day).unwrap().callback_days, 15);
    assert_eq!(book.award(None, day).unwrap().collect_days, 60);
}
