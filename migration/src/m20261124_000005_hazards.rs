//! Hazards with their whistles, assignments and clocks.

use sea_orm_migration::prelude::*;

use crate::words::{
    bytes_null, code, flag, id, id_null, index, key, path, points, small, table, text, text_null, time, time_null,
    whole,
};

const HAZARD_STATUSES: &[&str] =
    &["REGISTERED", "ASSIGNED", "IN_PROGRESS", "AWAITING_ACCEPTANCE", "SUSPENDED", "CLOSED", "MERGED", "CANCELLED"];
const LEVELS: &[&str] = &["GENERAL", "SUSPECTED_MAJOR", "MAJOR"];
const WHISTLE_STATUSES: &[&str] = &["PROPOSED", "BLOWN", "ANSWERED", "COMPLETED", "EVALUATED", "REFUSED", "CANCELLED"];
const WHISTLE_CLASSES: &[&str] = &["EMERGENCY", "ENFORCEMENT", "KEY_WORK", "ROUTINE"];
const ASSIGNMENT_STATUSES: &[&str] = &[
    "OPEN",
    "SIGNED",
    "CLAIMED",
    "ON_SITE",
    "FINISHED",
    "ACCEPTED",
    "REWORK",
    "SEND_BACK_ASKED",
    "SENT_BACK",
    "CANCELLED",
];
const ORIGINS: &[&str] = &["WHISTLE", "DIRECT", "SELF_HANDLED"];
const PARTS: &[&str] = &["LEAD", "SUPPORT"];
const CLOCK_STATES: &[&str] = &["RUNNING", "PAUSED", "MET", "LATE", "CANCELLED"];

crate::words::migration! {
    manager,
    tables: [
        table("subject").col(id("id").primary_key()).col(text("name")).col(text_null("uscc")).col(bytes_null("contact_ct"))
            .col(text_null("key_id")),
        table("hazard").col(id("id").primary_key()).col(whole("version")).col(code("status", HAZARD_STATUSES)).col(small("round"))
            .col(code("level", LEVELS)).col(text_null("category")).col(text_null("place_kind")).col(text_null("industry"))
            .col(text_null("disaster_kind")).col(id_null("subject_id")).col(flag("emergency"))
            .col(whole("lng_e7")).col(whole("lat_e7")).col(whole("cell")).col(text_null("address"))
            .col(id("area_id")).col(path("area_path", manager)).col(id("township_unit"))
            .col(time("registered_at")).col(time_null("closed_at")).col(text_null("end_kind")).col(text_null("end_reason"))
            .col(id_null("merged_into")).col(id_null("recurrence_of")).col(whole("rule_version"))
            .foreign_key(&mut points(("hazard", "area_id"), "area"))
            .foreign_key(&mut points(("hazard", "township_unit"), "unit"))
            .foreign_key(&mut points(("hazard", "subject_id"), "subject")),
        table("whistle").col(id("id").primary_key()).col(id("hazard_id")).col(text("type_code")).col(code("class", WHISTLE_CLASSES))
            .col(code("status", WHISTLE_STATUSES)).col(small("round")).col(id("blown_by_post")).col(id("blown_by_unit"))
            .col(time("blown_at")).col(text_null("end_kind"))
            .foreign_key(&mut points(("whistle", "hazard_id"), "hazard"))
            .foreign_key(&mut points(("whistle", "blown_by_unit"), "unit")),
        table("assignment").col(id("id").primary_key()).col(id("hazard_id")).col(id_null("whistle_id")).col(code("origin", ORIGINS))
            .col(id("unit_id")).col(code("part", PARTS)).col(code("status", ASSIGNMENT_STATUSES)).col(small("round"))
            .col(id_null("worker")).col(id_null("worker_post")).col(text("workers"))
            .col(time("dispatched_at")).col(time_null("signed_at")).col(time_null("claimed_at")).col(time_null("checked_in_at"))
            .col(time_null("finished_at")).col(time_null("accepted_at")).col(id_null("accepted_by"))
            .col(text_null("measure")).col(text("after_photos")).col(small("rework_count"))
            .foreign_key(&mut points(("assignment", "hazard_id"), "hazard"))
            .foreign_key(&mut points(("assignment", "whistle_id"), "whistle"))
            .foreign_key(&mut points(("assignment", "unit_id"), "unit")),
        table("clock").col(text("stream")).col(text("kind")).col(small("round")).col(id("owner_unit"))
            .col(id_null("owner_post")).col(id_null("assignment_id")).col(time("start")).col(time("due")).col(time("warn_at"))
            .col(code("state", CLOCK_STATES)).col(time_null("stopped_at")).col(text_null("paused_by")).col(whole("rule_version"))
            .primary_key(&mut key("clock", &["stream", "kind", "round", "owner_unit"]))
            .foreign_key(&mut points(("clock", "owner_unit"), "unit")),
    ],
    indexes: [
        index("hazard", &["area_path", "registered_at", "id"]),
        index("hazard", &["status", "registered_at", "id"]),
        index("hazard", &["cell", "lat_e7", "lng_e7", "id"]),
        index("whistle", &["hazard_id"]),
        index("assignment", &["hazard_id"]),
        index("assignment", &["unit_id", "status"]),
        index("clock", &["state", "due"]),
    ],
    drop: &["clock", "assignment", "whistle", "hazard", "subject"]
}
