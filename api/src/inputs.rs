//! Checks every argument of a request on its way in, so that no resolver and no database meets a text that it cannot
//! take: texts ([`domain::text`]), dates and ids that are none, and the ids that clients make. The counterpart on the way out is [`crate::mask`].
//!
//! The arguments of `submitReport` and `submitReports` are taken out first ([`lifted`]): each of their items is judged
//! alone.

use std::fmt;
use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest};
use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};
use async_graphql::registry::{MetaType, MetaTypeName, Registry};
use async_graphql::{Error, Pos, Request, ScalarType, ServerResult, Value, Variables};
use chrono::{DateTime, NaiveDate, Utc};
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
            let mut check = Check::new(&ctx.schema_env.registry, variables);
            let checked = request.parsed_query().map_or(Ok(()), |document| check.of_document(document));
            (lifted, checked)
        });
        checked.map_err(|refusal| Error::from(ApiError::from(refusal)).into_server_error(Pos::default()))?;
        next.run(ctx, if let Some(lifted) = lifted { request.data(lifted) } else { request }).await
    }
}

/// Checks the values of a request where they stand: a variable that is mentioned often is large only once.
struct Check<'v> {
    schema: &'v Registry,
    variables: &'v Variables,
    /// The number of values that were visited, for the tests.
    visited: usize,
}

impl<'v> Check<'v> {
    const fn new(schema: &'v Registry, variables: &'v Variables) -> Self {
        Self { schema, variables, visited: 0 }
    }

    fn of_document(&mut self, document: &ExecutableDocument) -> Result<(), Refusal> {
        for (_, operation) in document.operations.iter() {
            let root = match operation.node.ty {
                OperationType::Query => Some(self.schema.query_type.as_str()),
                OperationType::Mutation => self.schema.mutation_type.as_deref(),
                OperationType::Subscription => self.schema.subscription_type.as_deref(),
            };
            self.of_fields(&operation.node.selection_set.node, self.named(root))?;
        }
        document.fragments.values().try_for_each(|fragment| {
            let ty = self.named(Some(&fragment.node.type_condition.node.on.node));
            self.of_fields(&fragment.node.selection_set.node, ty)
        })
    }

    fn of_fields(&mut self, set: &SelectionSet, ty: Option<&'v MetaType>) -> Result<(), Refusal> {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let known = ty.and_then(|ty| ty.field_by_name(&field.node.name.node));
                    for (name, value) in &field.node.arguments {
                        let ty = known.and_then(|field| field.args.get(name.node.as_str()));
                        self.of_written(&value.node, Path::new(&name.node, ty.map(|argument| base(&argument.ty))))?;
                    }
                    let ty = self.named(known.map(|field| base(&field.ty)));
                    self.of_fields(&field.node.selection_set.node, ty)?;
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref();
                    let ty = on.map_or(ty, |on| self.named(Some(&on.node.on.node)));
                    self.of_fields(&inline.node.selection_set.node, ty)?;
                }
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
                (0..).zip(items).try_for_each(|(n, item)| self.of_written(item, path.below(Step::Item(n), path.ty)))
            }
            Written::Object(fields) => fields.iter().try_for_each(|(name, value)| {
                self.of_written(value, path.below(Step::Field(shown(name)), self.of_input(path, name)))
            }),
            Written::Number(_) | Written::Boolean(_) | Written::Enum(_) => no_text(path),
            Written::Null | Written::Binary(_) => Ok(()),
        }
    }

    fn of_given(&mut self, value: &Value, path: Path<'_>) -> Result<(), Refusal> {
        self.visited = self.visited.saturating_add(1);
        match value {
            Value::String(text) => of_text(text, path),
            Value::List(items) => {
                (0..).zip(items).try_for_each(|(n, item)| self.of_given(item, path.below(Step::Item(n), path.ty)))
            }
            Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
                self.of_given(value, path.below(Step::Field(shown(name)), self.of_input(path, name)))
            }),
            Value::Number(_) | Value::Boolean(_) | Value::Enum(_) => no_text(path),
            Value::Null | Value::Binary(_) => Ok(()),
        }
    }

    fn named(&self, ty: Option<&str>) -> Option<&'v MetaType> {
        self.schema.types.get(ty?)
    }

    /// Returns the type of a field of an input object.
    fn of_input(&self, object: Path<'_>, field: &str) -> Option<&'v str> {
        match self.named(object.ty)? {
            MetaType::InputObject { input_fields, .. } => input_fields.get(field).map(|field| base(&field.ty)),
            _ => None,
        }
    }
}

/// Returns the name of a type without its lists and marks, such as `UUID` for `[UUID!]!`.
fn base(ty: &str) -> &str {
    MetaTypeName::concrete_typename(ty)
}

fn of_text(given: &str, path: Path<'_>) -> Result<(), Refusal> {
    text::check_any(given).map_err(|flaw| flaw.at(path.to_string()))?;
    let scalar = Scalar::ALL.iter().find(|scalar| Some(scalar.name) == path.ty);
    if let Some(scalar) = scalar.filter(|scalar| !(scalar.is_one)(given)) {
        return Err(scalar.refused(path));
    }
    let is_made_by_client = matches!(path.step, Step::Field(name) if MADE_BY_CLIENTS.contains(&name));
    if is_made_by_client { random_id(given, path) } else { Ok(()) }
}

/// Refuses a value that is no text where a date or an id is expected.
fn no_text(path: Path<'_>) -> Result<(), Refusal> {
    let scalar = Scalar::ALL.iter().find(|scalar| Some(scalar.name) == path.ty);
    scalar.map_or(Ok(()), |scalar| Err(scalar.refused(path)))
}

/// A type whose values are texts of one form. The library refuses another text without naming its argument, so it is
/// refused here.
struct Scalar {
    name: &'static str,
    is_one: fn(&str) -> bool,
    /// What is expected, in Chinese and in English.
    expected: [&'static str; 2],
}

impl Scalar {
    const ALL: [Self; 3] = [
        Self {
            name: "NaiveDate",
            is_one: parses::<NaiveDate>,
            expected: ["须为实际存在的日期，格式如 2026-11-30。", "This must be an existing date, such as 2026-11-30."],
        },
        Self {
            name: "DateTime",
            is_one: parses::<DateTime<Utc>>,
            expected: [
                "须为实际存在的时间，并注明时区，格式如 2026-11-30T08:00:00+08:00。",
                "This must be an existing time with its zone, such as 2026-11-30T08:00:00+08:00.",
            ],
        },
        Self {
            name: "UUID",
            is_one: parses::<Uuid>,
            expected: ["编号须为 36 个字符的 UUID。", "This must be an id: a UUID of 36 characters."],
        },
    ];

    fn refused(&self, path: Path<'_>) -> Refusal {
        let [zh, en] = self.expected;
        Refusal::invalid_at(path.to_string(), zh, en)
    }
}

fn parses<T: ScalarType>(text: &str) -> bool {
    T::parse(Value::String(text.to_owned())).is_ok()
}

/// The place of a value in the arguments, and its type if the schema knows it. Its text, such as `input.photos.3.id`, is made
/// only for a refusal.
#[derive(Clone, Copy)]
struct Path<'a> {
    above: Option<&'a Path<'a>>,
    step: Step<'a>,
    ty: Option<&'a str>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Item(usize),
}

impl<'a> Path<'a> {
    const fn new(argument: &'a str, ty: Option<&'a str>) -> Self {
        Self { above: None, step: Step::Field(argument), ty }
    }

    const fn below(&'a self, step: Step<'a>, ty: Option<&'a str>) -> Self {
        Self { above: Some(self), step, ty }
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
mod tests;
