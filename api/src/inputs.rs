//! Checks every argument of a request on its way in, so that no resolver and no database meets a text that it cannot
//! take: texts ([`domain::text`]) and the ids that clients make. The counterpart on the way out is [`crate::mask`].
//!
//! The arguments of `submitReport` and `submitReports` were taken out before
//! ([`crate::intake::graphql::lifted`]): each of their items is judged alone.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest};
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Error, Pos, Request, ServerResult, Value, Variables};
use domain::id::is_random;
use domain::refusal::Refusal;
use domain::text;
use uuid::Uuid;

use crate::document::with_variables;
use crate::error::ApiError;

/// The inputs that hold an id which the client makes for itself. Such an id keeps others out, so it must be random.
const MADE_BY_CLIENTS: [&str; 2] = ["requestId", "clientId"];

/// The `async-graphql` extension that checks the arguments of each request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InputCheck;

impl ExtensionFactory for InputCheck {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(*self)
    }
}

#[async_trait::async_trait]
impl Extension for InputCheck {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        mut request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        // A document that cannot be parsed is refused later, with its position.
        let checked = with_variables(&mut request, |request, variables| {
            request.parsed_query().map_or(Ok(()), |document| of_document(document, variables))
        });
        checked.map_err(|refusal| Error::from(ApiError::from(refusal)).into_server_error(Pos::default()))?;
        next.run(ctx, request).await
    }
}

fn of_document(document: &ExecutableDocument, variables: &Variables) -> Result<(), Refusal> {
    for (_, operation) in document.operations.iter() {
        of_fields(&operation.node.selection_set.node, variables)?;
    }
    document.fragments.values().try_for_each(|fragment| of_fields(&fragment.node.selection_set.node, variables))
}

fn of_fields(set: &SelectionSet, variables: &Variables) -> Result<(), Refusal> {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                for (name, value) in &field.node.arguments {
                    let known = |name| Ok::<_, Refusal>(variables.get(&name).cloned().unwrap_or_default());
                    of_value(&value.node.clone().into_const_with(known)?, &name.node)?;
                }
                of_fields(&field.node.selection_set.node, variables)?;
            }
            Selection::InlineFragment(inline) => of_fields(&inline.node.selection_set.node, variables)?,
            Selection::FragmentSpread(_) => {} // its definition is visited by itself
        }
    }
    Ok(())
}

fn of_value(value: &Value, path: &str) -> Result<(), Refusal> {
    match value {
        Value::String(text) => {
            text::check_any(text).map_err(|flaw| flaw.at(path))?;
            let name = path.rsplit('.').next().unwrap_or(path);
            if MADE_BY_CLIENTS.contains(&name) { random_id(text, path) } else { Ok(()) }
        }
        Value::List(items) => (0..).zip(items).try_for_each(|(n, item)| of_value(item, &format!("{path}.{n}"))),
        Value::Object(fields) => {
            fields.iter().try_for_each(|(name, value)| of_value(value, &format!("{path}.{}", shown(name))))
        }
        Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) => Ok(()),
    }
}

/// Returns the name of a field for a refusal; a name that no schema could have is not repeated.
fn shown(name: &str) -> &str {
    let is_name = name.len() <= 40 && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_');
    if is_name && name.starts_with(|one: char| one.is_ascii_alphabetic()) { name } else { "?" }
}

fn random_id(text: &str, path: &str) -> Result<(), Refusal> {
    if Uuid::try_parse(text).is_ok_and(is_random) { Ok(()) } else { Err(Refusal::not_random(path)) }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn path(document: &str, variables: serde_json::Value) -> Option<String> {
        let refused = of_document(&parse_query(document).unwrap(), &Variables::from_json(variables)).err();
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
}
