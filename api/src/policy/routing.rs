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
    /// the place, otherwise the highest unbarred one in the tree.
    NoTownshipToCommandCentre,
    /// The place lies outside every area, so the command centre of the root area reviews, or the highest unbarred one
    /// in the tree.
    OutsideAllAreas,
    /// No command centre exists that is not barred, so another unit reviews.
    BarredToOtherUnit,
}

/// The result of routing a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Routing {
    /// The smallest area that contains the place; `None` outside every area.
    pub area: Option<AreaId>,
    /// The path of that area; empty outside every area.
    pub area_path: String,
    /// The unit that reviews the report. It is never a barred unit.
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
    pub(super) barred: BTreeSet<UnitId>,
}

impl<'a> RoutingFacts<'a> {
    /// Returns the smallest area that contains the place.
    pub(super) fn smallest(&self) -> Option<AreaId> {
        self.located.smallest()
    }

    fn free(&self, unit: &unit::Model) -> bool {
        is_on(unit, self.day) && !self.barred.contains(&unit.id)
    }

    pub(super) fn free_id(&self, id: UnitId) -> bool {
        self.book.unit(id).is_some_and(|unit| self.free(unit))
    }

    /// Returns the reviewing unit and the rule that selected it; `None` if no unit may review.
    pub(super) fn reviewer(&self) -> Option<(&'a unit::Model, RoutingRule)> {
        let (units, areas) = (&self.book.units, &*self.book.areas);
        let from_the_top = || units.centres_from_the_top(areas, self.day).into_iter().find(|unit| self.free(unit));
        let Some(area) = self.smallest() else {
            return from_the_top().map(|unit| (unit, RoutingRule::OutsideAllAreas)).or_else(|| self.any_unit());
        };
        let rule = match self.book.township_unit_of(area, self.day) {
            Some(unit) if self.free(unit) => return Some((unit, RoutingRule::TownshipOfArea)),
            Some(_) => RoutingRule::BarredToCommandCentre,
            None => RoutingRule::NoTownshipToCommandCentre,
        };
        let above = units.centres_above(areas, area, self.day).into_iter().find(|unit| self.free(unit));
        above.or_else(from_the_top).map(|unit| (unit, rule)).or_else(|| self.any_unit())
    }

    /// Returns the first unit that is not barred, from the smallest area upwards, then from the top of the tree down.
    /// Villages never review.
    fn any_unit(&self) -> Option<(&'a unit::Model, RoutingRule)> {
        let (units, areas) = (&self.book.units, &*self.book.areas);
        let may = |unit: &&unit::Model| self.free(unit) && unit.kind != domain::staff::UnitKind::Village;
        let above = self.located.chain.iter().rev().flat_map(|area| units.of_area(*area, self.day));
        let from_the_top = areas.iter().flat_map(|node| units.of_area(node.id, self.day));
        above.chain(from_the_top).find(may).map(|unit| (unit, RoutingRule::BarredToOtherUnit))
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
