//! Moving the pages of SQLite's write-ahead log into the file. Left to itself SQLite does so within the commit that finds the
//! log long enough, and everybody behind it waits for tens of milliseconds. Here another connection does it while the
//! writer writes; now and then the writer itself moves the few pages that came meanwhile, so that the log begins anew.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use tokio::sync::watch;

use super::Database;

/// Between two times. Short: what is moved at once is flushed at once, and the flush of a commit waits behind it.
const PAUSE: Duration = Duration::from_millis(20);
/// Pages after which the log is made to begin anew, 64 MB: then the writer itself moves what came last, and who waits for
/// it waits for that. The log's file stays as long as it was.
const LONG: i64 = 16_000;

/// How long the log is, and how much of it has been moved, in pages, when somebody last looked.
type Pages = (i64, i64);

/// Moves pages until `stop` says so. On PostgreSQL there is nothing to do.
pub(crate) async fn run(database: Database, mut stop: watch::Receiver<bool>) {
    let Some(aside) = &database.aside else { return };
    let (mut seen, mut is_told) = (None, false);
    loop {
        match move_pages(aside, &database.write, seen).await {
            Ok(pages) => (seen, is_told) = (pages, false),
            Err(_) if is_told => {} // once: it may be so for long
            Err(error) => {
                tracing::warn!(cause = %error, "the checkpoint of the write-ahead log failed and will be retried");
                is_told = true;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Moves the pages, where there are others than `seen`; all of them, once the log is long.
async fn move_pages(
    aside: &DatabaseConnection,
    writer: &DatabaseConnection,
    seen: Option<Pages>,
) -> Result<Option<Pages>, DbErr> {
    let pages = checkpoint(aside).await?;
    if pages == seen || pages.is_none_or(|(log, _)| log < LONG) {
        return Ok(pages);
    }
    checkpoint(aside).await?; // what came while the first was under way
    checkpoint(writer).await // and what came since: nothing is left, so that the next write begins the log anew
}

/// Moves what it can without waiting for anybody.
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
