//! Importing and adding officers and posts, with a vault whose contents the tests can read.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::access::{Action, Relation, may};
use domain::id::OfficerId;
use domain::staff::{Role, UnitKind};
use entity::{event, officer, post, revision};
use rstest::rstest;
use sea_orm::{DatabaseTransaction, EntityTrait};

use super::import::{officers, posts};
use super::phones::{NumberChange, OfficerNumber, Phones};
use super::service::{NewOfficer, add};
use crate::database::{Database, Engine};
use crate::error::{ApiError, ApiResult};
use crate::policy::defaults::{DEMO, DEMO_OFFICERS, DEMO_POSTS};
use crate::policy::import::{Mode, import};
use crate::policy::units::can_review;
use crate::testing::TestDatabase;

const NOW: DateTime<Utc> = DateTime::from_timestamp(1_795_478_400, 0).unwrap(); // 2026-11-24

#[derive(Default)]
struct Vault(Mutex<HashMap<OfficerId, String>>);

#[async_trait]
impl Phones for Vault {
    fn keyed_hash(&self, sha256: &str) -> String {
        sha256.chars().rev().collect()
    }

    async fn compare(&self, _: &DatabaseTransaction, numbers: &[OfficerNumber]) -> ApiResult<Vec<NumberChange>> {
        let kept = self.0.lock().unwrap();
        let given = |officer: &OfficerId| numbers.iter().any(|number| number.officer == *officer);
        let change = |number: &OfficerNumber| match kept.get(&number.officer) {
            _ if kept.iter().any(|(officer, digits)| !given(officer) && *digits == number.digits) => {
                NumberChange::Taken
            }
            None => NumberChange::First,
            Some(digits) if *digits == number.digits => NumberChange::Kept,
            Some(_) => NumberChange::Changed,
        };
        Ok(numbers.iter().map(change).collect())
    }

    async fn keep(&self, _: &DatabaseTransaction, numbers: &[OfficerNumber], _: DateTime<Utc>) -> ApiResult<()> {
        self.0.lock().unwrap().extend(numbers.iter().map(|number| (number.officer, number.digits.clone())));
        Ok(())
    }

    async fn end_logins(&self, _: &DatabaseTransaction, _: &[OfficerId], _: DateTime<Utc>) -> ApiResult<()> {
        Ok(())
    }
}

async fn district(engine: Engine) -> (TestDatabase, Database, Vault) {
    let rows = TestDatabase::alone(engine).await;
    let db = rows.database.clone();
    for file in DEMO {
        import(&db, file.kind, file.name, file.bytes, Mode::Write, NOW).await.unwrap();
    }
    (rows, db, Vault::default())
}

fn problem(error: &ApiError) -> String {
    error.refusal().en.unwrap_or_else(|| panic!("{error}"))
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_demonstration_has_its_people(#[case] engine: Engine) {
    let (_rows, db, vault) = district(engine).await;
    let dry = officers(&db, "officers.csv", DEMO_OFFICERS, Mode::DryRun, NOW, &vault).await.unwrap();
    assert_eq!((dry.added.len(), vault.0.lock().unwrap().len()), (127, 0));
    for (added, unchanged) in [(127, 0), (0, 127)] {
        let done = officers(&db, "officers.csv", DEMO_OFFICERS, Mode::Write, NOW, &vault).await.unwrap();
        assert_eq!((done.added.len(), done.unchanged, done.changed.len()), (added, unchanged, 0));
        let done = posts(&db, "posts.csv", DEMO_POSTS, Mode::Write, NOW).await.unwrap();
        assert_eq!((done.added.len(), done.unchanged, done.changed.len()), (added, unchanged, 0));
    }
    assert_eq!(revision::Entity::newest(&db.read).await.unwrap(), 9);
    assert_eq!(post::Entity::find().all(&db.read).await.unwrap().len(), 127);
    assert_eq!(vault.0.lock().unwrap().len(), 127);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_phone_is_a_change_that_is_not_shown(#[case] engine: Engine) {
    let (_rows, db, vault) = district(engine).await;
    officers(&db, "a.csv", DEMO_OFFICERS, Mode::Write, NOW, &vault).await.unwrap();
    let file = "staff_no,name,unit_code,phone,active\n\
                command-1,指挥示例甲,520115-command-centre,19911111111,\n\
                command-2,指挥示例丙,520115-command-centre,19900000002,false\n";
    let done = officers(&db, "b.csv", file.as_bytes(), Mode::Write, NOW, &vault).await.unwrap();
    let text = done.to_string();
    assert!(text.contains("~ command-1: phone (hidden) → (hidden)") && !text.contains("1991"), "{text}");
    assert!(text.contains("~ command-2: name 指挥示例乙 → 指挥示例丙; active true → false"), "{text}");
    assert_eq!((done.changed.len(), done.unchanged), (2, 0));
    assert!(vault.0.lock().unwrap().values().any(|phone| phone == "19911111111"));
    let rows = officer::Entity::find().all(&db.read).await.unwrap();
    assert_eq!(rows.iter().filter(|row| !row.active).count(), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn problems_of_people_are_named_without_their_numbers(#[case] engine: Engine) {
    let (_rows, db, vault) = district(engine).await;
    let file = "staff_no,name,unit_code,phone\n\
                a,甲,520115-fire,12345\nb,乙,nowhere,19900000001\nc,丙,520115-fire,19900000001\n";
    let found = problem(&officers(&db, "o.csv", file.as_bytes(), Mode::Write, NOW, &vault).await.unwrap_err());
    for part in ["line 2, column `phone`", "line 3, column `unit_code`", "line 4, column `phone`: line 3 has the same"]
    {
        assert!(found.contains(part), "`{part}` is missing in\n{found}");
    }
    assert!(!found.contains("12345") && !found.contains("1990000"), "{found}");
    officers(&db, "a.csv", DEMO_OFFICERS, Mode::Write, NOW, &vault).await.unwrap();
    let file = "staff_no,role,unit_code,area_code,valid_from,valid_to\n\
                nobody,WORKER,520115-fire,520115000000,2024-01-01,\n\
                command-1,TOWNSHIP_LEADER,520115-fire,520115000000,2024-01-01,2023-01-01\n";
    let found = problem(&posts(&db, "p.csv", file.as_bytes(), Mode::Write, NOW).await.unwrap_err());
    for part in ["line 2, column `staff_no`", "line 3, column `role`", "line 3, column `valid_to`"] {
        assert!(found.contains(part), "`{part}` is missing in\n{found}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_officer_is_added_with_posts(#[case] engine: Engine) {
    let (_rows, db, vault) = district(engine).await;
    let new = |staff_no: &str, post: &str| NewOfficer {
        staff_no: staff_no.to_owned(),
        name: "示例".to_owned(),
        unit_code: "520115001000".to_owned(),
        phone: "19900000001".to_owned(),
        posts: vec![post.parse().unwrap()],
    };
    let added = add(&db, new("x-1", "TOWNSHIP_CLERK@520115001000"), &vault, NOW).await.unwrap();
    assert_eq!(vault.0.lock().unwrap().get(&added.id).map(String::as_str), Some("19900000001"));
    let held = post::Entity::find().all(&db.read).await.unwrap();
    assert_eq!((held.len(), held[0].officer_id, held[0].valid_from.to_string().as_str()), (1, added.id, "2026-11-24"));
    let events = event::Entity::find().all(&db.read).await.unwrap();
    assert!(events.iter().any(|event| event.kind == "OFFICER_ADDED" && !event.payload.contains("示例")));
    for (staff_no, post, field) in [
        ("x-1", "TOWNSHIP_CLERK@520115001000", "staff_no"),
        ("x-2", "DEPARTMENT_CLERK@520115001000", "posts"),
        ("x-2", "TOWNSHIP_CLERK@999", "posts"),
        ("x 2", "TOWNSHIP_CLERK@520115001000", "staff_no"),
    ] {
        let refused = add(&db, new(staff_no, post), &vault, NOW).await.unwrap_err().refusal();
        assert_eq!(refused.field, Some(field), "{staff_no} {post}");
    }
    assert!(
        "CLERK@1".parse::<super::service::PostSpec>().is_err()
            && "WORKER@".parse::<super::service::PostSpec>().is_err()
    );
}

/// Routing sends reports to units of these kinds alone, because nobody elsewhere could review them.
#[test]
fn the_kinds_of_units_that_review_are_those_with_a_role_that_reviews() {
    for kind in UnitKind::ALL {
        let reviews =
            |role: &Role| super::rows::fits(*role, *kind) && may(*role, Action::ReviewReport, Relation::OwnUnit);
        assert_eq!(can_review(*kind), Role::ALL.iter().any(reviews), "{kind:?}");
    }
}
