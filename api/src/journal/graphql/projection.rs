//! Translates stored events into what the history publishes. Every field of every event is named here, so that a new one
//! does not compile until somebody decides whether it is published. A field that is not published is bound to `_`.
//! Long because all events stand together, as they are published.

mod records;

use domain::clock::ClockChange;
use domain::hazard::{self, Axes, MajorAct};
use domain::id::{AssignmentId, UnitId};
use domain::report;
use entity::event;
use serde::de::DeserializeOwned;

use super::deadlines::changes;
use super::details::EventDetails;
use super::{incidents, whistles};

/// Returns the published details of an event, or `None` for an event of another stream and for one that cannot be read. A
/// later version of the server may have written it.
#[must_use]
pub(super) fn details(event: &event::Model) -> Option<EventDetails> {
    match event.stream.split_once(':')?.0 {
        "report" => read(event).map(of_report),
        "hazard" => read(event).map(of_hazard),
        "incident" => read(event).map(incidents::of_incident),
        _ => None,
    }
}

fn read<E: DeserializeOwned>(event: &event::Model) -> Option<E> {
    let read = serde_json::from_str(&event.payload);
    read.inspect_err(|cause| tracing::error!(%cause, event = %event.id, "an event of a history cannot be read")).ok()
}

fn of_report(event: report::Event) -> EventDetails {
    use report::Event as E;
    let none = EventDetails::default();
    match event {
        E::Received(first) => received(&first),
        E::Amended { amendment, at: _ } => EventDetails { amendment_id: Some(amendment), ..none },
        E::Inherited { from, to, at: _, clocks } => {
            EventDetails { from_unit_id: Some(from), to_unit_ids: vec![to], deadlines: changes(&clocks), ..none }
        }
        E::Recounted { at: _, clocks } | E::Withdrawn { at: _, clocks } => {
            EventDetails { deadlines: changes(&clocks), ..none }
        }
        E::Confirmed { hazard, note: _, asked, officer: _, at: _, clocks }
        | E::Merged { hazard, note: _, asked, officer: _, at: _, clocks } => {
            EventDetails { hazard_id: Some(hazard), asked: Some(asked), deadlines: changes(&clocks), ..none }
        }
        E::Unfounded { note: _, officer: _, at: _, clocks } => EventDetails { deadlines: changes(&clocks), ..none },
        E::Assigned { review_unit: to, at: _, clocks } | E::Forwarded { to, note: _, officer: _, at: _, clocks } => {
            EventDetails { to_unit_ids: vec![to], deadlines: changes(&clocks), ..none }
        }
        E::Referred { to, channel, note: _, officer: _, at: _, clocks } => {
            EventDetails { to_unit_ids: to.into_iter().collect(), channel, deadlines: changes(&clocks), ..none }
        }
        E::OutOfScope { channel, note: _, officer: _, at: _, clocks } => {
            EventDetails { channel: Some(channel), deadlines: changes(&clocks), ..none }
        }
        E::Moved { hazard, back: _, at: _ } => EventDetails { hazard_id: Some(hazard), ..none },
        E::CallbackAnswered { hazard, round, contacted, solved, satisfaction, reopened, at: _ } => EventDetails {
            hazard_id: Some(hazard),
            round: Some(round),
            contacted,
            solved: Some(solved),
            satisfaction,
            reopened: Some(reopened),
            ..none
        },
    }
}

fn received(first: &report::Received) -> EventDetails {
    let report::Received { report: _, source, emergency, hazard, review_unit, at: _, clocks } = first;
    EventDetails {
        source: Some(*source),
        emergency: Some(*emergency),
        hazard_id: *hazard,
        to_unit_ids: vec![*review_unit],
        deadlines: changes(clocks),
        ..EventDetails::default()
    }
}

#[expect(clippy::too_many_lines, reason = "one arm for each event")]
fn of_hazard(event: hazard::Event) -> EventDetails {
    use hazard::Event as E;
    let none = EventDetails::default();
    match event {
        E::Registered(first) => registered(first),
        E::Classified { level, category, axes, subject: _, recurrence_of, at: _ } => {
            EventDetails { level: Some(level), category, recurrence_of, ..of_axes(axes) }
        }
        E::Dispatched { unit, post: _, at: _, assignments, clocks } => {
            EventDetails { by_unit_id: unit, deadlines: changes(&clocks), ..given(&assignments) }
        }
        step @ (E::Blown { .. }
        | E::WhistleAsked { .. }
        | E::WhistleApproved { .. }
        | E::WhistleRefused { .. }
        | E::WhistleWithdrawn { .. }
        | E::Rated { .. }
        | E::RatingObjected { .. }
        | E::RatingRuled { .. }
        | E::WhistleJudged { .. }) => whistles::of_whistle(step).unwrap_or_default(),
        E::TakenBack { assignment, unit, post: _, lead, assignments, note: _, at: _, clocks }
        | E::SentBack { assignment, unit, post: _, lead, assignments, at: _, clocks } => {
            moved(assignment, unit, lead, &assignments, &clocks)
        }
        E::Closed { note: _, follow_ups, at: _, clocks } => {
            EventDetails { follow_up_days: follow_ups, deadlines: changes(&clocks), ..none }
        }
        E::Recounted { at: _, clocks } => EventDetails { deadlines: changes(&clocks), ..none },
        E::Reopened { cause, note: _, at: _, clocks } => {
            EventDetails { reopen_cause: Some(cause), deadlines: changes(&clocks), ..none }
        }
        E::Inherited { from, to, township: _, assignments, at: _, clocks } => EventDetails {
            from_unit_id: Some(from),
            to_unit_ids: vec![to],
            assignment_ids: assignments,
            deadlines: changes(&clocks),
            ..none
        },
        E::Cancelled { reason, note: _, into, work, at: _, clocks } => EventDetails {
            cancel_cause: Some(reason),
            hazard_id: into,
            deadlines: changes(&clocks),
            ..work.as_ref().map(of_work).unwrap_or_default()
        },
        E::Joined { from, filed: now, was: _, workers: _, work, replaced: _, note: _, at: _, clocks } => {
            let work = of_work(&work);
            filed(now, EventDetails { hazard_id: Some(from), deadlines: changes(&clocks), ..work })
        }
        E::Parted {
            from,
            filed: now,
            workers: _,
            whistles: _,
            assignments,
            enforcement: _,
            note: _,
            at: _,
            clocks,
        } => {
            let assignment_ids = assignments.into_iter().collect();
            filed(now, EventDetails { hazard_id: Some(from), assignment_ids, deadlines: changes(&clocks), ..none })
        }
        E::Reinstated { from, work, note: _, at: _, clocks } => {
            EventDetails { hazard_id: Some(from), deadlines: changes(&clocks), ..of_work(&work) }
        }
        E::Transferred { to, note: _, at: _, clocks } => {
            EventDetails { to_unit_ids: vec![to], deadlines: changes(&clocks), ..none }
        }
        E::SuspensionAsked {
            unit,
            officer: _,
            post: _,
            note: _,
            interim_control: _,
            exit_condition: _,
            responsible,
            responsible_unit: _,
            review_on,
            at: _,
            clocks,
        } => EventDetails {
            by_unit_id: Some(unit),
            responsible_post_id: Some(responsible),
            review_on: Some(review_on),
            deadlines: changes(&clocks),
            ..none
        },
        E::Suspended { unit, officer: _, post: _, resumes_at, note: _, at: _, clocks } => {
            EventDetails { by_unit_id: Some(unit), resumes_at: Some(resumes_at), deadlines: changes(&clocks), ..none }
        }
        E::SuspensionRefused { unit, officer: _, post: _, note: _, at: _, clocks } => {
            EventDetails { by_unit_id: Some(unit), deadlines: changes(&clocks), ..none }
        }
        E::Resumed { cause, note: _, at: _, clocks } => {
            EventDetails { resume_cause: Some(cause), deadlines: changes(&clocks), ..none }
        }
        E::FollowedUp { result, officer: _, post: _, distance_metres, recurrence, left, note: _, at: _, clocks } => {
            EventDetails {
                follow_up_result: Some(result),
                distance_metres,
                recurrence_id: recurrence,
                follow_up_days: left,
                deadlines: changes(&clocks),
                ..none
            }
        }
        E::Supervised {
            supervision,
            rung,
            trigger,
            to: _,
            unit,
            roles: _,
            assignment,
            deadline: _,
            count: _,
            post: _,
            note: _,
            at: _,
            clocks,
        } => EventDetails {
            supervision_id: Some(supervision),
            rung: Some(rung),
            supervision_trigger: Some(trigger),
            to_unit_ids: vec![unit],
            assignment_ids: assignment.into_iter().collect(),
            deadlines: changes(&clocks),
            ..none
        },
        E::Major { act, unit, officer: _, post: _, note: _, at: _, clocks } => {
            EventDetails { by_unit_id: Some(unit), deadlines: changes(&clocks), ..of_major(act) }
        }
        E::SupervisionAcknowledged { supervision, officer: _, post: _, at: _, clocks } => {
            EventDetails { supervision_id: Some(supervision), deadlines: changes(&clocks), ..none }
        }
        record @ (E::Inspected { .. }
        | E::Ordered { .. }
        | E::Reinspected { .. }
        | E::OrderRevoked { .. }
        | E::Penalised { .. }
        | E::PenaltyPaid { .. }
        | E::PenaltyVoided { .. }) => records::of_record(record),
        step @ (E::SendBackAsked { .. }
        | E::SendBackWithdrawn { .. }
        | E::SendBackAccepted { .. }
        | E::SendBackRefused { .. }
        | E::Ruled { .. }
        | E::Signed { .. }
        | E::Claimed { .. }
        | E::Released { .. }
        | E::HandedOver { .. }
        | E::CheckedIn { .. }
        | E::Finished { .. }
        | E::ExtensionAsked { .. }
        | E::Extended { .. }
        | E::ExtensionRefused { .. }
        | E::Accepted { .. }
        | E::Reworked { .. }) => of_assignment(step).unwrap_or_default(),
    }
}

/// Returns the details of a step of one assignment, or `None` for other events.
#[expect(clippy::too_many_lines, reason = "one arm for each event")]
fn of_assignment(event: hazard::Event) -> Option<EventDetails> {
    use hazard::Event as E;
    let of = |id, clocks: &[ClockChange]| EventDetails {
        assignment_ids: vec![id],
        deadlines: changes(clocks),
        ..EventDetails::default()
    };
    Some(match event {
        E::ExtensionAsked { assignment, officer: _, post: _, until, note: _, at: _, clocks }
        | E::Extended { assignment, officer: _, until, note: _, at: _, clocks } => {
            EventDetails { requested_due: Some(until), ..of(assignment, &clocks) }
        }
        E::Signed { assignment, at: _, clocks }
        | E::ExtensionRefused { assignment, officer: _, note: _, at: _, clocks }
        | E::SendBackWithdrawn { assignment, at: _, clocks }
        | E::Accepted { assignment, officer: _, note: _, at: _, clocks }
        | E::Reworked { assignment, note: _, at: _, clocks } => of(assignment, &clocks),
        E::Released { assignment, note: _, at: _ } => of(assignment, &[]),
        E::SendBackAsked { assignment, unit, officer: _, reason, proposed, for_ruling, note: _, at: _, clocks } => {
            EventDetails {
                by_unit_id: Some(unit),
                send_back_cause: Some(reason),
                proposed_unit_id: proposed,
                for_ruling: Some(for_ruling),
                ..of(assignment, &clocks)
            }
        }
        E::SendBackAccepted { assignment, unit, role: _, officer: _, note: _, at: _, clocks }
        | E::SendBackRefused { assignment, unit, role: _, officer: _, note: _, at: _, clocks } => {
            EventDetails { by_unit_id: Some(unit), ..of(assignment, &clocks) }
        }
        E::Ruled { assignment, outcome, unit, role: _, officer: _, note: _, at: _, clocks } => {
            EventDetails { by_unit_id: Some(unit), ruling: Some(outcome), ..of(assignment, &clocks) }
        }
        E::Claimed { assignment, officer, post, from, at: _, clocks } => EventDetails {
            worker_id: Some(officer),
            worker_post_id: Some(post),
            previous_worker_id: from,
            ..of(assignment, &clocks)
        },
        E::HandedOver { assignment, officer, post, note: _, at: _ } => {
            EventDetails { worker_id: Some(officer), worker_post_id: Some(post), ..of(assignment, &[]) }
        }
        E::CheckedIn { assignment, distance_metres, far_reason: _, at: _, late_arrival, clocks } => EventDetails {
            distance_metres: Some(distance_metres),
            late_arrival: Some(late_arrival),
            ..of(assignment, &clocks)
        },
        E::Finished { assignment, distance_metres, measure, photos, note: _, at: _, late_arrival, clocks } => {
            EventDetails {
                distance_metres: Some(distance_metres),
                measure: Some(measure),
                photo_ids: photos,
                late_arrival: Some(late_arrival),
                ..of(assignment, &clocks)
            }
        }
        E::SuspensionAsked { .. }
        | E::Suspended { .. }
        | E::SuspensionRefused { .. }
        | E::Resumed { .. }
        | E::FollowedUp { .. }
        | E::Registered(_)
        | E::Classified { .. }
        | E::Dispatched { .. }
        | E::Blown { .. }
        | E::WhistleAsked { .. }
        | E::WhistleApproved { .. }
        | E::WhistleRefused { .. }
        | E::WhistleWithdrawn { .. }
        | E::Rated { .. }
        | E::RatingObjected { .. }
        | E::RatingRuled { .. }
        | E::WhistleJudged { .. }
        | E::TakenBack { .. }
        | E::SentBack { .. }
        | E::Closed { .. }
        | E::Reopened { .. }
        | E::Inherited { .. }
        | E::Recounted { .. }
        | E::Cancelled { .. }
        | E::Joined { .. }
        | E::Parted { .. }
        | E::Reinstated { .. }
        | E::Supervised { .. }
        | E::Major { .. }
        | E::SupervisionAcknowledged { .. }
        | E::Inspected { .. }
        | E::Ordered { .. }
        | E::Reinspected { .. }
        | E::OrderRevoked { .. }
        | E::Penalised { .. }
        | E::PenaltyPaid { .. }
        | E::PenaltyVoided { .. }
        | E::Transferred { .. } => return None,
    })
}

/// Returns what a step of a major hazard tells. The texts of a plan are shown with the hazard.
fn of_major(act: MajorAct) -> EventDetails {
    use MajorAct as A;
    let none = EventDetails { major_step: Some(act.step()), ..EventDetails::default() };
    match act {
        A::Suspected { new_facts: _ } | A::Withdrawn | A::Refused | A::Consented => none,
        A::Confirmed { standard, clause: _ } => EventDetails { standard: Some(standard), ..none },
        A::Planned(plan) => EventDetails { until: Some(plan.until), ..none },
        A::Listed { published_on, until: _ } | A::Delisted { published_on } => {
            EventDetails { published_on: Some(published_on), ..none }
        }
        A::AcceptedOnSite { distance_metres, far_reason: _ } => {
            EventDetails { distance_metres: Some(distance_metres), ..none }
        }
        A::Ordered { interim, to, not_before } => {
            EventDetails { interim_measure: Some(interim), to_unit_ids: vec![to], not_before: Some(not_before), ..none }
        }
        A::Taken { interim } | A::Lifted { interim } => EventDetails { interim_measure: Some(interim), ..none },
    }
}

fn registered(first: hazard::Registered) -> EventDetails {
    let hazard::Registered {
        hazard: _,
        level,
        category,
        axes,
        subject: _,
        area,
        township,
        emergency,
        recurrence_of,
        at: _,
        clocks,
    } = first;
    EventDetails {
        level: Some(level),
        category,
        area_id: Some(area),
        to_unit_ids: vec![township],
        emergency: Some(emergency),
        recurrence_of,
        deadlines: changes(&clocks),
        ..of_axes(axes)
    }
}

fn filed(now: hazard::Filed, details: EventDetails) -> EventDetails {
    let hazard::Filed { level, emergency, recurrence_of } = now;
    EventDetails { level: Some(level), emergency: Some(emergency), recurrence_of, ..details }
}

fn of_work(work: &hazard::Work) -> EventDetails {
    let assignment_ids = work.assignments.iter().map(|one| one.id).collect();
    EventDetails { assignment_ids, ..EventDetails::default() }
}

fn of_axes(axes: Axes) -> EventDetails {
    let Axes { place_kind, industry, disaster_kind } = axes;
    EventDetails { place_kind, industry, disaster_kind, ..EventDetails::default() }
}

/// Returns the details of an assignment that was taken back or sent back, with those that are new.
fn moved(
    assignment: AssignmentId,
    unit: UnitId,
    lead: Option<AssignmentId>,
    added: &[hazard::NewAssignment],
    clocks: &[ClockChange],
) -> EventDetails {
    let new = given(added);
    EventDetails {
        by_unit_id: Some(unit),
        assignment_ids: [assignment].into_iter().chain(new.assignment_ids).collect(),
        to_unit_ids: new.to_unit_ids,
        lead_assignment_id: lead,
        deadlines: changes(clocks),
        ..EventDetails::default()
    }
}

fn given(assignments: &[hazard::NewAssignment]) -> EventDetails {
    EventDetails {
        assignment_ids: assignments.iter().map(|one| one.id).collect(),
        to_unit_ids: assignments.iter().map(|one| one.unit).collect(),
        ..EventDetails::default()
    }
}

#[cfg(test)]
mod tests {
    use domain::event::EventKind;
    use domain::id::EventId;
    use domain::policy::RuleVersion;
    use uuid::Uuid;

    use super::*;

    fn stored(stream: &str, payload: &str) -> event::Model {
        let facts: serde_json::Value = serde_json::from_str(payload).unwrap();
        event::Model {
            id: EventId(Uuid::nil()),
            stream: format!("{stream}:{}", Uuid::nil()),
            stream_version: 1,
            kind: facts["kind"].as_str().unwrap().to_owned(),
            payload: payload.to_owned(),
            actor: None,
            post: None,
            occurred_at: facts["at"].as_str().unwrap().parse().unwrap(),
            recorded_at: facts["at"].as_str().unwrap().parse().unwrap(),
            rule_version: RuleVersion(1),
        }
    }

    /// The file holds an event of every kind in every form that a build has stored.
    #[test]
    fn events_of_every_build_have_their_published_form() {
        let lines = include_str!("../../../../domain/tests/data/stored_events.txt").lines();
        let lines =
            lines.filter_map(|line| line.split_once(' ')).filter(|(stream, _)| ["report", "hazard"].contains(stream));
        let mut read = 0;
        for (stream, payload) in lines {
            let event = stored(stream, payload);
            let details = details(&event).unwrap_or_else(|| panic!("{payload}"));
            assert_ne!(EventKind::of_stored(&event.kind), EventKind::Other, "{payload}");
            read += 1;
            assert_ne!(details, EventDetails::default(), "{payload}");
        }
        assert!(read > 30, "{read}");
    }

    #[test]
    fn an_event_that_cannot_be_read_has_no_details() {
        let payload = r#"{"kind":"A_LATER_KIND","at":"2026-11-24T08:00:00Z"}"#;
        assert_eq!(details(&stored("report", payload)), None);
        assert_eq!(details(&stored("award", payload)), None);
    }
}
