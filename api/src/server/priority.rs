//! Which turn a request gets, by what it brings. Whoever says that people are in danger is believed here too.

use async_graphql::parser::types::{Field, OperationDefinition, OperationType, Selection};
use async_graphql::{Positioned, Value, Variables};

use crate::admission::Turn;

/// The turn of an operation.
pub(super) fn of(operation: &OperationDefinition, variables: &Variables) -> Turn {
    if operation.ty != OperationType::Mutation {
        return Turn::Live;
    }
    let roots = &operation.selection_set.node.items;
    let field = |name: &'static str| move |root: &&Field| root.name.node == name;
    let fields = || roots.iter().filter_map(root);
    if fields().filter(field("submitReport")).any(|root| is_emergency(root, variables)) {
        return Turn::Emergency;
    }
    if fields().any(|root| field("submitReports")(&root)) { Turn::Queued } else { Turn::Live }
}

fn root(selection: &Positioned<Selection>) -> Option<&Field> {
    match &selection.node {
        Selection::Field(field) => Some(&field.node),
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
    }
}

fn is_emergency(submit: &Field, variables: &Variables) -> bool {
    let Some(input) = submit.get_argument("input") else { return false };
    let given = input.node.clone().into_const_with(|name| variables.get(&name).cloned().ok_or(()));
    matches!(given, Ok(Value::Object(input)) if input.get("emergency") == Some(&Value::Boolean(true)))
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn turn(query: &str, variables: serde_json::Value) -> Turn {
        let document = parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        of(&operation.node, &Variables::from_json(variables))
    }

    #[test]
    fn an_emergency_never_stands_behind_the_queues_of_phones() {
        let (submit, many) = ("mutation($i: A!) { s: submitReport(input: $i) { x } }", "{ submitReports(inputs: $i) }");
        for (query, variables, expected) in [
            (submit, json!({ "i": { "emergency": true } }), Turn::Emergency),
            (submit, json!({ "i": { "emergency": false } }), Turn::Live),
            (submit, json!({ "i": { "text": "true" } }), Turn::Live),
            (submit, json!({ "i": "emergency" }), Turn::Live),
            (submit, json!({}), Turn::Live),
            ("mutation($e: Boolean) { submitReport(input: { emergency: $e }) }", json!({ "e": true }), Turn::Emergency),
            ("mutation { submitReport(input: { emergency: true }) }", json!({}), Turn::Emergency),
            ("mutation { submitReport }", json!({}), Turn::Live),
            (&format!("mutation($i: [A!]!) {many}"), json!({ "i": [{ "emergency": true }] }), Turn::Queued),
            (&format!("query($i: [A!]!) {many}"), json!({ "i": [] }), Turn::Live),
            ("query { submitReport(input: { emergency: true }) }", json!({}), Turn::Live),
            ("mutation { claimTask }", json!({}), Turn::Live),
        ] {
            assert_eq!(turn(query, variables.clone()), expected, "{query} {variables}");
        }
    }
}
