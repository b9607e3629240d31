//! Tests of the checks of arguments.

use async_graphql::OutputType;
use async_graphql::parser::parse_query;
use serde_json::json;

use super::*;

/// The part of a schema that the tests ask.
fn schema() -> Registry {
    let mut registry = Registry { query_type: "Query".to_owned(), ..Registry::default() };
    Query::create_type_info(&mut registry);
    registry
}

#[derive(async_graphql::InputObject)]
struct Dates {
    days: Vec<NaiveDate>,
    at: Option<DateTime<Utc>>,
    id: Option<Uuid>,
}

struct Query;

#[async_graphql::Object]
impl Query {
    async fn find(&self, input: Dates, day: Option<NaiveDate>) -> bool {
        input.days.is_empty() && input.at.is_none() && input.id.is_none() && day.is_none()
    }

    async fn below(&self) -> Self {
        Self
    }
}

fn path(document: &str, variables: serde_json::Value) -> Option<String> {
    let (registry, variables) = (schema(), Variables::from_json(variables));
    let refused = Check::new(&registry, &variables).of_document(&parse_query(document).unwrap()).err();
    refused.map(|refusal| refusal.path().unwrap().to_owned())
}

#[test]
fn every_text_is_found_wherever_it_stands() {
    let none = json!({});
    for (document, variables, expected) in [
        (r#"{ a(b: "x") }"#, none.clone(), None),
        (r#"{ a(b: "\u0000") }"#, none.clone(), Some("b")),
        (r#"{ a { b { c(d: { e: ["x", "\u200b"] }) } } }"#, none.clone(), Some("d.e.1")),
        (r#"{ a { ... on B { c(d: "\u0007") } } }"#, none.clone(), Some("d")),
        (r#"{ ...F } fragment F on Q { a(b: "\u0000") }"#, none.clone(), Some("b")),
        ("query($v: S) { a(b: { c: $v }) }", json!({ "v": "\u{7f}" }), Some("b.c")),
        ("query($v: S) { a(b: $v) }", json!({ "v": { "c": { "d": "\u{2800}" } } }), Some("b.c.d")),
        ("query($v: S) { a(b: $v) }", json!({ "v": { "138 0000 0000": "\0" } }), Some("b.?")),
        ("query($v: S) { a(b: $v) }", json!({ "v": "  " }), None),
        ("query($v: S) { a(b: $v) }", none, None),
    ] {
        assert_eq!(path(document, variables).as_deref(), expected, "{document}");
    }
}

#[test]
fn ids_made_by_clients_are_random() {
    for (id, good) in [
        ("00000000-0000-0000-0000-000000000000", false),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", false),
        ("c232ab00-9414-11ec-b3c8-9f6bdeced846", false), // version 1
        ("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", false), // version 7
        ("919108f7-52d1-4320-cbac-f847db4148a8", false), // version 4 of another variant
        ("919108f7-52d1-4320-9bac-f847db4148a8", true),
        ("919108F752D143209BACF847DB4148A8", true),
        ("x", false),
        ("", false),
    ] {
        for name in MADE_BY_CLIENTS {
            let expected = (!good).then(|| format!("input.{name}"));
            assert_eq!(path("query($v: S) { a(input: $v) }", json!({ "v": { name: id } })), expected, "{id}");
        }
        assert_eq!(path("query($v: S) { a(input: $v) }", json!({ "v": { "reportId": id } })), None);
    }
}

/// Within the limits of [`crate::server`], what is visited is bounded by the size of a body.
#[test]
fn each_mention_of_a_variable_is_visited_where_it_stands() {
    let variables = Variables::from_json(json!({ "v": vec![1; 999] }));
    let registry = schema();
    let mut check = Check::new(&registry, &variables);
    let document = "query($v: V) { a { ...F ...F ...F } } fragment F on T { b(c: [$v $v]) ...G } fragment G on T { x }";
    check.of_document(&parse_query(document).unwrap()).unwrap();
    assert_eq!(check.visited, 1 + 2 * (1 + 1_000));
}

#[test]
fn dates_and_ids_that_are_none_are_named() {
    let none = json!({});
    for (document, variables, expected) in [
        (r#"{ find(day: "2028-02-29") }"#, none.clone(), None),
        (r#"{ find(day: "2026-02-29") }"#, none.clone(), Some("day")),
        ("{ find(day: 20260228) }", none.clone(), Some("day")),
        ("{ find(day: null) }", none.clone(), None),
        (r#"{ below { below { find(day: "") } } }"#, none.clone(), Some("day")),
        (r#"{ ... on Query { find(day: "") } }"#, none.clone(), Some("day")),
        (r#"{ ... { find(day: "") } }"#, none.clone(), Some("day")),
        (r#"{ ...F } fragment F on Query { find(day: "") }"#, none.clone(), Some("day")),
        (r#"{ find(input: { days: ["2026-11-30", "2026-11-31"] }) }"#, none.clone(), Some("input.days.1")),
        (r#"{ find(input: { days: [], at: "2026-11-30T08:00:00+08:00" }) }"#, none.clone(), None),
        (r#"{ find(input: { days: [], at: "2026-11-30T08:00:00" }) }"#, none.clone(), Some("input.at")),
        (r#"{ find(input: { days: [], id: "7" }) }"#, none, Some("input.id")),
        ("query($v: UUID) { find(input: { days: [], id: $v }) }", json!({ "v": true }), Some("input.id")),
        ("query($v: Dates) { find(input: $v) }", json!({ "v": { "days": ["30.11.2026"] } }), Some("input.days.0")),
        ("query($v: Dates) { find(input: $v) }", json!({ "v": { "days": "2026-11-31" } }), Some("input.days")),
    ] {
        assert_eq!(path(document, variables).as_deref(), expected, "{document}");
    }
}
