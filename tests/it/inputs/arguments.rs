//! Every argument of the published schema, with a request in which it alone has the value of the test.

use std::collections::{HashMap, HashSet, VecDeque};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

const SDL: &str = include_str!("../../../schema.graphql");

/// An argument, or a field of an input object within one, that holds a value of one type.
pub(super) struct Argument {
    /// The path that a refusal names, without the name of the mutation: `input.subject.name`.
    pub(super) path: String,
    /// The root field.
    pub(super) root: String,
    document: String,
    variables: Vec<(String, Type)>,
    /// The variable that holds the argument, and the steps to the value within it.
    target: (String, Vec<String>),
}

impl Argument {
    /// Returns the body of a request in which this argument has this value, and all others one that is valid.
    pub(super) fn body(&self, schema: &Schema, value: &Value) -> Value {
        let mut variables = Map::new();
        for (name, ty) in &self.variables {
            let at = (*name == self.target.0).then_some((self.target.1.as_slice(), value));
            variables.insert(name.clone(), schema.valid(name, ty, at));
        }
        json!({ "query": self.document, "variables": variables })
    }
}

/// The types of the published schema.
pub(super) struct Schema {
    kinds: HashMap<String, TypeKind>,
}

impl Schema {
    pub(super) fn published() -> Self {
        let document = parse_schema(SDL).unwrap();
        let kinds = document.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(ty) => Some((ty.node.name.node.to_string(), ty.node.kind)),
            _ => None,
        });
        Self { kinds: kinds.collect() }
    }

    fn fields(&self, ty: &str) -> Vec<FieldDefinition> {
        match self.kinds.get(ty) {
            Some(TypeKind::Object(object)) => object.fields.iter().map(|field| field.node.clone()).collect(),
            _ => Vec::new(),
        }
    }

    fn inputs(&self, ty: &str) -> Vec<InputValueDefinition> {
        match self.kinds.get(ty) {
            Some(TypeKind::InputObject(object)) => object.fields.iter().map(|field| field.node.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns every argument of this type, of the root fields and of the fields of every object.
    pub(super) fn arguments(&self, ty: &str) -> Vec<Argument> {
        let mut found = Vec::new();
        for operation in ["query", "mutation"] {
            let root = if operation == "query" { "Query" } else { "Mutation" };
            let mut ways = VecDeque::from([(root.to_owned(), Vec::<FieldDefinition>::new())]);
            let mut seen = HashSet::new();
            while let Some((object, way)) = ways.pop_front() {
                if !seen.insert(object.clone()) {
                    continue;
                }
                for field in self.fields(&object) {
                    let way = [way.as_slice(), std::slice::from_ref(&field)].concat();
                    found.extend(self.of_field(operation, &way, ty));
                    ways.push_back((named(&field.ty.node).to_owned(), way));
                }
            }
        }
        found
    }

    #[expect(clippy::too_many_lines, reason = "it writes one document")]
    fn of_field(&self, operation: &str, way: &[FieldDefinition], ty: &str) -> Vec<Argument> {
        let (mut variables, mut document) = (Vec::new(), String::new());
        let last = way.len() - 1;
        let mut asked = Vec::new();
        for (depth, field) in way.iter().enumerate() {
            let mut given = Vec::new();
            for argument in field.arguments.iter().map(|argument| &argument.node) {
                if depth == last || !argument.ty.node.nullable {
                    let name = format!("{}_{depth}", argument.name.node);
                    given.push(format!("{}: ${name}", argument.name.node));
                    variables.push((name.clone(), argument.ty.node.clone()));
                    if depth == last {
                        asked.push((argument.clone(), name));
                    }
                }
            }
            let given = if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) };
            document.extend([" { ", field.name.node.as_str(), &given]);
        }
        if !self.fields(named(&way[last].ty.node)).is_empty() {
            document += if way[last].name.node == "submitReports" {
                " { index submissionId accepted { replayed } refusal { code field } }"
            } else {
                " { __typename }"
            };
        }
        document += &" }".repeat(way.len());
        let declared: Vec<String> = variables.iter().map(|(name, ty)| format!("${name}: {ty}")).collect();
        let document = format!("{operation}({}){document}", declared.join(", "));
        let leaves = asked.iter().flat_map(|(argument, name)| {
            let steps = self.leaves(&argument.ty.node, ty, 0);
            steps.into_iter().map(move |steps| (argument.name.node.to_string(), name.clone(), steps))
        });
        leaves
            .map(|(argument, variable, steps)| Argument {
                path: [&[argument], steps.as_slice()].concat().join("."),
                root: way[0].name.node.to_string(),
                document: document.clone(),
                variables: variables.clone(),
                target: (variable, steps),
            })
            .collect()
    }

    /// Returns the steps from a value of the type `of` to each value of the type `wanted` within it.
    fn leaves(&self, of: &Type, wanted: &str, depth: usize) -> Vec<Vec<String>> {
        assert!(depth < 9, "an input object contains itself");
        match &of.base {
            BaseType::List(inner) => before("0", self.leaves(inner, wanted, depth + 1)),
            BaseType::Named(name) if name.as_str() == wanted => vec![Vec::new()],
            BaseType::Named(name) => self
                .inputs(name)
                .iter()
                .flat_map(|field| before(&field.name.node, self.leaves(&field.ty.node, wanted, depth + 1)))
                .collect(),
        }
    }

    /// Returns a valid value of a type, with the value of the test at these steps.
    fn valid(&self, name: &str, ty: &Type, at: Option<(&[String], &Value)>) -> Value {
        if let Some(([], value)) = at {
            return value.clone();
        }
        match &ty.base {
            BaseType::List(inner) => {
                json!([self.valid(name, inner, at.map(|(steps, value)| (&steps[1..], value)))])
            }
            BaseType::Named(named) => match named.as_str() {
                "String" => text(name),
                "UUID" => json!(Uuid::new_v4()),
                "DateTime" => json!("2026-11-30T02:00:00Z"),
                "NaiveDate" => json!("2026-12-15"),
                "Int" | "Fen" => json!(5),
                "Float" => json!(26.5),
                "Boolean" => json!(false),
                other => match self.kinds.get(other) {
                    Some(TypeKind::Enum(words)) => json!(words.values[0].node.value.node),
                    Some(TypeKind::InputObject(_)) => self.object(other, at),
                    _ => panic!("a valid value of {other} is not known here"),
                },
            },
        }
    }

    fn object(&self, ty: &str, at: Option<(&[String], &Value)>) -> Value {
        let mut object = Map::new();
        for field in self.inputs(ty) {
            let name = field.name.node.to_string();
            let here = at.filter(|(steps, _)| steps.first() == Some(&name));
            if here.is_some() || (!field.ty.node.nullable && field.default_value.is_none()) {
                let here = here.map(|(steps, value)| (&steps[1..], value));
                object.insert(name.clone(), self.valid(&name, &field.ty.node, here));
            }
        }
        Value::Object(object)
    }
}

fn before(step: &str, ways: Vec<Vec<String>>) -> Vec<Vec<String>> {
    ways.into_iter().map(|way| [&[step.to_owned()], way.as_slice()].concat()).collect()
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}

/// Returns a text that is valid for an input of this name.
fn text(name: &str) -> Value {
    json!(match name {
        "sha256" => "00".repeat(32),
        "publicKey" => format!("{}=", "A".repeat(43)),
        "phone" => "19900009991".to_owned(),
        _ => "张三丰".to_owned(),
    })
}
