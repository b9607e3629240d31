//! Loads the rows of a case under a row lock, and saves the changed ones. Long because each row has many columns.

use chrono::{DateTime, Utc};
use domain::hazard::enforcement::Enforcement;
use domain::hazard::{Assignment, Axes, Case, Event, Major, Whistle};
use domain::id::HazardId;
use domain::place::{self, Point};
use domain::policy::RuleVersion;
use entity::{JsonList, assignment, hazard, whistle};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{enforcement, supervisions, todos};
use crate::database::locked;
use crate::error::ApiResult;
use crate::journal::Stream;
use crate::policy::clocks;

/// A case together with its hazard row, which also holds columns that decisions do not need, such as the place.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// The row of table `hazard` as loaded.
    pub row: hazard::Model,
    /// The case built from that row, its whistles, its assignments and its clocks.
    pub case: Case,
}

/// The location columns of a new hazard row, which never change afterwards.
#[derive(Debug, Clone)]
pub(crate) struct HazardSite {
    /// The coordinates, in WGS84.
    pub point: Point,
    /// The address as free text.
    pub address: Option<String>,
    /// The materialized path of the area; empty for a place outside every area.
    pub area_path: String,
}

/// Locks the hazard row and then loads its whistles, assignments and clocks. Returns `None` if the hazard does not
/// exist.
pub(crate) async fn load_locked<C: ConnectionTrait>(txn: &C, id: HazardId) -> ApiResult<Option<Loaded>> {
    let Some(row) = locked(hazard::Entity::find_by_id(id)).one(txn).await? else { return Ok(None) };
    let whistles = whistle::Entity::find()
        .filter(whistle::COLUMN.hazard_id.eq(id))
        .order_by_asc(whistle::COLUMN.blown_at)
        .order_by_asc(whistle::COLUMN.id)
        .all(txn)
        .await?;
    let assignments = assignment::Entity::find()
        .filter(assignment::COLUMN.hazard_id.eq(id))
        .order_by_asc(assignment::COLUMN.dispatched_at)
        .order_by_asc(assignment::COLUMN.id)
        .all(txn)
        .await?;
    let clocks = clocks::load(txn, Stream::Hazard(id)).await?;
    let supervisions = supervisions::load(txn, id).await?;
    let enforcement = enforcement::load(txn, id).await?;
    let case = Case { supervisions, enforcement, ..case_of(&row, &whistles, &assignments, clocks) };
    Ok(Some(Loaded { row, case }))
}

/// Builds a case from its rows, without its supervisions and its records of enforcement.
fn case_of(
    row: &hazard::Model,
    whistles: &[whistle::Model],
    assignments: &[assignment::Model],
    clocks: Vec<domain::clock::Clock>,
) -> Case {
    Case {
        id: row.id,
        version: row.version,
        last_at: row.last_at.unwrap_or(row.registered_at),
        registered_at: row.registered_at,
        round: row.round,
        level: row.level,
        category: row.category.clone(),
        axes: Axes {
            place_kind: row.place_kind.clone(),
            industry: row.industry.clone(),
            disaster_kind: row.disaster_kind.clone(),
        },
        subject: row.subject_id,
        area: row.area_id,
        township: row.township_unit,
        emergency: row.emergency,
        end: row.end_kind,
        closed_at: row.closed_at,
        cancel_reason: row.end_reason,
        merged_into: row.merged_into,
        recurrence_of: row.recurrence_of,
        recurred_as: row.recurred_as,
        suspension_request: row.suspension_request.as_ref().map(|asked| asked.0),
        suspension: row.suspension.as_ref().map(|suspension| suspension.0),
        suspended_times: row.suspended_times,
        follow_ups: row.follow_ups.0.clone(),
        past_workers: row.past_workers.0.clone(),
        whistles: whistles.iter().map(whistle_of).collect(),
        assignments: assignments.iter().map(assignment_of).collect(),
        whistle_requests: row.whistle_requests.0.clone(),
        supervisions: Vec::new(),
        enforcement: Enforcement::default(),
        not_solved: row.not_solved,
        major: row.major.as_ref().map(|major| major.0.clone()).unwrap_or_default(),
        clocks,
    }
}

fn whistle_of(row: &whistle::Model) -> Whistle {
    Whistle {
        id: row.id,
        type_code: row.type_code.clone(),
        class: row.class,
        round: row.round,
        blown_by_post: row.blown_by_post,
        blown_by_unit: row.blown_by_unit,
        blown_at: row.blown_at,
        end: row.end_kind,
        judgement: row.judgement.as_ref().map(|judged| judged.0),
    }
}

/// Builds an assignment from its row.
#[must_use]
pub(crate) fn assignment_of(row: &assignment::Model) -> Assignment {
    Assignment {
        id: row.id,
        whistle: row.whistle_id,
        origin: row.origin,
        unit: row.unit_id,
        given_by: row.given_by,
        given_by_post: row.given_by_post,
        part: row.part,
        status: row.status,
        worker: row.worker,
        worker_post: row.worker_post,
        round: row.round,
        dispatched_at: row.dispatched_at,
        last_step_at: row.last_step_at,
        reworked_at: row.reworked_at,
        signed_at: row.signed_at,
        claimed_at: row.claimed_at,
        checked_in_at: row.checked_in_at,
        finished_at: row.finished_at,
        accepted_at: row.accepted_at,
        accepted_by: row.accepted_by,
        measure: row.measure,
        after_photos: row.after_photos.0.clone(),
        rework_count: row.rework_count,
        workers: row.workers.0.clone(),
        extension: row.extension.as_ref().map(|asked| asked.0),
        send_backs: row.send_backs.0.clone(),
        rating: row.rating.as_ref().map(|rating| rating.0),
    }
}

/// Builds the hazard row of a new case, which is registered at `at`.
#[must_use]
pub(crate) fn new_row(case: &Case, site: HazardSite, at: DateTime<Utc>, rules: RuleVersion) -> hazard::ActiveModel {
    hazard::ActiveModel {
        id: Set(case.id),
        lng_e7: Set(i64::from(site.point.lng_e7())),
        lat_e7: Set(i64::from(site.point.lat_e7())),
        cell: Set(place::cell(site.point)),
        address: Set(site.address),
        area_id: Set(case.area),
        area_path: Set(site.area_path),
        registered_at: Set(at),
        rule_version: Set(rules),
        ..changing(case)
    }
}

/// Returns the mutable columns of the hazard row.
fn changing(case: &Case) -> hazard::ActiveModel {
    hazard::ActiveModel {
        version: Set(case.version),
        last_at: Set(Some(case.last_at)),
        status: Set(case.status()),
        emergency: Set(case.emergency),
        round: Set(case.round),
        level: Set(case.level),
        category: Set(case.category.clone()),
        place_kind: Set(case.axes.place_kind.clone()),
        industry: Set(case.axes.industry.clone()),
        disaster_kind: Set(case.axes.disaster_kind.clone()),
        subject_id: Set(case.subject),
        recurrence_of: Set(case.recurrence_of),
        recurred_as: Set(case.recurred_as),
        suspension_request: Set(case.suspension_request.map(JsonList)),
        suspension: Set(case.suspension.map(JsonList)),
        suspended_times: Set(case.suspended_times),
        resumes_at: Set(case.suspension.filter(|_| case.end.is_none()).map(|suspension| suspension.resumes_at)),
        follow_ups: Set(JsonList(case.follow_ups.clone())),
        township_unit: Set(case.township),
        closed_at: Set(case.closed_at),
        end_kind: Set(case.end),
        end_reason: Set(case.cancel_reason),
        merged_into: Set(case.merged_into),
        past_workers: Set(JsonList(case.past_workers.clone())),
        whistle_requests: Set(JsonList(case.whistle_requests.clone())),
        not_solved: Set(case.not_solved),
        major: Set((case.major != Major::default()).then(|| JsonList(case.major.clone()))),
        judging_unit: Set(case.judging_unit()),
        ..hazard::ActiveModel::default()
    }
}

/// Saves the changed rows of a case. The hazard row is always updated, with its version as an optimistic lock.
///
/// # Errors
/// `CHANGED_MEANWHILE` if a concurrent writer changed the case, which the row lock should rule out.
pub(crate) async fn save<C: ConnectionTrait>(txn: &C, before: &Case, after: &Case) -> ApiResult<()> {
    let written = hazard::Entity::update_many()
        .set(changing(after))
        .filter(hazard::COLUMN.id.eq(after.id))
        .filter(hazard::COLUMN.version.eq(before.version))
        .exec(txn)
        .await?;
    if written.rows_affected != 1 {
        return Err(domain::Code::ChangedMeanwhile.into());
    }
    save_whistles(txn, before, after).await?;
    save_assignments(txn, before, after).await?;
    clocks::save(txn, Stream::Hazard(after.id), &before.clocks, &after.clocks).await?;
    supervisions::save(txn, before, after).await?;
    enforcement::save(txn, before, after).await?;
    todos::save(txn, after).await
}

/// Moves the rows of the work that comes to this case with an event of a merge, and returns the case as its rows are then.
pub(crate) async fn take_in<C: ConnectionTrait>(txn: &C, before: &Case, event: &Event) -> ApiResult<Case> {
    let mut stored = before.clone();
    if let Event::Joined { work, .. } | Event::Reinstated { work, .. } = event {
        enforcement::take_in(txn, &mut stored, &work.enforcement).await?;
    }
    if let Event::Joined { work, .. } | Event::Reinstated { work, .. } = event
        && work.carried
    {
        let (id, round) = (before.id, before.round);
        let whistles = work.whistles.iter().map(|whistle| whistle.id);
        let moved = whistle::ActiveModel { hazard_id: Set(id), round: Set(round), ..Default::default() };
        whistle::Entity::update_many().set(moved).filter(whistle::COLUMN.id.is_in(whistles)).exec(txn).await?;
        let assignments = work.assignments.iter().map(|assignment| assignment.id);
        let moved = assignment::ActiveModel { hazard_id: Set(id), round: Set(round), ..Default::default() };
        assignment::Entity::update_many().set(moved).filter(assignment::COLUMN.id.is_in(assignments)).exec(txn).await?;
        supervisions::take_in(txn, before, work).await?;
        stored.supervisions.extend(work.supervisions.iter().cloned());
        stored.whistles.extend(work.whistles.iter().cloned());
        stored.assignments.extend(work.assignments.iter().cloned());
    }
    Ok(stored)
}

async fn save_whistles<C: ConnectionTrait>(txn: &C, before: &Case, after: &Case) -> ApiResult<()> {
    for whistle in &after.whistles {
        let status = after.whistle_status(whistle);
        let seen = before.whistles.iter().find(|seen| seen.id == whistle.id);
        let seen = seen.map(|seen| (seen, before.whistle_status(seen)));
        let row = whistle::ActiveModel {
            id: Set(whistle.id),
            hazard_id: Set(after.id),
            type_code: Set(whistle.type_code.clone()),
            class: Set(whistle.class),
            status: Set(status),
            round: Set(whistle.round),
            blown_by_post: Set(whistle.blown_by_post),
            blown_by_unit: Set(whistle.blown_by_unit),
            blown_at: Set(whistle.blown_at),
            end_kind: Set(whistle.end),
            judgement: Set(whistle.judgement.map(JsonList)),
        };
        match seen {
            None => {
                whistle::Entity::insert(row).exec_without_returning(txn).await?;
            }
            Some(seen) if seen != (whistle, status) => {
                whistle::Entity::update(row).exec(txn).await?;
            }
            Some(_) => {}
        }
    }
    Ok(())
}

async fn save_assignments<C: ConnectionTrait>(txn: &C, before: &Case, after: &Case) -> ApiResult<()> {
    let mut new = Vec::new();
    for assignment in &after.assignments {
        match before.assignments.iter().find(|seen| seen.id == assignment.id) {
            None => new.push(assignment_row(after.id, assignment)),
            Some(seen) if seen != assignment => {
                assignment::Entity::update(assignment_row(after.id, assignment)).exec(txn).await?;
            }
            Some(_) => {}
        }
    }
    if !new.is_empty() {
        assignment::Entity::insert_many(new).exec_without_returning(txn).await?;
    }
    Ok(())
}

fn assignment_row(hazard: HazardId, assignment: &Assignment) -> assignment::ActiveModel {
    assignment::ActiveModel {
        id: Set(assignment.id),
        hazard_id: Set(hazard),
        whistle_id: Set(assignment.whistle),
        origin: Set(assignment.origin),
        unit_id: Set(assignment.unit),
        given_by: Set(assignment.given_by),
        given_by_post: Set(assignment.given_by_post),
        part: Set(assignment.part),
        status: Set(assignment.status),
        round: Set(assignment.round),
        worker: Set(assignment.worker),
        worker_post: Set(assignment.worker_post),
        workers: Set(JsonList(assignment.workers.clone())),
        dispatched_at: Set(assignment.dispatched_at),
        last_step_at: Set(assignment.last_step_at),
        reworked_at: Set(assignment.reworked_at),
        signed_at: Set(assignment.signed_at),
        claimed_at: Set(assignment.claimed_at),
        checked_in_at: Set(assignment.checked_in_at),
        finished_at: Set(assignment.finished_at),
        accepted_at: Set(assignment.accepted_at),
        accepted_by: Set(assignment.accepted_by),
        measure: Set(assignment.measure),
        after_photos: Set(JsonList(assignment.after_photos.clone())),
        rework_count: Set(assignment.rework_count),
        extension: Set(assignment.extension.map(JsonList)),
        send_backs: Set(JsonList(assignment.send_backs.clone())),
        rating: Set(assignment.rating.map(JsonList)),
    }
}
