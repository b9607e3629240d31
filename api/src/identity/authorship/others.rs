//! Other reports of the same author, for internal comparisons only. They are never shown as such.

use domain::id::ReportId;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{author_of, reports_of};
use crate::error::ApiResult;
use crate::identity::PersonId;
use crate::identity::keys::Keys;

/// Returns at most `limit` other reports of this report's author, newest first. The caller must not reveal that one
/// person wrote them. For an anonymous report, the function runs the same queries and returns an empty list.
pub(crate) async fn others_by_author_of<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    report: ReportId,
    limit: usize,
) -> ApiResult<Vec<ReportId>> {
    let author = author_of(db, keys, report).await?.and_then(|author| author.person);
    let person = author.unwrap_or_else(|| PersonId::new(Uuid::new_v4()));
    let mut others = reports_of(db, keys, &person).await?;
    others.retain(|other| *other != report);
    Ok(others.into_iter().rev().take(limit).collect())
}
