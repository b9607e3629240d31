//! Blowing a whistle 吹哨: a township formally calls other departments to a hazard that it cannot handle alone.

use super::decide::{permit, still_open};
use super::dispatch::{assignments, clocks};
use super::{Case, Context, Event, Origin, Task};
use crate::access::Action;
use crate::id::{NoteId, WhistleId};
use crate::policy::WhistleType;
use crate::refusal::{Code, Refusal};
use crate::staff::Role;

/// The fields of [`super::Command::Blow`].
pub(super) struct Blow {
    pub(super) whistle: WhistleId,
    pub(super) type_code: String,
    pub(super) lead: Task,
    pub(super) supports: Vec<Task>,
    pub(super) note: NoteId,
}

impl WhistleType {
    /// Checks that the policy lets this role call units with a whistle of this type.
    pub(super) fn check_blower(&self, role: Role) -> Result<(), Refusal> {
        if self.may_blow.contains(&role) {
            return Ok(());
        }
        Err(Refusal::new(Code::Forbidden).with_rule("whistle.may_blow"))
    }
}

/// Blows a whistle. Besides the permission table, the policy limits which roles may blow a whistle of each type.
pub(super) fn blow(case: &Case, blow: Blow, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = permit(case, Action::Blow, context)?;
    let Some(kind) = context.policy.whistle(&blow.type_code) else {
        return Err(Refusal::invalid("type", "没有该类型的哨。", "This type of whistle does not exist."));
    };
    kind.check_blower(actor.role)?;
    still_open(case)?;
    if case.whistles.iter().any(|whistle| whistle.id == blow.whistle) {
        return Err(Refusal::illegal("whistle.id_taken"));
    }
    let assignments = assignments(case, blow.lead, &blow.supports, Origin::Whistle, &actor, context)?;
    let clocks = clocks(case, &assignments, |_| &kind.spans, context);
    Ok(Event::Blown {
        whistle: blow.whistle,
        type_code: blow.type_code,
        class: kind.class,
        post: actor.post,
        unit: actor.unit,
        note: blow.note,
        at: context.now,
        assignments,
        clocks,
    })
}
