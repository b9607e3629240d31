//! Checkpoints SQLite's write-ahead log: copies its pages into the database file. By default, SQLite does this during a
//! commit once the log is long enough, and that commit and all writes behind it wait for tens of milliseconds. Here a
//! separate connection checkpoints while the writer continues. When the log has become long, the writer itself
//! checkpoints the last few pages, so that SQLite can reuse the log from its beginning.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use tokio::sync::watch;

use super::Database;

/// The time between two checkpoints. It is short, so that each checkpoint has few pages to flush: a commit waits for the
/// flush of a running checkpoint.
const INTERVAL: Duration = Duration::from_millis(20);
/// The length of the log, in pages of 4 KiB (64 MB), from which the writer checkpoints the rest, so that the log can
/// restart. Other writes wait for that. The log file is not truncated.
const RESTART_LOG_AT: i64 = 16_000;

/// The pages of the log, and those of them that have been copied into the database file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LogPages {
    total: i64,
    checkpointed: i64,
}

/// Checkpoints repeatedly until `stop` changes. Returns at once on PostgreSQL, which checkpoints by itself.
pub(crate) async fn run(database: Database, mut stop: watch::Receiver<bool>) {
    let Some(checkpointer) = &database.checkpointer else { return };
    let (mut previous, mut is_logged) = (None, false);
    loop {
        match checkpoint_log(checkpointer, &database.write, previous).await {
            Ok(pages) => (previous, is_logged) = (pages, false),
            Err(_) if is_logged => {} // already logged; the error may persist
            Err(error) => {
                tracing::warn!(cause = %error, "the checkpoint of the write-ahead log failed and will be retried");
                is_logged = true;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(INTERVAL) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Checkpoints the log. If the log is long and has changed since `previous`, also checkpoints on the writer connection.
async fn checkpoint_log(
    checkpointer: &DatabaseConnection,
    writer: &DatabaseConnection,
    previous: Option<LogPages>,
) -> Result<Option<LogPages>, DbErr> {
    let pages = checkpoint_passive(checkpointer).await?;
    if pages == previous || pages.is_none_or(|pages| pages.total < RESTART_LOG_AT) {
        return Ok(pages);
    }
    checkpoint_passive(checkpointer).await?; // the pages that were written during the first checkpoint
    checkpoint_passive(writer).await // and the rest: unless a reader still needs the log, the next write restarts it
}

/// Checkpoints as many pages as possible without waiting for another connection. Returns `None` if SQLite returns no
/// row.
async fn checkpoint_passive(connection: &DatabaseConnection) -> Result<Option<LogPages>, DbErr> {
    let pragma = sea_orm::Statement::from_string(connection.get_database_backend(), "PRAGMA wal_checkpoint(PASSIVE)");
    let Some(row) = connection.query_one_raw(pragma).await? else { return Ok(None) };
    Ok(Some(LogPages { total: row.try_get_by_index(1)?, checkpointed: row.try_get_by_index(2)? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn insert_rows(database: &Database, rows: usize) {
        let txn = database.begin_write().await.unwrap();
        for _ in 0..rows {
            txn.execute_unprepared("INSERT INTO filler VALUES (randomblob(3000))").await.unwrap();
        }
        txn.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_long_log_is_checkpointed_completely_and_restarts() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open_sqlite(folder.path()).await.unwrap();
        let checkpointer = database.checkpointer.as_ref().unwrap();
        database.write.execute_unprepared("CREATE TABLE filler (bytes BLOB)").await.unwrap();
        insert_rows(&database, 200).await;
        let pages = checkpoint_log(checkpointer, &database.write, None).await.unwrap().unwrap();
        assert!((200..RESTART_LOG_AT).contains(&pages.total) && pages.total == pages.checkpointed, "{pages:?}");
        assert_eq!(checkpoint_log(checkpointer, &database.write, Some(pages)).await.unwrap(), Some(pages));

        insert_rows(&database, usize::try_from(RESTART_LOG_AT).unwrap()).await;
        let long = checkpoint_log(checkpointer, &database.write, Some(pages)).await.unwrap().unwrap();
        assert!(long.total >= RESTART_LOG_AT && long.total == long.checkpointed, "{long:?}");
        insert_rows(&database, 1).await;
        let short = checkpoint_log(checkpointer, &database.write, Some(long)).await.unwrap().unwrap();
        assert!(short.total < 10 && short.total == short.checkpointed, "{short:?}");
        let count = database.read.query_one_raw(sea_orm::Statement::from_string(
            database.read.get_database_backend(),
            "SELECT count(*) FROM filler",
        ));
        assert_eq!(count.await.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap(), 16_201);
        database.close().await.unwrap();
    }
}
