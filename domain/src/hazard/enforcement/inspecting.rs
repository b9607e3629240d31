//! Recording an on-site inspection 检查记录. A record never changes: a wrong one is corrected by another one that names it.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Certificate, Inspection, free, permit_enforcing, permit_own, standing_inspection};
use crate::access::Action;
use crate::hazard::assignment::whole_metres;
use crate::hazard::decide::still_open;
use crate::hazard::{Case, Context, End, Event};
use crate::id::{InspectionId, NoteId, PhotoId, SubjectId};
use crate::refusal::{Code, Refusal};
use crate::time::later;

/// What an inspection recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspect {
    /// The id of the new record.
    pub inspection: InspectionId,
    /// When the inspection took place.
    pub inspected_at: DateTime<Utc>,
    /// The distance of the officer from the hazard, in metres. It is recorded, and not limited.
    pub distance_metres: f64,
    /// The certificate of the second officer 两人以上 (《行政处罚法》 art. 42).
    pub second_officer: Option<Certificate>,
    /// The subject 责任单位, if it is known. The hazard gets it if it has none.
    pub subject: Option<SubjectId>,
    /// The photos: distinct, of the work on the hazard, and verified.
    pub photos: Vec<PhotoId>,
    /// The record that this one corrects.
    pub corrects: Option<InspectionId>,
    /// The findings 检查情况.
    pub note: NoteId,
}

/// Records an inspection. A unit that takes part in the work may do so, or the one that holds the hazard. Only the unit that
/// made a record corrects it, or the one that holds the hazard, also after the hazard was closed.
pub(in crate::hazard) fn inspect(case: &Case, said: Inspect, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = match said.corrects {
        Some(id) => {
            let unit = case.enforcement.inspection(id).ok_or(Code::NotFound)?.unit;
            permit_own(case, unit, Action::Inspect, context)?
        }
        None => permit_enforcing(case, Action::Inspect, context)?,
    };
    if said.corrects.is_none() || case.end == Some(End::Cancelled) {
        still_open(case)?;
    }
    free(case.enforcement.inspection(said.inspection))?;
    let corrected = said.corrects.map(|id| standing_inspection(case, id)).transpose()?;
    if said.second_officer.is_none() && context.policy.enforcement.two_officers {
        let (zh, en) = ("检查须由两人以上实施，请填写第二名执法人员的执法证号。", "Please state the second officer.");
        return Err(Refusal::invalid("input.secondOfficer", zh, en).with_rule("inspection.two_officers"));
    }
    let inspected_at = in_time(case, said.inspected_at, context)?;
    verified(&said.photos, context)?;
    let subject = said.subject.or_else(|| corrected.and_then(|one: &Inspection| one.subject)).or(case.subject);
    Ok(Event::Inspected {
        inspection: said.inspection,
        unit: actor.unit,
        officer: actor.officer,
        post: actor.post,
        second_officer: said.second_officer,
        subject,
        inspected_at,
        distance_metres: whole_metres(said.distance_metres)?,
        photos: said.photos,
        corrects: said.corrects,
        note: said.note,
        at: context.now,
    })
}

/// Returns the time of an inspection, which was neither before the hazard was registered, nor lies ahead. The clock of a phone may
/// be a minute fast; the inspection then took place just now.
fn in_time(case: &Case, at: DateTime<Utc>, context: &Context<'_>) -> Result<DateTime<Utc>, Refusal> {
    if at >= case.registered_at && at <= later(context.now, TimeDelta::minutes(1)) {
        return Ok(at.min(context.now));
    }
    let zh = "检查时间不能早于隐患登记时间，也不能晚于当前时间。";
    let en = "An inspection was neither before the hazard was registered, nor lies ahead.";
    Err(Refusal::invalid("input.inspectedAt", zh, en).with_rule("inspection.time"))
}

/// Checks that the photos are distinct, are of the work on this hazard, and have arrived.
fn verified(photos: &[PhotoId], context: &Context<'_>) -> Result<(), Refusal> {
    let is_there = |id: &PhotoId| context.photos.get(id).is_some_and(|photo| photo.is_verified);
    if photos.iter().collect::<BTreeSet<_>>().len() == photos.len() && photos.iter().all(is_there) {
        return Ok(());
    }
    Err(Refusal::new(Code::EvidenceMissing).with_rule("inspection.photos"))
}
