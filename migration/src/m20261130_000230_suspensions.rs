//! Suspensions 挂账 of hazards: the request that waits and the suspension in force as JSON, and when the hazard comes back by itself.

use sea_orm_migration::prelude::*;

use crate::words::{index_where_set, small, text_null, time_null};

const COLUMNS: [&str; 4] = ["suspension_request", "suspension", "suspended_times", "resumes_at"];

/// The index of the hazards for which a request waits. They are few, and the others cost nothing.
const ASKED: &str = "ix_hazard_suspension_asked";

fn asked() -> IndexCreateStatement {
    let mut index = Index::create().name(ASKED).table("hazard").col("id").to_owned();
    index.and_where(Expr::col("suspension_request").is_not_null()).to_owned()
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
        let [request, suspension, times, resumes_at] = COLUMNS;
        let times = small(times).default(0).take();
        for column in [text_null(request), text_null(suspension), times, time_null(resumes_at)] {
            manager.alter_table(Table::alter().table("hazard").add_column(column).to_owned()).await?;
        }
        manager.create_index(index_where_set("hazard", "resumes_at")).await?;
        manager.create_index(asked()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in [ASKED, "ix_hazard_resumes_at"] {
            manager.drop_index(Index::drop().name(index).table("hazard").to_owned()).await?;
        }
        for column in COLUMNS {
            manager.alter_table(Table::alter().table("hazard").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
