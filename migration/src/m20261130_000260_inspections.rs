//! On-site inspections 检查, orders 责令 and penalties 行政处罚, and the index by which a subject 责任单位 is found again.
//!
//! Earlier builds made a subject anew for each report that was confirmed. Of those with one code, the one with the smallest id
//! is found from now on; the others stay where hazards name them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::words::{
    day, day_null, id, id_null, index, index_where_set, path, points, table, text, text_null, time, time_null, whole,
};

const FILL: &str = "INSERT INTO subject_code (uscc, subject_id) \
    SELECT uscc, id FROM subject AS one WHERE uscc IS NOT NULL AND NOT EXISTS (\
    SELECT 1 FROM subject AS other WHERE other.uscc = one.uscc AND other.id < one.id)";

/// The index of the penalties that stand: no two of them have one number.
const DOCUMENT: &str = "ux_penalty_document";

fn document() -> IndexCreateStatement {
    let mut index = Index::create().name(DOCUMENT).table("penalty").col("document").unique().to_owned();
    index.and_where(Expr::col("state").ne("VOIDED")).to_owned()
}

fn inspection() -> TableCreateStatement {
    table("inspection")
        .col(id("id").primary_key())
        .col(id("hazard_id"))
        .col(id("unit_id"))
        .col(id("officer_id"))
        .col(id("post_id"))
        .col(text_null("second_officer"))
        .col(id_null("subject_id"))
        .col(time("inspected_at"))
        .col(whole("distance_metres"))
        .col(text("photos"))
        .col(id_null("corrects"))
        .col(id("note_id"))
        .col(time("at"))
        .foreign_key(&mut points(("inspection", "hazard_id"), "hazard"))
        .foreign_key(&mut points(("inspection", "unit_id"), "unit"))
        .foreign_key(&mut points(("inspection", "subject_id"), "subject"))
        .take()
}

fn order() -> TableCreateStatement {
    table("correction_order")
        .col(id("id").primary_key())
        .col(id("hazard_id"))
        .col(id("inspection_id"))
        .col(text("kind"))
        .col(id("unit_id"))
        .col(id("officer_id"))
        .col(time("until"))
        .col(text("holds"))
        .col(id("note_id"))
        .col(time("at"))
        .col(text("reinspections"))
        .col(text("state"))
        .col(time_null("ended_at"))
        .foreign_key(&mut points(("correction_order", "hazard_id"), "hazard"))
        .foreign_key(&mut points(("correction_order", "unit_id"), "unit"))
        .take()
}

fn penalty(manager: &SchemaManager<'_>) -> TableCreateStatement {
    table("penalty")
        .col(id("id").primary_key())
        .col(id("hazard_id"))
        .col(path("area_path", manager))
        .col(id("inspection_id"))
        .col(id_null("order_id"))
        .col(id("subject_id"))
        .col(id("unit_id"))
        .col(id("officer_id"))
        .col(text("document"))
        .col(whole("fine_fen"))
        .col(day("decided_on"))
        .col(id("note_id"))
        .col(time("at"))
        .col(day_null("paid_on"))
        .col(id_null("voided"))
        .col(text("state"))
        .foreign_key(&mut points(("penalty", "hazard_id"), "hazard"))
        .foreign_key(&mut points(("penalty", "unit_id"), "unit"))
        .foreign_key(&mut points(("penalty", "subject_id"), "subject"))
        .take()
}

/// The migration.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let code = table("subject_code")
            .col(text("uscc").primary_key())
            .col(id("subject_id"))
            .foreign_key(&mut points(("subject_code", "subject_id"), "subject"))
            .take();
        let indexes = vec![
            index_where_set("subject", "uscc"),
            index_where_set("hazard", "subject_id"),
            index("inspection", &["hazard_id"]),
            index("correction_order", &["hazard_id"]),
            index("penalty", &["hazard_id"]),
            index("penalty", &["at", "id"]),
            index("penalty", &["unit_id", "at", "id"]),
            index("penalty", &["subject_id", "at", "id"]),
            index("penalty", &["state", "at", "id"]),
            document(),
        ];
        crate::words::create(manager, vec![code, inspection(), order(), penalty(manager)], indexes).await?;
        let order_id = id_null("order_id");
        manager.alter_table(Table::alter().table("todo").add_column(order_id).take()).await?;
        manager.get_connection().execute_unprepared(FILL).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("todo").drop_column("order_id").take()).await?;
        for (table, index) in [("hazard", "ix_hazard_subject_id"), ("subject", "ix_subject_uscc")] {
            manager.drop_index(Index::drop().name(index).table(table).to_owned()).await?;
        }
        crate::words::drop(manager, &["penalty", "correction_order", "inspection", "subject_code"]).await
    }
}
