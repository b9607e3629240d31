//! One matter, one award 一事一奖: what becomes of the awards of hazards that were merged. The one of the earliest true report
//! stands. `domain/tests/data/merging_table.txt` shows every cell, and tests play it.

use chrono::{DateTime, Utc};

use super::Award;
use crate::id::{AwardId, HazardId};

/// One of the awards of a matter.
#[derive(Debug, Clone, Copy)]
pub struct Rival<'a> {
    /// The award.
    pub award: &'a Award,
    /// When its report was received, exactly.
    pub received_at: DateTime<Utc>,
}

/// What becomes of an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is the award of the matter, or it is over: it stays as it is, without the mark of a double award.
    Stands,
    /// It is voided 失效, because another award stands and this one is not approved.
    Void,
    /// It is approved and double 重复: another award stands.
    Double(AwardId),
}

/// Where the award of the first true report of a matter belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// The award of this hazard follows the first true report.
    Of(HazardId),
    /// The award of the matter is decided: it is approved or over, and stands at another hazard than the one that stands.
    Decided,
}

/// Returns what becomes of each award of a matter, in the same order. `standing` is the hazard that stands for all.
#[must_use]
pub fn fates(standing: HazardId, rivals: &[Rival<'_>]) -> Vec<Fate> {
    let chosen = chosen(standing, rivals);
    let fate = |rival: &Rival<'_>| match chosen {
        Chosen::Award(award) if award.id == rival.award.id => Fate::Stands,
        Chosen::Award(award) if rival.award.is_frozen() => Fate::Double(award.id),
        Chosen::Award(_) | Chosen::New if is_open(rival.award) => Fate::Void,
        Chosen::Award(_) | Chosen::New | Chosen::None => Fate::Stands,
    };
    rivals.iter().map(fate).collect()
}

/// Returns where the award of the first true report belongs.
#[must_use]
pub fn slot(standing: HazardId, rivals: &[Rival<'_>]) -> Slot {
    match chosen(standing, rivals) {
        Chosen::New | Chosen::None => Slot::Of(standing),
        Chosen::Award(award) if award.hazard == standing || is_open(award) => Slot::Of(award.hazard),
        Chosen::Award(_) => Slot::Decided,
    }
}

/// Returns whether an award may follow the fines of its matter 罚款 although it is approved: another award that is double 重复 of it
/// would lose its mark if this one could be voided again.
#[must_use]
pub fn follows_fines(award: AwardId, rivals: &[Rival<'_>]) -> bool {
    rivals.iter().all(|rival| rival.award.double_of != Some(award))
}

/// The award that stands for a matter.
#[derive(Clone, Copy)]
enum Chosen<'a> {
    /// This award.
    Award(&'a Award),
    /// An award of the hazard that stands, which has none yet or a voided one.
    New,
    /// There is no award.
    None,
}

/// The award of the earliest report stands, also if it is over. As long as it is not approved, it belongs to the hazard that
/// stands, if that one has room for it.
fn chosen<'a>(standing: HazardId, rivals: &[Rival<'a>]) -> Chosen<'a> {
    let counts = rivals.iter().filter(|rival| !rival.award.voided);
    let order =
        |rival: &&Rival<'_>| (rival.received_at, rival.award.report, rival.award.hazard != standing, rival.award.id);
    let Some(earliest) = counts.min_by_key(order) else { return Chosen::None };
    let own = rivals.iter().map(|rival| rival.award).find(|award| award.hazard == standing);
    match own {
        _ if !is_open(earliest.award) => Chosen::Award(earliest.award),
        Some(own) if is_open(own) => Chosen::Award(own),
        Some(own) if !own.voided => Chosen::Award(earliest.award),
        Some(_) | None => Chosen::New,
    }
}

/// Returns whether the award can still follow another report: it is proposed or reviewed.
fn is_open(award: &Award) -> bool {
    use super::AwardStatus as Is;
    matches!(award.status_beneath(), Is::Proposed | Is::Reviewed)
}
