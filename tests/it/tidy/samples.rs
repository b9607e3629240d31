//! Each rule catches what it is for, and lets its neighbour pass.

use super::{code::Source, rules::*};

const REPORT: &str = "api/src/report/service.rs";
const DOMAIN: &str = "domain/src/report/mod.rs";
const MIGRATION: &str = "migration/src/lib.rs";

/// The rule finds something in each of these files.
#[track_caller]
fn caught(rule: Rule, samples: &[(&str, &str)]) {
    for (path, text) in samples {
        assert!(!rule(&Source::new(*path, text)).is_empty(), "let pass: {path}: {text}");
    }
}

/// The rule finds nothing in any of these files.
#[track_caller]
fn passed(rule: Rule, samples: &[(&str, &str)]) {
    for (path, text) in samples {
        assert_eq!(rule(&Source::new(*path, text)), [""; 0], "{path}: {text}");
    }
}

#[test]
fn services_call_only_leftwards() {
    let rule = services_call_leftwards;
    caught(rule, &[(REPORT, "use crate::hazard::service;"), (REPORT, "use crate::{app::App, hazard};")]);
    caught(rule, &[(REPORT, "super::super::hazard::find();"), ("api/src/report/loader.rs", "crate::open311::find();")]);
    passed(rule, &[(REPORT, "use crate::{app::App, photo, report::X};"), (REPORT, "// as crate::hazard does")]);
    passed(
        rule,
        &[("api/src/report/graphql.rs", "use crate::hazard::Hazard;"), ("api/src/schema.rs", "crate::hazard::X")],
    );
}

#[test]
fn the_vault_is_opened_by_identity_alone() {
    let rule = only_identity_opens_the_vault;
    caught(rule, &[(REPORT, "use entity::vault::person;"), (REPORT, "use entity::{report, vault};")]);
    caught(rule, &[("api/src/worker.rs", "use entity::*;")]);
    passed(rule, &[("api/src/identity/service.rs", "use entity::vault::person;"), (REPORT, "use entity::report;")]);
}

#[test]
fn rules_and_history_stand_alone() {
    let rule = crates_know_what_they_may;
    caught(rule, &[(DOMAIN, "use sea_orm::Value;"), (DOMAIN, "tokio::spawn(f);"), (DOMAIN, "use actix_web::web;")]);
    passed(rule, &[(DOMAIN, "#[cfg_attr(feature = \"x\", derive(sea_orm::A))]"), (DOMAIN, "/// as tokio::spawn does")]);
    caught(rule, &[(MIGRATION, "use domain::report::Status;"), (MIGRATION, "entity::report::Entity")]);
    passed(rule, &[(MIGRATION, "use sea_orm_migration::sea_orm::entity::prelude::*;")]);
}

#[test]
fn services_and_resolvers_stay_in_their_rooms() {
    let rule = rooms_know_what_they_may;
    let graphql = "api/src/report/graphql.rs";
    caught(rule, &[(graphql, "use sea_orm::EntityTrait;"), (graphql, "fn f() -> Result<(), DbErr> {}")]);
    caught(rule, &[(REPORT, "use async_graphql::ID;"), ("api/src/hazard/service/claim.rs", "use actix_web::web;")]);
    caught(rule, &[("api/src/hazard/service_time.rs", "use actix_web::web;")]);
    passed(rule, &[("api/src/report/loader.rs", "use sea_orm::EntityTrait;"), (graphql, "use async_graphql::ID;")]);
}

#[test]
fn vague_names_are_caught() {
    let rule = files_are_named_by_a_word;
    caught(rule, &[("api/src/report/utils.rs", ""), ("api/src/helpers/mod.rs", ""), ("tests/it/common.rs", "")]);
    passed(rule, &[(REPORT, "")]);
}

#[test]
fn long_files_give_their_reason() {
    let long = "x();\n".repeat(300);
    let excused = format!("//! Long because it is one table.\n{long}");
    let tested = format!("#[cfg(test)]\n{long}");
    caught(files_are_short, &[(REPORT, &long), ("tests/src/app.rs", &long)]);
    passed(files_are_short, &[(REPORT, &excused), (REPORT, &tested), ("tests/it/report.rs", &long)]);
}

#[test]
fn bare_transactions_are_caught() {
    let rule = transactions_begin_in_one_place;
    caught(
        rule,
        &[(REPORT, "let tx = db.begin().await?;"), ("entity/src/report.rs", "db.begin_with_config(None, None)")],
    );
    passed(rule, &[("api/src/database.rs", "self.db.begin().await"), (REPORT, "app.begin_write().await?;")]);
}

#[test]
fn causes_that_become_texts_are_caught() {
    let rule = causes_are_kept;
    caught(rule, &[(REPORT, "x.map_err(|e| e.to_string())?"), (REPORT, "x.map_err(|error|\n    error.to_string())?")]);
    caught(rule, &[(REPORT, "x.map_err(ToString::to_string)?")]);
    passed(rule, &[(REPORT, "x.map_err(Refusal::from)?"), (REPORT, "x.map_err(|e| Refusal::because(e.to_string()))?")]);
}
