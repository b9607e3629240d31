//! Routes a report to its reviewing unit, and adds the units that the duty list suggests.

use chrono::NaiveDate;
use domain::id::UnitId;
use domain::place::Point;
use domain::refusal::{Code, Refusal};

use super::reasons;
use super::routing::{Routing, RoutingFacts, WhyHere};
use super::rulebook::RuleBook;
use crate::error::ApiResult;

/// What the routing of a report depends on, besides the rules.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RouteRequest<'a> {
    /// The place of the report.
    pub point: Point,
    /// The category code as the phone sent it. If it is unknown or missing, the fallback entry of the duty list applies.
    pub category: Option<&'a str>,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// The day whose rules apply.
    pub day: NaiveDate,
    /// The units that the report accuses. They and the units below them do not review it, and are not suggested.
    pub accused: &'a [UnitId],
    /// Further units that do not review it, because each of their officers is recused by another post.
    pub without_reviewer: &'a [UnitId],
}

/// Routes a report to a unit and explains why.
///
/// # Errors
/// `TRY_LATER` if no unit that can review has been imported yet.
pub(crate) fn route(book: &RuleBook, request: &RouteRequest<'_>) -> ApiResult<Routing> {
    let RouteRequest { point, category, emergency, day, accused, without_reviewer } = *request;
    let barred = accused.iter().copied().collect();
    let located = book.areas.at(point, day);
    let facts = RoutingFacts { book, located, day, barred, without_reviewer, emergency };
    let Some((review_unit, rule)) = facts.reviewer() else {
        return Err(Refusal::new(Code::TryLater)
            .with_rule("units.none")
            .with_text(
                "系统尚未导入可受理报告的单位，请稍后重试。",
                "No unit that may review reports has been imported yet. Try again later.",
            )
            .into());
    };
    let area = facts.smallest();
    let duty = area.and_then(|area| book.duty_for(area, category, day));
    let lead = duty.map(|duty| duty.lead).filter(|id| facts.free_id(*id));
    let support = duty.map(|duty| duty.support.iter().copied().filter(|id| facts.free_id(*id)).collect());
    let path = area.and_then(|area| book.areas.get(area)).map(|node| node.path.clone());
    let mut routing = Routing {
        area,
        area_path: path.unwrap_or_default(),
        review_unit: review_unit.id,
        rule,
        duty: duty.map(|duty| duty.id),
        lead,
        support: support.unwrap_or_default(),
        township_may_lead: duty.is_some_and(|duty| duty.township_may_lead),
        category_known: category.is_some_and(|code| book.category(code, day).is_some()),
        near_border: facts.located.near_border.clone(),
        overlap: facts.located.overlap,
        rules: book.version,
        why: WhyHere { zh: String::new(), en: String::new() },
    };
    routing.why = reasons::why(&facts, &routing, category);
    Ok(routing)
}
