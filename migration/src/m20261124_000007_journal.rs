//! Events, the journal that orders them, the notes of officers, and the requests that were carried out.

use sea_orm_migration::prelude::*;

use crate::words::{bytes, id, id_null, index, number, points, table, text, time, unique, whole};

crate::words::migration! {
    manager,
    tables: [
        table("event").col(id("id").primary_key()).col(text("stream")).col(whole("stream_version")).col(text("kind")).col(text("payload"))
            .col(id_null("actor")).col(id_null("post")).col(time("occurred_at")).col(time("recorded_at")).col(whole("rule_version")),
        table("event_waiting").col(number("number")).col(id("event_id")).col(bytes("leaf"))
            .foreign_key(&mut points(("event_waiting", "event_id"), "event")),
        table("journal").col(whole("position").primary_key()).col(id("event_id")).col(bytes("leaf"))
            .foreign_key(&mut points(("journal", "event_id"), "event")),
        // The position up to which each follower has read the journal.
        table("follower").col(text("name").primary_key()).col(whole("position")),
        table("note").col(id("id").primary_key()).col(text("stream")).col(text("kind")).col(text("text")).col(id("author_post")).col(time("at")),
        table("request").col(bytes("request_key").primary_key()).col(text("operation")).col(bytes("input_hash")).col(id("result_id")).col(time("at")),
    ],
    indexes: [
        unique("event", &["stream", "stream_version"]),
        unique("journal", &["event_id"]),
        index("note", &["stream"]),
    ],
    drop: &["request", "note", "follower", "journal", "event_waiting", "event"]
}
