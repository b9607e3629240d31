//! Writes what awards wait for 待办: the steps of reward officers and finance officers.

use domain::award::Award;
use domain::todo::of_award;
use entity::hazard;
use entity::todo::Matter;
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect};

use crate::error::{ApiError, ApiResult};
use crate::policy::todos;

/// Writes the todos of an award, which the caller has locked and saved. Its area is that of its hazard.
pub(crate) async fn save<C: ConnectionTrait>(txn: &C, award: &Award) -> ApiResult<()> {
    let path = hazard::Entity::find_by_id(award.hazard).select_only().column(hazard::Column::AreaPath);
    let path: Option<String> = path.into_tuple().one(txn).await?;
    let path = path.ok_or_else(|| ApiError::internal("an award refers to a hazard that does not exist"))?;
    todos::save(txn, Matter::Award(award.id), &path, &of_award(award)).await
}
