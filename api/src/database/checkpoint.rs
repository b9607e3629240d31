//! Moving the pages of SQLite's write-ahead log into the file. Left to itself SQLite does so within the commit that finds the
//! log long enough, and everybody behind it waits for tens of milliseconds. Here another connection does it while the
//! writer writes; the writer itself moves only the few pages that came meanwhile, so that the log begins anew.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use tokio::sync::watch;

use super::Database;

/// Between two times.
const PAUSE: Duration = Duration::from_millis(250);
/// So few pages the writer moves in its own turn.
const FEW: i64 = 100;
/// How often it is tried to come to so few: under load pages come while others are moved.
const TRIES: usize = 4;
/// Pages after which a commit does it all the same: 160 MB, should nobody else get to it.
const LAST_RESORT: &str = "PRAGMA wal_autocheckpoint = 40000";

/// Moves pages until `stop` says so. On PostgreSQL there is nothing to do.
pub async fn run(database: Database, mut stop: watch::Receiver<bool>) {
    let Some(aside) = &database.aside else { return };
    if let Err(error) = database.write.execute_unprepared(LAST_RESORT).await {
        tracing::warn!(cause = %error, "commits go on moving the pages of the log by themselves");
    }
    let mut is_told = false;
    loop {
        match move_pages(aside, &database.write).await {
            Ok(()) => is_told = false,
            Err(_) if is_told => {} // once: it may be so for long
            Err(error) => {
                tracing::warn!(cause = %error, "the pages of the log were not moved: it will be tried again");
                is_told = true;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = stop.changed() => return,
        }
    }
}

async fn move_pages(aside: &DatabaseConnection, writer: &DatabaseConnection) -> Result<(), DbErr> {
    let mut left = 0;
    for _ in 0..TRIES {
        left = checkpoint(aside).await?;
        if left <= FEW {
            break;
        }
    }
    if left > 0 {
        checkpoint(writer).await?;
    }
    Ok(())
}

/// Moves what it can without waiting for anybody; answers how many pages are left.
async fn checkpoint(by: &DatabaseConnection) -> Result<i64, DbErr> {
    let ask = sea_orm::Statement::from_string(by.get_database_backend(), "PRAGMA wal_checkpoint(PASSIVE)");
    let Some(row) = by.query_one_raw(ask).await? else { return Ok(0) };
    let (pages, moved): (i64, i64) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
    Ok(pages.saturating_sub(moved))
}
