use std::fmt::Write;

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use domain::limits::{BODY_BYTES_MAX, DOCUMENT_CHARS_MAX};
use serde_json::{Value, json};

use super::{Counter, check};

fn rule_with(document: &str, variables: Value) -> Option<&'static str> {
    check(&parse_query(document).unwrap(), &Variables::from_json(variables)).err().and_then(|refusal| refusal.rule)
}

fn rule(document: &str) -> Option<&'static str> {
    rule_with(document, json!({}))
}

/// Returns a chain of fragments that each spread the next one several times.
fn chain(length: usize, width: usize, end: &str) -> String {
    let mut document = String::from("{ a { ...F0 } }");
    for n in 0..length {
        write!(document, " fragment F{n} on T {{ {}}}", format!("...F{} ", n + 1).repeat(width)).unwrap();
    }
    document + &format!(" fragment F{length} on T {{ {end} }}")
}

#[test]
fn doubling_fragments_are_counted_in_a_moment() {
    assert_eq!(rule(&chain(30, 2, "x")), Some("limit.complexity"));
    assert_eq!(rule(&chain(30, 2, "...Gone")), Some("limit.fragment_unknown"));
    assert_eq!(rule(&chain(30, 1, "x")), None);
    assert_eq!(rule(&chain(100, 1, "x")), Some("limit.depth"));
    assert_eq!(rule(&chain(2_000, 1, "x")), Some("limit.depth"));
}

#[test]
fn each_limit_is_named() {
    let deep = format!("{{ {} x {} }}", "a {".repeat(49), "}".repeat(49));
    assert_eq!(rule(&deep), Some("limit.depth"));
    let aliases: Vec<String> = (0..500).map(|n| format!("a{n}: x")).collect();
    assert_eq!(rule(&format!("{{ r {{ {} }} }}", aliases.join(" "))), Some("limit.aliases"));
    assert_eq!(rule("mutation { a b }"), Some("limit.root_fields"));
    assert_eq!(rule("{ ...A } fragment A on Q { ...B } fragment B on Q { ...A }"), Some("limit.fragment_cycle"));
    assert_eq!(rule("{ a } fragment A on Q { b }"), Some("limit.fragment_unused"));
    assert_eq!(rule("{ ...A }"), Some("limit.fragment_unknown"));
    assert_eq!(rule(&format!("{{ a {} }}", "@skip(if: true) ".repeat(11))), Some("limit.directives"));
    assert_eq!(rule(&format!("query($v: V {}) {{ a(b: $v) }}", "@x ".repeat(11))), Some("limit.directives"));
    let arguments = (0..101).map(|n| format!("b{n}: 1 ")).collect::<Vec<_>>().concat();
    assert_eq!(rule(&format!("{{ a({arguments}) }}")), Some("limit.arguments"));
    let variables = (0..101).map(|n| format!("$v{n}: V ")).collect::<Vec<_>>().concat();
    assert_eq!(rule(&format!("query({variables}) {{ a }}")), Some("limit.variables"));
    assert_eq!(rule("{ a { b } ...A } fragment A on Q { c }"), None);
}

#[test]
fn what_mentions_write_out_is_no_longer_than_a_body() {
    let half = json!({ "v": "x".repeat(BODY_BYTES_MAX / 2 + 1) });
    let list = json!({ "v": vec![0; BODY_BYTES_MAX / 2] });
    for (document, expected) in [
        ("query($v: V) { a(b: $v) }", None),
        ("query($v: V) { a(b: [$v $v]) }", Some("limit.values")),
        ("query($v: V) { a(b: {c: $v d: [$v]}) }", Some("limit.values")),
        ("query($v: V) { a(b: $v) { c(d: $v) } }", Some("limit.values")),
        ("query($v: V) { a @skip(if: [$v $v]) }", Some("limit.values")),
        ("query A($v: V) { a(b: $v) } query B($v: V) { a(b: $v) }", Some("limit.values")),
        ("query($v: V) { a { ...F } c { ...F } } fragment F on T { b(c: $v) }", Some("limit.values")),
        ("query($v: V) { a { ...F } } fragment F on T { b(c: $v) }", None),
    ] {
        assert_eq!(rule_with(document, half.clone()), expected, "{document}");
        assert_eq!(rule_with(document, list.clone()), expected, "{document}");
    }
    assert_eq!(rule_with("query($v: V) { a(b: [$v $v $v]) }", json!({ "v": 1 })), None);
}

/// Returns a random document, and variables for it.
fn random(draw: &mut fastrand::Rng) -> (String, Value) {
    let (fragments, width) = (draw.usize(0..60), draw.usize(1..5));
    let mention = ["$v ", "[$v $w] ", "{a: $v b: [[$w]]} ", "1 "];
    let field = |draw: &mut fastrand::Rng| {
        let values: String = (0..draw.usize(0..40)).map(|_| mention[draw.usize(..mention.len())]).collect();
        format!("x{}(y: [{values}]) ", draw.usize(..3))
    };
    let mut document = format!("query($v: V $w: V) {{ a {{ ...F0 {}}} }}", field(draw));
    for n in 0..=fragments {
        let next = draw.usize(n..fragments + 3).min(fragments + 1);
        let spreads = if n == fragments { String::new() } else { format!("...F{next} ...F{} ", n + 1).repeat(width) };
        let inline = "...{".repeat(draw.usize(..20));
        let close = "}".repeat(inline.len() / 4);
        write!(document, " fragment F{n} on T {{ {spreads}{}{inline} z {close} }}", field(draw)).unwrap();
    }
    (document, json!({ "v": vec!["x"; draw.usize(..2_000)], "w": { "deep": [[[[draw.usize(..9)]]]] } }))
}

/// The count visits each selection, each literal and each variable once, whatever they expand to.
#[test]
fn counting_visits_no_more_than_the_request_has() {
    let mut draw = fastrand::Rng::with_seed(11);
    let mut refused = std::collections::HashSet::new();
    for _ in 0..2_000 {
        let (document, variables) = random(&mut draw);
        assert!(document.len() < DOCUMENT_CHARS_MAX);
        let length = document.len() + variables.to_string().len();
        let (document, variables) = (parse_query(&document).unwrap(), Variables::from_json(variables));
        let mut counter = Counter::new(&document, &variables);
        refused.insert(counter.check(&document).err().map(|refusal| refusal.rule));
        let visited = counter.visited + counter.sizes.visited;
        assert!(visited <= length, "{visited} of {length}");
    }
    assert!(refused.len() >= 4, "{refused:?}"); // some are fine, some expand to too much
}
