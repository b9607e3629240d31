//! Moves the pages of SQLite's write-ahead log into the file. By default, SQLite does so within a commit when the log
//! is long enough, and all later writes wait for tens of milliseconds. Here another connection moves them while the
//! writer writes. Now and then the writer itself moves the few remaining pages, so that the log starts again from its
//! beginning.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use tokio::sync::watch;

use super::Database;

/// The time between two checkpoints. It is short, because a checkpoint flushes the pages that it moves, and the flush
/// of a commit waits for that flush.
const PAUSE: Duration = Duration::from_millis(20);
/// The length of the log, in pages (64 MB), after which the writer itself moves the last pages, so that the log starts
/// again. Other writes wait for that. The file of the log keeps its length.
const LONG: i64 = 16_000;

/// The length of the log and the part of it that has been moved, in pages.
type Pages = (i64, i64);

/// Moves pages until `stop` changes. Returns at once on PostgreSQL.
pub(crate) async fn run(database: Database, mut stop: watch::Receiver<bool>) {
    let Some(aside) = &database.aside else { return };
    let (mut seen, mut is_logged) = (None, false);
    loop {
        match move_pages(aside, &database.write, seen).await {
            Ok(pages) => (seen, is_logged) = (pages, false),
            Err(_) if is_logged => {} // logged once, because the error may last
            Err(error) => {
                tracing::warn!(cause = %error, "the checkpoint of the write-ahead log failed and will be retried");
                is_logged = true;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Moves the pages of the log. If the log is long and differs from `seen`, moves all of them.
async fn move_pages(
    aside: &DatabaseConnection,
    writer: &DatabaseConnection,
    seen: Option<Pages>,
) -> Result<Option<Pages>, DbErr> {
    let pages = checkpoint(aside).await?;
    if pages == seen || pages.is_none_or(|(log, _)| log < LONG) {
        return Ok(pages);
    }
    checkpoint(aside).await?; // the pages that were written during the first checkpoint
    checkpoint(writer).await // and the last ones: the log has no page left to move, so the next write starts it again
}

/// Moves the pages that it can move without waiting for another connection.
async fn checkpoint(by: &DatabaseConnection) -> Result<Option<Pages>, DbErr> {
    let ask = sea_orm::Statement::from_string(by.get_database_backend(), "PRAGMA wal_checkpoint(PASSIVE)");
    let Some(row) = by.query_one_raw(ask).await? else { return Ok(None) };
    Ok(Some((row.try_get_by_index(1)?, row.try_get_by_index(2)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn writes(database: &Database, rows: usize) {
        let txn = database.begin_write().await.unwrap();
        for _ in 0..rows {
            txn.execute_unprepared("INSERT INTO much VALUES (randomblob(3000))").await.unwrap();
        }
        txn.commit().await.unwrap();
    }

    #[tokio::test]
    async fn the_log_is_moved_whole_and_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open_sqlite(folder.path()).await.unwrap();
        let aside = database.aside.as_ref().unwrap();
        database.write.execute_unprepared("CREATE TABLE much (bytes BLOB)").await.unwrap();
        writes(&database, 200).await;
        let long = move_pages(aside, &database.write, None).await.unwrap().unwrap();
        assert!((200..LONG).contains(&long.0) && long.0 == long.1, "{long:?}");
        assert_eq!(move_pages(aside, &database.write, Some(long)).await.unwrap(), Some(long));

        writes(&database, 16_000).await;
        let long = move_pages(aside, &database.write, Some(long)).await.unwrap().unwrap();
        assert!(long.0 >= LONG && long.0 == long.1, "{long:?}");
        writes(&database, 1).await;
        let short = move_pages(aside, &database.write, Some(long)).await.unwrap().unwrap();
        assert!(short.0 < 10 && short.0 == short.1, "{short:?}");
        let count = database.read.query_one_raw(sea_orm::Statement::from_string(
            database.read.get_database_backend(),
            "SELECT count(*) FROM much",
        ));
        assert_eq!(count.await.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap(), 16_201);
        database.close().await.unwrap();
    }
}
