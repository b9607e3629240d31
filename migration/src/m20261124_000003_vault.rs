//! The vault: who is who. Ciphertexts, keyed hashes and sessions; without the keys, which live outside the database,
//! nothing here joins two reports of one person. No foreign key crosses from here to reports or back.

use sea_orm_migration::prelude::*;

use crate::words::{
    bytes, bytes_null, code, flag, id, id_null, index, key, small, table, text, text_null, time, time_null, unique,
    whole,
};

const KINDS: &[&str] = &["REPORTER", "OFFICER"];

crate::words::migration! {
    manager,
    tables: [
        // One member of the public. Never written in a submission.
        table("person").col(id("id").primary_key()).col(bytes("phone_index")).col(bytes("phone_ct")).col(bytes("identity_ct"))
            .col(bytes("data_key_ct")).col(text("key_id")).col(time("created_at")).col(time_null("erased_at")),
        // Every report has one row, whether somebody is named in it or not, so that the table does not tell which.
        table("authorship").col(id("report_id").primary_key()).col(bytes("slot")).col(bytes("person_ct")).col(text("key_id")),
        // What only the reporter and the evidence need: device place, exact times of capture.
        table("report_secret").col(id("report_id").primary_key()).col(bytes("content_ct")).col(text("key_id")),
        // What a photo claims about itself (EXIF), and how it agrees with the rest.
        table("photo_evidence").col(id("photo_id").primary_key()).col(bytes("content_ct")).col(text("key_id")),
        // Units that a report accuses, as keyed tags.
        table("report_bar").col(id("report_id")).col(bytes("unit_tag"))
            .primary_key(&mut key("report_bar", &["report_id", "unit_tag"])),
        // Who collects the award of a report, once they have proved who they are.
        table("payee").col(id("report_id").primary_key()).col(bytes("payee_ct")).col(text("key_id")).col(time("at")),
        table("officer_login").col(id("officer_id").primary_key()).col(bytes("phone_index")).col(bytes("phone_ct")).col(text("key_id")),
        table("one_time_code").col(id("id").primary_key()).col(code("kind", KINDS)).col(bytes("phone_index")).col(bytes("phone_ct"))
            .col(bytes("code_hash")).col(small("guesses")).col(time("created_at")).col(time("ends_at")).col(time_null("used_at"))
            .col(text("key_id")).col(whole("minute")),
        // A login: the family of its refresh tokens.
        table("session").col(id("id").primary_key()).col(code("kind", KINDS)).col(id_null("officer_id")).col(bytes_null("person_ct"))
            .col(text_null("key_id")).col(time("created_at")).col(time("ends_at")).col(time_null("ended_at")).col(text_null("ended_why")),
        table("refresh_token").col(bytes("token_hash").primary_key()).col(id("session_id")).col(time("created_at"))
            .col(time_null("used_at")).col(bytes_null("successor_ct")).col(text_null("key_id")),
        // Phones whose keys belong to somebody.
        table("device").col(id("id").primary_key()).col(bytes("owner_tag")).col(bytes("person_ct")).col(text("key_id"))
            .col(time("created_at")),
        // Wrong follow-up codes, counted by report and hour.
        table("follow_attempt").col(id("id").primary_key()).col(id("report_id")).col(time("at")),
        table("consent").col(id("id").primary_key()).col(bytes("person_ct")).col(text("key_id")).col(text("purpose"))
            .col(text("text_version")).col(flag("given")).col(time("at")),
    ],
    indexes: [
        unique("person", &["phone_index"]),
        unique("authorship", &["slot"]),
        index("report_bar", &["unit_tag"]),
        unique("officer_login", &["phone_index"]),
        index("one_time_code", &["phone_index", "created_at"]),
        // One a minute, even for requests that come at the same moment.
        unique("one_time_code", &["phone_index", "minute"]),
        index("refresh_token", &["session_id"]),
        index("session", &["officer_id"]),
        index("device", &["owner_tag"]),
        index("follow_attempt", &["report_id", "at"]),
    ],
    drop: &[
        "consent", "device", "follow_attempt", "refresh_token", "session", "one_time_code", "officer_login", "report_bar",
        "payee", "photo_evidence", "report_secret", "authorship", "person",
    ]
}
