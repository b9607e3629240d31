//! Queries the author of a report, and the reports of a person.

use std::collections::HashMap;

use domain::id::ReportId;
use entity::batch;
use entity::vault::authorship::{Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Authorship, Naming, WINDOW, WINDOW_MAX, place};
use crate::error::{ApiError, ApiResult};
use crate::identity::keys::Keys;
use crate::identity::person::PersonId;

/// Returns the authorship of a report, or `None` if it has none, as for a report from a patrol.
pub(crate) async fn author_of<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    report: ReportId,
) -> ApiResult<Option<Authorship>> {
    let Some(row) = Entity::find_by_id(report).one(db).await? else {
        return Ok(None);
    };
    open(keys, &row).map(Some)
}

/// Loads the authorships of these reports with one query. Reports without an authorship have no entry in the map.
pub(crate) async fn authors_of<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    reports: Vec<ReportId>,
) -> ApiResult<HashMap<ReportId, Authorship>> {
    if reports.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Entity::find().filter(Column::ReportId.is_in(batch::padded(reports))).all(db).await?;
    rows.iter().map(|row| Ok((row.report_id, open(keys, row)?))).collect()
}

pub(super) fn open(keys: &Keys, row: &Model) -> ApiResult<Authorship> {
    let plain = keys.open(place(&row.report_id), &row.person_ct, &row.key_id)?;
    let unreadable = || ApiError::internal("a stored authorship has an unknown form");
    let (mode, person) = plain.split_first().ok_or_else(unreadable)?;
    let person = Uuid::from_slice(person).map_err(ApiError::internal)?;
    let (naming, person) = match mode {
        1 => (Naming::Named, Some(PersonId::new(person))),
        2 => (Naming::Confidential, Some(PersonId::new(person))),
        3 => (Naming::Anonymous, None),
        4 => (Naming::Named, None),
        5 => (Naming::Confidential, None),
        _ => return Err(unreadable()),
    };
    Ok(Authorship { naming, person })
}

/// Checks whether `person` is the report's author.
pub(crate) async fn is_author<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    person: &PersonId,
    report: ReportId,
) -> ApiResult<bool> {
    let author = author_of(db, keys, report).await?.and_then(|author| author.person);
    Ok(author.is_some_and(|author| author.is(person)))
}

/// Returns how the author wants to be known, or `None` if the report has no authorship.
#[cfg(test)]
pub(crate) async fn mode_of<C: ConnectionTrait>(db: &C, keys: &Keys, report: ReportId) -> ApiResult<Option<Naming>> {
    Ok(author_of(db, keys, report).await?.map(|author| author.naming))
}

/// Returns a person's reports in the order in which they were written. It cannot find the person's anonymous reports.
pub(crate) async fn reports_of<C: ConnectionTrait>(db: &C, keys: &Keys, person: &PersonId) -> ApiResult<Vec<ReportId>> {
    let (mut reports, mut from, mut window) = (Vec::new(), 0, WINDOW);
    loop {
        let slots: HashMap<Vec<u8>, u64> = (from..from + window).map(|n| (keys.link_slot(person, n), n)).collect();
        let found: Vec<(ReportId, Vec<u8>)> = Entity::find()
            .select_only()
            .columns([Column::ReportId, Column::Slot])
            .filter(Column::Slot.is_in(slots.keys().cloned()))
            .into_tuple()
            .all(db)
            .await?;
        if found.is_empty() {
            break;
        }
        reports.extend(found.into_iter().map(|(report, slot)| (slots.get(&slot).copied(), report)));
        from += window;
        window = (window * 2).min(WINDOW_MAX);
    }
    reports.sort_unstable();
    Ok(reports.into_iter().map(|(_, report)| report).collect())
}
