//! The commands and the events of major hazards.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{InterimMeasure, Plan};
use crate::id::{NoteId, UnitId};

/// A step of a major hazard.
#[derive(Debug, Clone, PartialEq)]
pub enum MajorCommand {
    /// Suspects a major hazard 疑似重大.
    Suspect {
        /// The reason.
        note: NoteId,
        /// What is new; required if an earlier suspicion was refused.
        new_facts: Option<NoteId>,
        /// Whether it follows from the review of a report of the hazard, which another unit may hold.
        reviewed: bool,
    },
    /// Withdraws a suspicion 撤回.
    Withdraw {
        /// The reason.
        note: NoteId,
    },
    /// Confirms a major hazard 判定为重大, as the responsible department.
    Confirm {
        /// The code of the published standard 判定标准.
        standard: String,
        /// The clause 条款.
        clause: NoteId,
        /// The opinion.
        note: NoteId,
    },
    /// Refuses a suspicion 不构成重大.
    Refuse {
        /// The reason.
        note: NoteId,
    },
    /// Sets the five elements 五落实 and the plan 治理方案, or a new version of them.
    SetPlan {
        /// What it says.
        plan: Plan,
        /// Why it is set or changed.
        note: NoteId,
    },
    /// Puts the hazard under listed supervision 挂牌督办.
    List {
        /// The day of its publication.
        published_on: NaiveDate,
        /// The limit.
        until: NaiveDate,
        /// The reason.
        note: NoteId,
    },
    /// Accepts the work on the spot 现场验收.
    AcceptOnSite {
        /// The distance of the officer from the hazard, in metres.
        distance_metres: f64,
        /// The reason for accepting from farther away than the policy allows.
        far_reason: Option<NoteId>,
        /// The opinion.
        note: NoteId,
    },
    /// Consents to the closure 同意销号, as the responsible department.
    Consent {
        /// The opinion.
        note: NoteId,
    },
    /// Delists the hazard 摘牌.
    Delist {
        /// The day of its publication.
        published_on: NaiveDate,
        /// The reason.
        note: NoteId,
    },
    /// Orders an interim measure 临时措施.
    OrderMeasure {
        /// The measure.
        measure: InterimMeasure,
        /// Whether danger is imminent 紧急情形, so that no notice goes before power is cut.
        at_once: bool,
        /// The reason.
        note: NoteId,
    },
    /// Reports that an interim measure was carried out.
    TakeMeasure {
        /// The measure.
        measure: InterimMeasure,
        /// How.
        note: NoteId,
    },
    /// Lifts an interim measure 解除.
    LiftMeasure {
        /// The measure.
        measure: InterimMeasure,
        /// The reason.
        note: NoteId,
    },
}

/// What a step of a major hazard did, as its event stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the fields say what the same words say in the commands")]
pub enum MajorAct {
    /// A major hazard was suspected.
    Suspected {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new_facts: Option<NoteId>,
    },
    /// The suspicion was withdrawn.
    Withdrawn,
    /// It was confirmed.
    Confirmed { standard: String, clause: NoteId },
    /// It was refused.
    Refused,
    /// The plan was set.
    Planned(Plan),
    /// The hazard was listed.
    Listed { published_on: NaiveDate, until: DateTime<Utc> },
    /// The work was accepted on the spot.
    AcceptedOnSite {
        /// The distance from the hazard in metres, rounded up.
        distance_metres: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        far_reason: Option<NoteId>,
    },
    /// The department consented to the closure.
    Consented,
    /// The hazard was delisted.
    Delisted { published_on: NaiveDate },
    /// An interim measure was ordered.
    Ordered {
        interim: InterimMeasure,
        /// The unit that carries it out.
        to: UnitId,
        /// From when it may be carried out.
        not_before: DateTime<Utc>,
    },
    /// An interim measure was carried out.
    Taken { interim: InterimMeasure },
    /// An interim measure was lifted.
    Lifted { interim: InterimMeasure },
}

coded_enum! {
    /// A step of a major hazard 重大事故隐患.
    pub enum MajorStep {
        /// 疑似重大: a major hazard was suspected.
        Suspected = "SUSPECTED",
        /// 撤回: the suspicion was withdrawn.
        Withdrawn = "WITHDRAWN",
        /// 判定为重大: the department confirmed it.
        Confirmed = "CONFIRMED",
        /// 不构成重大: the department refused it.
        Refused = "REFUSED",
        /// 五落实、治理方案: the plan was set or changed.
        Planned = "PLANNED",
        /// 挂牌督办: the hazard was listed.
        Listed = "LISTED",
        /// 现场验收: the work was accepted on the spot.
        AcceptedOnSite = "ACCEPTED_ON_SITE",
        /// 同意销号: the department consented to the closure.
        Consented = "CONSENTED",
        /// 摘牌: the hazard was delisted.
        Delisted = "DELISTED",
        /// 责令临时措施: an interim measure was ordered.
        MeasureOrdered = "MEASURE_ORDERED",
        /// 落实临时措施: an interim measure was carried out.
        MeasureTaken = "MEASURE_TAKEN",
        /// 解除临时措施: an interim measure was lifted.
        MeasureLifted = "MEASURE_LIFTED",
    }
}

impl MajorAct {
    /// Returns which step it was.
    #[must_use]
    pub const fn step(&self) -> MajorStep {
        match self {
            Self::Suspected { .. } => MajorStep::Suspected,
            Self::Withdrawn => MajorStep::Withdrawn,
            Self::Confirmed { .. } => MajorStep::Confirmed,
            Self::Refused => MajorStep::Refused,
            Self::Planned(_) => MajorStep::Planned,
            Self::Listed { .. } => MajorStep::Listed,
            Self::AcceptedOnSite { .. } => MajorStep::AcceptedOnSite,
            Self::Consented => MajorStep::Consented,
            Self::Delisted { .. } => MajorStep::Delisted,
            Self::Ordered { .. } => MajorStep::MeasureOrdered,
            Self::Taken { .. } => MajorStep::MeasureTaken,
            Self::Lifted { .. } => MajorStep::MeasureLifted,
        }
    }
}
