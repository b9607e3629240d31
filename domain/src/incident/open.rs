//! Begins an incident with its initial report 初报.

use super::judging::{Place, judge, started};
use super::{Acknowledged, Context, Draft, Event, Incident, IncidentOpened, SituationReport, SituationReportKind};
use crate::access::Action;
use crate::clock;
use crate::id::{AreaId, HazardId, IncidentId, UnitId};
use crate::refusal::{Code, Refusal};

/// What an incident begins with.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    /// The id of the incident.
    pub id: IncidentId,
    /// The unit that sends its reports: that of the acting post.
    pub unit: UnitId,
    /// The area of the hazard, or of the unit.
    pub area: AreaId,
    /// The hazard from which it comes; `None` if it stands alone.
    pub hazard: Option<HazardFacts>,
    /// The initial report.
    pub draft: Draft,
}

/// What is asked of the hazard from which an incident comes. The caller may see the hazard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HazardFacts {
    /// The hazard.
    pub id: HazardId,
    /// Whether the unit holds it or takes part in it, or it lies in the area of the post.
    pub is_handled: bool,
    /// Whether it stands.
    pub standing: HazardStanding,
    /// Whether the unit reports on an incident of this hazard already that has not ended.
    pub is_reported: bool,
}

/// Whether a hazard stands, so that an incident can come from it. A closed one does: it may have come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HazardStanding {
    /// It is open or closed.
    Stands,
    /// It was merged into another hazard, which stands.
    Merged,
    /// It was cancelled.
    Cancelled,
}

/// Opens an incident: returns it with its first event.
///
/// # Errors
/// [`Code::Forbidden`] for a post that sends no reports, and for a hazard that the unit does not handle. [`Code::IllegalMove`] with
/// the rule if the hazard takes no new incident. Otherwise the refusals of [`super::decide()`] for a report.
pub fn open(opening: Opening, context: &Context<'_>) -> Result<(Incident, Event), Refusal> {
    let actor = context.by.permit(Action::SendSituationReport, opening.unit, false)?;
    if let Some(hazard) = opening.hazard {
        takes_an_incident(hazard)?;
    }
    let place = Place { unit: opening.unit, kind: SituationReportKind::Initial, happened_at: None, original: None };
    let sent = judge(place, &opening.draft, actor, context)?;
    let clocks = started(&sent, 1, 2, context);
    let event = Event::IncidentOpened(IncidentOpened {
        incident: opening.id,
        hazard: opening.hazard.map(|hazard| hazard.id),
        area: opening.area,
        rule_version: context.timing.rule_version,
        sent,
        at: context.now,
        clocks,
    });
    let incident = Incident::replay(std::slice::from_ref(&event)).ok_or(Code::Internal)?;
    Ok((incident, event))
}

fn takes_an_incident(hazard: HazardFacts) -> Result<(), Refusal> {
    if !hazard.is_handled {
        return Err(Refusal::new(Code::Forbidden).with_rule("incident.handled"));
    }
    match hazard.standing {
        HazardStanding::Stands => {}
        HazardStanding::Merged => return Err(Refusal::illegal("incident.hazard_merged")),
        HazardStanding::Cancelled => return Err(Refusal::illegal("incident.hazard_cancelled")),
    }
    if hazard.is_reported {
        return Err(Refusal::illegal("incident.open_once"));
    }
    Ok(())
}

impl Incident {
    /// Returns the incident after these events of its stream; `None` if they do not begin with its opening.
    #[must_use]
    pub fn replay(events: &[Event]) -> Option<Self> {
        let (Event::IncidentOpened(first), rest) = events.split_first()? else { return None };
        let mut incident = Self {
            id: first.incident,
            version: 1,
            hazard: first.hazard,
            unit: first.sent.unit,
            receiver: first.sent.receiver,
            area: first.area,
            last_at: first.at,
            ended_at: None,
            rule_version: first.rule_version,
            reports: Vec::new(),
            clocks: Vec::new(),
        };
        clock::apply(&mut incident.clocks, &first.clocks);
        incident.reports.push(SituationReport {
            sent: first.sent.clone(),
            number: 1,
            sent_at: first.at,
            corrects: None,
            corrected_by: None,
            acknowledged: None::<Acknowledged>,
        });
        for event in rest {
            super::apply(&mut incident, event);
        }
        Some(incident)
    }
}
