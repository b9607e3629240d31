//! Tests the rulebook and the routing with the rules of the demonstration district.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::UnitId;
use domain::place::{Crs, Pin, Point};
use domain::staff::UnitKind;
use geo::InteriorPoint;
use sea_orm::EntityTrait;

use super::defaults::{DEMO, DEMO_SCENES};
use super::import::{Mode, RuleKind, import};
use super::route::{RouteRequest, route};
use super::routing::{Routing, RoutingFacts, RoutingRule};
use super::rulebook::RuleBook;
use super::rulebook_cache::RuleBookCache;
use crate::area::shape;
use crate::database::Database;
use domain::time::china_day;

const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();

/// Returns the district's rulebook, and its area rows, whose boundaries provide places inside them.
async fn district() -> (Arc<RuleBook>, Vec<entity::area::Model>) {
    district_below(&[]).await
}

/// Returns the same after an import of these areas and units, which lie above the district.
async fn district_below(above: &[(RuleKind, &str)]) -> (Arc<RuleBook>, Vec<entity::area::Model>) {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open_sqlite(folder.path()).await.unwrap();
    db.migrate().await.unwrap();
    for (kind, text) in above {
        import(&db, *kind, "above", text.as_bytes(), Mode::Write, DateTime::UNIX_EPOCH).await.unwrap();
    }
    for file in DEMO {
        import(&db, file.kind, file.name, file.bytes, Mode::Write, DateTime::UNIX_EPOCH).await.unwrap();
    }
    let areas = entity::area::Entity::find().all(&db.read);
    (RuleBookCache::default().current(&db.read).await.unwrap(), areas.await.unwrap())
}

fn inside(book: &RuleBook, rows: &[entity::area::Model], code: &str) -> Point {
    let id = book.areas.by_code(code, DAY).unwrap().id;
    let row = rows.iter().find(|row| row.id == id).unwrap();
    let point = shape::stored(row.boundary.as_ref().unwrap()).unwrap().interior_point().unwrap();
    Point::parse(point.x(), point.y()).unwrap()
}

fn unit(book: &RuleBook, code: &str) -> UnitId {
    book.units.by_code(code).unwrap().id
}

fn codes(book: &RuleBook, units: &[UnitId]) -> Vec<String> {
    units.iter().map(|id| book.unit(*id).unwrap().code.clone()).collect()
}

fn routed(book: &RuleBook, point: Point, category: Option<&str>, barred: &[&str]) -> Routing {
    routed_as(book, point, category, barred, false)
}

fn routed_as(book: &RuleBook, point: Point, category: Option<&str>, accused: &[&str], emergency: bool) -> Routing {
    let accused: Vec<UnitId> = accused.iter().map(|code| unit(book, code)).collect();
    route(book, &RouteRequest { point, category, emergency, day: DAY, accused: &accused, without_reviewer: &[] })
        .unwrap()
}

/// Returns the expected lead unit and supporting units of a scenario.
fn expected(scene: &str) -> (&'static str, &'static [&'static str]) {
    match scene {
        "wall" => ("520115-housing", &["520115-city-management"]),
        "slope" => ("520115-natural-resources", &["520115-emergency"]),
        "dike" => ("520115-water", &["520115-emergency"]),
        "eatery" => ("520115-city-management", &["520115-market-supervision", "520115-fire"]),
        "scenic" | "ebike" | "market" => ("520115-fire", &["520115-culture-tourism"]),
        "site" => ("520115-housing", &[]),
        "flood" => ("520115-water", &[]),
        "forest" => ("520115-forestry", &[]),
        "wall-again" | "noise" => ("520115-command-centre", &[]),
        other => panic!("the scene `{other}` has no expected units"),
    }
}

#[tokio::test]
async fn every_scene_goes_to_its_township_and_its_duty() {
    let (book, rows) = district().await;
    let scenes: Vec<serde_json::Value> = serde_json::from_str(DEMO_SCENES).unwrap();
    assert_eq!(scenes.len(), 13);
    for scene in scenes {
        let name = scene["id"].as_str().unwrap();
        let category =
            scene["category"].as_str().map(|name| book.categories(DAY).find(|row| row.name == name).unwrap());
        let category = category.map(|row| row.code.as_str());
        let Some(grid) = scene["place"]["grid"].as_str() else {
            let place = &scene["place"];
            let pin = Pin::parse(Crs::Gcj02, place["lng"].as_f64().unwrap(), place["lat"].as_f64().unwrap()).unwrap();
            let found = routed(&book, pin.point(), category, &[]);
            assert_eq!((found.rule, found.area, found.duty), (RoutingRule::OutsideAllAreas, None, None));
            assert_eq!((found.area_path.as_str(), found.review_unit), ("", unit(&book, "520115-command-centre")));
            continue;
        };
        let found = routed(&book, inside(&book, &rows, grid), category, &[]);
        let township = format!("{}000", &grid[..9]);
        assert_eq!(book.unit(found.review_unit).unwrap().code, township, "{name}");
        assert_eq!(
            (found.rule, found.area),
            (RoutingRule::TownshipOfArea, Some(book.areas.by_code(grid, DAY).unwrap().id))
        );
        let (lead, support) = expected(name);
        let duty = book.duty(found.duty.unwrap()).unwrap();
        assert_eq!((duty.category.as_deref(), found.lead), (category, Some(unit(&book, lead))), "{name}");
        assert!(support.iter().all(|code| codes(&book, &found.support).iter().any(|found| found == code)), "{name}");
    }
}

#[tokio::test]
async fn barred_units_are_never_chosen() {
    let (book, rows) = district().await;
    let place = inside(&book, &rows, "520115001002003");
    let found = routed(&book, place, Some("gas"), &["520115001000", "520115-city-management", "520115-fire"]);
    assert_eq!(found.rule, RoutingRule::BarredToCommandCentre);
    assert_eq!(found.review_unit, unit(&book, "520115-command-centre"));
    assert_eq!(
        (found.lead, codes(&book, &found.support).as_slice()),
        (None, &["520115-market-supervision".to_owned(), "520115-gas-company".to_owned()][..])
    );
    assert_eq!(
        found.why.zh,
        "位置在观山湖区宾阳街道碧雅社区第三网格；属地单位须回避，由观山湖区综合指挥中心受理。\
         按观山湖区履职事项清单，“燃气”的主责单位暂缺，由受理单位确定，观山湖区市场监督管理局、示例燃气公司协办。"
    );
}

/// Whatever is accused, the reviewing unit is a township or a command centre that is not accused, or the report waits.
#[tokio::test]
async fn a_review_goes_to_a_unit_that_can_review_or_waits() {
    let (book, rows) = district().await;
    let (inside, outside) = (inside(&book, &rows, "520115001002003"), Point::parse(121.5, 31.2).unwrap());
    let township_and_centre = &["520115001000", "520115-command-centre"][..];
    let townships: Vec<&str> =
        book.units.iter().filter(|unit| unit.kind == UnitKind::Township).map(|unit| unit.code.as_str()).collect();
    let every: Vec<&str> = townships.iter().copied().chain(["520115-command-centre"]).collect();
    for (point, accused, emergency, rule, reviewer) in [
        (inside, &[][..], false, RoutingRule::TownshipOfArea, "520115001000"),
        (inside, &["520115001000"], false, RoutingRule::BarredToCommandCentre, "520115-command-centre"),
        (inside, township_and_centre, false, RoutingRule::Unassigned, "520115001000"),
        (inside, township_and_centre, true, RoutingRule::BarredToOtherUnit, "520115002000"),
        (inside, &every, true, RoutingRule::Unassigned, "520115001000"),
        (outside, &[], false, RoutingRule::OutsideAllAreas, "520115-command-centre"),
        (outside, &["520115-command-centre"], false, RoutingRule::Unassigned, "520115-command-centre"),
        (outside, &["520115-command-centre"], true, RoutingRule::BarredToOtherUnit, "520115001000"),
    ] {
        let found = routed_as(&book, point, None, accused, emergency);
        let unit = book.unit(found.review_unit).unwrap();
        assert_eq!((found.rule, unit.code.as_str()), (rule, reviewer), "{accused:?} {emergency}");
        assert!(matches!(unit.kind, UnitKind::Township | UnitKind::CommandCentre));
        assert_eq!(accused.contains(&reviewer), rule == RoutingRule::Unassigned);
    }
}

/// A city and a province above the district, each with a command centre of its own.
const ABOVE: [(RuleKind, &str); 2] = [
    (
        RuleKind::Areas,
        r#"{"type":"FeatureCollection","features":[
            {"type":"Feature","properties":{"code":"520000000000","name":"贵州省","level":"province","boundary":"official"},"geometry":{"type":"Polygon","coordinates":[[[103.0,24.0],[110.0,24.0],[110.0,30.0],[103.0,30.0],[103.0,24.0]]]}},
            {"type":"Feature","properties":{"code":"520100000000","name":"贵阳市","level":"city","parent":"520000000000","boundary":"official"},"geometry":{"type":"Polygon","coordinates":[[[106.0,26.0],[107.5,26.0],[107.5,27.5],[106.0,27.5],[106.0,26.0]]]}}]}"#,
    ),
    (
        RuleKind::Units,
        "code,name,kind,area_code,parent_code,valid_from\n\
         520000-command-centre,贵州省综合指挥中心,COMMAND_CENTRE,520000000000,,2024-01-01\n\
         520100-command-centre,贵阳市综合指挥中心,COMMAND_CENTRE,520100000000,,2024-01-01\n",
    ),
];

/// Of the command centres above the place, the nearest one reviews that may. If none may, the report waits.
#[tokio::test]
async fn the_next_centre_up_the_tree_reviews_what_none_below_may() {
    let (book, rows) = district_below(&ABOVE).await;
    let (inside, outside) = (inside(&book, &rows, "520115001002003"), Point::parse(121.5, 31.2).unwrap());
    let (township, county) = ("520115001000", "520115-command-centre");
    let (city, province) = ("520100-command-centre", "520000-command-centre");
    let (barred, unassigned) = (RoutingRule::BarredToCommandCentre, RoutingRule::Unassigned);
    for (point, accused, absent, emergency, rule, reviewer) in [
        (inside, &[township][..], &[][..], false, barred, county),
        (inside, &[township, county], &[], false, barred, city),
        (inside, &[township, county], &[], true, barred, city),
        (inside, &[township, city], &[], false, barred, county),
        (inside, &[township], &[county], false, barred, city),
        (inside, &[], &[township, county], false, barred, city),
        (inside, &[township, county], &[city], false, barred, province),
        (inside, &[township, county, city], &[], false, barred, province),
        (inside, &[township, county, city], &[province], false, unassigned, township),
        (inside, &[township, county, city, province], &[], false, unassigned, township),
        (inside, &[township, county, city, province], &[], true, RoutingRule::BarredToOtherUnit, "520115002000"),
        (outside, &[], &[], false, RoutingRule::OutsideAllAreas, province),
        (outside, &[province], &[], false, RoutingRule::OutsideAllAreas, city),
    ] {
        let [accused, without_reviewer] =
            [accused, absent].map(|units| units.iter().map(|code| unit(&book, code)).collect::<Vec<_>>());
        let request = RouteRequest {
            point,
            category: None,
            emergency,
            day: DAY,
            accused: &accused,
            without_reviewer: &without_reviewer,
        };
        let found = route(&book, &request).unwrap();
        let names = (codes(&book, &accused), codes(&book, &without_reviewer));
        assert_eq!((found.rule, codes(&book, &[found.review_unit])), (rule, vec![reviewer.to_owned()]), "{names:?}");
    }
}

#[tokio::test]
async fn a_unit_below_the_accused_one_is_recused_with_it() {
    let (book, rows) = district().await;
    let village = unit(&book, "520115001002");
    assert_eq!(codes(&book, &book.units.line(village)), ["520115001002", "520115001000"]);
    let point = inside(&book, &rows, "520115001002003");
    let accused = [unit(&book, "520115001000")];
    let request =
        RouteRequest { point, category: None, emergency: false, day: DAY, accused: &accused, without_reviewer: &[] };
    let facts = RoutingFacts {
        book: &book,
        located: book.areas.at(point, DAY),
        day: request.day,
        barred: accused.into_iter().collect(),
        without_reviewer: &[],
        emergency: false,
    };
    assert!(!facts.free_id(village) && facts.free_id(unit(&book, "520115002001")));
}

#[tokio::test]
async fn without_a_unit_that_can_review_the_phone_tries_again() {
    let (book, rows) = district().await;
    let point = inside(&book, &rows, "520115001002003");
    let day = "2023-12-31".parse().unwrap();
    let request = RouteRequest { point, category: None, emergency: true, day, accused: &[], without_reviewer: &[] };
    assert_eq!(route(&book, &request).unwrap_err().refusal().code, domain::Code::TryLater);
}

#[tokio::test]
async fn a_routing_is_kept_as_json() {
    let (book, rows) = district().await;
    let found = routed(&book, inside(&book, &rows, "520115002003003"), Some("fire_exit"), &[]);
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!((&json["rule"], &json["rules"]), (&"township_of_area".into(), &7.into()));
    assert_eq!(serde_json::from_value::<Routing>(json).unwrap(), found);
    assert!(
        found.township_may_lead && found.category_known && found.why.en.ends_with("the township may handle it itself.")
    );
    let unknown = routed(&book, inside(&book, &rows, "520115002003003"), Some("no_such"), &[]);
    assert!(!unknown.category_known && unknown.why.zh.contains("未列明的事项"), "{}", unknown.why.zh);
    let day_before = "2023-12-31".parse().unwrap();
    assert!(book.duty_for(found.area.unwrap(), Some("fire_exit"), day_before).is_none());
}

#[tokio::test]
async fn rules_are_looked_up_by_place_and_day() {
    let (book, _) = district().await;
    let grid = book.areas.by_code("520115001002003", DAY).unwrap().id;
    assert_eq!(book.township_unit_of(grid, DAY).unwrap().code, "520115001000");
    assert_eq!(book.command_centre_of(grid, DAY).unwrap().code, "520115-command-centre");
    assert_eq!(book.root_centre(DAY).unwrap().code, "520115-command-centre");
    assert_eq!(book.root_centre("2023-12-31".parse().unwrap()), None);
    assert!(book.has_code("industry", "I16", DAY) && !book.has_code("industry", "I99", DAY));
    assert_eq!((book.categories(DAY).count(), book.code_list("place_kind", DAY).count()), (30, 16));
    assert_eq!(book.award(Some(grid), DAY).unwrap().bands.len(), 3);
    assert!(book.handling(Some(grid), "2023-12-31".parse().unwrap()).is_err());
    assert_eq!(book.areas.chain(grid).len(), 4);
    let late: DateTime<Utc> = "2026-11-23T16:00:00Z".parse().unwrap();
    assert_eq!(china_day(late), DAY);
}
