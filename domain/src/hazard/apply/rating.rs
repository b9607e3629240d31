//! What ratings 评哨 do to the assignments, and judgements to the whistles.

use crate::hazard::{Case, Event, Objection, Rating, RatingRuling, WhistleJudgement};
use crate::id::AssignmentId;

/// Applies an event of a rating or a judgement. It is no step of the work.
pub(super) fn rate(case: &mut Case, event: &Event) {
    match event {
        Event::Rated { assignment, unit, post, officer, grades, note, at, clocks: _ } => {
            let (unit, post, officer, grades, note, at) = (*unit, *post, *officer, *grades, *note, *at);
            if let Some(one) = case.assignments.iter_mut().find(|one| one.id == *assignment) {
                one.rating = Some(Rating { unit, post, officer, grades, note, at, objection: None });
            }
        }
        Event::RatingObjected { assignment, unit: _, officer, note, at, clocks: _ } => {
            let objection = Objection { officer: *officer, note: *note, at: *at, ruling: None };
            with(case, *assignment, |rating| rating.objection = Some(objection));
        }
        Event::RatingRuled { assignment, outcome, unit, role, officer, note, at, clocks: _ } => {
            let (outcome, unit, role, officer, note, at) = (*outcome, *unit, *role, *officer, *note, *at);
            let ruling = RatingRuling { outcome, unit, role, officer, note, at };
            with(case, *assignment, |rating| {
                if let Some(objection) = &mut rating.objection {
                    objection.ruling = Some(ruling);
                }
            });
        }
        Event::WhistleJudged { whistle, fault, unit, officer, note, at } => {
            let judgement = WhistleJudgement { fault: *fault, unit: *unit, officer: *officer, note: *note, at: *at };
            if let Some(one) = case.whistles.iter_mut().find(|one| one.id == *whistle) {
                one.judgement = Some(judgement);
            }
        }
        _ => {}
    }
}

fn with(case: &mut Case, assignment: AssignmentId, change: impl FnOnce(&mut Rating)) {
    let one = case.assignments.iter_mut().find(|one| one.id == assignment);
    if let Some(rating) = one.and_then(|one| one.rating.as_mut()) {
        change(rating);
    }
}
