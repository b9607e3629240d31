//! Major hazards 重大事故隐患: what a case knows about the judgement, the five elements, the listing and the way to its closure.
//! [`docs/major.md`](../../../../docs/major.md) shows who may do what. Long because all that is stored stands together.
//!
//! `judging` has the suspicion and its judgement, `planning` the five elements 五落实 with the plan 治理方案, `listing` listed
//! supervision 挂牌 and delisting 摘牌, `releasing` the acceptance on the spot 现场验收 and the consent to close, `interim` the
//! interim measures 临时措施, and `keeping` the clocks that follow from the state.

mod act;
mod interim;
mod judging;
mod keeping;
mod listing;
mod planning;
mod releasing;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use self::act::{MajorAct, MajorCommand, MajorStep};
pub(super) use self::judging::department;
pub(super) use self::keeping::{clocks, plan_first, released};
use super::enforcement::OrderHolds;
use super::{AssignmentStatus, Case, Context, Event, HazardStatus, Level, Part};
use crate::access::Actor;
use crate::clock::ClockChange;
use crate::id::{AssignmentId, NoteId, OfficerId, PostId, UnitId};
use crate::money::Fen;
use crate::refusal::Refusal;

coded_enum! {
    /// An interim measure 临时措施 that keeps people safe until the hazard is removed.
    pub enum InterimMeasure {
        /// 撤离人员: people leave the place.
        Evacuate = "EVACUATE",
        /// 停产停用: production or use stops.
        StopUse = "STOP_USE",
        /// 停止供电: power or explosives are no longer supplied. A notice goes before it, unless danger is imminent.
        CutPower = "CUT_POWER",
    }
}

/// Who took a step, when, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The unit.
    pub unit: UnitId,
    /// The officer.
    pub officer: OfficerId,
    /// The post.
    pub post: PostId,
    /// The reason or the opinion.
    pub note: NoteId,
    /// The round.
    pub round: i32,
    /// The time.
    pub at: DateTime<Utc>,
}

/// A suspicion 疑似重大 that awaits its judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspicion {
    /// Who suspects it.
    #[serde(flatten)]
    pub by: Signature,
    /// The level before.
    pub was: Level,
    /// What is new since an earlier suspicion was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_facts: Option<NoteId>,
}

/// A judgement 判定 of the responsible department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Who judged.
    #[serde(flatten)]
    pub by: Signature,
    /// The code of the published standard; `None` if the suspicion was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// The clause of the standard; `None` if the suspicion was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<NoteId>,
}

/// The five elements 五落实 and the six parts of the plan 治理方案. A text is a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// 责任: who is responsible.
    pub responsibility: NoteId,
    /// 措施: what is done.
    pub measures: NoteId,
    /// 资金: where the money comes from.
    pub funds: NoteId,
    /// The amount of the money, in fen.
    pub amount: Fen,
    /// 时限: the last day.
    pub until: NaiveDate,
    /// 预案: what is done in an emergency.
    pub emergency_plan: NoteId,
    /// 治理的目标和任务.
    pub goals: NoteId,
    /// 采取的方法和措施.
    pub methods: NoteId,
    /// 经费和物资的落实.
    pub resources: NoteId,
    /// 负责治理的机构和人员.
    pub organisation: NoteId,
    /// 治理的时限和要求.
    pub schedule: NoteId,
    /// 安全措施和应急预案.
    pub safety: NoteId,
}

/// A version of the plan. Each change is a new one, and the earlier ones stay readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanVersion {
    /// Who entered it.
    #[serde(flatten)]
    pub by: Signature,
    /// What it says.
    #[serde(flatten)]
    pub plan: Plan,
}

/// A listing 挂牌督办.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Who listed the hazard; the unit is the listing unit 挂牌单位.
    #[serde(flatten)]
    pub by: Signature,
    /// The day of its publication 公布日期.
    pub published_on: NaiveDate,
    /// The limit 督办期限: the end of the last day.
    pub until: DateTime<Utc>,
    /// The delisting 摘牌; `None` while the hazard is listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delisted: Option<Delisting>,
}

/// A delisting 摘牌.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delisting {
    /// Who delisted the hazard.
    #[serde(flatten)]
    pub by: Signature,
    /// The day of its publication.
    pub published_on: NaiveDate,
}

/// A step towards the closure that is about the work as it was at that time: an acceptance on the spot 现场验收, or the
/// department's consent 同意销号. It lapses when other work is added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// Who took it.
    #[serde(flatten)]
    pub by: Signature,
    /// The distance from the hazard in metres, rounded up; `None` for a consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_metres: Option<u32>,
    /// The assignments that it is about.
    pub covers: BTreeSet<AssignmentId>,
}

/// An interim measure that was ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// Who ordered it.
    #[serde(flatten)]
    pub by: Signature,
    /// The measure.
    pub measure: InterimMeasure,
    /// The unit that carries it out.
    pub unit_to_act: UnitId,
    /// From when it may be carried out: after the notice, if one goes before it.
    pub not_before: DateTime<Utc>,
    /// When it was carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Signature>,
    /// When it was lifted 解除, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted: Option<Signature>,
}

/// What a case knows about a major hazard. It is stored as one document, so a new field needs a serde default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Major {
    /// The suspicion that awaits its judgement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspicion: Option<Suspicion>,
    /// The department that judged the hazard last, or its successor 承接单位.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<UnitId>,
    /// All judgements, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub judgements: Vec<Judgement>,
    /// All versions of the plan, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<PlanVersion>,
    /// All listings, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub listings: Vec<Listing>,
    /// All acceptances on the spot, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acceptances: Vec<Released>,
    /// All consents of the department, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<Released>,
    /// All interim measures, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Ordered>,
}

impl Case {
    /// Returns the plan that is in force: the last version of this round.
    #[must_use]
    pub fn major_plan(&self) -> Option<&PlanVersion> {
        self.major.plans.last().filter(|plan| plan.by.round == self.round)
    }

    /// Returns whether the five elements have to be set first: the hazard is a major one and they are not.
    #[must_use]
    pub fn needs_plan(&self) -> bool {
        self.level == Level::Major && self.major_plan().is_none()
    }

    /// Returns the unit that enters the plan: the one that leads; `None` if nobody has been asked to act.
    #[must_use]
    pub fn planner(&self) -> Option<UnitId> {
        let lead = self.live().find(|one| one.part == Part::Lead);
        lead.or_else(|| self.live().next()).map(|one| one.unit)
    }

    /// Returns the listing that is in force.
    #[must_use]
    pub fn listing(&self) -> Option<&Listing> {
        self.major.listings.last().filter(|listing| listing.delisted.is_none())
    }

    /// Returns the acceptance on the spot of the work as it is now.
    #[must_use]
    pub fn accepted_on_site(&self) -> Option<&Released> {
        self.major.acceptances.last().filter(|one| self.is_of_all_work(one))
    }

    /// Returns the department's consent to the closure, given for the work as it is now.
    #[must_use]
    pub fn consent_to_close(&self) -> Option<&Released> {
        self.major.consents.last().filter(|one| self.is_of_all_work(one))
    }

    /// Returns whether nothing but work can hold the closure up: no order 责令 does, no suspicion waits, and if it is a major
    /// hazard, the plan, the acceptance on the spot and the consent are there, and it is not listed.
    #[must_use]
    pub fn may_be_closed(&self) -> bool {
        let released = || self.major_plan().is_some() && self.consent_to_close().is_some() && self.listing().is_none();
        let is_judged = self.major.suspicion.is_none() && (self.level != Level::Major || released());
        is_judged && !self.enforcement.holds(OrderHolds::Closing)
    }

    /// Returns the unit that judges whether the hazard is a major one, or has judged it last.
    #[must_use]
    pub fn judging_unit(&self) -> Option<UnitId> {
        let asked = keeping::waiting(self, crate::clock::ClockKind::JudgeMajor).map(|clock| clock.key.owner_unit);
        asked.or(self.major.department)
    }

    /// Returns whether all work of this round is accepted.
    pub(crate) fn awaits_closure(&self) -> bool {
        self.status() == HazardStatus::AwaitingClosure
    }

    fn is_of_all_work(&self, one: &Released) -> bool {
        let all_accepted = self.live().all(|live| live.status == AssignmentStatus::Accepted);
        self.is_dispatched() && all_accepted && one.covers == covered(self)
    }
}

/// Returns the work of this round.
fn covered(case: &Case) -> BTreeSet<AssignmentId> {
    case.live().map(|one| one.id).collect()
}

/// Decides on a step.
pub(super) fn decide(case: &Case, command: MajorCommand, context: &Context<'_>) -> Result<Event, Refusal> {
    match command {
        MajorCommand::Suspect { note, new_facts, reviewed } => {
            judging::suspect(case, judging::suspecter(case, reviewed, context)?, note, new_facts, context)
        }
        MajorCommand::Withdraw { note } => judging::withdraw(case, note, context),
        MajorCommand::Confirm { standard, clause, note } => judging::confirm(case, standard, clause, note, context),
        MajorCommand::Refuse { note } => judging::refuse(case, note, context),
        MajorCommand::SetPlan { plan, note } => planning::set_plan(case, plan, note, context),
        MajorCommand::List { published_on, until, note } => listing::list(case, published_on, until, note, context),
        MajorCommand::Delist { published_on, note } => listing::delist(case, published_on, note, context),
        MajorCommand::AcceptOnSite { distance_metres, far_reason, note } => {
            releasing::accept(case, distance_metres, far_reason, note, context)
        }
        MajorCommand::Consent { note } => releasing::consent(case, note, context),
        MajorCommand::OrderMeasure { measure, at_once, note } => interim::order(case, measure, at_once, note, context),
        MajorCommand::TakeMeasure { measure, note } => interim::take(case, measure, note, context),
        MajorCommand::LiftMeasure { measure, note } => interim::lift(case, measure, note, context),
    }
}

/// Returns the event of a step.
fn event(actor: &Actor, act: MajorAct, note: NoteId, clocks: Vec<ClockChange>, context: &Context<'_>) -> Event {
    let Actor { officer, post, unit, .. } = *actor;
    Event::Major { act, unit, officer, post, note, at: context.now, clocks }
}

/// Checks that the hazard is a major one.
fn is_major(case: &Case) -> Result<(), Refusal> {
    if case.level == Level::Major { Ok(()) } else { Err(Refusal::illegal("major.confirmed_first")) }
}
