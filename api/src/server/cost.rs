//! Limits the cost of a GraphQL document before it is validated and executed.
//!
//! The cost of each fragment is computed once and memoised. Thirty fragments that each spread the next one twice expand
//! to 2³⁰ fields, but take only thirty additions here.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition, OperationType, Selection, SelectionSet};
use async_graphql::{Positioned, parser::types::Directive};
use domain::limits::{
    ALIASES_MAX, COMPLEXITY_MAX, DEPTH_MAX, DIRECTIVES_MAX, MUTATION_ROOT_FIELDS_MAX, ROOT_FIELDS_MAX,
};
use domain::refusal::{Code, Refusal};

/// The size of a part of a document, with every fragment spread expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Cost {
    fields: usize,
    depth: usize,
    aliases: usize,
    directives: usize,
    roots: usize,
}

impl Cost {
    /// Returns the cost of two sibling parts: the sum of their counts, and the larger depth.
    fn beside(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            depth: self.depth.max(other.depth),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            roots: self.roots.saturating_add(other.roots),
        }
    }
}

/// The state of a fragment: its cost is being computed, or known. Reaching an open fragment again means that it spreads
/// itself.
enum Memo {
    Open,
    Done(Cost),
}

struct Counter<'d> {
    fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    memo: HashMap<&'d str, Memo>,
}

/// Checks a document against the limits.
///
/// # Errors
/// `TOO_COMPLEX` with the name of the exceeded limit as its rule; `BAD_QUERY` for fragment cycles.
pub(crate) fn check(document: &ExecutableDocument) -> Result<(), Refusal> {
    let mut counter = Counter { fragments: &document.fragments, memo: HashMap::new() };
    let mut whole = Cost::default();
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        let mut cost = counter.set(&operation.selection_set.node)?;
        cost.directives = cost.directives.saturating_add(operation.directives.len());
        let roots = if operation.ty == OperationType::Mutation { MUTATION_ROOT_FIELDS_MAX } else { ROOT_FIELDS_MAX };
        within("limit.root_fields", cost.roots, roots)?;
        whole = whole.beside(cost);
    }
    for name in document.fragments.keys() {
        counter.fragment(name)?; // unused fragments too, because validation visits them
    }
    within("limit.depth", whole.depth, DEPTH_MAX)?;
    within("limit.aliases", whole.aliases, ALIASES_MAX)?;
    within("limit.directives", whole.directives, DIRECTIVES_MAX)?;
    within("limit.complexity", whole.fields, COMPLEXITY_MAX)
}

pub(super) fn within(rule: &'static str, count: usize, limit: usize) -> Result<(), Refusal> {
    if count <= limit {
        return Ok(());
    }
    Err(Refusal::new(Code::TooComplex).with_rule(rule).with_text(
        format!("查询超出限制：{rule} 最多为 {limit}。"),
        format!("The query exceeds a limit: {rule} is at most {limit}."),
    ))
}

impl<'d> Counter<'d> {
    fn set(&mut self, set: &'d SelectionSet) -> Result<Cost, Refusal> {
        let mut sum = Cost::default();
        for selection in &set.items {
            sum = sum.beside(self.selection(&selection.node)?);
        }
        Ok(sum)
    }

    fn selection(&mut self, selection: &'d Selection) -> Result<Cost, Refusal> {
        match selection {
            Selection::Field(field) => {
                let field = &field.node;
                let below = self.set(&field.selection_set.node)?;
                Ok(Cost {
                    fields: below.fields.saturating_add(1),
                    depth: below.depth + 1,
                    aliases: below.aliases.saturating_add(usize::from(field.alias.is_some())),
                    directives: below.directives.saturating_add(field.directives.len()),
                    roots: 1,
                })
            }
            Selection::FragmentSpread(spread) => {
                Ok(with(self.fragment(&spread.node.fragment_name.node)?, &spread.node.directives))
            }
            Selection::InlineFragment(inline) => {
                Ok(with(self.set(&inline.node.selection_set.node)?, &inline.node.directives))
            }
        }
    }

    fn fragment(&mut self, name: &str) -> Result<Cost, Refusal> {
        let Some((name, fragment)) = self.fragments.get_key_value(name) else {
            return Ok(Cost::default()); // validation rejects the unknown fragment
        };
        match self.memo.get(name.as_str()) {
            Some(Memo::Done(cost)) => return Ok(*cost),
            Some(Memo::Open) => return Err(Refusal::new(Code::BadQuery).with_rule("limit.fragment_cycle")),
            None => {}
        }
        self.memo.insert(name.as_str(), Memo::Open);
        let cost = with(self.set(&fragment.node.selection_set.node)?, &fragment.node.directives);
        self.memo.insert(name.as_str(), Memo::Done(cost));
        Ok(cost)
    }
}

fn with(cost: Cost, directives: &[Positioned<Directive>]) -> Cost {
    Cost { directives: cost.directives.saturating_add(directives.len()), ..cost }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use async_graphql::parser::parse_query;

    use super::check;

    fn rule(document: &str) -> Option<&'static str> {
        check(&parse_query(document).unwrap()).err().and_then(|refusal| refusal.rule)
    }

    #[test]
    fn doubling_fragments_are_counted_in_a_moment() {
        let mut document = String::from("{ a { ...F0 } }");
        for n in 0..30 {
            write!(document, " fragment F{n} on T {{ ...F{m} ...F{m} }}", m = n + 1).unwrap();
        }
        document += " fragment F30 on T { x }";
        assert_eq!(rule(&document), Some("limit.complexity"));
    }

    #[test]
    fn each_limit_is_named() {
        let deep = format!("{{ {} x {} }}", "a {".repeat(49), "}".repeat(49));
        assert_eq!(rule(&deep), Some("limit.depth"));
        let aliases: Vec<String> = (0..500).map(|n| format!("a{n}: x")).collect();
        assert_eq!(rule(&format!("{{ r {{ {} }} }}", aliases.join(" "))), Some("limit.aliases"));
        assert_eq!(rule("mutation { a b }"), Some("limit.root_fields"));
        assert_eq!(rule("{ ...A } fragment A on Q { ...B } fragment B on Q { ...A }"), Some("limit.fragment_cycle"));
        assert_eq!(rule(&format!("{{ a {} }}", "@skip(if: true) ".repeat(11))), Some("limit.directives"));
        assert_eq!(rule("{ a { b } ...A } fragment A on Q { c }"), None);
    }
}
