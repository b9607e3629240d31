//! Supervisions 督办 of a case: the model, and what follows from it. `climbing` says which rungs are due, `supervising` has the
//! steps of officers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{AssignmentStatus, Case, End, Event};
use crate::clock::{Clock, ClockChange, ClockKey, ClockKind};
use crate::id::{AssignmentId, NoteId, OfficerId, PostId, SupervisionId, UnitId};
use crate::policy::{Addressee, Rung, SupervisionTrigger};
use crate::staff::Role;

coded_enum! {
    /// The state of a supervision, which follows from its deadline.
    pub enum SupervisionState {
        /// 待签收: the addressed unit has to acknowledge it.
        Open = "OPEN",
        /// 已签收: the addressed unit acknowledged it.
        Acknowledged = "ACKNOWLEDGED",
        /// 已了结: nobody has to acknowledge it any more, because the step was taken or is no longer required.
        Settled = "SETTLED",
    }
}

/// A supervision 督办: a rung of the ladder that was set in a case. Events of merges store it, so a new field needs a serde
/// default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supervision {
    /// The id. It follows from what the rung was set for, so that each rung can be set only once; that of a rung set by hand
    /// is random.
    pub id: SupervisionId,
    /// The rung.
    pub rung: Rung,
    /// Why it was set.
    pub trigger: SupervisionTrigger,
    /// The kind of addressee.
    pub to: Addressee,
    /// The addressed unit.
    pub unit: UnitId,
    /// The roles of that unit that acknowledge; an empty list means all that the permission table allows.
    pub roles: Vec<Role>,
    /// The assignment that it is about; `None` for the hazard as a whole.
    pub assignment: Option<AssignmentId>,
    /// The round in which it was set.
    pub round: i32,
    /// The deadline that it is about, for a trigger of time.
    pub deadline: Option<WatchedDeadline>,
    /// Which occurrence of the trigger it is about, if there can be several; otherwise 0.
    pub count: i32,
    /// The post that set it by hand.
    pub by_post: Option<PostId>,
    /// The reason, if it was set by hand.
    pub note: Option<NoteId>,
    /// When it was set.
    pub at: DateTime<Utc>,
    /// The acknowledgement 签收; `None` until then.
    pub acknowledged: Option<Acknowledgement>,
}

/// A deadline as the ladder watches it. A deadline that is counted anew or extended 延期 is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedDeadline {
    /// The kind of its clock.
    pub clock: ClockKind,
    /// From when its span is counted.
    pub counted_from: DateTime<Utc>,
    /// How often it was extended.
    pub extensions: i32,
    /// When it was due, as of then.
    pub due: DateTime<Utc>,
}

/// Who acknowledged a supervision, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The officer.
    pub officer: OfficerId,
    /// The post.
    pub post: PostId,
    /// The time.
    pub at: DateTime<Utc>,
}

impl WatchedDeadline {
    /// Returns the deadline of a clock.
    #[must_use]
    pub fn of(clock: &Clock) -> Self {
        Self {
            clock: clock.key.kind,
            counted_from: clock.counted_from(),
            extensions: i32::try_from(clock.extensions.len()).unwrap_or(i32::MAX),
            due: clock.due,
        }
    }

    /// Returns whether both are the same deadline. A change of the calendar or a pause moves the due time of a deadline.
    fn is(&self, other: &Self) -> bool {
        let Self { clock, counted_from, extensions, due: _ } = *self;
        (clock, counted_from, extensions) == (other.clock, other.counted_from, other.extensions)
    }
}

impl Supervision {
    /// Returns whether both are one rung, set for the same reason.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let key = |one: &Self| (one.trigger, one.rung, one.to, one.target(), one.count);
        let about_none = self.deadline.is_none() && other.deadline.is_none();
        let is_same = self.is_of_the_deadline(other) || about_none;
        key(self) == key(other) && is_same && self.trigger != SupervisionTrigger::ByHand
    }

    /// Returns whether both are about the same deadline.
    pub(super) fn is_of_the_deadline(&self, other: &Self) -> bool {
        self.deadline.zip(other.deadline).is_some_and(|(own, other)| own.is(&other))
    }

    /// Returns what it is about: an assignment, or the hazard in one round.
    pub(super) const fn target(&self) -> Target {
        match self.assignment {
            Some(assignment) => Target::Assignment(assignment),
            None => Target::Round(self.round),
        }
    }

    /// Returns the key of the clock of its acknowledgement.
    pub(super) const fn key(&self) -> ClockKey {
        ClockKey::of_supervision(self.round, self.unit, self.id)
    }

    /// Returns the id of a rung that the ladder sets: 128 bits of the SHA-256 of what it was set for.
    pub(super) fn derived_id(&self, case: &Case) -> SupervisionId {
        let deadline = self
            .deadline
            .as_ref()
            .map(|one| format!("{}:{}:{}", one.clock.code(), one.counted_from.timestamp_micros(), one.extensions));
        let target = match self.target() {
            Target::Assignment(assignment) => assignment.to_string(),
            Target::Round(round) => format!("{}:{round}", case.id),
        };
        let words = [self.trigger.code(), self.rung.code(), self.to.code(), &target, &deadline.unwrap_or_default()];
        let sum = Sha256::digest(format!("{}:{}", words.join("|"), self.count));
        let mut first = [0; 16];
        first.iter_mut().zip(sum).for_each(|(to, from)| *to = from);
        SupervisionId(uuid::Builder::from_custom_bytes(first).into_uuid())
    }
}

/// What a supervision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// An assignment.
    Assignment(AssignmentId),
    /// The hazard as a whole, in one round.
    Round(i32),
}

impl Case {
    /// Returns the state of a supervision.
    #[must_use]
    pub fn supervision_state(&self, one: &Supervision) -> SupervisionState {
        match one.acknowledged {
            Some(_) => SupervisionState::Acknowledged,
            None if self.supervision_clock(one.id).is_some_and(Clock::is_open) => SupervisionState::Open,
            None => SupervisionState::Settled,
        }
    }

    /// Returns the clock of the acknowledgement of a supervision. If a successor has taken over 承接, that is the
    /// successor's.
    #[must_use]
    pub fn supervision_clock(&self, id: SupervisionId) -> Option<&Clock> {
        let of = || self.clocks.iter().filter(|clock| clock.key.supervision == Some(id));
        of().find(|clock| clock.is_open()).or_else(|| of().max_by_key(|clock| clock.stopped_at))
    }

    /// Returns the supervision with this id, or `None` if the case has none.
    #[must_use]
    pub fn supervision(&self, id: SupervisionId) -> Option<&Supervision> {
        self.supervisions.iter().find(|one| one.id == id)
    }

    /// Returns whether the addressed unit still has to acknowledge a supervision: the case is open, and what it is about
    /// waits. Work that was accepted waits no longer; a deadline waits as long as its clock runs or is paused. Follow-ups
    /// 回头看 alone are made after the case has been closed.
    pub(super) fn awaits(&self, one: &Supervision) -> bool {
        let waits = match one.assignment {
            Some(id) => self.live().any(|of| of.id == id && of.status != AssignmentStatus::Accepted),
            None => one.round == self.round,
        };
        let is_open = |watched: WatchedDeadline| {
            // Clocks of earlier builds name no assignment.
            let of = |clock: &&Clock| clock.key.assignment.is_none_or(|id| Some(id) == one.assignment);
            let same = self.clocks.iter().filter(|clock| clock.key.kind == watched.clock).filter(of);
            same.filter(|clock| clock.key.round == self.round).any(Clock::is_open)
        };
        let is_follow_up = one.deadline.is_some_and(|watched| watched.clock == ClockKind::FollowUp);
        let end = is_follow_up.then_some(End::Closed);
        self.end == end && waits && one.deadline.is_none_or(is_open)
    }
}

impl Event {
    /// Returns the event that sets a rung.
    pub(super) fn set(one: Supervision, clocks: Vec<ClockChange>) -> Self {
        let Supervision { id, rung, trigger, to, unit, roles, assignment, deadline, count, by_post, note, at, .. } =
            one;
        Self::Supervised {
            supervision: id,
            rung,
            trigger,
            to,
            unit,
            roles,
            assignment,
            deadline,
            count,
            post: by_post,
            note,
            at,
            clocks,
        }
    }
}
