//! Reports and photos: what people saw. No column names the reporter.

use sea_orm_migration::prelude::*;

use crate::words::{
    bytes, bytes_null, code, flag, flag_null, id, id_null, index, index_where_set, path, points, small, small_null,
    table, text, text_null, time, time_null, unique, whole,
};

const REPORT_STATUSES: &[&str] =
    &["RECEIVED", "CONFIRMED", "MERGED", "UNFOUNDED", "REFERRED", "OUT_OF_SCOPE", "WITHDRAWN"];
const SOURCES: &[&str] = &["PUBLIC", "PATROL"];
const PHOTO_STATUSES: &[&str] = &["EXPECTED", "RECEIVING", "STORED", "VERIFIED", "REJECTED"];
const PHOTO_PARENTS: &[&str] = &["REPORT", "ASSIGNMENT"];
const PHOTO_STAGES: &[&str] = &["BEFORE", "DURING", "AFTER"];

crate::words::migration! {
    manager,
    tables: [
        table("report").col(id("id").primary_key()).col(bytes("submission_key")).col(bytes("content_hash"))
            .col(code("source", SOURCES)).col(code("status", REPORT_STATUSES)).col(whole("version"))
            .col(text("text")).col(text_null("category")).col(flag("category_known"))
            .col(text("crs")).col(whole("given_lng_e7")).col(whole("given_lat_e7"))
            .col(whole("lng_e7")).col(whole("lat_e7")).col(whole("cell"))
            .col(small_null("accuracy_metres")).col(text_null("place_source")).col(text_null("address"))
            .col(flag("emergency")).col(flag("contact_consent")).col(text("flags"))
            .col(time("received_at")).col(time("shown_at")).col(time_null("captured_at"))
            .col(id_null("area_id")).col(path("area_path", manager)).col(id("review_unit")).col(text("routing"))
            .col(id_null("reviewed_by")).col(id_null("hazard_id"))
            .col(text("receipt_kid")).col(bytes("receipt_sig")).col(whole("rule_version"))
            .foreign_key(&mut points(("report", "area_id"), "area"))
            .foreign_key(&mut points(("report", "review_unit"), "unit")),
        table("amendment").col(id("id").primary_key()).col(id("report_id")).col(text("text")).col(time("received_at"))
            .col(time("shown_at"))
            .foreign_key(&mut points(("amendment", "report_id"), "report")),
        table("photo").col(id("id").primary_key()).col(code("parent_kind", PHOTO_PARENTS)).col(id("parent_id"))
            .col(id("client_id")).col(code("stage", PHOTO_STAGES)).col(code("status", PHOTO_STATUSES)).col(whole("version"))
            .col(bytes("sha256")).col(whole("bytes")).col(text("media_type"))
            .col(text_null("incoming_key")).col(text_null("original_key")).col(text_null("display_key")).col(text_null("thumbnail_key"))
            .col(small_null("width")).col(small_null("height")).col(text_null("reject_reason")).col(time("created_at")).col(time_null("verified_at"))
            .col(text_null("trust")).col(time_null("leased_until")).col(small("attempts")),
        // The fingerprint by which a verified photo is found among similar ones.
        table("photo_fingerprint").col(id("photo_id").primary_key()).col(code("parent_kind", PHOTO_PARENTS)).col(id("parent_id"))
            .col(whole("bits")).col(small("band_one")).col(small("band_two")).col(small("band_three")).col(small("band_four"))
            .col(whole("cell")).col(whole("square")).col(time("at"))
            .foreign_key(&mut points(("photo_fingerprint", "photo_id"), "photo")),
        // The state of resumable uploads. Only the client that began to send last may add bytes.
        table("upload").col(id("id").primary_key()).col(id("photo_id")).col(text("incoming_key")).col(whole("length")).col(whole("at"))
            .col(whole("turn")).col(time("created_at")).col(time("ends_at")).col(time_null("done_at"))
            .foreign_key(&mut points(("upload", "photo_id"), "photo")),
        table("upload_piece").col(id("upload_id")).col(whole("at")).col(whole("length")).col(text("key"))
            .primary_key(&mut crate::words::key("upload_piece", &["upload_id", "at"]))
            .foreign_key(&mut points(("upload_piece", "upload_id"), "upload")),
        table("callback").col(id("report_id")).col(small("round")).col(id("hazard_id"))
            .col(flag_null("contacted")).col(flag_null("solved")).col(text_null("satisfaction")).col(time_null("answered_at")).col(time("asked_at"))
            .col(flag("reopened"))
            .primary_key(&mut crate::words::key("callback", &["report_id", "round"]))
            .foreign_key(&mut points(("callback", "report_id"), "report")),
        table("inbox_entry").col(id("id").primary_key()).col(id("report_id")).col(text("kind")).col(text("facts")).col(time("at"))
            .col(time_null("read_at"))
            .foreign_key(&mut points(("inbox_entry", "report_id"), "report")),
        // Bytes that arrived through this server, until they are verified or removed.
        table("photo_key").col(id("photo_id").primary_key()).col(bytes_null("data_key_ct")).col(text_null("key_id"))
            .foreign_key(&mut points(("photo_key", "photo_id"), "photo")),
    ],
    indexes: [
        unique("report", &["submission_key"]),
        index("report", &["area_path", "shown_at", "id"]),
        index("report", &["review_unit", "status", "shown_at"]),
        index_where_set("report", "hazard_id"),
        index("amendment", &["report_id"]),
        unique("photo", &["parent_id", "client_id"]),
        index("photo", &["status", "created_at"]),
        index("photo", &["sha256"]),
        index_where_set("photo", "incoming_key"),
        unique("upload", &["incoming_key"]),
        index("upload", &["photo_id"]),
        index("upload", &["done_at"]),
        index("upload", &["ends_at"]),
        index("photo_fingerprint", &["parent_id"]),
        index("photo_fingerprint", &["cell"]),
        index("photo_fingerprint", &["square", "at"]),
        index("photo_fingerprint", &["band_one"]),
        index("photo_fingerprint", &["band_two"]),
        index("photo_fingerprint", &["band_three"]),
        index("photo_fingerprint", &["band_four"]),
        index("inbox_entry", &["report_id", "at"]),
    ],
    drop: &["upload_piece", "upload", "photo_key", "photo_fingerprint", "inbox_entry", "callback", "photo", "amendment", "report"]
}
