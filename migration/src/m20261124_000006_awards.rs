//! Awards and the double-entry rows of their money.

use sea_orm_migration::prelude::*;

use crate::words::{code, id, id_null, index, points, small, table, text, text_null, time, time_null, unique, whole};

const AWARD_STATUSES: &[&str] = &[
    "PROPOSED",
    "REVIEWED",
    "APPROVED",
    "NOTIFIED",
    "COLLECTED",
    "PAYING",
    "UNKNOWN",
    "PAID",
    "FAILED",
    "REJECTED",
    "FORFEITED",
    "HELD",
    "REVERSED",
];
const ACCOUNTS: &[&str] = &["BUDGET", "COMMITTED", "PAYABLE", "CLEARING", "PAID"];

crate::words::migration! {
    manager,
    tables: [
        table("award").col(id("id").primary_key()).col(id("hazard_id")).col(id("report_id")).col(id("unit_id")).col(code("status", AWARD_STATUSES))
            .col(whole("version")).col(whole("amount_fen")).col(text_null("held_from")).col(time_null("held_at")).col(id_null("proposed_by"))
            .col(id_null("reviewed_by")).col(id_null("approved_by")).col(id_null("paid_by")).col(text("verifiers")).col(small("attempt"))
            .col(time("proposed_at")).col(time_null("collect_due")).col(time_null("paid_at")).col(text("basis")).col(whole("rule_version"))
            .foreign_key(&mut points(("award", "hazard_id"), "hazard"))
            .foreign_key(&mut points(("award", "report_id"), "report"))
            .foreign_key(&mut points(("award", "unit_id"), "unit")),
        table("ledger_entry").col(id("id").primary_key()).col(id("award_id")).col(id("event_id")).col(code("account", ACCOUNTS))
            .col(whole("amount_fen")).col(time("at"))
            .foreign_key(&mut points(("ledger_entry", "award_id"), "award")),
        // One attempt to pay, with the key by which the payment service knows it.
        table("payment").col(id("id").primary_key()).col(id("award_id")).col(small("attempt")).col(text("status")).col(text_null("reference"))
            .col(time("asked_at")).col(time_null("answered_at"))
            .foreign_key(&mut points(("payment", "award_id"), "award")),
    ],
    indexes: [
        unique("award", &["hazard_id"]),
        index("award", &["status", "proposed_at"]),
        index("award", &["report_id"]),
        unique("ledger_entry", &["event_id", "account"]),
        index("ledger_entry", &["award_id"]),
        unique("payment", &["award_id", "attempt"]),
        index("payment", &["status", "asked_at"]),
    ],
    drop: &["payment", "ledger_entry", "award"]
}
