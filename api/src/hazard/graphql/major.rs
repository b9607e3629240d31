//! The GraphQL types of major hazards: what is known of the judgement, the plan, the listing and the measures.
//! Long because every text of a plan is a field.

use async_graphql::{Context, Object};
use chrono::{DateTime, NaiveDate, Utc};
use domain::hazard::InterimMeasure;
use domain::hazard::major::{
    self, Delisting, Judgement, Listing, Ordered, PlanVersion, Released, Signature, Suspicion,
};
use domain::id::{NoteId, PostId};

use super::parts::unit;
use crate::dataloader::load;
use crate::error::ApiError;
use crate::journal::graphql::Note;
use crate::journal::loader::NoteById;
use crate::staff::graphql::Unit;

/// What is known of a hazard that is a major one, or was suspected to be one.
#[derive(Debug)]
pub(crate) struct MajorHazard(pub(super) major::Major);

/// What is known of a hazard 重大事故隐患 that is a major one, or was suspected to be one.
#[Object]
impl MajorHazard {
    /// The suspicion that awaits its judgement.
    async fn suspicion(&self) -> Option<MajorSuspicion> {
        self.0.suspicion.map(MajorSuspicion)
    }

    /// The department that judged the hazard last, or its successor.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        match self.0.department {
            Some(id) => unit(ctx, id).await,
            None => Ok(None),
        }
    }

    /// The judgements 判定, in order.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn judgements(&self) -> Vec<MajorJudgement> {
        self.0.judgements.iter().cloned().map(MajorJudgement).collect()
    }

    /// The versions of the five elements 五落实 and the plan 治理方案, in order. The last one is in force.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn plans(&self) -> Vec<MajorPlan> {
        self.0.plans.iter().copied().map(MajorPlan).collect()
    }

    /// The listings 挂牌督办, in order.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn listings(&self) -> Vec<MajorListing> {
        self.0.listings.iter().copied().map(MajorListing).collect()
    }

    /// The acceptances on the spot 现场验收, in order.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn acceptances(&self) -> Vec<MajorRelease> {
        self.0.acceptances.iter().cloned().map(MajorRelease).collect()
    }

    /// The consents of the department to the closure 同意销号, in order.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn consents(&self) -> Vec<MajorRelease> {
        self.0.consents.iter().cloned().map(MajorRelease).collect()
    }

    /// The interim measures 临时措施, in order.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn measures(&self) -> Vec<OrderedMeasure> {
        self.0.measures.iter().copied().map(OrderedMeasure).collect()
    }
}

/// Who took a step, when, and why.
#[derive(Debug)]
pub(crate) struct StepSignature(Signature);

/// Who took a step, when, and why.
#[Object]
impl StepSignature {
    /// The unit.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.unit).await
    }

    /// The id of the post.
    async fn post_id(&self) -> PostId {
        self.0.post
    }

    /// The reason or the opinion.
    async fn note(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.note).await
    }

    /// The round of the hazard.
    async fn round(&self) -> i32 {
        self.0.round
    }

    /// The time.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}

/// A suspicion that awaits its judgement.
#[derive(Debug)]
pub(crate) struct MajorSuspicion(Suspicion);

/// A suspicion 疑似重大 that awaits its judgement.
#[Object]
impl MajorSuspicion {
    /// Who suspects a major hazard.
    async fn by(&self) -> StepSignature {
        StepSignature(self.0.by)
    }

    /// What is new since an earlier suspicion was refused.
    async fn new_facts(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        optional(ctx, self.0.new_facts).await
    }
}

/// A judgement of the department.
#[derive(Debug)]
pub(crate) struct MajorJudgement(Judgement);

/// A judgement 判定 of the department.
#[Object]
impl MajorJudgement {
    /// Who judged.
    async fn by(&self) -> StepSignature {
        StepSignature(self.0.by)
    }

    /// Whether the hazard was confirmed as a major one.
    async fn confirmed(&self) -> bool {
        self.0.standard.is_some()
    }

    /// The code of the published standard, as the policy lists it; null if the suspicion was refused.
    async fn standard(&self) -> Option<&str> {
        self.0.standard.as_deref()
    }

    /// The clause of the standard; null if the suspicion was refused.
    async fn clause(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        optional(ctx, self.0.clause).await
    }
}

/// A version of the plan.
#[derive(Debug)]
pub(crate) struct MajorPlan(PlanVersion);

/// A version of the five elements 五落实 and the six parts of the plan 治理方案.
#[Object]
impl MajorPlan {
    /// Who entered it.
    async fn by(&self) -> StepSignature {
        StepSignature(self.0.by)
    }

    /// Responsibility 责任.
    async fn responsibility(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.plan.responsibility).await
    }

    /// Measures 措施.
    async fn measures(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.plan.measures).await
    }

    /// Funds 资金: where the money comes from.
    async fn funds(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.plan.funds).await
    }

    /// The amount of the money, in fen 分.
    async fn amount(&self) -> i64 {
        self.0.plan.amount.0
    }

    /// The last day 时限, in China.
    async fn until(&self) -> NaiveDate {
        self.0.plan.until
    }

    /// The emergency plan 预案.
    async fn emergency_plan(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.plan.emergency_plan).await
    }

    /// Goals and tasks 治理的目标和任务.
    async fn goals(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.plan.goals).await
    }

    /// Methods and measures 采取的方法和措施.
    async fn methods(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.plan.methods).await
    }

    /// Funds and material 经费和物资的落实.
    async fn resources(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.plan.resources).await
    }

    /// The organisation and the people 负责治理的机构和人员.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.plan.organisation).await
    }

    /// The time and the requirements 治理的时限和要求.
    async fn schedule(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.plan.schedule).await
    }

    /// Safety measures and the emergency plan 安全措施和应急预案.
    async fn safety(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.plan.safety).await
    }
}

/// A listing.
#[derive(Debug)]
pub(crate) struct MajorListing(Listing);

/// A listing 挂牌督办.
#[Object]
impl MajorListing {
    /// Who listed the hazard. The unit is the listing unit 挂牌单位, or its successor.
    async fn by(&self) -> StepSignature {
        StepSignature(self.0.by)
    }

    /// The day of its publication 公布日期, in China.
    async fn published_on(&self) -> NaiveDate {
        self.0.published_on
    }

    /// The limit 督办期限.
    async fn until(&self) -> DateTime<Utc> {
        self.0.until
    }

    /// Who delisted the hazard 摘牌; null while it is listed.
    async fn delisted(&self) -> Option<StepSignature> {
        self.0.delisted.map(|delisted| StepSignature(delisted.by))
    }

    /// The day of the publication of the delisting, in China.
    async fn delisting_published_on(&self) -> Option<NaiveDate> {
        self.0.delisted.map(|Delisting { published_on, .. }| published_on)
    }
}

/// An acceptance on the spot, or a consent.
#[derive(Debug)]
pub(crate) struct MajorRelease(Released);

/// An acceptance on the spot 现场验收, or a consent to the closure 同意销号. It lapses when other work is added.
#[Object]
impl MajorRelease {
    /// Who took the step.
    async fn by(&self) -> StepSignature {
        StepSignature(self.0.by)
    }

    /// The distance of the officer from the hazard in metres, rounded up; null for a consent.
    async fn distance_metres(&self) -> Option<u32> {
        self.0.distance_metres
    }
}

/// An interim measure that was ordered.
#[derive(Debug)]
pub(crate) struct OrderedMeasure(Ordered);

/// An interim measure 临时措施 that was ordered.
#[Object]
impl OrderedMeasure {
    /// The measure.
    async fn measure(&self) -> InterimMeasure {
        self.0.measure
    }

    /// Who ordered it.
    async fn by(&self) -> StepSignature {
        StepSignature(self.0.by)
    }

    /// The unit that carries it out.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.unit_to_act).await
    }

    /// From when it may be carried out: after the notice, if one goes before it.
    async fn not_before(&self) -> DateTime<Utc> {
        self.0.not_before
    }

    /// Who carried it out; null until then.
    async fn taken(&self) -> Option<StepSignature> {
        self.0.taken.map(StepSignature)
    }

    /// Who lifted it 解除; null until then.
    async fn lifted(&self) -> Option<StepSignature> {
        self.0.lifted.map(StepSignature)
    }
}

async fn note(ctx: &Context<'_>, id: NoteId) -> Result<Option<Note>, ApiError> {
    Ok(load::<NoteById>(ctx, id).await?.map(Note))
}

async fn optional(ctx: &Context<'_>, id: Option<NoteId>) -> Result<Option<Note>, ApiError> {
    match id {
        Some(id) => note(ctx, id).await,
        None => Ok(None),
    }
}
