//! Takes the reports out of a request before the library validates it.
//!
//! The library refuses a whole document if one value in it has another form than the schema says. A phone sends its queue
//! in one request, so one report with an odd accuracy would keep back the reports beside it. So the argument of
//! `submitReport` and `submitReports` is taken out here and judged item by item ([`super::sent`]). A valid value stands in
//! for it. The published schema describes the items as before.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Request, Value, Variables};
use domain::limits::NESTING_MAX;
use serde_json::json;

use crate::document::executed;

/// The value of a variable or a literal, as the parser has it.
type Written = async_graphql_value::Value;

/// The argument that was taken out of the request, exactly as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lifted(pub Arc<Value>);

/// A valid report, which stands in for one that was taken out.
static ONE: LazyLock<Value> = LazyLock::new(|| {
    let one = json!({
        "submissionId": "00000000-0000-4000-8000-000000000000", "text": "-", "naming": "ANONYMOUS",
        "place": { "lng": 0, "lat": 0, "crs": "WGS84" },
    });
    Value::from_json(one).unwrap_or_default()
});

/// One of the two mutations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Submit {
    One,
    Many,
}

impl Submit {
    fn of(field: &Field) -> Option<Self> {
        match field.name.node.as_str() {
            "submitReport" => Some(Self::One),
            "submitReports" => Some(Self::Many),
            _ => None,
        }
    }

    const fn argument(self) -> &'static str {
        match self {
            Self::One => "input",
            Self::Many => "inputs",
        }
    }

    /// Returns a valid value for the argument.
    fn stand_in(self) -> Value {
        match self {
            Self::One => ONE.clone(),
            Self::Many => Value::List(Vec::new()),
        }
    }
}

/// Returns the argument and leaves a stand-in. Returns `None` if the request submits no report, or leaves the argument
/// out, which the validation then refuses.
pub(crate) fn lift(request: &mut Request, variables: &mut Variables) -> Option<Lifted> {
    if !request.query.contains("submitReport") {
        return None;
    }
    let name = request.operation_name.clone();
    let document = request.parsed_query().ok()?;
    let (submit, written) = argument(document, name.as_deref())?;
    if let Written::Variable(name) = &written {
        let given = variables.get_mut(name).filter(|given| **given != Value::Null)?;
        return Some(Lifted(Arc::new(std::mem::replace(given, submit.stand_in()))));
    }
    let given = written.clone().into_const_with(|name| variables.get(&name).cloned().ok_or(())).ok()?;
    let mut document = document.clone();
    put_stand_ins(&mut document, &written);
    request.set_parsed_query(document);
    Some(Lifted(Arc::new(given)))
}

/// Finds the argument in the operation that will be executed.
fn argument(document: &ExecutableDocument, name: Option<&str>) -> Option<(Submit, Written)> {
    let operation = executed(document, name).filter(|operation| operation.ty == OperationType::Mutation)?;
    Search::new(document).in_set(&operation.selection_set.node)
}

/// Searches the selections of an operation, and each fragment once.
struct Search<'d> {
    document: &'d ExecutableDocument,
    seen: HashSet<&'d str>,
    depth: usize,
    /// The number of selections that were visited, for the tests.
    visited: usize,
}

impl<'d> Search<'d> {
    fn new(document: &'d ExecutableDocument) -> Self {
        Self { document, seen: HashSet::new(), depth: 0, visited: 0 }
    }

    fn in_set(&mut self, set: &'d SelectionSet) -> Option<(Submit, Written)> {
        set.items.iter().find_map(|selection| self.in_selection(&selection.node))
    }

    fn in_selection(&mut self, selection: &'d Selection) -> Option<(Submit, Written)> {
        self.visited = self.visited.saturating_add(1);
        match selection {
            Selection::Field(field) => {
                let submit = Submit::of(&field.node)?;
                Some((submit, field.node.get_argument(submit.argument())?.node.clone()))
            }
            Selection::InlineFragment(inline) => self.below(&inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => {
                let (name, fragment) = self.document.fragments.get_key_value(&spread.node.fragment_name.node)?;
                if self.seen.insert(name) { self.below(&fragment.node.selection_set.node) } else { None }
            }
        }
    }

    fn below(&mut self, set: &'d SelectionSet) -> Option<(Submit, Written)> {
        if self.depth > NESTING_MAX {
            return None;
        }
        self.depth = self.depth.saturating_add(1);
        let found = self.in_set(set);
        self.depth = self.depth.saturating_sub(1);
        found
    }
}

/// Replaces the literal wherever it is an argument of the two mutations. The variables within it are no longer used, so
/// they are no longer declared either.
fn put_stand_ins(document: &mut ExecutableDocument, literal: &Written) {
    let mut used = Vec::new();
    variables_in(literal, &mut used);
    let operation = |operation: &mut OperationDefinition| {
        operation.variable_definitions.retain(|definition| !used.contains(&definition.node.name.node));
        put_in(&mut operation.selection_set.node);
    };
    match &mut document.operations {
        DocumentOperations::Single(one) => operation(&mut one.node),
        DocumentOperations::Multiple(all) => all.values_mut().map(|one| &mut one.node).for_each(operation),
    }
    document.fragments.values_mut().for_each(|fragment| put_in(&mut fragment.node.selection_set.node));
}

fn put_in(set: &mut SelectionSet) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => {
                let Some(submit) = Submit::of(&field.node) else { continue };
                for (name, value) in &mut field.node.arguments {
                    if name.node == submit.argument() {
                        value.node = submit.stand_in().into_value();
                    }
                }
            }
            Selection::InlineFragment(inline) => put_in(&mut inline.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn variables_in(value: &Written, names: &mut Vec<Name>) {
    match value {
        Written::Variable(name) => names.push(name.clone()),
        Written::List(items) => items.iter().for_each(|item| variables_in(item, names)),
        Written::Object(fields) => fields.values().for_each(|item| variables_in(item, names)),
        Written::Null
        | Written::Number(_)
        | Written::String(_)
        | Written::Boolean(_)
        | Written::Binary(_)
        | Written::Enum(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lifted(query: &str, variables: serde_json::Value) -> (Option<serde_json::Value>, Variables) {
        let mut request = Request::new(query);
        let mut variables = Variables::from_json(variables);
        let lifted = lift(&mut request, &mut variables).map(|lifted| Value::clone(&lifted.0).into_json().unwrap());
        (lifted, variables)
    }

    #[test]
    fn reports_are_taken_out_wherever_they_stand() {
        let (odd, good) = (json!({ "text": 1 }), json!({ "text": "x" }));
        for (query, variables, expected) in [
            ("mutation($i: A!) { x: submitReport(input: $i) { y } }", json!({ "i": odd }), Some(odd.clone())),
            ("mutation($i: A!) { submitReports(inputs: $i) { y } }", json!({ "i": [odd, 5] }), Some(json!([odd, 5]))),
            ("mutation($i: A!) { submitReports(inputs: $i) { y } }", json!({ "i": null }), None),
            ("mutation($i: A!) { submitReports(inputs: $i) { y } }", json!({}), None),
            ("mutation { submitReports(inputs: [{ text: 1 }]) { y } }", json!({}), Some(json!([odd]))),
            ("mutation($t: B) { submitReport(input: { text: $t }) { y } }", json!({ "t": "x" }), Some(good.clone())),
            ("mutation($i: A!) { ...F } fragment F on M { submitReport(input: $i) }", json!({ "i": odd }), Some(odd)),
            ("query($i: A!) { submitReport(input: $i) }", json!({ "i": good }), None),
            ("mutation($i: A!) { amendReport(input: $i) }", json!({ "i": good }), None),
            ("mutation { submitReport", json!({}), None),
        ] {
            assert_eq!(lifted(query, variables).0, expected, "{query}");
        }
    }

    #[test]
    fn what_stays_behind_is_valid() {
        let (_, left) = lifted("mutation($i: A!) { submitReport(input: $i) { y } }", json!({ "i": 5 }));
        assert_eq!(left.get("i"), Some(&Submit::One.stand_in()));
        let mut request = Request::new("mutation($t: B, $n: C) { submitReport(input: { text: $t }) { y(n: $n) } }");
        lift(&mut request, &mut Variables::from_json(json!({ "t": "x" }))).unwrap();
        let document = request.parsed_query().unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let declared: Vec<_> =
            operation.node.variable_definitions.iter().map(|one| one.node.name.node.as_str()).collect();
        assert_eq!(declared, ["n"]);
        assert_eq!(argument(document, None).unwrap().1, Submit::One.stand_in().into_value());
    }

    #[test]
    fn each_fragment_is_searched_once() {
        let spreading = |n: usize| format!(" fragment F{n} on M {{ ...F{m} ...F{m} ...F{m} }}", m = n + 1);
        let chain = (0..30).map(spreading).collect::<Vec<_>>().concat();
        let document = format!("mutation {{ ...F0 }} {chain} fragment F30 on M {{ ...Gone }}");
        let document = async_graphql::parser::parse_query(document).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let mut search = Search::new(&document);
        assert_eq!(search.in_set(&operation.node.selection_set.node), None);
        assert_eq!(search.visited, 1 + 30 * 3 + 1);
    }
}
