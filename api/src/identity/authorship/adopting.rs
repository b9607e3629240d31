//! Adoption: reports that an unregistered phone signed become reports of the person who registers the phone.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{Column, Entity, Naming, WrittenBy, authors_of, reports_of, write};
use crate::error::ApiResult;
use crate::identity::keys::Keys;
use crate::identity::person::PersonId;

/// Transfers the reports recorded for a phone to its owner, and returns how many were transferred. The rows are deleted
/// and reinserted in the owner's own slots, so that they look like all others.
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
            Some(Naming::Anonymous) | None => {} // a phone's slots hold no anonymous reports
        }
    }
    Entity::delete_many().filter(Column::ReportId.is_in(written.iter().map(|(report, _)| *report))).exec(txn).await?;
    write(txn, keys, &written).await?;
    Ok(written.len())
}
