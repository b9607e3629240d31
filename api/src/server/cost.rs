//! Limits the cost of a GraphQL document before it is validated and executed, so that no later step takes longer than the
//! request is long.
//!
//! The cost of each fragment is computed once and memoised. Thirty fragments that each spread the next one twice expand
//! to 2³⁰ selections, but take only thirty additions here. A fragment that is unknown, unused or spreads itself is
//! refused at once, because the library would visit it before it refuses it.

use std::collections::HashMap;

use async_graphql::parser::types::{Directive, ExecutableDocument, FragmentDefinition, Selection, SelectionSet};
use async_graphql::parser::types::{OperationDefinition, OperationType};
use async_graphql::{Name, Positioned, Variables};
use domain::limits::{
    ALIASES_MAX, ARGUMENTS_MAX, COMPLEXITY_MAX, DEPTH_MAX, DIRECTIVES_MAX, MUTATION_ROOT_FIELDS_MAX, NESTING_MAX,
    ROOT_FIELDS_MAX, VALUES_BYTES_MAX, VARIABLES_MAX,
};
use domain::refusal::{Code, Refusal};

use super::value_size::{Argument, Sizes};

/// The size of a part of a document, with every fragment spread expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Cost {
    /// Fields, inline fragments and spreads.
    selections: usize,
    /// Levels of fields.
    depth: usize,
    /// Levels of fields and fragments.
    levels: usize,
    aliases: usize,
    directives: usize,
    roots: usize,
    /// The size of the arguments, each variable written out wherever it is mentioned.
    values: usize,
}

impl Cost {
    /// Returns the cost of two sibling parts: the sum of their counts, and the larger depth.
    fn beside(self, other: Self) -> Self {
        Self {
            selections: self.selections.saturating_add(other.selections),
            depth: self.depth.max(other.depth),
            levels: self.levels.max(other.levels),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            roots: self.roots.saturating_add(other.roots),
            values: self.values.saturating_add(other.values),
        }
    }

    /// Returns the cost of an inline fragment or a spread with this content.
    fn of_fragment(self) -> Self {
        Self { selections: self.selections.saturating_add(1), levels: self.levels.saturating_add(1), ..self }
    }

    /// Returns the cost of a field with these selections below it.
    fn of_field(self, has_alias: bool) -> Self {
        Self {
            depth: self.depth.saturating_add(1),
            aliases: self.aliases.saturating_add(usize::from(has_alias)),
            roots: 1,
            ..self.of_fragment()
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
    sizes: Sizes<'d>,
    /// The number of fragments that are open.
    open: usize,
    /// The number of selections that were visited, for the tests.
    visited: usize,
}

/// Checks a document against the limits.
///
/// # Errors
/// `TOO_COMPLEX` with the name of the exceeded limit as its rule; `BAD_QUERY` for a fragment that is unknown, unused or
/// spreads itself.
pub(crate) fn check(document: &ExecutableDocument, variables: &Variables) -> Result<(), Refusal> {
    Counter::new(document, variables).check(document)
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

fn bad_fragment(rule: &'static str, zh: &str, en: &str) -> Refusal {
    Refusal::new(Code::BadQuery).with_rule(rule).with_text(zh, en)
}

impl<'d> Counter<'d> {
    fn new(document: &'d ExecutableDocument, variables: &'d Variables) -> Self {
        Self { fragments: &document.fragments, memo: HashMap::new(), sizes: Sizes::new(variables), open: 0, visited: 0 }
    }

    fn check(&mut self, document: &'d ExecutableDocument) -> Result<(), Refusal> {
        let mut whole = Cost::default();
        for (_, operation) in document.operations.iter() {
            whole = whole.beside(self.operation(&operation.node)?);
        }
        if self.memo.len() < self.fragments.len() {
            return Err(bad_fragment(
                "limit.fragment_unused",
                "查询中有未使用的片段。",
                "The query defines a fragment that it does not use.",
            ));
        }
        within("limit.depth", whole.depth, DEPTH_MAX)?;
        within("limit.aliases", whole.aliases, ALIASES_MAX)?;
        within("limit.directives", whole.directives, DIRECTIVES_MAX)?;
        within("limit.complexity", whole.selections, COMPLEXITY_MAX)?;
        within("limit.values", whole.values, VALUES_BYTES_MAX)
    }

    fn operation(&mut self, operation: &'d OperationDefinition) -> Result<Cost, Refusal> {
        within("limit.variables", operation.variable_definitions.len(), VARIABLES_MAX)?;
        let cost = self.set(&operation.selection_set.node)?;
        let roots = if operation.ty == OperationType::Mutation { MUTATION_ROOT_FIELDS_MAX } else { ROOT_FIELDS_MAX };
        within("limit.root_fields", cost.roots, roots)?;
        let of_variables = operation.variable_definitions.iter().map(|variable| &variable.node.directives);
        std::iter::once(&operation.directives)
            .chain(of_variables)
            .try_fold(cost, |cost, directives| self.with(cost, directives))
    }

    fn set(&mut self, set: &'d SelectionSet) -> Result<Cost, Refusal> {
        let mut sum = Cost::default();
        for selection in &set.items {
            sum = sum.beside(self.selection(&selection.node)?);
        }
        Ok(sum)
    }

    fn selection(&mut self, selection: &'d Selection) -> Result<Cost, Refusal> {
        self.visited = self.visited.saturating_add(1);
        match selection {
            Selection::Field(field) => {
                let field = &field.node;
                let cost = self.set(&field.selection_set.node)?.of_field(field.alias.is_some());
                let cost = self.with_arguments(cost, &field.arguments)?;
                self.with(cost, &field.directives)
            }
            Selection::FragmentSpread(spread) => {
                let cost = self.fragment(&spread.node.fragment_name.node)?.of_fragment();
                self.with(cost, &spread.node.directives)
            }
            Selection::InlineFragment(inline) => {
                let cost = self.set(&inline.node.selection_set.node)?.of_fragment();
                self.with(cost, &inline.node.directives)
            }
        }
    }

    fn fragment(&mut self, name: &str) -> Result<Cost, Refusal> {
        let Some((name, fragment)) = self.fragments.get_key_value(name) else {
            return Err(bad_fragment(
                "limit.fragment_unknown",
                "查询使用了未定义的片段。",
                "The query uses a fragment that it does not define.",
            ));
        };
        match self.memo.get(name.as_str()) {
            Some(Memo::Done(cost)) => return Ok(*cost),
            Some(Memo::Open) => {
                return Err(bad_fragment(
                    "limit.fragment_cycle",
                    "查询的片段互相引用，形成循环。",
                    "A fragment of the query contains itself.",
                ));
            }
            None => {}
        }
        self.open = self.open.saturating_add(1);
        within("limit.depth", self.open, NESTING_MAX)?; // the stack is finite
        self.memo.insert(name.as_str(), Memo::Open);
        let cost = self.set(&fragment.node.selection_set.node)?;
        let cost = self.with(cost, &fragment.node.directives)?;
        within("limit.depth", cost.levels, NESTING_MAX)?;
        self.memo.insert(name.as_str(), Memo::Done(cost));
        self.open = self.open.saturating_sub(1);
        Ok(cost)
    }

    fn with(&mut self, cost: Cost, directives: &'d [Positioned<Directive>]) -> Result<Cost, Refusal> {
        let cost = Cost { directives: cost.directives.saturating_add(directives.len()), ..cost };
        directives.iter().try_fold(cost, |cost, directive| self.with_arguments(cost, &directive.node.arguments))
    }

    fn with_arguments(&mut self, cost: Cost, arguments: &'d [Argument]) -> Result<Cost, Refusal> {
        within("limit.arguments", arguments.len(), ARGUMENTS_MAX)?;
        Ok(Cost { values: cost.values.saturating_add(self.sizes.of(arguments)), ..cost })
    }
}

#[cfg(test)]
mod tests;
