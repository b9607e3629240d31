//! Reports that wait because no unit may review them: each unit that could is recused, or a unit that reviews became so.

use sea_orm_migration::prelude::*;

use crate::words::{id, index, points, table, time};

crate::words::migration! {
    manager,
    tables: [
        table("unassigned_report").col(id("report_id").primary_key()).col(time("since"))
            .foreign_key(&mut points(("unassigned_report", "report_id"), "report")),
    ],
    indexes: [
        index("unassigned_report", &["since", "report_id"]),
    ],
    drop: &["unassigned_report"]
}
