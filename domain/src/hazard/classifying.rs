//! Classification 归类定性: the level, category, axes and subject under which the ledger lists a hazard. An emergency
//! enters the ledger before an officer has looked at it; its review then classifies it again.

use super::{Axes, Case, Context, End, Event, Level};
use crate::access::{Action, By};
use crate::id::{HazardId, SubjectId};
use crate::refusal::Refusal;

/// The classification of a hazard that results from a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classification {
    /// Whether the reviewer suspects a major hazard 疑似重大. `false` does not lower the level, because only the
    /// responsible department decides whether a hazard is a major one.
    pub suspected_major: bool,
    /// The category code; `None` if no category applies.
    pub category: Option<String>,
    /// The place kind, industry and disaster kind.
    pub axes: Axes,
    /// The responsible subject 责任单位, if it is known.
    pub subject: Option<SubjectId>,
    /// The closed hazard of which this one is a recurrence.
    pub recurrence_of: Option<HazardId>,
}

/// Reclassifies the hazard, as the step of a review of one of its reports. The rules of that report have checked that its
/// unit reviews it; another unit may hold the hazard, if the report was referred after the dispatch. This is allowed even if the hazard was closed before its report was reviewed, because the
/// statistics of finished work depend on the classification. A cancelled hazard cannot be reclassified.
pub(super) fn classify(case: &Case, said: Classification, context: &Context<'_>) -> Result<Event, Refusal> {
    reviews(case, context)?;
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

/// Checks that the officer may review reports in their own unit.
fn reviews(case: &Case, context: &Context<'_>) -> Result<(), Refusal> {
    let unit = match context.by {
        By::Officer(actor) => actor.unit,
        By::Reporter | By::System => case.township,
    };
    context.by.permit(Action::ReviewReport, unit, context.in_area).map(drop)
}
