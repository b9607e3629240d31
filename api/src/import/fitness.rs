//! Whether a unit can take over 承接 a piece of open work: its kind has such work, it may lead if it would lead, and it is
//! not recused 回避 from it.

use chrono::NaiveDate;
use domain::hazard::{DutyFacts, may_take_part};
use domain::id::{AwardId, HazardId, ReportId};
use domain::refusal::Language;
use domain::staff::UnitKind;
use entity::{award, hazard, report, unit};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::open_work::{OpenItem, WorkKind};
use crate::error::ApiResult;
use crate::identity::bars;
use crate::identity::keys::Keys;
use crate::policy::rulebook::RuleBook;
use crate::policy::units::can_review;
use crate::staff::rows::fits;

/// What is needed to judge whether units can take over.
pub(super) struct Fitness<'a, C> {
    pub(super) db: &'a C,
    pub(super) keys: &'a Keys,
    pub(super) rules: &'a RuleBook,
    pub(super) day: NaiveDate,
}

impl<C: ConnectionTrait> Fitness<'_, C> {
    /// Returns why the unit cannot take over the piece of work; `None` if it can. It names the piece, and never a report
    /// that accuses the unit.
    pub(super) async fn flaw(&self, item: OpenItem, to: &unit::Model) -> ApiResult<Option<String>> {
        let (kind, word, id) = (to.kind.code(), item.kind.word(), item.id);
        if !has_such_work(item, to.kind) {
            return Ok(Some(format!("a unit of kind {kind} cannot take over {word},{id}")));
        }
        if let Some(part) = item.part
            && let Err(refusal) = may_take_part(to.kind, part, self.duty(HazardId(item.on)).await?)
        {
            let why = refusal.text(Language::English);
            return Ok(Some(format!("a unit of kind {kind} cannot take over {word},{id}: {why}")));
        }
        let is_recused = self.is_recused(item, to).await?;
        Ok(is_recused.then(|| format!("this unit is recused 回避 from {word},{id}: name another one for it")))
    }

    async fn duty(&self, hazard: HazardId) -> ApiResult<Option<DutyFacts>> {
        let Some(row) = hazard::Entity::find_by_id(hazard).one(self.db).await? else { return Ok(None) };
        let duty = self.rules.duty_for(row.area_id, row.category.as_deref(), self.day);
        Ok(duty.map(|duty| DutyFacts { township_may_lead: duty.township_may_lead }))
    }

    /// Returns whether the report, or every report of the hazard, accuses the unit or a unit above it. As everywhere, an
    /// independent report of the hazard lifts the bar.
    async fn is_recused(&self, item: OpenItem, to: &unit::Model) -> ApiResult<bool> {
        let of_hazard = || report::COLUMN.hazard_id.eq(HazardId(item.on));
        let of = match item.kind {
            WorkKind::Post => return Ok(false),
            WorkKind::Report => report::COLUMN.id.eq(ReportId(item.id)),
            WorkKind::Incident
            | WorkKind::Reception
            | WorkKind::Hazard
            | WorkKind::Assignment
            | WorkKind::Decision
            | WorkKind::Whistle
            | WorkKind::Suspension
            | WorkKind::Major => of_hazard(),
            WorkKind::Award => match award::Entity::find_by_id(AwardId(item.id)).one(self.db).await? {
                Some(award) => report::COLUMN.id.eq(award.report_id),
                None => return Ok(false),
            },
        };
        let reports = || report::Entity::find().filter(of.clone()).select_only().column(report::Column::Id).limit(1);
        let independent: Condition = bars::not_barred(self.keys, &self.rules.units.line(to.id));
        if reports().filter(independent).into_tuple::<ReportId>().one(self.db).await?.is_some() {
            return Ok(false);
        }
        Ok(reports().into_tuple::<ReportId>().one(self.db).await?.is_some())
    }
}

fn has_such_work(item: OpenItem, kind: UnitKind) -> bool {
    match item.kind {
        WorkKind::Report | WorkKind::Hazard | WorkKind::Decision | WorkKind::Whistle | WorkKind::Suspension => {
            can_review(kind)
        }
        WorkKind::Major => matches!(kind, UnitKind::Department | UnitKind::CommandCentre),
        WorkKind::Assignment | WorkKind::Award | WorkKind::Incident | WorkKind::Reception => true,
        WorkKind::Post => item.role.is_none_or(|role| fits(role, kind)),
    }
}
