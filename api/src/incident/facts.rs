//! The facts on which a step of an incident depends: the receiver, the signer, and the hazard from which it comes.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::Code;
use domain::access::Action;
use domain::hazard::{CancelReason, End};
use domain::id::{HazardId, PostId, UnitId};
use domain::incident::{HazardFacts, HazardStanding, IncidentStatus, Receiver, Signer};
use entity::{hazard, incident, officer, post};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter};

use crate::app::App;
use crate::area::node::holds;
use crate::caller::{OfficerCaller, PostHeld};
use crate::database::locked;
use crate::error::ApiResult;
use crate::hazard::scope;
use crate::policy::rulebook::RuleBook;
use crate::policy::units::is_on;
use crate::report::bars;

/// What all facts of one step are taken from.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) app: &'a App,
    pub(super) txn: &'a DatabaseTransaction,
    pub(super) rules: &'a RuleBook,
    pub(super) officer: &'a OfficerCaller,
    pub(super) day: NaiveDate,
}

impl Facts<'_> {
    /// Returns the unit that receives the reports of a unit: the one that the sender names, otherwise the nearest command centre
    /// that no report of the hazard accuses 回避. Only the choice of the server depends on accusations that the sender may not know
    /// of; an answer would tell of them. `None` if no command centre is above the unit.
    ///
    /// # Errors
    /// `NOT_FOUND` for a named unit that does not exist today.
    pub(super) async fn receiver(
        &self,
        unit: UnitId,
        hazard: Option<HazardId>,
        wanted: Option<UnitId>,
    ) -> ApiResult<Option<Receiver>> {
        let above: Vec<UnitId> =
            self.rules.covering(unit, self.day).into_iter().filter(|id| *id != unit && self.is_in_force(*id)).collect();
        if let Some(wanted) = wanted {
            if !self.is_in_force(wanted) {
                return Err(Code::NotFound.into());
            }
            let is_barred = match hazard {
                Some(hazard) => self.barred(hazard, wanted).await?,
                None => false,
            };
            return Ok(Some(Receiver { unit: wanted, is_above: above.contains(&wanted), is_barred }));
        }
        let area = self.rules.unit(unit).map(|unit| unit.area_id);
        let centres = area.map(|area| self.rules.units.centres_above(&self.rules.areas, area, self.day));
        let centres: Vec<UnitId> =
            centres.unwrap_or_default().iter().map(|centre| centre.id).filter(|id| *id != unit).collect();
        let accused = match hazard {
            Some(hazard) => bars::accused_at(self.app, self.txn, self.rules, hazard, &centres).await?,
            None => BTreeSet::new(),
        };
        let chosen = centres.iter().find(|id| !accused.contains(id)).or_else(|| centres.first());
        Ok(chosen.map(|id| Receiver { unit: *id, is_above: true, is_barred: false }))
    }

    /// Returns the receiver of a later report: the same unit while it exists, otherwise the one that the server chooses.
    pub(super) async fn later_receiver(
        &self,
        unit: UnitId,
        hazard: Option<HazardId>,
        before: UnitId,
    ) -> ApiResult<Option<Receiver>> {
        if self.is_in_force(before) {
            return Ok(Some(Receiver { unit: before, is_above: true, is_barred: false }));
        }
        self.receiver(unit, hazard, None).await
    }

    fn is_in_force(&self, id: UnitId) -> bool {
        self.rules.unit(id).is_some_and(|unit| is_on(unit, self.day))
    }

    async fn barred(&self, hazard: HazardId, unit: UnitId) -> ApiResult<bool> {
        let barred = bars::barred_from(self.app, self.txn, self.rules, self.officer, hazard, &[unit]).await?;
        Ok(barred.contains(&unit))
    }

    /// Returns the active officer who holds this post today, or `None`.
    pub(super) async fn signer(&self, id: PostId) -> ApiResult<Option<Signer>> {
        let Some(held) = post::Entity::find_by_id(id).one(self.txn).await? else { return Ok(None) };
        let holder = officer::Entity::find_by_id(held.officer_id).one(self.txn).await?;
        let is_active = holder.is_some_and(|officer| officer.active);
        let is_held = is_active && holds(held.valid_from, held.valid_to, self.day) && self.is_in_force(held.unit_id);
        Ok(is_held.then_some(Signer { officer: held.officer_id, post: held.id, role: held.role, unit: held.unit_id }))
    }

    /// Locks the hazard from which an incident is opened, so that one unit opens one incident of it at a time.
    ///
    /// # Errors
    /// `NOT_FOUND` if the officer may not see the hazard.
    pub(super) async fn hazard(&self, id: HazardId) -> ApiResult<hazard::Model> {
        let row = locked(hazard::Entity::find_by_id(id)).one(self.txn).await?.ok_or(Code::NotFound)?;
        let visible = scope::visible(self.app, self.officer, Action::ReadHazard);
        let seen = hazard::Entity::find_by_id(id).filter(visible).count(self.txn).await?;
        if seen == 0 { Err(Code::NotFound.into()) } else { Ok(row) }
    }

    /// Returns whether the unit of this post holds the hazard or takes part in it, or the hazard lies in the area of the post.
    pub(super) async fn handles(&self, post: &PostHeld, row: &hazard::Model) -> ApiResult<bool> {
        if row.township_unit == post.unit || post.covers(&row.area_path) {
            return Ok(true);
        }
        let held = hazard::Entity::find_by_id(row.id).filter(hazard::held_by(post.unit));
        Ok(held.count(self.txn).await? > 0)
    }

    /// Returns what is asked of the hazard from which this post opens an incident.
    pub(super) async fn hazard_facts(&self, post: &PostHeld, row: &hazard::Model) -> ApiResult<HazardFacts> {
        let reported = incident::Entity::find()
            .filter(incident::COLUMN.hazard_id.eq(row.id))
            .filter(incident::COLUMN.unit_id.eq(post.unit))
            .filter(incident::COLUMN.status.eq(IncidentStatus::Open));
        let is_merged = row.merged_into.is_some() || row.end_reason == Some(CancelReason::Duplicate);
        let standing = match row.end_kind {
            Some(End::Cancelled) if is_merged => HazardStanding::Merged,
            Some(End::Cancelled) => HazardStanding::Cancelled,
            Some(End::Closed) | None => HazardStanding::Stands,
        };
        Ok(HazardFacts {
            id: row.id,
            is_handled: self.handles(post, row).await?,
            standing,
            is_reported: reported.count(self.txn).await? > 0,
        })
    }
}
