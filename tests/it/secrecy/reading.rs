//! Everybody reads every field they can reach: the questions are made from the published schema, so that a new field is
//! asked for, too.

use std::collections::{BTreeMap, HashMap};

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
};
use serde_json::{Map, Value, json};
use tests::world::in_binyang;

use super::ear::{Cast, Ear, Person};
use super::photos::look_at;
use super::story::Played;

/// Rows of a page; few, so that the page of a page stays within the limits.
const ROWS: i64 = 2;

/// Codes that say no more than "this is not yours".
const NOT_YOURS: &[&str] = &["NOT_FOUND", "FORBIDDEN", "UNAUTHENTICATED"];

/// Asks for everything as everybody.
pub(super) async fn everybody_reads_everything(ear: &Ear, cast: &Cast, played: &Played) {
    let questions = Questions::of(include_str!("../../../schema.graphql"));
    let mut answered: BTreeMap<String, usize> = BTreeMap::new();
    for person in cast.all().chain(&played.follow_up) {
        for question in questions.all(played) {
            let answer = ear.ask(person, &question.text, question.variables.clone()).await;
            let codes = answer.codes();
            assert!(
                codes.iter().all(|code| NOT_YOURS.contains(code)),
                "{} asked {}: {}",
                person.name,
                question.text,
                answer.body
            );
            *answered.entry(question.root).or_default() += usize::from(codes.is_empty());
        }
        look_at_photos(ear, person, played).await;
    }
    let silent: Vec<_> = answered.iter().filter(|(_, times)| **times == 0).collect();
    assert!(silent.is_empty(), "nobody could read {silent:?}");
}

/// The photos of each hazard's reports and work, for whoever may see them.
async fn look_at_photos(ear: &Ear, person: &Person, played: &Played) {
    const PHOTOS: &str = "photos { displayUrl thumbnailUrl }";
    for hazard in &played.hazards {
        let query = format!(
            "query($id: UUID!) {{ hazard(id: $id) {{ reports {{ nodes {{ {PHOTOS} }} }} assignments {{ {PHOTOS} }} }} }}"
        );
        let answer = ear.ask(person, &query, json!({ "id": hazard })).await;
        for parts in ["/data/hazard/reports/nodes", "/data/hazard/assignments"] {
            for part in answer.json.pointer(parts).and_then(Value::as_array).into_iter().flatten() {
                look_at(ear, person, &part["photos"]).await;
            }
        }
    }
}

/// One question: a field of the root, and with it a part of what it gives.
pub(crate) struct Question {
    pub(crate) root: String,
    pub(crate) text: String,
    pub(crate) variables: Value,
}

/// The objects of the schema and their fields.
pub(crate) struct Questions {
    objects: HashMap<String, Vec<FieldDefinition>>,
}

impl Questions {
    /// The questions that a schema allows.
    pub(crate) fn of(sdl: &str) -> Self {
        let document = parse_schema(sdl).expect("the published schema can be read");
        let mut objects = HashMap::new();
        for definition in document.definitions {
            if let TypeSystemDefinition::Type(defined) = definition
                && let TypeKind::Object(object) = defined.node.kind
            {
                let fields = object.fields.into_iter().map(|field| field.node).collect();
                objects.insert(defined.node.name.node.to_string(), fields);
            }
        }
        Self { objects }
    }

    /// Every field of the root with everything that is known to fit its arguments; what has many parts in several
    /// questions, so that none costs more than is allowed.
    pub(crate) fn all(&self, played: &Played) -> Vec<Question> {
        let mut all = Vec::new();
        for field in &self.objects["Query"] {
            for arguments in arguments_of(field, played) {
                for selection in self.parts(&named(&field.ty.node)) {
                    all.push(question(field, &arguments, &selection));
                }
            }
        }
        all
    }

    /// The selections of a type: what is simple in one, each part of it in its own.
    fn parts(&self, ty: &str) -> Vec<String> {
        let Some(fields) = self.objects.get(ty) else { return vec![String::new()] };
        if let Some(nodes) = fields.iter().find(|field| field.name.node == "nodes") {
            // Of the pages within a page, one row each; `hazard` and its like ask for more.
            let inner = |part: String| part.replace(&format!("first: {ROWS}"), "first: 1");
            let parts = self.parts(&named(&nodes.ty.node)).into_iter().map(|part| format!("nodes {}", inner(part)));
            let places = "edges { cursor } pageInfo { startCursor endCursor hasNextPage hasPreviousPage }";
            return parts.map(|part| format!("{{ {part} {places} }}")).collect();
        }
        let mut simple = vec!["__typename".to_owned()];
        let mut parts = Vec::new();
        for field in fields {
            let text = self.field(field, &mut vec![ty.to_owned()]);
            if self.objects.contains_key(&named(&field.ty.node)) {
                parts.push(format!("{{ {text} }}"));
            } else {
                simple.push(text);
            }
        }
        parts.push(format!("{{ {} }}", simple.join(" ")));
        parts
    }

    /// A field with all below it, but for what would begin anew.
    fn field(&self, field: &FieldDefinition, above: &mut Vec<String>) -> String {
        let ty = named(&field.ty.node);
        let arguments: Vec<String> = field.arguments.iter().filter_map(|one| inner_argument(&one.node)).collect();
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let name = &field.name.node;
        let Some(fields) = self.objects.get(&ty) else { return format!("{name}{arguments}") };
        above.push(ty.clone());
        let is_edge = ty.ends_with("Edge");
        // The things to which photos, supervisions and todos belong are asked for what is simple: all else would cost too much, and they
        // have roots of their own.
        let is_shallow = ["MajorHazard", "SimilarPhoto", "Supervision", "Penalty", "Todo", "Incident"]
            .iter()
            .any(|part| above.iter().any(|above| above == part) && ty != *part);
        // The history of a report is read in full where the report is asked for by itself.
        let is_far =
            ty == "EventDetails" && ["Hazard", "Report"].iter().all(|part| above.iter().any(|above| above == part));
        let is_shallow = is_shallow || is_far;
        let wanted = fields.iter().filter(|inner| {
            let inner_type = named(&inner.ty.node);
            let is_deep = is_shallow && self.objects.contains_key(&inner_type);
            !(above.contains(&inner_type) || is_deep || is_edge && inner.name.node == "node")
        });
        let wanted: Vec<&FieldDefinition> = wanted.collect();
        let below: Vec<String> = wanted.into_iter().map(|inner| self.field(inner, above)).collect();
        above.pop();
        format!("{name}{arguments} {{ __typename {} }}", below.join(" "))
    }
}

fn question(field: &FieldDefinition, arguments: &Map<String, Value>, selection: &str) -> Question {
    let name = field.name.node.to_string();
    let taken: Vec<&InputValueDefinition> = field
        .arguments
        .iter()
        .map(|one| &one.node)
        .filter(|one| arguments.contains_key(one.name.node.as_str()))
        .collect();
    let defined: Vec<String> = taken.iter().map(|one| format!("${}: {}", one.name.node, one.ty.node)).collect();
    let passed: Vec<String> = taken.iter().map(|one| format!("{0}: ${0}", one.name.node)).collect();
    let listed = |all: Vec<String>| if all.is_empty() { String::new() } else { format!("({})", all.join(", ")) };
    let (defined, passed) = (listed(defined), listed(passed));
    let text = format!("query{defined} {{ {name}{passed} {selection} }}");
    Question { root: name, text, variables: Value::Object(arguments.clone()) }
}

/// What is passed to a field of the root: one set for each thing that there is.
fn arguments_of(field: &FieldDefinition, played: &Played) -> Vec<Map<String, Value>> {
    let mut sets = vec![Map::new()];
    for argument in &field.arguments {
        let (name, ty) = (argument.node.name.node.as_str(), argument.node.ty.node.to_string());
        let values: Vec<Value> = match (field.name.node.as_str(), name, ty.as_str()) {
            (_, "first", _) => vec![json!(ROWS)],
            ("report" | "myReport", "id", _) => played.reports.clone(),
            ("hazard", "id", _) => played.hazards.clone(),
            ("assignment", "id", _) => played.assignments.clone(),
            ("award", "id", _) => played.awards.clone(),
            ("incident", "id", _) => played.incidents.clone(),
            (_, "ids", _) => vec![json!(played.submissions)],
            (_, _, "CodeList!") => vec![json!("PLACE_KIND"), json!("INDUSTRY"), json!("DISASTER_KIND")],
            (_, _, "PlaceInput!") => {
                let mut place = in_binyang();
                place.as_object_mut().unwrap().remove("address");
                vec![place]
            }
            // Of what else has an id, one that does not exist: its answer must be clean, too.
            (_, _, "UUID!") => vec![json!("7b0c3f0e-5a57-4a0e-9d53-2f1f6a3f0c11")],
            _ if argument.node.ty.node.nullable || argument.node.default_value.is_some() => continue,
            (field, name, ty) => panic!("say here what to pass to `{field}({name}: {ty})`"),
        };
        sets = sets.iter().flat_map(|set| values.iter().map(|value| with(set, name, value))).collect();
    }
    sets
}

fn with(set: &Map<String, Value>, name: &str, value: &Value) -> Map<String, Value> {
    let mut set = set.clone();
    set.insert(name.to_owned(), value.clone());
    set
}

/// What is passed to a field below the root; nothing where nothing has to be.
fn inner_argument(argument: &InputValueDefinition) -> Option<String> {
    let (name, ty) = (argument.name.node.as_str(), argument.ty.node.to_string());
    match (name, ty.as_str()) {
        ("first", _) => Some(format!("first: {ROWS}")),
        (_, "Crs!") => Some(format!("{name}: GCJ02")),
        _ if argument.ty.node.nullable || argument.default_value.is_some() => None,
        _ => panic!("say here what to pass to `{name}: {ty}`"),
    }
}

fn named(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => named(inner),
    }
}
