//! The number of amendments of each report, by which a rule limits them.

use sea_orm_migration::prelude::*;

/// The migration.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new("amendments").integer().not_null().default(0).take();
        manager.alter_table(Table::alter().table("report").add_column(column).take()).await?;
        let amended = "UPDATE report SET amendments = \
            (SELECT COUNT(*) FROM amendment WHERE amendment.report_id = report.id AND amendment.published) \
            WHERE id IN (SELECT report_id FROM amendment)";
        manager.get_connection().execute_unprepared(amended).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("report").drop_column("amendments").take()).await
    }
}
