//! Deletes login rows that are no longer needed: one-time codes after a day, used refresh tokens a day after their
//! session ended or expired, and sessions with their last token a year after that. The last token lets its holder
//! ask for a code however many codes strangers have asked for, and log in as the same person after a long time
//! ([`super::known`]).

use chrono::{DateTime, TimeDelta, Utc};
use entity::vault::{one_time_code, refresh_token, session};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use crate::error::ApiResult;

/// The days for which a session that ended or expired is kept, together with its last refresh token.
const ENDED_SESSION_DAYS: i64 = 365;

/// The days after which the used tokens of an ended session are not looked for any more, so that the sweep does not read
/// the sessions of a whole year each time. If no server ran for so long, they go with their session.
const USED_TOKEN_DAYS: i64 = 30;

/// The tables that serve logins only. Backups leave them out: a restored session would let somebody back in who has
/// since logged out, and a backup need not record who logged in when.
pub(crate) const LOGIN_TABLES: [&str; 3] = ["one_time_code", "session", "refresh_token"];

/// Deletes rows that are no longer needed and returns how many. Several processes may run this concurrently.
pub(crate) async fn sweep<C: ConnectionTrait>(txn: &C, now: DateTime<Utc>) -> ApiResult<u64> {
    let old_codes = one_time_code::Column::CreatedAt.lt(now - TimeDelta::days(1));
    let codes = one_time_code::Entity::delete_many().filter(old_codes).exec(txn).await?;
    let used = refresh_token::Column::UsedAt.is_not_null();
    let lately = over(now - TimeDelta::days(USED_TOKEN_DAYS), now - TimeDelta::days(1));
    let used = refresh_token::Entity::delete_many().filter(used).filter(of_sessions(lately));
    let mut tokens = used.exec(txn).await?.rows_affected;
    let long_over = over(DateTime::UNIX_EPOCH, now - TimeDelta::days(ENDED_SESSION_DAYS));
    let last = refresh_token::Entity::delete_many().filter(of_sessions(long_over.clone()));
    tokens += last.exec(txn).await?.rows_affected;
    let sessions = session::Entity::delete_many().filter(long_over).exec(txn).await?;
    Ok(codes.rows_affected + tokens + sessions.rows_affected)
}

/// The sessions that ended or expired between these times. Each part is a range of an index.
fn over(after: DateTime<Utc>, before: DateTime<Utc>) -> Condition {
    let within = |column: session::Column| column.gte(after).and(column.lt(before));
    Condition::any().add(within(session::Column::EndsAt)).add(within(session::Column::EndedAt))
}

fn of_sessions(these: Condition) -> Expr {
    let ids = Query::select().column(session::Column::Id).from(session::Entity).cond_where(these).take();
    refresh_token::Column::SessionId.in_subquery(ids)
}
