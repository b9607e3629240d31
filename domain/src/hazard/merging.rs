//! Merging 合并 of two entries of one matter 同一事项: one hazard is cancelled as the duplicate of another one, which stands. Its
//! open work goes on there or is cancelled. The merge can be undone 撤回合并 until something else happens to one of them.
//! `domain/tests/data/merging_table.txt` shows every cell, and tests play it.

mod clocks;

use std::collections::BTreeSet;

use self::clocks::{clocks_as_before, clocks_back, clocks_joined, clocks_left, key_of};
use super::closing::said;
use super::decide::{permit, still_open};
use super::event::{Filed, Work};
use super::resume::not_suspended;
use super::{
    Assignment, AssignmentStatus, CancelReason, Case, Context, Event, Level, OpenWork, Supervision, Whistle, apply,
    major,
};
use crate::access::Action;
use crate::clock::{self, check_starts};
use crate::event::DomainEvent;
use crate::id::{AssignmentId, NoteId, WhistleId};
use crate::refusal::{Code, Refusal};

/// One of the two hazards, and what is known about it.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The case.
    pub case: &'a Case,
    /// The context of a command to this case.
    pub context: &'a Context<'a>,
}

impl<'a> Side<'a> {
    /// Returns the context at a time that no event of either hazard follows: the time of a reporter's act may lie ahead.
    fn later(&self, other: &Case) -> Context<'a> {
        Context { now: self.context.now.max(self.case.last_at).max(other.last_at), ..*self.context }
    }
}

/// How two hazards are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What becomes of the open work of the duplicate.
    pub work: OpenWork,
    /// The reason 合并理由.
    pub note: NoteId,
    /// Whether both lie in one county.
    pub one_county: bool,
    /// Whether a unit would come to a matter in which every report of one of the hazards accuses it 回避, as far as the
    /// officer may know.
    pub accused: bool,
}

/// The events of a merge or of its undoing, one for each hazard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Both {
    /// The event of the duplicate.
    pub from: Event,
    /// The event of the hazard that stands.
    pub into: Event,
}

/// Merges one open hazard into another one. Whoever may cancel the duplicate may do so.
///
/// # Errors
/// [`Code::Forbidden`] without that permission. [`Code::IllegalMove`] if one of them has ended, if they are the same, or if
/// they lie in different counties. [`Code::UnitBarred`] for recused units.
pub fn merge(from: Side<'_>, into: Side<'_>, terms: Terms) -> Result<Both, Refusal> {
    let (one, other) = (from.later(into.case), into.later(from.case));
    let (from, into) = (Side { context: &one, ..from }, Side { context: &other, ..into });
    permit(from.case, Action::CancelHazard, from.context)?;
    said(Some(terms.note))?;
    still_open(from.case)?;
    not_suspended(from.case.suspension)?;
    joinable(from.case, into.case, terms)?;
    major_stands(from.case, into.case)?;
    let (at, work) = (from.context.now, leaving(from.case, terms.work));
    let left = Event::Cancelled {
        reason: CancelReason::Duplicate,
        note: Some(terms.note),
        into: Some(into.case.id),
        clocks: clocks_left(from.case, &work, from.context),
        work: Some(work.clone()),
        at,
    };
    let arriving = arriving(into.case, work);
    let (clocks, replaced) = clocks_joined(from.case, into, &arriving);
    let was = filed(into.case);
    let mut joined = Event::Joined {
        from: from.case.id,
        filed: filed_together(from.case, into.case),
        was,
        workers: from.case.all_workers().difference(&into.case.past_workers).copied().collect(),
        work: arriving,
        replaced,
        note: terms.note,
        at: into.context.now,
        clocks,
    };
    keep_major(into, &mut joined);
    both(from.case, into.case, left, joined)
}

fn both(from: &Case, into: &Case, left: Event, joined: Event) -> Result<Both, Refusal> {
    check_starts(&from.clocks, left.clocks())?;
    check_starts(&into.clocks, joined.clocks())?;
    Ok(Both { from: left, into: joined })
}

/// Checks that the other hazard can take this one in.
fn joinable(from: &Case, into: &Case, terms: Terms) -> Result<(), Refusal> {
    if from.id == into.id {
        let (zh, en) = ("请指明另一条隐患。", "Please name another hazard.");
        return Err(Refusal::illegal("merging.itself").with_text(zh, en));
    }
    if into.end.is_some() {
        let (zh, en) = ("另一条隐患已办结，不能并入。", "The other hazard has ended, so nothing can join it.");
        return Err(Refusal::illegal("merging.target_open").with_text(zh, en));
    }
    if !terms.one_county {
        let (zh, en) = ("两条隐患不在同一县（区）。", "The two hazards are not in the same county.");
        return Err(Refusal::illegal("merging.one_county").with_text(zh, en));
    }
    if from.emergency || from.has_emergency_work() {
        // Nobody's danger waits for a review date.
        not_suspended(into.suspension)?;
    }
    if terms.accused { Err(Code::UnitBarred.into()) } else { Ok(()) }
}

/// Checks that no major hazard joins an ordinary one: the judgement, the plan and the listing stand where they are.
fn major_stands(from: &Case, into: &Case) -> Result<(), Refusal> {
    if from.listing().is_some() {
        return Err(Refusal::illegal("major.listed_stands"));
    }
    let is_major = |case: &Case| case.level == Level::Major;
    if from.major.measures.iter().any(|one| one.lifted.is_none()) {
        return Err(Refusal::illegal("major.measures_lifted"));
    }
    let feared = is_major(from) || from.major.suspicion.is_some();
    if feared && !is_major(into) { Err(Refusal::illegal("major.stands")) } else { Ok(()) }
}

/// Lets the clocks of a major hazard that stands follow from its state after the merge.
fn keep_major(into: Side<'_>, joined: &mut Event) {
    let mut after = into.case.clone();
    apply(&mut after, joined);
    let changes = major::clocks(&after, into.context);
    let Event::Joined { clocks, replaced, .. } = joined else { return };
    for key in changes.iter().map(key_of) {
        let was = clock::find(&into.case.clocks, key).filter(|_| replaced.iter().all(|one| one.key != key));
        replaced.extend(was.cloned());
    }
    clocks.extend(changes);
}

const fn filed(case: &Case) -> Filed {
    Filed { level: case.level, emergency: case.emergency, recurrence_of: case.recurrence_of }
}

/// Returns what the ledger says of the hazard that stands: the higher level, the danger of either, and the hazard that
/// recurred.
fn filed_together(from: &Case, into: &Case) -> Filed {
    Filed {
        level: from.level.max(into.level),
        emergency: from.emergency || into.emergency,
        recurrence_of: into.recurrence_of.or_else(|| from.recurrence_of.filter(|closed| *closed != into.id)),
    }
}

/// Returns the work that the merge takes from the duplicate. Work that is carried on moves by whole whistles, so that each
/// keeps its lead, and accepted work moves with it, because it was done for the matter. What was sent back 退单 in this round moves along, because it counts for
/// the next send-back.
fn leaving(case: &Case, choice: OpenWork) -> Work {
    let whistles: BTreeSet<WhistleId> = case.live().filter_map(|assignment| assignment.whistle).collect();
    let of_whistle = |one: &Assignment| one.whistle.is_some_and(|whistle| whistles.contains(&whistle));
    let live: BTreeSet<AssignmentId> = case.live().map(|assignment| assignment.id).collect();
    let sent_back = |one: &Assignment| one.round == case.round && one.status == AssignmentStatus::SentBack;
    let moves = |one: &&Assignment| live.contains(&one.id) || of_whistle(one) || sent_back(one);
    let assignments: Vec<Assignment> = case.assignments.iter().filter(moves).cloned().collect();
    let carried = choice == OpenWork::Carry;
    let of_work = |id| carried && assignments.iter().any(|one| one.id == id);
    Work {
        carried,
        whistles: case.whistles.iter().filter(|whistle| whistles.contains(&whistle.id)).cloned().collect(),
        enforcement: case.enforcement.clone(),
        supervisions: case.supervisions.iter().filter(|one| one.assignment.is_some_and(of_work)).cloned().collect(),
        assignments,
    }
}

/// Returns the work as it goes on under the hazard that stands, in its round.
fn arriving(into: &Case, work: Work) -> Work {
    if !work.carried {
        return Work { enforcement: work.enforcement, ..Work::default() };
    }
    let round = into.round;
    Work {
        carried: true,
        whistles: work.whistles.into_iter().map(|whistle| Whistle { round, ..whistle }).collect(),
        assignments: work.assignments.into_iter().map(|one| Assignment { round, ..one }).collect(),
        enforcement: work.enforcement,
        supervisions: work.supervisions.into_iter().map(|one| Supervision { round, ..one }).collect(),
    }
}

/// The last events of the two hazards.
#[derive(Debug, Clone, Copy)]
pub struct LastEvents<'a> {
    /// The last event of the duplicate.
    pub from: &'a Event,
    /// The last event of the hazard that stands.
    pub into: &'a Event,
}

/// Undoes a merge 撤回合并, if it is the last thing that happened to both hazards: everything is as it was before. Whoever may
/// cancel the duplicate may do so.
///
/// # Errors
/// [`Code::Forbidden`] without that permission, [`Code::IllegalMove`] if the hazard was not merged by a step that can be
/// undone, or if something has happened since.
pub fn undo_merge(from: Side<'_>, into: Side<'_>, last: LastEvents<'_>, note: NoteId) -> Result<Both, Refusal> {
    let (one, other) = (from.later(into.case), into.later(from.case));
    let (from, into) = (Side { context: &one, ..from }, Side { context: &other, ..into });
    permit(from.case, Action::CancelHazard, from.context)?;
    said(Some(note))?;
    let Event::Cancelled { into: Some(standing), work: Some(work), clocks: left, .. } = last.from else {
        return Err(not_undone());
    };
    let Event::Joined { from: duplicate, was, workers, work: arrived, replaced, clocks: joined, .. } = last.into else {
        return Err(not_undone());
    };
    if *standing != into.case.id || *duplicate != from.case.id || into.case.end.is_some() {
        return Err(not_undone());
    }
    let reinstated = Event::Reinstated {
        from: into.case.id,
        work: work.clone(),
        note,
        at: from.context.now,
        clocks: clocks_back(from.case, left, joined),
    };
    let parted = Event::Parted {
        from: from.case.id,
        filed: *was,
        workers: workers.clone(),
        whistles: arrived.whistles.iter().map(|whistle| whistle.id).collect(),
        assignments: arrived.assignments.iter().map(|assignment| assignment.id).collect(),
        enforcement: arrived.enforcement.clone(),
        note,
        at: into.context.now,
        clocks: clocks_as_before(joined, replaced),
    };
    both(from.case, into.case, reinstated, parted)
}

fn not_undone() -> Refusal {
    let zh = "只有合并后两条隐患均未再变动时，才能撤回合并。";
    let en = "A merge can be undone only while nothing else has happened to the two hazards.";
    Refusal::illegal("merging.undo").with_text(zh, en)
}
