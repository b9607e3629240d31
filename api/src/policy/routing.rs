//! Routing: from a place and a category to who reviews the report and who may answer for it. Pure.
//!
//! The answer is kept on the report as JSON, so that years later anybody can see which rule sent it where.

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

/// The rule that chose who reviews. A stable word: it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoutingRule {
    /// The township in which the place lies.
    TownshipOfArea,
    /// That township is barred: the nearest command centre above it.
    BarredToCommandCentre,
    /// The place lies in an area, but in no township that has a unit: the nearest command centre above.
    NoTownshipToCommandCentre,
    /// The place lies in no area: the command centre of the root area.
    OutsideAllAreas,
    /// No command centre is left that is not barred: another unit of the area.
    BarredToOtherUnit,
}

/// How a report was routed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Routing {
    /// The smallest area that contains the place.
    pub area: Option<AreaId>,
    /// Its path; empty outside every area.
    pub area_path: String,
    /// Who reviews. Never a barred unit.
    pub review_unit: UnitId,
    /// The rule that chose it.
    pub rule: RoutingRule,
    /// The row of the duty list that speaks of the category.
    pub duty: Option<DutyId>,
    /// Who leads by that row 主责; none where that unit is barred or is no more. A suggestion: people dispatch.
    pub lead: Option<UnitId>,
    /// Who supports by that row 协办, without barred units.
    pub support: Vec<UnitId>,
    /// Whether the list lets the township lead itself 自办.
    pub township_may_lead: bool,
    /// Whether the category is one of the catalogue of that day; false where none was given.
    pub category_known: bool,
    /// Areas whose border runs within 50 m, those that contain the place among them.
    pub near_border: Vec<AreaId>,
    /// Whether boundaries of one level overlap at the place.
    pub overlap: bool,
    /// The rules that were used.
    pub rules: RuleVersion,
    /// Why here, in one or more sentences.
    pub why: WhyHere,
}

/// Why a report came here, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WhyHere {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl WhyHere {
    /// The sentences in this language.
    #[must_use]
    pub(crate) fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// What a routing rests on, for the choice and for its reasons.
pub(super) struct RoutingFacts<'a> {
    pub(super) book: &'a RuleBook,
    pub(super) located: Located,
    pub(super) day: NaiveDate,
    pub(super) barred: BTreeSet<UnitId>,
}

impl<'a> RoutingFacts<'a> {
    /// The smallest area that contains the place.
    pub(super) fn smallest(&self) -> Option<AreaId> {
        self.located.smallest()
    }

    fn free(&self, unit: &unit::Model) -> bool {
        is_on(unit, self.day) && !self.barred.contains(&unit.id)
    }

    pub(super) fn free_id(&self, id: UnitId) -> bool {
        self.book.unit(id).is_some_and(|unit| self.free(unit))
    }

    /// Who reviews, and by which rule.
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

    /// Any unit that is not barred, from the smallest area up and then by code. Villages never review.
    fn any_unit(&self) -> Option<(&'a unit::Model, RoutingRule)> {
        let (units, areas) = (&self.book.units, &*self.book.areas);
        let may = |unit: &&unit::Model| self.free(unit) && unit.kind != domain::staff::UnitKind::Village;
        let above = self.located.chain.iter().rev().flat_map(|area| units.of_area(*area, self.day));
        let from_the_top = areas.iter().flat_map(|node| units.of_area(node.id, self.day));
        above.chain(from_the_top).find(may).map(|unit| (unit, RoutingRule::BarredToOtherUnit))
    }
}

/// The townships, and what stands above them, whose border is near without containing the place: it may belong there.
pub(super) fn neighbours<'a>(facts: &RoutingFacts<'a>) -> Vec<&'a str> {
    let areas = &facts.book.areas;
    let near = facts.located.near_border.iter().filter(|id| !facts.located.chain.contains(id));
    let nodes = near.filter_map(|id| areas.get(*id)).filter(|node| node.level <= AreaLevel::Township);
    nodes.map(|node| node.name.as_str()).collect()
}
