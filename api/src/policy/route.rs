//! Routes a report to its reviewing unit, and adds the units that the duty list suggests.

use chrono::NaiveDate;
use domain::id::UnitId;
use domain::place::Point;
use domain::refusal::{Code, Refusal};

use super::reasons;
use super::routing::{Routing, RoutingFacts, WhyHere};
use super::rulebook::RuleBook;
use crate::error::ApiResult;

/// Routes a report to a unit and explains why.
///
/// `category` is the code as the phone sent it. If it is unknown or missing, the fallback entry of the duty list
/// applies. `barred` are the units that the report accuses. They do not review it, and are not suggested.
///
/// # Errors
/// `TRY_LATER` if no unit may review the report, because no units have been imported yet or all of them are barred.
pub(crate) fn route(
    book: &RuleBook,
    point: Point,
    category: Option<&str>,
    day: NaiveDate,
    barred: &[UnitId],
) -> ApiResult<Routing> {
    let facts =
        RoutingFacts { book, located: book.areas.at(point, day), day, barred: barred.iter().copied().collect() };
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
