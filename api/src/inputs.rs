//! Checks every argument of a request on its way in, so that no resolver and no database meets a text that it cannot
//! take: texts ([`domain::text`]) and the ids that clients make. The counterpart on the way out is [`crate::mask`].
//!
//! The arguments of `submitReport` and `submitReports` are taken out first ([`lifted`]): each of their items is judged
//! alone.

use std::fmt;
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
use crate::intake::graphql::lifted;

/// The value of a variable or a literal, as the parser has it.
type Written = async_graphql_value::Value;

/// The inputs that hold an id which the client makes for itself. Such an id keeps others out, so it must be random.
const MADE_BY_CLIENTS: [&str; 2] = ["requestId", "clientId"];

/// The `async-graphql` extension that takes the reports out of each request and checks its other arguments.
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
        let (lifted, checked) = with_variables(&mut request, |request, variables| {
            let lifted = lifted::lift(request, variables);
            let checked = request.parsed_query().map_or(Ok(()), |document| Check::new(variables).of_document(document));
            (lifted, checked)
        });
        checked.map_err(|refusal| Error::from(ApiError::from(refusal)).into_server_error(Pos::default()))?;
        next.run(ctx, if let Some(lifted) = lifted { request.data(lifted) } else { request }).await
    }
}

/// Checks the values of a request where they stand: a variable that is mentioned often is large only once.
struct Check<'v> {
    variables: &'v Variables,
    /// The number of values that were visited, for the tests.
    visited: usize,
}

impl<'v> Check<'v> {
    const fn new(variables: &'v Variables) -> Self {
        Self { variables, visited: 0 }
    }

    fn of_document(&mut self, document: &ExecutableDocument) -> Result<(), Refusal> {
        for (_, operation) in document.operations.iter() {
            self.of_fields(&operation.node.selection_set.node)?;
        }
        document.fragments.values().try_for_each(|fragment| self.of_fields(&fragment.node.selection_set.node))
    }

    fn of_fields(&mut self, set: &SelectionSet) -> Result<(), Refusal> {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    for (name, value) in &field.node.arguments {
                        self.of_written(&value.node, Path::new(&name.node))?;
                    }
                    self.of_fields(&field.node.selection_set.node)?;
                }
                Selection::InlineFragment(inline) => self.of_fields(&inline.node.selection_set.node)?,
                Selection::FragmentSpread(_) => {} // its definition is visited by itself
            }
        }
        Ok(())
    }

    fn of_written(&mut self, value: &Written, path: Path<'_>) -> Result<(), Refusal> {
        self.visited = self.visited.saturating_add(1);
        match value {
            Written::Variable(name) => match self.variables.get(name) {
                Some(given) => self.of_given(given, path),
                None => Ok(()),
            },
            Written::String(text) => of_text(text, path),
            Written::List(items) => {
                (0..).zip(items).try_for_each(|(n, item)| self.of_written(item, path.below(Step::Item(n))))
            }
            Written::Object(fields) => {
                fields.iter().try_for_each(|(name, value)| self.of_written(value, path.below(Step::Field(shown(name)))))
            }
            Written::Null | Written::Number(_) | Written::Boolean(_) | Written::Binary(_) | Written::Enum(_) => Ok(()),
        }
    }

    fn of_given(&mut self, value: &Value, path: Path<'_>) -> Result<(), Refusal> {
        self.visited = self.visited.saturating_add(1);
        match value {
            Value::String(text) => of_text(text, path),
            Value::List(items) => {
                (0..).zip(items).try_for_each(|(n, item)| self.of_given(item, path.below(Step::Item(n))))
            }
            Value::Object(fields) => {
                fields.iter().try_for_each(|(name, value)| self.of_given(value, path.below(Step::Field(shown(name)))))
            }
            Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) => Ok(()),
        }
    }
}

fn of_text(given: &str, path: Path<'_>) -> Result<(), Refusal> {
    text::check_any(given).map_err(|flaw| flaw.at(path.to_string()))?;
    let is_made_by_client = matches!(path.step, Step::Field(name) if MADE_BY_CLIENTS.contains(&name));
    if is_made_by_client { random_id(given, path) } else { Ok(()) }
}

/// The place of a value in the arguments. Its text, such as `input.photos.3.id`, is made only for a refusal.
#[derive(Clone, Copy)]
struct Path<'a> {
    above: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Item(usize),
}

impl<'a> Path<'a> {
    const fn new(argument: &'a str) -> Self {
        Self { above: None, step: Step::Field(argument) }
    }

    const fn below(&'a self, step: Step<'a>) -> Self {
        Self { above: Some(self), step }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            write!(f, "{above}.")?;
        }
        match self.step {
            Step::Field(name) => f.write_str(name),
            Step::Item(n) => write!(f, "{n}"),
        }
    }
}

/// Returns the name of a field for a refusal; a name that no schema could have is not repeated.
fn shown(name: &str) -> &str {
    let is_name = name.len() <= 40 && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_');
    if is_name && name.starts_with(|one: char| one.is_ascii_alphabetic()) { name } else { "?" }
}

fn random_id(text: &str, path: Path<'_>) -> Result<(), Refusal> {
    if Uuid::try_parse(text).is_ok_and(is_random) { Ok(()) } else { Err(Refusal::not_random(path.to_string())) }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn path(document: &str, variables: serde_json::Value) -> Option<String> {
        let variables = Variables::from_json(variables);
        let refused = Check::new(&variables).of_document(&parse_query(document).unwrap()).err();
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
        let mut check = Check::new(&variables);
        let document =
            "query($v: V) { a { ...F ...F ...F } } fragment F on T { b(c: [$v $v]) ...G } fragment G on T { x }";
        check.of_document(&parse_query(document).unwrap()).unwrap();
        assert_eq!(check.visited, 1 + 2 * (1 + 1_000));
    }
}
