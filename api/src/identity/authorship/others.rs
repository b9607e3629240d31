//! What else one person wrote, for comparing and never for showing.

use domain::id::ReportId;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{author_of, reports_of};
use crate::error::ApiResult;
use crate::identity::PersonId;
use crate::identity::keys::Keys;

/// The other reports of whoever wrote this one, as far as they are known, the last ones first and at most `limit`. Whoever
/// calls this must not let it be seen that one person wrote them. An anonymous report takes the same way and has none.
///
/// # Errors
/// As [`author_of`].
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
