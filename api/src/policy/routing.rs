//! Routing determines the unit that reviews a report and the units that may handle it, from a place and a category. It
//! is pure.
//!
//! The report stores the result as JSON, so that years later it is still clear which rule sent it where.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::area::AreaLevel;
use domain::id::{AreaId, DutyId, UnitId};
use domain::policy::RuleVersion;
use domain::refusal::Language;
use domain::staff::UnitKind;
use entity::unit;
use serde::{Deserialize, Serialize};

use super::rulebook::RuleBook;
use super::units::is_on;
use crate::area::Located;

/// The rule that selected the reviewing unit. Its serialised name is stored and must not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoutingRule {
    /// The township in which the place lies reviews the report.
    TownshipOfArea,
    /// That township is barred, so a command centre reviews: the nearest unbarred one above the place, otherwise the
    /// highest unbarred one in the tree.
    BarredToCommandCentre,
    /// The place lies in an area without a township unit, so a command centre reviews: the nearest unbarred one above
    /// the place, otherwise the highest unbarred one in the tree. Where there is no command centre at all, a township
    /// reviews.
    NoTownshipToCommandCentre,
    /// The place lies outside every area, so the command centre of the root area reviews, or the highest unbarred one
    /// in the tree.
    OutsideAllAreas,
    /// No command centre exists that is not barred. An emergency does not wait, so another township reviews. (Earlier
    /// builds also chose other units.)
    BarredToOtherUnit,
    /// Each unit that may review is barred, so the report waits unassigned 待指定受理单位.
    Unassigned,
}

/// The result of routing a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Routing {
    /// The smallest area that contains the place; `None` outside every area.
    pub area: Option<AreaId>,
    /// The path of that area; empty outside every area.
    pub area_path: String,
    /// The unit that reviews the report, which is never barred. If the rule is [`RoutingRule::Unassigned`], it is the
    /// barred unit that would review: it never sees the report, but it holds the hazard of an emergency, because
    /// somebody must be able to dispatch.
    pub review_unit: UnitId,
    /// The rule that selected the reviewing unit.
    pub rule: RoutingRule,
    /// The duty list entry that applies to the category.
    pub duty: Option<DutyId>,
    /// The unit that leads 主责 under that entry; `None` if it is barred or no longer exists. It is only a suggestion,
    /// because officers dispatch.
    pub lead: Option<UnitId>,
    /// The units that support 协办 under that entry, without barred units.
    pub support: Vec<UnitId>,
    /// Whether that entry lets the township handle the matter itself 自办.
    pub township_may_lead: bool,
    /// Whether the catalogue of that day contains the category; `false` if the report has no category.
    pub category_known: bool,
    /// The areas whose border runs within 50 m of the place, including areas that contain it.
    pub near_border: Vec<AreaId>,
    /// Whether boundaries of the same level overlap at the place.
    pub overlap: bool,
    /// The revision of the rules that were applied.
    pub rules: RuleVersion,
    /// The reasons, in one or more sentences.
    pub why: WhyHere,
}

/// The sentences that explain why a report was routed to its unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WhyHere {
    /// The sentences in Chinese.
    pub zh: String,
    /// The sentences in English.
    pub en: String,
}

impl WhyHere {
    /// Returns the sentences in the given language.
    #[must_use]
    pub(crate) fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// The facts on which a routing rests, used both for the selection and for its explanation.
pub(super) struct RoutingFacts<'a> {
    pub(super) book: &'a RuleBook,
    pub(super) located: Located,
    pub(super) day: NaiveDate,
    /// The accused units. The units below them are barred, too.
    pub(super) barred: BTreeSet<UnitId>,
    /// Units of which every officer is recused by another post.
    pub(super) without_reviewer: &'a [UnitId],
    /// Whether people are in danger now.
    pub(super) emergency: bool,
}

impl<'a> RoutingFacts<'a> {
    /// Returns the smallest area that contains the place.
    pub(super) fn smallest(&self) -> Option<AreaId> {
        self.located.smallest()
    }

    fn free(&self, unit: &unit::Model) -> bool {
        is_on(unit, self.day) && !self.book.units.line(unit.id).iter().any(|above| self.barred.contains(above))
    }

    pub(super) fn free_id(&self, id: UnitId) -> bool {
        self.book.unit(id).is_some_and(|unit| self.free(unit))
    }

    fn reviews(&self, unit: &unit::Model) -> bool {
        self.free(unit) && !self.without_reviewer.contains(&unit.id)
    }

    /// Returns the reviewing unit and the rule that selected it; `None` if the installation has no unit that could
    /// review. Only townships and command centres have a role that reviews.
    pub(super) fn reviewer(&self) -> Option<(&'a unit::Model, RoutingRule)> {
        let township = self.smallest().and_then(|area| self.book.township_unit_of(area, self.day));
        let rule = match (self.smallest(), township) {
            (None, _) => RoutingRule::OutsideAllAreas,
            (Some(_), Some(unit)) if self.reviews(unit) => return Some((unit, RoutingRule::TownshipOfArea)),
            (Some(_), Some(_)) => RoutingRule::BarredToCommandCentre,
            (Some(_), None) => RoutingRule::NoTownshipToCommandCentre,
        };
        let centres = self.centres();
        if let Some(centre) = centres.iter().copied().find(|unit| self.reviews(unit)) {
            return Some((centre, rule));
        }
        let townships = self.townships();
        let (other, one_is_barred) =
            (townships.iter().copied().find(|unit| self.reviews(unit)), township.or(centres.first().copied()));
        match other {
            Some(unit) if one_is_barred.is_none() => Some((unit, rule)),
            Some(unit) if self.emergency => Some((unit, RoutingRule::BarredToOtherUnit)),
            Some(_) | None => one_is_barred.or(townships.first().copied()).map(|unit| (unit, RoutingRule::Unassigned)),
        }
    }

    /// Returns all command centres: those above the place, nearest first, then the others from the top of the tree.
    fn centres(&self) -> Vec<&'a unit::Model> {
        let (units, areas) = (&self.book.units, &*self.book.areas);
        let above = self.smallest().map(|area| units.centres_above(areas, area, self.day)).unwrap_or_default();
        above.into_iter().chain(units.centres_from_the_top(areas, self.day)).collect()
    }

    /// Returns all townships: those nearest to the place in the tree of areas first.
    fn townships(&self) -> Vec<&'a unit::Model> {
        let (units, areas) = (&self.book.units, &*self.book.areas);
        let mut townships: Vec<&unit::Model> = areas
            .iter()
            .flat_map(|node| units.of_area(node.id, self.day))
            .filter(|unit| unit.kind == UnitKind::Township)
            .collect();
        let shared = |unit: &&unit::Model| {
            areas.upwards(unit.area_id).filter(|node| self.located.chain.contains(&node.id)).count()
        };
        townships.sort_by_key(|unit| std::cmp::Reverse(shared(unit))); // stable: by code where equally near
        townships
    }
}

/// Returns the names of townships and higher areas whose border is near but which do not contain the place. The report
/// may belong to one of them.
pub(super) fn neighbours<'a>(facts: &RoutingFacts<'a>) -> Vec<&'a str> {
    let areas = &facts.book.areas;
    let near = facts.located.near_border.iter().filter(|id| !facts.located.chain.contains(id));
    let nodes = near.filter_map(|id| areas.get(*id)).filter(|node| node.level <= AreaLevel::Township);
    nodes.map(|node| node.name.as_str()).collect()
}
