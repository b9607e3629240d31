//! The duty roster 值班. The first index serves the list of a unit, the second one the shifts that have not ended.

use sea_orm_migration::prelude::*;

use crate::words::{id, id_null, index, points, table, time, time_null, whole};

crate::words::migration! {
    manager,
    tables: [
        table("shift").col(id("id").primary_key()).col(id("unit_id")).col(time("starts_at")).col(time("ends_at"))
            .col(id("post_id")).col(id_null("deputy_id")).col(whole("version")).col(time_null("taken_back_at"))
            .foreign_key(&mut points(("shift", "unit_id"), "unit"))
            .foreign_key(&mut points(("shift", "post_id"), "post"))
            .foreign_key(&mut points(("shift", "deputy_id"), "post")),
    ],
    indexes: [
        index("shift", &["unit_id", "starts_at", "id"]),
        index("shift", &["ends_at"]),
    ],
    drop: &["shift"]
}
