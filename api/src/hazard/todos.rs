//! Writes what hazards wait for 待办: a dispatch, the next step of each assignment, or the closure.

use domain::hazard::Case;
use domain::todo::of_case;
use entity::hazard;
use entity::todo::Matter;
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect};

use crate::error::{ApiError, ApiResult};
use crate::policy::todos;

/// Writes the todos of a hazard, which the caller has locked and saved.
pub(crate) async fn save<C: ConnectionTrait>(txn: &C, case: &Case) -> ApiResult<()> {
    let path = hazard::Entity::find_by_id(case.id).select_only().column(hazard::Column::AreaPath);
    let path: Option<String> = path.into_tuple().one(txn).await?;
    let path = path.ok_or_else(|| ApiError::internal("a hazard that was saved has no row"))?;
    todos::save(txn, Matter::Hazard(case.id), &path, &of_case(case)).await
}
