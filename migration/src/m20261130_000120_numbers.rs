//! Numbers that change hands: the number of a former holder, the day on which a person was last seen, and the numbers
//! that officers had before. And whether the author of a report has a follow-up code, whatever the report names.

use sea_orm_migration::prelude::*;

use crate::words::{bytes, bytes_null, flag, id, index, index_where_set, key, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            // The keyed hash of the number that a person held before it passed to another person.
            ("person", bytes_null("former_index")),
            // The day on which the person was last seen, as ciphertext; NULL until this build has recorded it.
            ("person", bytes_null("seen_ct")),
            // Every report from this build on; of the earlier ones, only the anonymous ones have a code.
            ("report", flag("has_code").default(false).take()),
        ];
        for (table, column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        let past = table("past_officer_login")
            .col(id("officer_id"))
            .col(bytes("phone_index"))
            .primary_key(&mut key("past_officer_login", &["officer_id", "phone_index"]))
            .to_owned();
        let indexes = vec![index_where_set("person", "former_index"), index("past_officer_login", &["phone_index"])];
        crate::words::create(manager, vec![past], indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::words::drop(manager, &["past_officer_login"]).await?;
        manager.drop_index(Index::drop().name("ix_person_former_index").table("person").to_owned()).await?;
        for (table, column) in [("report", "has_code"), ("person", "seen_ct"), ("person", "former_index")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
