//! The todos 待办 of reports, hazards and awards. The server writes those of what is there already after the migration.
//!
//! A todo has no foreign keys to them: a batch of submissions writes the todos of all in one statement, before some of the
//! hazards.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::words::{flag, id, id_null, index, index_where_set, path, points, table, text, text_null, time};

/// The migration.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let todo = table("todo")
            .col(id("id").primary_key())
            .col(id_null("report_id"))
            .col(id_null("hazard_id"))
            .col(id_null("award_id"))
            .col(text("kind"))
            .col(id_null("assignment_id"))
            .col(id("owner_unit"))
            .col(id_null("owner_post"))
            .col(path("area_path", manager))
            .col(text_null("clock"))
            .col(time("due"))
            .col(time("warn_at"))
            .col(flag("urgent"))
            .col(time("visible_from"))
            .col(time("since"))
            .foreign_key(&mut points(("todo", "owner_unit"), "unit"))
            .take();
        let fill = table("todo_fill").col(text("matter").primary_key()).col(id_null("done_to")).take();
        let indexes = vec![
            index_where_set("todo", "report_id"),
            index_where_set("todo", "hazard_id"),
            index_where_set("todo", "award_id"),
            index("todo", &["owner_unit", "due", "id"]),
            index("todo", &["due", "id"]),
            index("todo", &["warn_at"]),
            index("todo", &["area_path"]).and_where(Expr::col("award_id").is_not_null()).to_owned(),
        ];
        crate::words::create(manager, vec![todo, fill], indexes).await?;
        let all = "INSERT INTO todo_fill (matter) VALUES ('report'), ('hazard'), ('award')";
        manager.get_connection().execute_unprepared(all).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::words::drop(manager, &["todo_fill", "todo"]).await
    }
}
