//! The supervision ladder 督办, and how often callbacks said that a hazard is not solved. Hazards of earlier builds start to
//! count then.

use sea_orm_migration::prelude::*;

use crate::words::{id, id_null, index, index_where_set, path, points, small, table, text, text_null, time};

/// The migration.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let supervision = table("supervision")
            .col(id("id").primary_key())
            .col(id("hazard_id"))
            .col(path("area_path", manager))
            .col(text("rung"))
            .col(text("trigger"))
            .col(text("addressee"))
            .col(id("unit_id"))
            .col(text("roles"))
            .col(id_null("assignment_id"))
            .col(small("round"))
            .col(text_null("deadline"))
            .col(small("count"))
            .col(id_null("by_post"))
            .col(id_null("note_id"))
            .col(time("at"))
            .col(time("due"))
            .col(text("state"))
            .col(text_null("acknowledged"))
            .foreign_key(&mut points(("supervision", "hazard_id"), "hazard"))
            .foreign_key(&mut points(("supervision", "unit_id"), "unit"))
            .take();
        let indexes = vec![
            index("supervision", &["hazard_id"]),
            index_where_set("supervision", "assignment_id"),
            index("supervision", &["at", "id"]),
            index("supervision", &["unit_id", "at", "id"]),
            index("supervision", &["state", "at", "id"]),
        ];
        crate::words::create(manager, vec![supervision], indexes).await?;
        let not_solved = small("not_solved").default(0).take();
        manager.alter_table(Table::alter().table("hazard").add_column(not_solved).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("hazard").drop_column("not_solved").take()).await?;
        crate::words::drop(manager, &["supervision"]).await
    }
}
