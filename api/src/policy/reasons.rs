//! Generates the bilingual sentences that explain why a report was routed to its unit.

use domain::id::UnitId;

use super::routing::{Routing, RoutingFacts, RoutingRule, WhyHere, neighbours};

/// Generates the sentences for a routing that is otherwise complete.
pub(super) fn why(facts: &RoutingFacts<'_>, routing: &Routing, category: Option<&str>) -> WhyHere {
    let parts = [Some(place(facts, routing)), border(facts, routing), duty(facts, routing, category)];
    let (zh, en): (Vec<String>, Vec<String>) = parts.into_iter().flatten().unzip();
    WhyHere { zh: zh.concat(), en: en.join(" ") }
}

/// Explains where the place is and which unit therefore reviews the report.
fn place(facts: &RoutingFacts<'_>, routing: &Routing) -> (String, String) {
    let unit = name(facts, routing.review_unit);
    let nodes = facts.located.chain.iter().filter_map(|id| facts.book.areas.get(*id));
    let names: Vec<&str> = nodes.map(|node| node.name.as_str()).collect();
    // Omits an area if the next name repeats it: 碧雅社区第三网格 already says that the grid cell is in 碧雅社区.
    let said = |at: usize, name: &str| names.get(at + 1).is_some_and(|below| below.starts_with(name));
    let shown: Vec<&str> =
        names.iter().enumerate().filter(|(at, name)| !said(*at, name)).map(|(_, name)| *name).collect();
    let (zh_place, en_place) = (shown.concat(), shown.join(", "));
    match routing.rule {
        RoutingRule::TownshipOfArea => (
            format!("位置在{zh_place}，由{unit}受理。"),
            format!("The place is in {en_place}; {unit} reviews the report."),
        ),
        RoutingRule::BarredToCommandCentre => (
            format!("位置在{zh_place}；属地单位须回避，由{unit}受理。"),
            format!("The place is in {en_place}; its township is recused, so {unit} reviews the report."),
        ),
        RoutingRule::NoTownshipToCommandCentre => (
            format!("位置在{zh_place}，没有对应的街道（乡镇），由{unit}受理。"),
            format!("The place is in {en_place}, where no township has a unit, so {unit} reviews the report."),
        ),
        RoutingRule::OutsideAllAreas => (
            format!("位置不在本地区范围内，由{unit}受理并告知去向。"),
            format!(
                "The place is outside every area of this system; {unit} reviews the report and names the right channel."
            ),
        ),
        RoutingRule::BarredToOtherUnit => (
            format!("应受理的单位均须回避，由{unit}受理。"),
            format!("Every unit that would normally review the report is recused, so {unit} reviews it."),
        ),
        RoutingRule::Unassigned => (
            "应受理的单位均须回避，报告已保存，待指定受理单位。".to_owned(),
            "Every unit that may review the report is recused. The report is stored and waits for another unit."
                .to_owned(),
        ),
    }
}

/// Explains why the report may belong to another unit, if the place is near a border or boundaries overlap.
fn border(facts: &RoutingFacts<'_>, routing: &Routing) -> Option<(String, String)> {
    let neighbours = neighbours(facts);
    if !neighbours.is_empty() {
        return Some((
            format!("距{}的边界不足50米，如属地有误，可以改派。", neighbours.join("、")),
            format!(
                "The border of {} is less than 50 metres away, so the report may belong there.",
                neighbours.join(", ")
            ),
        ));
    }
    routing.overlap.then(|| {
        (
            "此处有区域边界重叠，按范围较小的街道（乡镇、功能区）确定属地。".to_owned(),
            "Area boundaries overlap here, so the township or functional zone with the smaller boundary was chosen."
                .to_owned(),
        )
    })
}

/// Explains which units are responsible for the category, if the duty list has an entry for it.
fn duty(facts: &RoutingFacts<'_>, routing: &Routing, category: Option<&str>) -> Option<(String, String)> {
    let duty = facts.book.duty(routing.duty?)?;
    let list = facts.book.areas.get(duty.area).map_or("", |node| &node.name);
    let known = duty.category.as_deref().and(category).and_then(|code| facts.book.category(code, facts.day));
    let (zh_what, en_what) = match known {
        Some(row) => (format!("“{}”", row.name), format!("\"{}\"", row.name_en)),
        None => ("未列明的事项".to_owned(), "matters that it does not list".to_owned()),
    };
    let (zh_lead, en_lead) = match routing.lead {
        Some(lead) => (
            format!("按{list}履职事项清单，{zh_what}由{}主责", name(facts, lead)),
            format!("According to the duty list of {list}, {} leads for {en_what}", name(facts, lead)),
        ),
        None => (
            format!("按{list}履职事项清单，{zh_what}的主责单位暂缺，由受理单位确定"),
            format!(
                "According to the duty list of {list}, no unit can lead for {en_what} today; the reviewing unit decides"
            ),
        ),
    };
    let names: Vec<&str> = routing.support.iter().map(|id| name(facts, *id)).collect();
    let (zh_support, en_support) = match names.as_slice() {
        [] => (String::new(), String::new()),
        names => (format!("，{}协办", names.join("、")), format!(", supported by {}", names.join(", "))),
    };
    let (zh_self, en_self) = if routing.township_may_lead {
        ("；街道（乡镇）可以自办", "; the township may handle it itself")
    } else {
        ("", "")
    };
    Some((format!("{zh_lead}{zh_support}{zh_self}。"), format!("{en_lead}{en_support}{en_self}.")))
}

fn name<'a>(facts: &RoutingFacts<'a>, id: UnitId) -> &'a str {
    facts.book.unit(id).map_or("", |unit| &unit.name)
}
