//! Officers and their posts.

use sea_orm_migration::prelude::*;

use crate::words::{code, day, day_null, flag, id, id_null, index, points, table, text, unique};

const ROLES: &[&str] = &[
    "GRID_WORKER",
    "VILLAGE_OFFICER",
    "TOWNSHIP_CLERK",
    "TOWNSHIP_LEADER",
    "DEPARTMENT_CLERK",
    "WORKER",
    "DEPARTMENT_LEADER",
    "COMMAND_CENTRE",
    "SUPERVISOR",
    "CUSTODIAN",
    "REWARD_OFFICER",
    "FINANCE_OFFICER",
    "AUDITOR",
    "ADMINISTRATOR",
];

crate::words::migration! {
    manager,
    tables: [
        table("officer").col(id("id").primary_key()).col(text("staff_no")).col(text("name")).col(id("unit_id"))
            .col(flag("active"))
            .foreign_key(&mut points(("officer", "unit_id"), "unit")),
        table("post").col(id("id").primary_key()).col(id("officer_id")).col(code("role", ROLES)).col(id("unit_id"))
            .col(id("area_id")).col(id_null("deputy_of")).col(day("valid_from")).col(day_null("valid_to"))
            .foreign_key(&mut points(("post", "officer_id"), "officer"))
            .foreign_key(&mut points(("post", "unit_id"), "unit"))
            .foreign_key(&mut points(("post", "area_id"), "area"))
            .foreign_key(&mut points(("post", "deputy_of"), "post")),
    ],
    indexes: [
        unique("officer", &["staff_no"]),
        index("post", &["officer_id"]),
        index("post", &["unit_id"]),
    ],
    drop: &["post", "officer"]
}
