//! The files under `api/data/` agree with one another and with the rules that read them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod rows;
mod working_days;

use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::hazard::Level;
use domain::money::Fen;
use domain::policy::{AwardPolicy, HandlingPolicy, SupervisionPolicy};
use domain::staff::{Role, UnitKind};
use domain::time::{DayKind, OfficePolicy};

use rows::{
    CategoryRow, CodeRow, DayRow, DutyRow, OfficerRow, Policies, PostRow, UnitRow, area_codes, areas, category_codes,
    first_day, keys, rows, scenes, text, unit_codes,
};

#[test]
fn policies_are_documents_of_their_kinds() {
    let policies: Policies = toml::from_str(&text("policies.toml")).unwrap();
    let found = keys(policies.policy.iter().map(|policy| (policy.kind.as_str(), policy.area.as_str())));
    assert_eq!(found, BTreeSet::from([("award", ""), ("handling", ""), ("office", "")]));
    for policy in policies.policy {
        assert_eq!(policy.valid_from, first_day());
        match policy.kind.as_str() {
            "office" => assert!(!policy.body.try_into::<OfficePolicy>().unwrap().hours.stretches().is_empty()),
            "handling" => handling_is_sound(&policy.body.try_into().unwrap()),
            "award" => award_is_sound(&policy.body.try_into().unwrap()),
            other => panic!("no policy is of kind {other}"),
        }
    }
}

/// Every installation that has policies of its own keeps them through an upgrade: what was imported by the first build
/// must be readable by this one, whatever fields it has added since, and by an older one after a step back.
#[test]
fn policies_of_every_earlier_build_and_of_later_builds_can_be_read() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/policies_of_builds");
    let builds = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let builds: Vec<Policies> = builds.map(|text| toml::from_str(&text).unwrap()).collect();
    assert!(builds.len() >= 5, "a build that changes api/data/policies.toml keeps the document before it");
    for mut policy in builds.into_iter().flat_map(|policies| policies.policy) {
        for later in [false, true] {
            if later {
                policy.body.as_table_mut().unwrap().insert("a_field_of_a_later_build".to_owned(), true.into());
            }
            let stored = serde_json::to_string(&policy.body).unwrap();
            let read = match policy.kind.as_str() {
                "office" => serde_json::from_str::<OfficePolicy>(&stored).map(drop),
                "handling" => serde_json::from_str::<HandlingPolicy>(&stored).map(|read| handling_is_sound(&read)),
                "award" => serde_json::from_str::<AwardPolicy>(&stored).map(|read| award_is_sound(&read)),
                other => panic!("no policy is of kind {other}"),
            };
            read.unwrap_or_else(|error| panic!("{}: {error}; give a new field `#[serde(default)]`", policy.kind));
        }
    }
}

fn handling_is_sound(handling: &HandlingPolicy) {
    assert_eq!(handling.dispatch_emergency.to_string(), "5min");
    assert_eq!(handling.review_emergency.to_string(), "15min");
    assert!(handling.warn_percent <= 100);
    assert_eq!(handling.supervision, SupervisionPolicy::default(), "a policy without a ladder has the shipped one");
    let found = keys(handling.whistles.iter().map(|whistle| whistle.code.as_str()));
    assert_eq!(found, BTreeSet::from(["emergency", "joint_enforcement", "key_work", "routine"]));
    for whistle in &handling.whistles {
        assert!(whistle.may_blow.contains(&Role::TownshipLeader) && whistle.spans.finish.is_some(), "{}", whistle.code);
    }
}

fn award_is_sound(award: &AwardPolicy) {
    let amounts: Vec<_> = Level::ALL.iter().map(|level| award.amount(*level, Fen(0))).collect();
    assert!(amounts.is_sorted() && amounts.iter().all(|amount| amount.0 > 0), "a graver hazard is worth no less");
    assert_eq!(award.collect_days, 60);
}

#[test]
fn categories_preset_codes_that_exist() {
    let codes: Vec<CodeRow> = rows("codes.csv");
    assert!(
        codes.iter().all(|code| !code.name.is_empty() && !code.name_en.is_empty() && code.valid_from == first_day())
    );
    let codes = keys(codes.into_iter().map(|code| (code.list, code.code)));
    let mut used = BTreeSet::new();
    for category in rows::<CategoryRow>("categories.csv") {
        assert!(!category.name.is_empty() && !category.name_en.is_empty() && category.valid_from == first_day());
        let axes = [
            ("place_kind", category.place_kind),
            ("industry", category.industry),
            ("disaster_kind", category.disaster_kind),
        ];
        for (list, code) in axes.into_iter().filter(|(_, code)| !code.is_empty()) {
            let key = (list.to_owned(), code);
            assert!(codes.contains(&key), "{}: {key:?}", category.code);
            used.insert(key);
        }
    }
    for (list, code) in codes.iter().filter(|(list, _)| list == "place_kind") {
        assert!(used.contains(&(list.clone(), code.clone())), "no category is at a place of kind {code}");
    }
    assert_eq!(category_codes().len(), rows::<CategoryRow>("categories.csv").len());
}

#[test]
fn the_calendar_names_each_day_once() {
    let days: Vec<DayRow> = rows("calendar.csv");
    assert!(days.is_sorted_by_key(|day| day.date) && days.iter().all(|day| !day.name.is_empty()));
    let dates = keys(days.iter().map(|day| day.date));
    assert_eq!(dates.len(), 72);
    assert_eq!(days.iter().filter(|day| day.kind == DayKind::Work).count(), 11);
}

#[test]
fn duties_name_units_and_cover_every_category() {
    let (units, categories) = (unit_codes(), category_codes());
    let duties: Vec<DutyRow> = rows("demo/duties.csv");
    for duty in &duties {
        assert_eq!(duty.area_code, "520115000000");
        assert!(!duty.basis.is_empty() && !duty.township_tasks.is_empty() && duty.valid_from == first_day());
        let support: Vec<_> = duty.support_units.split(';').filter(|unit| !unit.is_empty()).collect();
        for unit in support.iter().copied().chain([duty.lead_unit.as_str()]) {
            assert!(units.contains(unit), "{}: no unit {unit}", duty.category);
        }
        assert!(!support.contains(&duty.lead_unit.as_str()), "{}: who leads does not support", duty.category);
    }
    assert!(duties.iter().any(|duty| duty.township_may_lead), "a township can keep something for itself");
    let mut covered = keys(duties.into_iter().map(|duty| duty.category));
    assert!(covered.remove(""), "the fallback");
    assert_eq!(covered, categories);
}

#[test]
fn units_stand_in_areas_and_every_township_has_one() {
    let (areas_known, units) = (area_codes(), rows::<UnitRow>("demo/units.csv"));
    let mut seen = BTreeSet::from([String::new()]);
    for unit in &units {
        assert!(!unit.name.is_empty() && unit.valid_from == first_day() && areas_known.contains(&unit.area_code));
        assert!(seen.contains(&unit.parent_code), "{}: its parent stands before it", unit.code);
        seen.insert(unit.code.clone());
    }
    for (code, _) in areas().iter().filter(|(_, level)| level == "township") {
        assert!(units.iter().any(|unit| unit.kind == UnitKind::Township && unit.area_code == *code), "{code}");
    }
    for kind in UnitKind::ALL {
        assert!(units.iter().any(|unit| unit.kind == *kind), "{kind:?}");
    }
}

#[test]
fn officers_are_invented_and_fill_every_role() {
    let (units, areas) = (unit_codes(), area_codes());
    let officers: Vec<OfficerRow> = rows("demo/officers.csv");
    for officer in &officers {
        assert!(officer.name.contains("示例") && officer.phone.starts_with("1990000") && officer.phone.len() == 11);
        assert!(units.contains(&officer.unit_code), "{}", officer.staff_no);
    }
    let names = keys(officers.iter().map(|officer| officer.staff_no.as_str()));
    assert_eq!(keys(officers.iter().map(|officer| officer.phone.as_str())).len(), names.len());
    let posts: Vec<PostRow> = rows("demo/posts.csv");
    for post in &posts {
        assert!(names.contains(post.staff_no.as_str()) && units.contains(&post.unit_code), "{}", post.staff_no);
        assert!(areas.contains(&post.area_code) && post.valid_from == first_day() && post.valid_to.is_none());
    }
    for role in Role::ALL {
        assert!(posts.iter().any(|post| post.role == *role), "{role:?}");
    }
    let custodians = posts.iter().filter(|post| post.role == Role::Custodian).map(|post| post.unit_code.as_str());
    assert!(keys(custodians).len() > 1, "a reveal is approved by another unit's custodian");
}

#[test]
fn every_scene_can_be_played() {
    let (names, areas) = (keys(rows::<CategoryRow>("categories.csv").into_iter().map(|row| row.name)), area_codes());
    let posts: Vec<PostRow> = rows("demo/posts.csv");
    for scene in scenes() {
        if let Some(category) = scene["category"].as_str() {
            assert!(names.contains(category), "no category is called {category}");
        }
        let Some(grid) = scene["place"]["grid"].as_str() else {
            continue;
        };
        assert!(areas.contains(grid), "no grid {grid}");
        let township = format!("{}000", &grid[..9]);
        for role in [Role::TownshipClerk, Role::TownshipLeader, Role::Worker] {
            assert!(posts.iter().any(|post| post.role == role && post.area_code == township), "{role:?} {township}");
        }
        for (role, area) in [(Role::GridWorker, grid), (Role::VillageOfficer, &grid[..12])] {
            assert!(posts.iter().any(|post| post.role == role && post.area_code == area), "{role:?} {area}");
        }
    }
}

#[test]
fn no_file_is_above_a_megabyte() {
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../api/data")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let about = entry.metadata().unwrap();
            if about.is_dir() {
                folders.push(entry.path());
            } else {
                assert!(about.len() <= 1_000_000, "{}", entry.path().display());
            }
        }
    }
}
