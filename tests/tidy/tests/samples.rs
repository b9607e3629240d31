//! Tests each rule with samples that violate it, and with similar samples that do not.
#![cfg(test)]

use tidy::rules::*;
use tidy::source::Source;

const REPORT: &str = "api/src/report/service.rs";
const GRAPHQL: &str = "api/src/report/graphql.rs";
const DOMAIN: &str = "domain/src/report/mod.rs";
const MIGRATION: &str = "migration/src/lib.rs";

fn read(path: &str, text: &str) -> Source {
    Source::new(path, text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"))
}

/// Asserts that the rule reports a violation in each of these files.
#[track_caller]
fn caught(rule: Rule, samples: &[(&str, &str)]) {
    for (path, text) in samples {
        assert!(!rule(&read(path, text)).is_empty(), "let pass: {path}: {text}");
    }
}

/// Asserts that the rule reports no violation in any of these files.
#[track_caller]
fn passed(rule: Rule, samples: &[(&str, &str)]) {
    for (path, text) in samples {
        assert_eq!(rule(&read(path, text)), [""; 0], "{path}: {text}");
    }
}

#[test]
fn services_call_only_leftwards() {
    let rule = services_call_leftwards;
    caught(rule, &[(REPORT, "use crate::hazard::service;"), (REPORT, "use crate::{app::App, hazard};")]);
    caught(rule, &[("api/src/report/loader.rs", "fn f() { crate::open311::find(); }")]);
    passed(rule, &[(REPORT, "use crate::{app::App, photo, report::X};"), (REPORT, "// as crate::hazard does")]);
    passed(rule, &[(GRAPHQL, "use crate::hazard::Hazard;"), ("api/src/schema.rs", "use crate::hazard::X;")]);
    passed(rule, &[(REPORT, "#[cfg(test)] mod tests { use crate::hazard::X; }")]);
    // However the path is written.
    caught(
        rule,
        &[("api/src/report/mod.rs", "use super::hazard::X;"), (REPORT, "fn f() { super::super::hazard::g() }")],
    );
    caught(rule, &[(REPORT, "mod inner { use super::super::super::hazard::X; }")]);
    passed(rule, &[(REPORT, "use super::hazard::X; use super::super::photo::Y;")]);
}

#[test]
fn every_module_at_the_root_has_its_place() {
    let rule = every_root_has_its_place;
    caught(rule, &[("api/src/novelty.rs", ""), ("api/src/novelty/mod.rs", "")]);
    caught(rule, &[(REPORT, "use crate::worker::start;"), ("api/src/page.rs", "use super::schema::Schema;")]);
    caught(rule, &[(GRAPHQL, "use crate::schema::Schema;")]);
    passed(
        rule,
        &[("api/src/worker.rs", "use crate::{server, report};"), ("domain/src/novelty.rs", "use crate::server;")],
    );
    passed(rule, &[("api/src/report/tests.rs", "use crate::testing::World;"), (REPORT, "use crate::{app, photo};")]);
}

#[test]
fn resolvers_take_only_objects_and_loaders_from_their_right() {
    let rule = resolvers_call_no_service_to_their_right;
    caught(rule, &[(GRAPHQL, "use crate::hazard::service::likeness::similar;"), (GRAPHQL, "use crate::hazard;")]);
    caught(rule, &[("api/src/report/graphql/mine.rs", "use crate::intake::status::Status;")]);
    passed(rule, &[(GRAPHQL, "use crate::hazard::graphql::Hazard; use crate::hazard::loader::HazardById;")]);
    passed(rule, &[(GRAPHQL, "use crate::reward::reading::award;"), (REPORT, "use crate::hazard::service;")]);
}

#[test]
fn services_take_no_inputs_of_graphql() {
    let rule = services_know_no_resolver;
    caught(
        rule,
        &[(REPORT, "use super::graphql::input::ReportFilter;"), (REPORT, "use crate::photo::graphql::Photo;")],
    );
    passed(rule, &[(GRAPHQL, "use crate::photo::graphql::Photo;"), ("api/src/schema.rs", "use crate::a::graphql::B;")]);
    passed(rule, &[(REPORT, "mod graphql; fn f(graphql: i32) { graphql; }")]);
}

#[test]
fn the_ground_stands_below_the_slices() {
    let rule = the_ground_names_no_slice;
    caught(
        rule,
        &[
            ("api/src/app.rs", "use crate::intake::write_queue::WriteQueues;"),
            ("api/src/page.rs", "use crate::report;"),
        ],
    );
    caught(rule, &[("api/src/caller.rs", "use crate::identity::PersonId;")]);
    passed(rule, &[("api/src/caller.rs", "use crate::identity::person::PersonId;"), (REPORT, "use crate::photo;")]);
    passed(rule, &[("api/src/page.rs", "use crate::error::ApiError;"), ("api/src/start.rs", "use crate::photo;")]);
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
    caught(rule, &[(DOMAIN, "use sea_orm::Value;"), (DOMAIN, "fn g() { tokio::spawn(f); }")]);
    caught(rule, &[(DOMAIN, "use actix_web::web;")]);
    passed(rule, &[(DOMAIN, "#[cfg_attr(feature = \"x\", derive(sea_orm::A))] struct S;")]);
    passed(rule, &[(DOMAIN, "/// as tokio::spawn does\nfn f() {}")]);
    caught(rule, &[(MIGRATION, "use domain::report::Status;"), (MIGRATION, "fn f() { entity::report::Entity; }")]);
    passed(rule, &[(MIGRATION, "use sea_orm_migration::sea_orm::entity::prelude::*;")]);
}

#[test]
fn services_and_resolvers_stay_in_their_rooms() {
    let rule = rooms_know_what_they_may;
    caught(rule, &[(GRAPHQL, "use sea_orm::EntityTrait;"), (GRAPHQL, "fn f() -> Result<(), DbErr> { Ok(()) }")]);
    caught(rule, &[(REPORT, "use async_graphql::ID;"), ("api/src/hazard/service/claim.rs", "use actix_web::web;")]);
    passed(rule, &[("api/src/report/loader.rs", "use sea_orm::EntityTrait;"), (GRAPHQL, "use async_graphql::ID;")]);
}

#[test]
fn vague_names_are_caught() {
    let rule = files_are_named_by_a_word;
    caught(rule, &[("api/src/report/utils.rs", ""), ("api/src/helpers/mod.rs", ""), ("tests/it/common.rs", "")]);
    passed(rule, &[(REPORT, "")]);
}

#[test]
fn long_files_give_their_reason() {
    let long = "struct S;\n".repeat(300);
    let excused = format!("//! Long because it is one table.\n{long}");
    let tested = format!("#[cfg(test)]\nmod tests {{\n{long}\n}}");
    caught(files_are_short, &[(REPORT, &long), ("tests/src/app.rs", &long)]);
    let tested_before = format!("#[cfg(test)]\nfn f() {{}}\n{long}");
    caught(files_are_short, &[(REPORT, &tested_before)]);
    passed(files_are_short, &[(REPORT, &excused), (REPORT, &tested), ("tests/it/report.rs", &long)]);
}

#[test]
fn bare_transactions_are_caught() {
    let rule = transactions_begin_in_one_place;
    caught(rule, &[(REPORT, "async fn f() { let tx = db.begin().await?; }")]);
    caught(rule, &[("entity/src/report.rs", "fn f() { db.begin_with_config(None, None) }")]);
    passed(rule, &[("api/src/database.rs", "async fn f() { self.db.begin().await }")]);
    passed(rule, &[(REPORT, "async fn f() { app.begin_write().await?; }")]);
}

#[test]
fn causes_that_become_texts_are_caught() {
    let rule = causes_are_kept;
    caught(rule, &[(REPORT, "fn f() { x.map_err(|e| e.to_string())?; }")]);
    caught(rule, &[(REPORT, "fn f() { x.map_err(|error|\n    error.to_string())?; }")]);
    caught(rule, &[(REPORT, "fn f() { x.map_err(ToString::to_string)?; }")]);
    passed(rule, &[(REPORT, "fn f() { x.map_err(Refusal::from)?; }")]);
    passed(rule, &[(REPORT, "fn f() { x.map_err(|e| Refusal::because(e.to_string()))?; }")]);
}

#[test]
fn tuple_parameters_are_caught() {
    let rule = parameters_are_no_tuples;
    caught(rule, &[(REPORT, "fn f((text, author): (&str, PostId)) {}"), (REPORT, "fn f(it: &(&str, PostId)) {}")]);
    passed(rule, &[(REPORT, "fn f(text: &str, author: PostId) { g(|(a, b)| a); }")]);
}

#[test]
fn our_crates_are_found_in_a_manifest() {
    assert_eq!(ours_in_manifest("[dependencies]\nentity = { workspace = true }\nserde = \"1\"\n"), ["entity"]);
}
