//! Records the day on which people were last seen, at most once a day for each person. A number whose holder nobody has
//! seen for long may belong to a new person 二次放号 ([`super::holders`]).
//!
//! The day is sealed under the person's own key. A thief of the database must not learn from the order of the rows who
//! was seen together with which session or report, so the days are written apart from them, in a random order, mixed
//! with rows of others that are sealed again without a change.

use chrono::{DateTime, NaiveDate, Utc};
use domain::time::china_day;
use entity::batch;
use entity::vault::person::{ActiveModel, Column, Entity, Model};
use futures::FutureExt;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::keys::Keys;
use super::mixing::{MIXED_MIN, shuffled};
use super::people;
use super::sightings::Sighting;
use crate::app::App;
use crate::database::locked;
use crate::error::ApiResult;
use crate::retry::retry;

/// The number of people whose days one transaction writes.
const WRITTEN_AT_ONCE: usize = 200;
/// The number of transactions in which one round writes first days.
const FIRST_DAYS_A_ROUND: usize = 25;

/// A row and the day that is written to it.
struct NewDay {
    row: Model,
    day: NaiveDate,
}

/// Writes the signs that wait ([`super::sightings`]). People of earlier builds, who have no day, get today.
pub(crate) async fn write(app: &App, now: DateTime<Utc>) -> ApiResult<()> {
    for some in app.sightings.waiting().chunks(WRITTEN_AT_ONCE) {
        retry(|| write_some(app, some).boxed()).await?;
        app.sightings.wrote(some, china_day(now));
    }
    for _ in 0..FIRST_DAYS_A_ROUND {
        if app.sightings.is_complete() {
            break;
        }
        if retry(|| write_first_days(app, china_day(now)).boxed()).await? == 0 {
            app.sightings.set_complete();
        }
    }
    Ok(())
}

async fn write_some(app: &App, signs: &[Sighting]) -> ApiResult<()> {
    let ids: Vec<Uuid> = signs.iter().map(|sign| sign.person).collect();
    let txn = app.begin_write().await?;
    let mut new = Vec::new();
    for row in living(&txn, &ids).await? {
        let day = signs.iter().find(|sign| sign.person == row.id).map(|sign| sign.day);
        let known = people::last_seen(&app.keys, &row)?;
        new.extend(day.filter(|day| known.is_none_or(|known| known < *day)).map(|day| NewDay { row, day }));
    }
    if new.is_empty() {
        return Ok(());
    }
    for other in others(&txn, &ids, MIXED_MIN.saturating_sub(new.len())).await? {
        let day = people::last_seen(&app.keys, &other)?;
        new.extend(day.map(|day| NewDay { row: other, day }));
    }
    store(&txn, &app.keys, new).await?;
    app.commit(txn).await
}

/// Gives some people without a day this one, and returns how many.
async fn write_first_days(app: &App, day: NaiveDate) -> ApiResult<usize> {
    let limit = u64::try_from(WRITTEN_AT_ONCE).unwrap_or_default();
    let without = || Entity::find().filter(Column::SeenCt.is_null()).filter(Column::ErasedAt.is_null()).limit(limit);
    if without().select_only().column(Column::Id).into_tuple::<Uuid>().one(app.db()).await?.is_none() {
        return Ok(0);
    }
    let txn = app.begin_write().await?;
    let rows = locked(without().order_by_asc(Column::Id)).all(&txn).await?;
    let count = rows.len();
    store(&txn, &app.keys, rows.into_iter().map(|row| NewDay { row, day }).collect()).await?;
    app.commit(txn).await?;
    Ok(count)
}

/// Records that somebody was seen, in a transaction that changes their row anyway.
pub(super) async fn record<C: ConnectionTrait>(txn: &C, keys: &Keys, person: Uuid, day: NaiveDate) -> ApiResult<()> {
    let rows = living(txn, &[person]).await?;
    store(txn, keys, rows.into_iter().map(|row| NewDay { row, day }).collect()).await
}

async fn living<C: ConnectionTrait>(txn: &C, ids: &[Uuid]) -> ApiResult<Vec<Model>> {
    let these = Entity::find().filter(Column::Id.is_in(batch::padded(ids.to_vec())));
    Ok(locked(these.filter(Column::ErasedAt.is_null())).order_by_asc(Column::Id).all(txn).await?)
}

/// Returns up to `count` other people. Ids are random, so that those after a random id are a random choice.
async fn others<C: ConnectionTrait>(txn: &C, ids: &[Uuid], count: usize) -> ApiResult<Vec<Model>> {
    let from = Uuid::new_v4();
    let mut others = Vec::new();
    for part in [Column::Id.gte(from), Column::Id.lt(from)] {
        let missing = u64::try_from(count.saturating_sub(others.len())).unwrap_or_default();
        let some = Entity::find()
            .filter(part)
            .filter(Column::Id.is_not_in(batch::padded(ids.to_vec())))
            .filter(Column::SeenCt.is_not_null())
            .order_by_asc(Column::Id)
            .limit(missing);
        others.extend(locked(some).all(txn).await?);
    }
    Ok(others)
}

async fn store<C: ConnectionTrait>(txn: &C, keys: &Keys, new: Vec<NewDay>) -> ApiResult<()> {
    for NewDay { row, day } in shuffled(new)? {
        let next = ActiveModel { seen_ct: Set(Some(people::sealed_day(keys, &row, day)?)), ..Default::default() };
        Entity::update_many().set(next).filter(Column::Id.eq(row.id)).exec(txn).await?;
    }
    Ok(())
}
