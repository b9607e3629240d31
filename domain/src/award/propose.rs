//! The proposal: creates an award and rebuilds one from its events.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Award, AwardStatus, Event, Proposed};
use crate::clock::{self, ClockChange, ClockKey, ClockKind, Timing};
use crate::id::{AwardId, HazardId, OfficerId, ReportId, UnitId};
use crate::money::Fen;
use crate::policy::AwardPolicy;
use crate::refusal::Refusal;

/// The input for creating an award when the policy proposes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The id of the award.
    pub id: AwardId,
    /// The hazard that was reported.
    pub hazard: HazardId,
    /// The first true report of the hazard.
    pub report: ReportId,
    /// The unit that administers the award: the unit that accepts a report also rewards it 谁受理、谁奖励.
    pub unit: UnitId,
    /// The amount according to the award policy, in fen.
    pub amount: Fen,
    /// The officer whose step triggered the proposal; `None` if the system triggered it.
    pub proposed_by: Option<OfficerId>,
    /// The officers who verified the report.
    pub verifiers: BTreeSet<OfficerId>,
}

/// Creates an award in the status proposed and starts its review clock.
///
/// # Errors
/// [`crate::Code::InvalidInput`] for an amount that is not above 0 or exceeds [`Fen::MAX`].
pub fn propose(
    proposal: Proposal,
    now: DateTime<Utc>,
    policy: &AwardPolicy,
    timing: &Timing<'_>,
) -> Result<(Award, Event), Refusal> {
    worth_something(proposal.amount)?;
    let key = ClockKey::of(ClockKind::ReviewAward, 1, proposal.unit);
    let proposed = Proposed {
        award: proposal.id,
        hazard: proposal.hazard,
        report: proposal.report,
        unit: proposal.unit,
        amount: proposal.amount,
        proposed_by: proposal.proposed_by,
        verifiers: proposal.verifiers,
        rule_version: timing.rule_version,
        at: now,
        clocks: vec![ClockChange::Started(timing.clock(key, now, policy.step))],
    };
    Ok((Award::begin(&proposed), Event::Proposed(proposed)))
}

/// Checks that the amount is above 0 and at most [`Fen::MAX`].
pub(super) fn worth_something(amount: Fen) -> Result<(), Refusal> {
    if amount > Fen(0) && amount <= Fen::MAX {
        return Ok(());
    }
    Err(Refusal::invalid("amount", "奖励金额有误。", "The amount of the award is not valid."))
}

impl Award {
    /// Creates the award from its first event.
    #[must_use]
    pub fn begin(proposed: &Proposed) -> Self {
        let mut clocks = Vec::new();
        clock::apply(&mut clocks, &proposed.clocks);
        Self {
            id: proposed.award,
            version: 1,
            hazard: proposed.hazard,
            report: proposed.report,
            unit: proposed.unit,
            amount: proposed.amount,
            status: AwardStatus::Proposed,
            voided: false,
            last_at: proposed.at,
            held_from: None,
            held_at: None,
            double_of: None,
            proposed_by: proposed.proposed_by,
            reviewed_by: None,
            approved_by: None,
            paid_by: None,
            verifiers: proposed.verifiers.clone(),
            attempt: 0,
            collect_due: None,
            rule_version: proposed.rule_version,
            clocks,
        }
    }

    /// Rebuilds the award from its whole event stream. Returns `None` if the first event is not the proposal.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut events = events.into_iter();
        let Some(Event::Proposed(first)) = events.next() else {
            return None;
        };
        let mut award = Self::begin(first);
        events.for_each(|event| super::apply(&mut award, event));
        Some(award)
    }
}
