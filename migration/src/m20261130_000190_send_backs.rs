//! Send-backs of assignments 退单, and the post that gave an assignment.
//!
//! A whistle has always named the post that blew it, so the assignments that it created get that post. Other assignments of
//! earlier builds do not say which post gave them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::words::id_null;

const GIVEN_BY_POST: &str = "UPDATE assignment SET given_by_post = (\
    SELECT blown_by_post FROM whistle \
    WHERE whistle.id = assignment.whistle_id AND whistle.blown_at = assignment.dispatched_at) \
    WHERE whistle_id IS NOT NULL";

/// The index of the assignments that await a decision on a send-back. They are few, and the others cost nothing.
const ASKED: &str = "ix_assignment_send_back_asked";

fn asked() -> IndexCreateStatement {
    let mut index = Index::create().name(ASKED).table("assignment").col("hazard_id").to_owned();
    index.and_where(Expr::col("status").eq("SEND_BACK_ASKED")).to_owned()
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
        let send_backs = ColumnDef::new("send_backs").text().not_null().default("[]").take();
        for column in [id_null("given_by_post"), send_backs] {
            manager.alter_table(Table::alter().table("assignment").add_column(column).take()).await?;
        }
        manager.create_index(asked()).await?;
        manager.get_connection().execute_unprepared(GIVEN_BY_POST).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(ASKED).table("assignment").to_owned()).await?;
        for column in ["given_by_post", "send_backs"] {
            manager.alter_table(Table::alter().table("assignment").drop_column(column).take()).await?;
        }
        Ok(())
    }
}
