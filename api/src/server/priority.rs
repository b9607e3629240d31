//! Derives the priority of a request from its document and variables. The `emergency` flag of a report is trusted here:
//! nobody has verified yet that people are in danger.

use async_graphql::parser::types::{Field, OperationDefinition, OperationType, Selection};
use async_graphql::{Positioned, Value, Variables};

use crate::admission::Priority;

/// The value of a variable or a literal, as the parser has it.
type Written = async_graphql_value::Value;

/// Returns the priority of an operation: a mutation with `submitReport` and `emergency: true` is an emergency, one with
/// `submitReports` is queued, and everything else is live. Root fields inside a fragment are not considered.
pub(super) fn of(operation: &OperationDefinition, variables: &Variables) -> Priority {
    if operation.ty != OperationType::Mutation {
        return Priority::Live;
    }
    let roots = &operation.selection_set.node.items;
    let field = |name: &'static str| move |root: &&Field| root.name.node == name;
    let fields = || roots.iter().filter_map(root);
    if fields().filter(field("submitReport")).any(|root| is_emergency(root, variables)) {
        return Priority::Emergency;
    }
    if fields().any(|root| field("submitReports")(&root)) { Priority::Queued } else { Priority::Live }
}

fn root(selection: &Positioned<Selection>) -> Option<&Field> {
    match &selection.node {
        Selection::Field(field) => Some(&field.node),
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
    }
}

/// Looks for the flag without writing the variables out, which may be large.
fn is_emergency(submit: &Field, variables: &Variables) -> bool {
    let given = |name| variables.get(name);
    let yes = Value::Boolean(true);
    match submit.get_argument("input").map(|input| &input.node) {
        Some(Written::Variable(name)) => {
            matches!(given(name), Some(Value::Object(input)) if input.get("emergency") == Some(&yes))
        }
        Some(Written::Object(input)) => match input.get("emergency") {
            Some(Written::Variable(name)) => given(name) == Some(&yes),
            Some(flag) => *flag == Written::Boolean(true),
            None => false,
        },
        Some(_) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn priority(query: &str, variables: serde_json::Value) -> Priority {
        let document = parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        of(&operation.node, &Variables::from_json(variables))
    }

    #[test]
    fn an_emergency_never_waits_for_the_queues_of_phones() {
        let (submit, many) = ("mutation($i: A!) { s: submitReport(input: $i) { x } }", "{ submitReports(inputs: $i) }");
        for (query, variables, expected) in [
            (submit, json!({ "i": { "emergency": true } }), Priority::Emergency),
            (submit, json!({ "i": { "emergency": false } }), Priority::Live),
            (submit, json!({ "i": { "text": "true" } }), Priority::Live),
            (submit, json!({ "i": "emergency" }), Priority::Live),
            (submit, json!({}), Priority::Live),
            (
                "mutation($e: Boolean) { submitReport(input: { emergency: $e }) }",
                json!({ "e": true }),
                Priority::Emergency,
            ),
            ("mutation { submitReport(input: { emergency: true }) }", json!({}), Priority::Emergency),
            ("mutation { submitReport }", json!({}), Priority::Live),
            (&format!("mutation($i: [A!]!) {many}"), json!({ "i": [{ "emergency": true }] }), Priority::Queued),
            (&format!("query($i: [A!]!) {many}"), json!({ "i": [] }), Priority::Live),
            ("query { submitReport(input: { emergency: true }) }", json!({}), Priority::Live),
            ("mutation { claimTask }", json!({}), Priority::Live),
        ] {
            assert_eq!(priority(query, variables.clone()), expected, "{query} {variables}");
        }
    }
}
