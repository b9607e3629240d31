//! 归类定性: what a hazard is, as the ledger files it. An emergency enters the ledger before anybody has looked; what its
//! review finds is filed then.

use super::decide::permit;
use super::{Axes, Case, Context, End, Event, Level};
use crate::access::Action;
use crate::id::{HazardId, SubjectId};
use crate::refusal::Refusal;

/// What a review says that a hazard is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classification {
    /// Whether it may be a major one 疑似重大. "No" takes nothing back: whether it is one, only the responsible department
    /// says.
    pub suspected_major: bool,
    /// Code of its category.
    pub category: Option<String>,
    /// Its place, industry and disaster kinds.
    pub axes: Axes,
    /// The subject responsible for it.
    pub subject: Option<SubjectId>,
    /// The closed hazard that it repeats.
    pub recurrence_of: Option<HazardId>,
}

/// Files the hazard anew. Also one that was closed before its report was reviewed: the ledger of what was done is cut by
/// what it was. What was struck stays as it is.
pub(super) fn classify(case: &Case, said: Classification, context: &Context<'_>) -> Result<Event, Refusal> {
    permit(case, Action::ReviewReport, context)?;
    if case.end == Some(End::Cancelled) {
        return Err(Refusal::illegal("case.ended"));
    }
    let level = match case.level {
        Level::General if said.suspected_major => Level::SuspectedMajor,
        level @ (Level::General | Level::SuspectedMajor | Level::Major) => level,
    };
    let Classification { category, axes, subject, recurrence_of, .. } = said;
    let filed = (case.level, &case.category, &case.axes, case.subject, case.recurrence_of);
    if filed == (level, &category, &axes, subject, recurrence_of) {
        return Err(Refusal::illegal("classification.differs"));
    }
    Ok(Event::Classified { level, category, axes, subject, recurrence_of, at: context.now })
}
