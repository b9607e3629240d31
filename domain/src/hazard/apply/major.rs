//! What the steps of a major hazard do to the case.

use crate::hazard::major::{
    Delisting, Judgement, Listing, MajorAct, Ordered, PlanVersion, Released, Signature, Suspicion,
};
use crate::hazard::{Case, Event, Level};
use crate::id::{AssignmentId, UnitId};

/// Applies a step.
pub(super) fn step(case: &mut Case, event: &Event) {
    let Event::Major { act, unit, officer, post, note, at, clocks: _ } = event else { return };
    let by = Signature { unit: *unit, officer: *officer, post: *post, note: *note, round: case.round, at: *at };
    match act {
        MajorAct::Suspected { .. } | MajorAct::Withdrawn | MajorAct::Confirmed { .. } | MajorAct::Refused => {
            judge(case, act, by);
        }
        MajorAct::Planned(plan) => case.major.plans.push(PlanVersion { by, plan: *plan }),
        MajorAct::Listed { published_on, until } => {
            let (published_on, until) = (*published_on, *until);
            case.major.listings.push(Listing { by, published_on, until, delisted: None });
        }
        MajorAct::Delisted { published_on } => {
            if let Some(listing) = case.major.listings.last_mut() {
                listing.delisted = Some(Delisting { by, published_on: *published_on });
            }
        }
        MajorAct::AcceptedOnSite { distance_metres, .. } => {
            let covers = live(case);
            case.major.acceptances.push(Released { by, distance_metres: Some(*distance_metres), covers });
        }
        MajorAct::Consented => {
            let covers = live(case);
            case.major.consents.push(Released { by, distance_metres: None, covers });
        }
        MajorAct::Ordered { .. } | MajorAct::Taken { .. } | MajorAct::Lifted { .. } => measure(case, act, by),
    }
}

fn live(case: &Case) -> std::collections::BTreeSet<AssignmentId> {
    case.live().map(|one| one.id).collect()
}

/// Keeps a suspicion until it is judged or withdrawn. The level follows from it.
fn judge(case: &mut Case, act: &MajorAct, by: Signature) {
    let (standard, clause) = match act {
        MajorAct::Suspected { new_facts } => {
            case.major.suspicion = Some(Suspicion { by, was: case.level, new_facts: *new_facts });
            case.level = Level::SuspectedMajor;
            return;
        }
        MajorAct::Withdrawn => {
            case.level = case.major.suspicion.take().map_or(case.level, |suspicion| suspicion.was);
            return;
        }
        MajorAct::Confirmed { standard, clause } => {
            case.level = Level::Major;
            (Some(standard.clone()), Some(*clause))
        }
        _ => {
            case.level = Level::General;
            (None, None)
        }
    };
    case.major.suspicion = None;
    case.major.department = Some(by.unit);
    case.major.judgements.push(Judgement { by, standard, clause });
}

fn measure(case: &mut Case, act: &MajorAct, by: Signature) {
    let last = |case: &'_ mut Case, measure, set: &dyn Fn(&mut Ordered)| {
        let of = case.major.measures.iter_mut().rev().find(|one| one.measure == measure);
        if let Some(one) = of {
            set(one);
        }
    };
    match act {
        MajorAct::Ordered { interim, to, not_before } => {
            let (measure, unit_to_act, not_before) = (*interim, *to, *not_before);
            let ordered = Ordered { by, measure, unit_to_act, not_before, taken: None, lifted: None };
            case.major.measures.push(ordered);
        }
        MajorAct::Taken { interim } => last(case, *interim, &|one| one.taken = Some(by)),
        MajorAct::Lifted { interim } => last(case, *interim, &|one| one.lifted = Some(by)),
        _ => {}
    }
}

/// Lets a successor 承接 stand for the department that judged the hazard and the unit that listed it, if it takes over these
/// (`as_judge`), and carry out the measures.
pub(super) fn inherit(case: &mut Case, from: UnitId, to: UnitId, as_judge: bool) {
    let major = &mut case.major;
    let department = major.department.iter_mut();
    let listed = major.listings.iter_mut().filter(|listing| listing.delisted.is_none()).map(|one| &mut one.by.unit);
    let judged = department.chain(listed).filter(|_| as_judge);
    let measures = major.measures.iter_mut().filter(|one| one.waits()).map(|one| &mut one.unit_to_act);
    judged.chain(measures).filter(|unit| **unit == from).for_each(|unit| *unit = to);
}
