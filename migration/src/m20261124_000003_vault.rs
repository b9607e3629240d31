//! The vault: the identities of people. It holds ciphertexts, keyed hashes and sessions. The keys are outside the
//! database, and without them no table here connects two reports of one person. No foreign key leads from here to
//! reports or back.

use sea_orm_migration::prelude::*;

use crate::words::{
    bytes, bytes_null, code, flag, id, id_null, index, key, small, table, text, text_null, time, time_null, unique,
    whole,
};

const KINDS: &[&str] = &["REPORTER", "OFFICER"];

crate::words::migration! {
    manager,
    tables: [
        // One member of the public. A submission never writes to this table.
        table("person").col(id("id").primary_key()).col(bytes("phone_index")).col(bytes("phone_ct")).col(bytes("identity_ct"))
            .col(bytes("data_key_ct")).col(text("key_id")).col(time("created_at")).col(time_null("erased_at")),
        // Every report has one row, with or without a person in it, so that the table does not reveal which reports are
        // anonymous.
        table("authorship").col(id("report_id").primary_key()).col(bytes("slot")).col(bytes("person_ct")).col(text("key_id")),
        // The facts that only the reporter and the evidence need: the place of the phone and the exact times of
        // capture.
        table("report_secret").col(id("report_id").primary_key()).col(bytes("content_ct")).col(text("key_id")),
        // The claims of a photo about itself (EXIF), and how they agree with the other facts.
        table("photo_evidence").col(id("photo_id").primary_key()).col(bytes("content_ct")).col(text("key_id")),
        // The units that a report accuses, as keyed hashes.
        table("report_bar").col(id("report_id")).col(bytes("unit_tag"))
            .primary_key(&mut key("report_bar", &["report_id", "unit_tag"])),
        // The person who collects the award of a report, after proving their identity.
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
        // Phones whose keys belong to a person.
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
        // One code a minute for a phone number, even for requests that arrive at the same moment.
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
