//! Follow-ups 回头看 of closed hazards: the days that are outstanding, as JSON, and the hazard that was registered because one
//! came back.

use sea_orm_migration::prelude::*;

use crate::words::{id_null, text};

/// The index of the hazards whose follow-ups are outstanding, by the unit that has to make them.
const OUTSTANDING: &str = "ix_hazard_follow_ups";

fn outstanding() -> IndexCreateStatement {
    let mut index = Index::create().name(OUTSTANDING).table("hazard").col("township_unit").to_owned();
    index.and_where(Expr::col("follow_ups").ne("[]")).to_owned()
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
        for column in [text("follow_ups").default("[]").take(), id_null("recurred_as")] {
            manager.alter_table(Table::alter().table("hazard").add_column(column).to_owned()).await?;
        }
        manager.create_index(outstanding()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(OUTSTANDING).table("hazard").to_owned()).await?;
        for column in ["follow_ups", "recurred_as"] {
            manager.alter_table(Table::alter().table("hazard").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
