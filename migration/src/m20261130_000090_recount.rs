//! Calendar changes after which running clocks still have to be counted again.

use sea_orm_migration::prelude::*;

use crate::words::{table, text, whole};

crate::words::migration! {
    manager,
    tables: [
        table("clock_recount").col(whole("revision").primary_key()).col(text("days_before")).col(text("done_to")),
    ],
    indexes: [],
    drop: &["clock_recount"]
}
