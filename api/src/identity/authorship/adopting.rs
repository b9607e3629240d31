//! Adoption: reports that an unregistered phone signed become reports of the person who registers the phone.
//!
//! A thief of the database must not see that the adopted rows belong together. They are updated where they are, in a
//! random order, mixed with rows of others that are sealed again without a change. SQLite then keeps every row in its
//! place. PostgreSQL writes new versions of the rows next to one another, so that the mixture is all that hides them.

use domain::id::ReportId;
use entity::batch;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use super::reading::open;
use super::slots::first_free;
use super::{ActiveModel, Column, Entity, Naming, UnwrittenAuthorship, WrittenBy, place, random_slot, rows};
use crate::database::locked;
use crate::error::ApiResult;
use crate::identity::keys::Keys;
use crate::identity::mixing::{MIXED_MIN, shuffled};
use crate::identity::person::PersonId;

/// The number of reports that one transaction adopts.
pub(crate) const ADOPTED_AT_ONCE: usize = 500;

/// Transfers those of these reports that still belong to a phone to its owner, and returns how many it transferred. The
/// rows get the owner's own slots, so that they look like all others. There must be at most [`ADOPTED_AT_ONCE`].
pub(crate) async fn adopt<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    reports: &[ReportId],
    person: &PersonId,
) -> ApiResult<usize> {
    let waiting = unowned(txn, keys, reports, person).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut free = first_free(txn, keys, [person]).await?;
    let mut changed = rows(keys, &waiting, &mut free, &mut std::collections::HashMap::new())?;
    let adopted = changed.len();
    changed.extend(sealed_again(txn, keys, reports, adopted.max(MIXED_MIN)).await?);
    for row in shuffled(changed)? {
        let ActiveModel { report_id, slot, person_ct, key_id } = row;
        let next = ActiveModel { slot, person_ct, key_id, ..Default::default() };
        Entity::update_many().set(next).filter(Column::ReportId.eq(*report_id.as_ref())).exec(txn).await?;
    }
    Ok(adopted)
}

/// Seals the authorships of these reports for their new owner. Reports that already have one are left out.
async fn unowned<'a, C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    reports: &[ReportId],
    person: &'a PersonId,
) -> ApiResult<Vec<UnwrittenAuthorship<'a>>> {
    let stored = Entity::find().filter(Column::ReportId.is_in(batch::padded(reports.to_vec())));
    let mut waiting = Vec::with_capacity(reports.len());
    for row in locked(stored).order_by_asc(Column::Slot).all(txn).await? {
        let authorship = open(keys, &row)?;
        let by = match (authorship.naming, authorship.person) {
            (Naming::Named, None) => WrittenBy::Named(person),
            (Naming::Confidential, None) => WrittenBy::Confidential(person),
            (_, Some(_)) | (Naming::Anonymous, None) => continue, // a phone's slots hold no anonymous reports
        };
        let sealed = keys.seal(place(&row.report_id), &by.plain())?;
        waiting.push(UnwrittenAuthorship { report: row.report_id, person: Some(person), sealed });
    }
    Ok(waiting)
}

/// Seals the rows of up to `count` other reports again. Slots are random, so that the rows after a random slot are a
/// random choice.
async fn sealed_again<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    reports: &[ReportId],
    count: usize,
) -> ApiResult<Vec<ActiveModel>> {
    let from = random_slot()?;
    let mut others = Vec::new();
    for part in [Column::Slot.gte(from.clone()), Column::Slot.lt(from)] {
        let missing = u64::try_from(count.saturating_sub(others.len())).unwrap_or_default();
        let some = Entity::find()
            .filter(part)
            .filter(Column::ReportId.is_not_in(batch::padded(reports.to_vec())))
            .order_by_asc(Column::Slot)
            .limit(missing);
        others.extend(locked(some).all(txn).await?);
    }
    let again = |row: entity::vault::authorship::Model| {
        let plain = keys.open(place(&row.report_id), &row.person_ct, &row.key_id)?;
        let sealed = keys.seal(place(&row.report_id), &plain)?;
        let mut same = row.into_active_model();
        (same.person_ct, same.key_id) = (Set(sealed.bytes), Set(sealed.key_id));
        Ok(same)
    };
    others.into_iter().map(again).collect()
}

#[cfg(test)]
mod tests;
