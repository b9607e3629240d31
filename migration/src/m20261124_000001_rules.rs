//! Areas and the rules that differ by place and year: categories, duties, calendar, policies.

use sea_orm_migration::prelude::*;

use crate::words::{
    code, day, day_null, flag, id, id_null, index, key, path, points, table, text, text_null, time, unique, whole,
};

const LEVELS: &[&str] = &["PROVINCE", "CITY", "COUNTY", "TOWNSHIP", "VILLAGE", "GRID"];
const UNIT_KINDS: &[&str] = &["TOWNSHIP", "VILLAGE", "DEPARTMENT", "UTILITY", "COMMAND_CENTRE"];
const DAY_KINDS: &[&str] = &["WORK", "OFF"];

crate::words::migration! {
    manager,
    tables: [
        table("area").col(id("id").primary_key()).col(text("name")).col(code("level", LEVELS)).col(id_null("parent_id"))
            .col(path("path", manager)).col(text("boundary_kind")).col(text_null("boundary"))
            .col(day("valid_from")).col(day_null("valid_to"))
            .foreign_key(&mut points(("area", "parent_id"), "area")),
        table("area_code").col(id("area_id")).col(text("code")).col(day("valid_from")).col(day_null("valid_to"))
            .primary_key(&mut key("area_code", &["area_id", "code", "valid_from"]))
            .foreign_key(&mut points(("area_code", "area_id"), "area")),
        table("unit").col(id("id").primary_key()).col(text("code")).col(text("name")).col(code("kind", UNIT_KINDS))
            .col(id("area_id")).col(id_null("parent_id")).col(day("valid_from")).col(day_null("valid_to"))
            .foreign_key(&mut points(("unit", "area_id"), "area"))
            .foreign_key(&mut points(("unit", "parent_id"), "unit")),
        table("code_entry").col(text("list")).col(text("code")).col(text("name")).col(text("name_en"))
            .col(day("valid_from")).col(day_null("valid_to"))
            .primary_key(&mut key("code_entry", &["list", "code", "valid_from"])),
        table("category").col(id("id").primary_key()).col(text("code")).col(text("name")).col(text("name_en"))
            .col(text_null("place_kind")).col(text_null("industry")).col(text_null("disaster_kind"))
            .col(day("valid_from")).col(day_null("valid_to")),
        table("duty").col(id("id").primary_key()).col(id("area_id")).col(text_null("category")).col(id("lead_unit"))
            .col(text("support_units")).col(flag("township_may_lead")).col(text("township_tasks")).col(text("basis"))
            .col(day("valid_from")).col(day_null("valid_to"))
            .foreign_key(&mut points(("duty", "area_id"), "area"))
            .foreign_key(&mut points(("duty", "lead_unit"), "unit")),
        table("calendar_day").col(day("date").primary_key()).col(code("kind", DAY_KINDS)).col(text("name")),
        table("policy").col(id("id").primary_key()).col(text("kind")).col(id_null("area_id")).col(text("body"))
            .col(day("valid_from")).col(day_null("valid_to")).col(whole("rule_version"))
            .foreign_key(&mut points(("policy", "area_id"), "area")),
        table("revision").col(whole("number").primary_key()).col(text("kind")).col(text("summary")).col(time("at")),
    ],
    indexes: [
        unique("area", &["path"]),
        index("area", &["parent_id"]),
        index("area_code", &["code"]),
        unique("unit", &["code"]),
        unique("category", &["code", "valid_from"]),
        index("duty", &["area_id", "category"]),
    ],
    drop: &["revision", "policy", "calendar_day", "duty", "category", "code_entry", "unit", "area_code", "area"]
}
