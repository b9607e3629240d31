//! Why a report came here: the sentences of a routing in both languages.

use domain::id::UnitId;

use super::routing::{Ground, Routing, RoutingRule, WhyHere, neighbours};

/// The sentences for a routing that is otherwise complete.
pub(super) fn why(ground: &Ground<'_>, routing: &Routing, category: Option<&str>) -> WhyHere {
    let parts = [Some(place(ground, routing)), border(ground, routing), duty(ground, routing, category)];
    let (zh, en): (Vec<String>, Vec<String>) = parts.into_iter().flatten().unzip();
    WhyHere { zh: zh.concat(), en: en.join(" ") }
}

/// Where it lies and who therefore reviews it.
fn place(ground: &Ground<'_>, routing: &Routing) -> (String, String) {
    let unit = name(ground, routing.review_unit);
    let nodes = ground.located.chain.iter().filter_map(|id| ground.book.areas.get(*id));
    let names: Vec<&str> = nodes.map(|node| node.name.as_str()).collect();
    let (zh_place, en_place) = (names.concat(), names.join(", "));
    match routing.rule {
        RoutingRule::TownshipOfArea => {
            (format!("位置在{zh_place}，由{unit}受理。"), format!("The place lies in {en_place}: {unit} reviews it."))
        }
        RoutingRule::BarredToCommandCentre => (
            format!("位置在{zh_place}；属地单位须回避，由{unit}受理。"),
            format!("The place lies in {en_place}; its township must stand aside: {unit} reviews it."),
        ),
        RoutingRule::NoTownshipToCommandCentre => (
            format!("位置在{zh_place}，没有对应的街道（乡镇），由{unit}受理。"),
            format!("The place lies in {en_place}, in no township that has a unit: {unit} reviews it."),
        ),
        RoutingRule::OutsideAllAreas => (
            format!("位置不在本地区范围内，由{unit}受理并告知去向。"),
            format!("The place lies in no area of this system: {unit} reviews it and says where it goes."),
        ),
        RoutingRule::BarredToOtherUnit => (
            format!("应受理的单位均须回避，由{unit}受理。"),
            format!("Every unit that would review it must stand aside: {unit} reviews it."),
        ),
    }
}

/// Where the place may belong to somebody else.
fn border(ground: &Ground<'_>, routing: &Routing) -> Option<(String, String)> {
    let neighbours = neighbours(ground);
    if !neighbours.is_empty() {
        return Some((
            format!("距{}的边界不足50米，如属地有误可以改派。", neighbours.join("、")),
            format!("The border of {} is less than 50 m away: it may belong there.", neighbours.join(", ")),
        ));
    }
    routing.overlap.then(|| {
        (
            "此处有区域边界重叠，按最小区域确定属地。".to_owned(),
            "Boundaries overlap here: the smallest area was taken.".to_owned(),
        )
    })
}

/// Who answers for the category.
fn duty(ground: &Ground<'_>, routing: &Routing, category: Option<&str>) -> Option<(String, String)> {
    let duty = ground.book.duty(routing.duty?)?;
    let list = ground.book.areas.get(duty.area).map_or("", |node| &node.name);
    let known = duty.category.as_deref().and(category).and_then(|code| ground.book.category(code, ground.day));
    let (zh_what, en_what) = match known {
        Some(row) => (format!("“{}”", row.name), format!("\"{}\"", row.name_en)),
        None => ("未列明的事项".to_owned(), "what the list does not name".to_owned()),
    };
    let (zh_lead, en_lead) = match routing.lead {
        Some(lead) => (
            format!("按{list}履职事项清单，{zh_what}由{}主责", name(ground, lead)),
            format!("By the duty list of {list}, {} leads for {en_what}", name(ground, lead)),
        ),
        None => (
            format!("按{list}履职事项清单，{zh_what}的主责单位暂缺，由受理单位确定"),
            format!(
                "By the duty list of {list}, nobody who may lead for {en_what} is left: the reviewing unit decides"
            ),
        ),
    };
    let names: Vec<&str> = routing.support.iter().map(|id| name(ground, *id)).collect();
    let (zh_support, en_support) = match names.as_slice() {
        [] => (String::new(), String::new()),
        names => (format!("，{}协办", names.join("、")), format!(", supported by {}", names.join(", "))),
    };
    let (zh_self, en_self) = if routing.township_may_lead {
        ("；街道（乡镇）可以自办", "; the township may handle it alone")
    } else {
        ("", "")
    };
    Some((format!("{zh_lead}{zh_support}{zh_self}。"), format!("{en_lead}{en_support}{en_self}.")))
}

fn name<'a>(ground: &Ground<'a>, id: UnitId) -> &'a str {
    ground.book.unit(id).map_or("", |unit| &unit.name)
}
