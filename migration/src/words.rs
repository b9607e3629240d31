//! Short functions for the parts of every migration: columns, checks, foreign keys and indexes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub(crate) fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).to_owned()
}

fn column(name: &'static str) -> ColumnDef {
    ColumnDef::new(name)
}

pub(crate) fn id(name: &'static str) -> ColumnDef {
    column(name).uuid().not_null().take()
}

pub(crate) fn id_null(name: &'static str) -> ColumnDef {
    column(name).uuid().take()
}

pub(crate) fn text(name: &'static str) -> ColumnDef {
    column(name).text().not_null().take()
}

pub(crate) fn text_null(name: &'static str) -> ColumnDef {
    column(name).text().take()
}

/// Returns a text column that holds only these words.
pub(crate) fn code(name: &'static str, words: &[&'static str]) -> ColumnDef {
    column(name).text().not_null().check(Expr::col(name).is_in(words.iter().copied())).take()
}

/// Returns the key of a table whose rows are numbered in the order in which they are written.
pub(crate) fn number(name: &'static str) -> ColumnDef {
    column(name).big_integer().not_null().auto_increment().primary_key().take()
}

pub(crate) fn whole(name: &'static str) -> ColumnDef {
    column(name).big_integer().not_null().take()
}

pub(crate) fn small(name: &'static str) -> ColumnDef {
    column(name).integer().not_null().take()
}

pub(crate) fn small_null(name: &'static str) -> ColumnDef {
    column(name).integer().take()
}

pub(crate) fn flag(name: &'static str) -> ColumnDef {
    column(name).boolean().not_null().take()
}

pub(crate) fn flag_null(name: &'static str) -> ColumnDef {
    column(name).boolean().take()
}

pub(crate) fn bytes(name: &'static str) -> ColumnDef {
    column(name).blob().not_null().take()
}

pub(crate) fn bytes_null(name: &'static str) -> ColumnDef {
    column(name).blob().take()
}

pub(crate) fn time(name: &'static str) -> ColumnDef {
    column(name).timestamp_with_time_zone().not_null().take()
}

pub(crate) fn time_null(name: &'static str) -> ColumnDef {
    column(name).timestamp_with_time_zone().take()
}

pub(crate) fn day(name: &'static str) -> ColumnDef {
    column(name).date().not_null().take()
}

pub(crate) fn day_null(name: &'static str) -> ColumnDef {
    column(name).date().take()
}

/// Returns the column for the path of an area in the tree. Both engines compare it byte by byte, so that a subtree is a
/// range.
pub(crate) fn path(name: &'static str, manager: &SchemaManager<'_>) -> ColumnDef {
    let mut path = text(name);
    if manager.get_database_backend() == DbBackend::Postgres {
        path.extra("COLLATE \"C\"");
    }
    path
}

/// Returns a foreign key that prevents the deletion of the row to which it points.
pub(crate) fn points(from: (&'static str, &'static str), to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{}_{}", from.0, from.1))
        .from(from.0, from.1)
        .to(to, "id")
        .on_delete(ForeignKeyAction::Restrict)
        .to_owned()
}

pub(crate) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index =
        Index::create().name(format!("ix_{table}_{}", columns.join("_"))).table(table).if_not_exists().to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}

/// Returns an index of the rows that have a value in a column that is mostly empty. The other rows cost nothing.
pub(crate) fn index_where_set(table: &'static str, column: &'static str) -> IndexCreateStatement {
    index(table, &[column]).and_where(Expr::col(column).is_not_null()).to_owned()
}

pub(crate) fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = index(table, columns).name(format!("ux_{table}_{}", columns.join("_"))).to_owned();
    index.unique().to_owned()
}

/// Returns the key of a table that consists of several columns.
pub(crate) fn key(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(format!("pk_{table}")).to_owned();
    for column in columns {
        index.col(*column);
    }
    index.primary().to_owned()
}

pub(crate) async fn create(
    manager: &SchemaManager<'_>,
    tables: Vec<TableCreateStatement>,
    indexes: Vec<IndexCreateStatement>,
) -> Result<(), DbErr> {
    for table in tables {
        manager.create_table(table).await?;
    }
    for index in indexes {
        manager.create_index(index).await?;
    }
    Ok(())
}

pub(crate) async fn drop(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(*table).to_owned()).await?;
    }
    Ok(())
}

/// Defines a migration that creates tables, and drops them again, in one transaction on both engines.
macro_rules! migration {
    ($manager:ident, tables: [$($table:expr),+ $(,)?], indexes: [$($index:expr),* $(,)?], drop: $names:expr) => {
        #[derive(DeriveMigrationName)]
        pub(crate) struct Migration;

        #[async_trait::async_trait]
        impl MigrationTrait for Migration {
            fn use_transaction(&self) -> Option<bool> {
                Some(true) // SQLite would go without
            }

            async fn up(&self, $manager: &SchemaManager) -> Result<(), DbErr> {
                crate::words::create($manager, vec![$($table.to_owned()),+], vec![$($index),*]).await
            }

            async fn down(&self, $manager: &SchemaManager) -> Result<(), DbErr> {
                crate::words::drop($manager, $names).await
            }
        }
    };
}
pub(crate) use migration;
