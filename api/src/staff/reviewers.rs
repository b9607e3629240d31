//! Tells which units can review reports: those in which an officer holds such a post today.

use chrono::NaiveDate;
use domain::access::{Action, Relation, may};
use domain::id::UnitId;
use domain::staff::Role;
use entity::{officer, post};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::error::ApiResult;

/// Checks whether an active officer holds a post of this unit on `day` whose role may review the unit's reports.
pub(crate) async fn can_review<C: ConnectionTrait>(db: &C, unit: UnitId, day: NaiveDate) -> ApiResult<bool> {
    let roles = Role::ALL.iter().copied().filter(|role| may(*role, Action::ReviewReport, Relation::OwnUnit));
    let active = Query::select()
        .column((officer::Entity, officer::Column::Id))
        .from(officer::Entity)
        .and_where(officer::COLUMN.active.eq(true))
        .take();
    let not_over = Condition::any().add(post::COLUMN.valid_to.is_null()).add(post::COLUMN.valid_to.gt(day));
    let held = post::Entity::find()
        .filter(post::COLUMN.unit_id.eq(unit))
        .filter(post::COLUMN.role.is_in(roles))
        .filter(post::COLUMN.valid_from.lte(day))
        .filter(not_over)
        .filter(post::Column::OfficerId.in_subquery(active))
        .limit(1);
    Ok(held.one(db).await?.is_some())
}
