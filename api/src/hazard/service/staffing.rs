//! Who still acts in the units of a case: whether the holder of an assignment has left, and whether anybody of another unit
//! may accept its work.

use chrono::NaiveDate;
use domain::access::{Action, Actor, Relation, may};
use domain::area::covers;
use domain::hazard::{Assignment, Case};
use domain::id::{OfficerId, PostId};
use domain::staff::{Role, UnitKind};
use domain::time::china_day;
use entity::{hazard, officer, post};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter};

use crate::app::App;
use crate::area::node::holds;
use crate::error::ApiResult;
use crate::policy::rulebook::RuleBook;

/// Returns whether the holder of the assignment has left: no post of its unit on `day` in which the officer could finish
/// the work, or no longer an active officer.
pub(super) async fn holder_left(
    txn: &DatabaseTransaction,
    assignment: Option<&Assignment>,
    day: NaiveDate,
) -> ApiResult<bool> {
    let Some((assignment, holder)) = assignment.and_then(|one| Some((one, one.worker?))) else { return Ok(false) };
    if !is_active(txn, holder).await? {
        return Ok(true);
    }
    let posts = post::Entity::find()
        .filter(post::COLUMN.officer_id.eq(holder))
        .filter(post::COLUMN.unit_id.eq(assignment.unit))
        .all(txn)
        .await?;
    let works = |post: &post::Model| {
        holds(post.valid_from, post.valid_to, day) && may(post.role, Action::Finish, Relation::OwnUnit)
    };
    Ok(!posts.iter().any(works))
}

/// Returns the active officer who holds the post today, or `None`.
pub(super) async fn holder_of(app: &App, post: PostId) -> ApiResult<Option<Actor>> {
    let Some(held) = post::Entity::find_by_id(post).one(app.db()).await? else { return Ok(None) };
    let is_held =
        holds(held.valid_from, held.valid_to, china_day(app.now())) && is_active(app.db(), held.officer_id).await?;
    Ok(is_held.then_some(Actor { officer: held.officer_id, post: held.id, role: held.role, unit: held.unit_id }))
}

/// Returns whether the officer may log in.
pub(super) async fn is_active(txn: &impl sea_orm::ConnectionTrait, id: OfficerId) -> ApiResult<bool> {
    Ok(officer::Entity::find_by_id(id).one(txn).await?.is_some_and(|officer| officer.active))
}

/// Returns whether anybody of another unit than that of the assignment holds a post today in which they may accept its
/// work. Only the township of the case and command centres accept work, so the question has to be asked for theirs alone.
pub(super) async fn other_unit_accepts(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    case: &Case,
    assignment: Option<&Assignment>,
    day: NaiveDate,
) -> ApiResult<bool> {
    let Some(assignment) = assignment else { return Ok(true) };
    let is_centre = rules.unit(assignment.unit).is_some_and(|unit| unit.kind == UnitKind::CommandCentre);
    if assignment.unit != case.township && !is_centre {
        return Ok(true);
    }
    let may_accept =
        Condition::any().add(post::COLUMN.role.eq(Role::CommandCentre)).add(post::COLUMN.unit_id.eq(case.township));
    let posts =
        post::Entity::find().filter(may_accept).filter(post::COLUMN.unit_id.ne(assignment.unit)).all(txn).await?;
    let hazard = hazard::Entity::find_by_id(case.id).one(txn).await?;
    let place = hazard.map(|row| row.area_path).unwrap_or_default();
    for post in posts.iter().filter(|post| holds(post.valid_from, post.valid_to, day)) {
        let in_area = rules.areas.get(post.area_id).is_some_and(|area| covers(&area.path, &place));
        let relation = match (post.unit_id == case.township, in_area) {
            (true, _) => Relation::OwnUnit,
            (false, true) => Relation::OwnArea,
            (false, false) => Relation::Elsewhere,
        };
        if may(post.role, Action::Accept, relation) && is_active(txn, post.officer_id).await? {
            return Ok(true);
        }
    }
    Ok(false)
}
