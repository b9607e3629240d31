//! Reports that a phone signed become those of the person who has logged in with it.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{Column, Entity, Naming, WrittenBy, authors_of, reports_of, write};
use crate::error::ApiResult;
use crate::identity::keys::Keys;
use crate::identity::person::PersonId;

/// Gives a person the reports that are written down for their phone, and says how many. Their rows are written anew, in the
/// person's own slots, so that they look like any others.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub(crate) async fn adopt<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    device: &PersonId,
    person: &PersonId,
) -> ApiResult<usize> {
    let reports = reports_of(txn, keys, device).await?;
    if reports.is_empty() {
        return Ok(0);
    }
    let authors = authors_of(txn, keys, reports.clone()).await?;
    let mut written = Vec::with_capacity(reports.len());
    for report in &reports {
        match authors.get(report).map(|author| author.naming) {
            Some(Naming::Named) => written.push((*report, WrittenBy::Named(person))),
            Some(Naming::Confidential) => written.push((*report, WrittenBy::Confidential(person))),
            Some(Naming::Anonymous) | None => {} // a phone's slots hold no such report
        }
    }
    Entity::delete_many().filter(Column::ReportId.is_in(written.iter().map(|(report, _)| *report))).exec(txn).await?;
    write(txn, keys, &written).await?;
    Ok(written.len())
}
