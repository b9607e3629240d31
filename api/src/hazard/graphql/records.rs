//! The GraphQL types of inspections 检查, orders 责令 and penalties 行政处罚.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::hazard::enforcement::{OrderHolds, OrderKind, OrderState, PenaltyState};
use domain::id::{HazardId, InspectionId, OfficerId, OrderId, PenaltyId, PhotoId, PostId};
use entity::{correction_order, inspection, penalty};

use super::Hazard;
use super::parts::{Subject, unit};
use crate::dataloader::load;
use crate::error::ApiError;
use crate::hazard::enforcement_loader::{InspectionsOfHazard, OrdersOfHazard, PenaltiesOfHazard};
use crate::hazard::loader::{HazardById, SubjectById};
use crate::journal::graphql::Note;
use crate::journal::loader::NoteById;
use crate::reward::fen::Fen;
use crate::staff::graphql::Unit;

/// Returns the inspections of a hazard, in order of creation.
pub(super) async fn inspections(ctx: &Context<'_>, id: HazardId) -> Result<Vec<Inspection>, ApiError> {
    let rows = load::<InspectionsOfHazard>(ctx, id).await?;
    Ok(rows.unwrap_or_default().into_iter().map(Inspection).collect())
}

/// Returns the orders of a hazard, in order of creation.
pub(super) async fn orders(ctx: &Context<'_>, id: HazardId) -> Result<Vec<CorrectionOrder>, ApiError> {
    let rows = load::<OrdersOfHazard>(ctx, id).await?;
    Ok(rows.unwrap_or_default().into_iter().map(CorrectionOrder).collect())
}

/// Returns the penalties of a hazard, in order of creation.
pub(super) async fn penalties(ctx: &Context<'_>, id: HazardId) -> Result<Vec<Penalty>, ApiError> {
    let rows = load::<PenaltiesOfHazard>(ctx, id).await?;
    Ok(rows.unwrap_or_default().into_iter().map(Penalty).collect())
}

/// The GraphQL object that wraps a row of table `inspection`.
#[derive(Debug)]
pub(crate) struct Inspection(pub inspection::Model);

/// The record of an on-site inspection 检查记录. It never changes; another record corrects a wrong one.
#[Object]
impl Inspection {
    /// The id of the record.
    async fn id(&self) -> InspectionId {
        self.0.id
    }

    /// The unit that inspected.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.unit_id).await
    }

    /// The id of the post that recorded the inspection.
    async fn post_id(&self) -> PostId {
        self.0.post_id
    }

    /// The number of the certificate of the second officer 执法证号; null if the policy did not require one.
    async fn second_officer(&self) -> Option<&str> {
        self.0.second_officer.as_deref()
    }

    /// The party that was inspected 责任单位; null if it was not known.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<Subject>, ApiError> {
        let Some(id) = self.0.subject_id else { return Ok(None) };
        Ok(load::<SubjectById>(ctx, id).await?.map(Subject))
    }

    /// The time of the inspection.
    async fn inspected_at(&self) -> DateTime<Utc> {
        self.0.inspected_at
    }

    /// The distance of the officer from the hazard in metres, rounded up.
    async fn distance_metres(&self) -> i64 {
        self.0.distance_metres
    }

    /// The ids of the photos.
    async fn photo_ids(&self) -> &[PhotoId] {
        &self.0.photos.0
    }

    /// The id of the record that this one corrects.
    async fn corrects(&self) -> Option<InspectionId> {
        self.0.corrects
    }

    /// The findings 检查情况.
    async fn findings(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        Ok(load::<NoteById>(ctx, self.0.note_id).await?.map(Note))
    }

    /// The time at which it was recorded.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}

/// The result of a re-inspection 复查 of an order.
#[derive(Debug, SimpleObject)]
pub(crate) struct Reinspection {
    /// The id of the record of the inspection.
    inspection_id: InspectionId,
    /// Whether the order was met.
    met: bool,
    /// The id of the officer who recorded the result.
    officer_id: OfficerId,
    /// The time at which the result was recorded.
    at: DateTime<Utc>,
}

/// The GraphQL object that wraps a row of table `correction_order`.
#[derive(Debug)]
pub(crate) struct CorrectionOrder(pub correction_order::Model);

/// An order 责令: the responsible party has to remove the hazard, or to stop.
#[Object]
impl CorrectionOrder {
    /// The id of the order.
    async fn id(&self) -> OrderId {
        self.0.id
    }

    /// The id of the inspection on which it is based.
    async fn inspection_id(&self) -> InspectionId {
        self.0.inspection_id
    }

    /// What it demands.
    async fn kind(&self) -> OrderKind {
        self.0.kind
    }

    /// The state.
    async fn state(&self) -> OrderState {
        self.0.state
    }

    /// What it holds up while it is open.
    async fn holds(&self) -> OrderHolds {
        self.0.holds
    }

    /// The unit that has to re-inspect: the one that issued it, its successor, or the one that holds the hazard after a merge.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.unit_id).await
    }

    /// The end of the time in which the party has to obey.
    async fn until(&self) -> DateTime<Utc> {
        self.0.until
    }

    /// What is ordered 责令内容.
    async fn text(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        Ok(load::<NoteById>(ctx, self.0.note_id).await?.map(Note))
    }

    /// The time at which it was issued.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// The re-inspections 复查, in order.
    async fn reinspections(&self) -> Vec<Reinspection> {
        let all = self.0.reinspections.0.iter();
        all.map(|one| Reinspection { inspection_id: one.inspection, met: one.met, officer_id: one.officer, at: one.at })
            .collect()
    }

    /// The time at which it ended; null while it is open.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }
}

/// The GraphQL object that wraps a row of table `penalty`.
#[derive(Debug)]
pub(crate) struct Penalty(pub penalty::Model);

/// A penalty 行政处罚 of the responsible party.
#[Object]
impl Penalty {
    /// The id of the penalty.
    async fn id(&self) -> PenaltyId {
        self.0.id
    }

    /// The hazard.
    async fn hazard(&self, ctx: &Context<'_>) -> Result<Option<Hazard>, ApiError> {
        Ok(load::<HazardById>(ctx, self.0.hazard_id).await?.map(Hazard))
    }

    /// The id of the inspection on which it is based.
    async fn inspection_id(&self) -> InspectionId {
        self.0.inspection_id
    }

    /// The id of the order that it ended.
    async fn order_id(&self) -> Option<OrderId> {
        self.0.order_id
    }

    /// The party 责任单位.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<Subject>, ApiError> {
        Ok(load::<SubjectById>(ctx, self.0.subject_id).await?.map(Subject))
    }

    /// The unit that imposed it.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.unit_id).await
    }

    /// The number of the decision 文号.
    async fn document_number(&self) -> &str {
        &self.0.document
    }

    /// The state.
    async fn state(&self) -> PenaltyState {
        self.0.state
    }

    /// The fine 罚款 in fen; 0 for a penalty without one.
    async fn fine_fen(&self) -> Fen {
        Fen(self.0.fine_fen)
    }

    /// The day of the decision in China.
    async fn decided_on(&self) -> NaiveDate {
        self.0.decided_on
    }

    /// The day on which the fine was paid; null until then.
    async fn paid_on(&self) -> Option<NaiveDate> {
        self.0.paid_on
    }

    /// The article and the facts 处罚依据.
    async fn basis(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        Ok(load::<NoteById>(ctx, self.0.note_id).await?.map(Note))
    }

    /// Why it was voided 撤销; null while it stands.
    async fn voided(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        let Some(id) = self.0.voided else { return Ok(None) };
        Ok(load::<NoteById>(ctx, id).await?.map(Note))
    }

    /// The time at which it was recorded.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}
