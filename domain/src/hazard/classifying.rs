//! Classification 归类定性: how the ledger files a hazard. An emergency enters the ledger before an officer has looked at
//! it; it is filed again with what its review finds.

use super::decide::permit;
use super::{Axes, Case, Context, End, Event, Level};
use crate::access::Action;
use crate::id::{HazardId, SubjectId};
use crate::refusal::Refusal;

/// What a review finds a hazard to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classification {
    /// Whether the hazard may be a major one 疑似重大. `false` does not lower the level, because only the responsible
    /// department decides whether a hazard is a major one.
    pub suspected_major: bool,
    /// The code of the category.
    pub category: Option<String>,
    /// The kinds of place, industry and disaster.
    pub axes: Axes,
    /// The subject that is responsible.
    pub subject: Option<SubjectId>,
    /// The closed hazard that it repeats.
    pub recurrence_of: Option<HazardId>,
}

/// Files the hazard again, even one that was closed before its report was reviewed, because the statistics of finished
/// work depend on it. A cancelled hazard stays as it is.
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
