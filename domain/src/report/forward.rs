//! Referral to a unit of this system 转办: the review moves to that unit and goes on there. Referring it again 改派 is the
//! command centre's alone.

use super::{Context, Event, Report};
use crate::access::{Action, Actor};
use crate::clock::{self, ClockChange, ClockKey, ClockKind};
use crate::id::{NoteId, UnitId};
use crate::refusal::{Code, Refusal};
use crate::staff::Role;

/// What is known of the unit that a referral names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Receiver {
    /// There is no such unit today.
    #[default]
    Unknown,
    /// No post of the unit may review reports.
    CannotReview,
    /// Some post of the unit may review reports.
    MayReview,
}

const FIELD: &str = "input.toUnitId";

/// Moves the review to another unit. The own hazard, the status and the author's rights stay as they are.
pub(super) fn forward(report: &Report, to: UnitId, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = context.by.permit(Action::ReferReport, report.review_unit, context.in_area)?;
    super::decide::of_another(context)?;
    super::decide::waits(report)?;
    may_receive(report, to, context)?;
    first_or_centre(report, &actor)?;
    let at = context.now;
    let mut clocks: Vec<ClockChange> = super::decide::stop_review(report, at);
    let round = report.reviews().map(|clock| clock.key.round).max().unwrap_or(0) + 1;
    let key = ClockKey::of(ClockKind::Review, round, to);
    let span = if report.emergency { context.policy.review_emergency } else { context.policy.review };
    clocks.push(ClockChange::Started(context.timing.clock(key, at, span)));
    Ok(Event::Forwarded { to, note, officer: actor.officer, at, clocks })
}

/// Checks that the unit exists, never had the report, is not recused, and can review it.
fn may_receive(report: &Report, to: UnitId, context: &Context<'_>) -> Result<(), Refusal> {
    if context.receiver == Receiver::Unknown {
        return Err(Refusal::new(Code::NotFound).with_field(FIELD));
    }
    if report.review_unit == to || report.reviews().any(|clock| clock.key.owner_unit == to) {
        let (zh, en) =
            ("该单位已审核过此报告，请转其他单位。", "This unit has had the report before. Please name another one.");
        return Err(Refusal::invalid(FIELD, zh, en).with_rule("referral.not_back"));
    }
    if context.barred.contains(&to) {
        return Err(Refusal::new(Code::UnitBarred).with_field(FIELD));
    }
    if context.receiver == Receiver::CannotReview {
        let zh = "该单位没有可审核报告的岗位，请转街乡或指挥中心。";
        let en = "No post of this unit reviews reports. Please name a township or a command centre.";
        return Err(Refusal::invalid(FIELD, zh, en).with_rule("referral.reviews"));
    }
    Ok(())
}

/// Checks that a report that was referred before is referred again by a command centre only, so that units do not send
/// it round in circles.
fn first_or_centre(report: &Report, actor: &Actor) -> Result<(), Refusal> {
    if report.reviews().all(|clock| clock.key.round == 1) || actor.role == Role::CommandCentre {
        return Ok(());
    }
    let zh = "此报告已转办过一次，请由指挥中心改派。";
    let en = "This report was referred once already. Only the command centre can refer it again.";
    Err(Refusal::illegal("referral.command_centre").with_text(zh, en))
}

impl Report {
    /// Returns the review clocks of all units that have had the report, in order. The first one keeps the first due.
    fn reviews(&self) -> impl Iterator<Item = &clock::Clock> {
        self.clocks.iter().filter(|clock| clock.key.kind == ClockKind::Review)
    }
}
