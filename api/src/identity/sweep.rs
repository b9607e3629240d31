//! Deletes login rows that are no longer needed: one-time codes after a day, wrong follow-up attempts after an hour,
//! and sessions with their refresh tokens a day after they ended or expired.

use chrono::{DateTime, TimeDelta, Utc};
use entity::vault::{follow_attempt, one_time_code, refresh_token, session};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use crate::error::ApiResult;

/// The tables that serve logins only. Backups leave them out: a restored session would let somebody back in who has
/// since logged out, and a backup need not record who logged in when.
pub(crate) const LOGIN_TABLES: [&str; 4] = ["one_time_code", "session", "refresh_token", "follow_attempt"];

/// Deletes rows that are no longer needed and returns how many. Several processes may run this concurrently.
pub(crate) async fn sweep<C: ConnectionTrait>(txn: &C, now: DateTime<Utc>) -> ApiResult<u64> {
    let old_codes = one_time_code::Column::CreatedAt.lt(now - TimeDelta::days(1));
    let codes = one_time_code::Entity::delete_many().filter(old_codes).exec(txn).await?;
    let old_tries = follow_attempt::Column::At.lt(now - TimeDelta::hours(1));
    let tries = follow_attempt::Entity::delete_many().filter(old_tries).exec(txn).await?;
    let day_ago = now - TimeDelta::days(1);
    let over = Condition::any().add(session::Column::EndsAt.lt(day_ago)).add(session::Column::EndedAt.lt(day_ago));
    let ended = Query::select().column(session::Column::Id).from(session::Entity).cond_where(over.clone()).take();
    let of_ended = refresh_token::Column::SessionId.in_subquery(ended);
    let tokens = refresh_token::Entity::delete_many().filter(of_ended).exec(txn).await?;
    let sessions = session::Entity::delete_many().filter(over).exec(txn).await?;
    Ok(codes.rows_affected + tries.rows_affected + tokens.rows_affected + sessions.rows_affected)
}
