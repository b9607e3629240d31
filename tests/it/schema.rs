//! The published schema: current, and told so well that somebody who has nothing else can use it.

use std::collections::HashSet;

use async_graphql::Positioned;
use async_graphql::parser::{
    parse_schema,
    types::{InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition},
};
use tests::app::{Settings, run};
use tests::steps::STEPS;

const SDL: &str = include_str!("../../schema.graphql");

/// Types of the library, which tells about them what it wants.
const OF_THE_LIBRARY: &[&str] = &["PageInfo", "DateTime"];

#[tokio::test]
async fn the_published_schema_is_what_the_server_serves() {
    let printed = run(&["schema"], &Settings::new()).await;
    assert!(printed.status.success());
    let how = "run `cargo run -q -p tests --bin chuishao-under-test -- schema > schema.graphql`";
    assert!(printed.stdout == SDL.as_bytes(), "schema.graphql is not what the server serves: {how}");
}

#[test]
fn everything_of_ours_is_described() {
    assert_eq!(undescribed(SDL), [""; 0]);
}

#[test]
fn what_is_not_described_is_named() {
    let sdl = r#"
        "A" type A { "f" f("x" x: Int, y: Int): Int g: Int  "h" h(input: I!): Int }
        type B { "f" f: Int }
        input I { "a" a: Int, b: Int }
        enum E { "X" X, Y }
        interface F { f: Int }
        scalar S
        "See [`E`]." scalar T
        type AConnection { "f" f: Int }
    "#;
    let missing = ["A.f(y)", "A.g", "B", "I", "I.b", "E", "E.Y", "F", "F.f", "S", "T"];
    assert_eq!(undescribed(sdl), missing);
}

/// The description of the mutations names the steps of the story: none that is not there.
#[test]
fn the_story_is_told_with_steps_that_exist() {
    let types = types(SDL);
    let mutation = types.iter().find(|ty| ty.name.node == "Mutation").unwrap();
    let TypeKind::Object(object) = &mutation.kind else { panic!("Mutation is an object") };
    let known: HashSet<&str> = object.fields.iter().map(|field| field.node.name.node.as_str()).collect();
    let told = &mutation.description.as_ref().unwrap().node;

    let steps: Vec<&str> = told.split('`').skip(1).step_by(2).filter(|word| *word != "requestId").collect();

    assert!(steps.len() > 20, "{steps:?}");
    let unknown: Vec<&&str> = steps.iter().filter(|step| !known.contains(**step)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// The tests take steps by name: each is a mutation of the schema and takes the input that their list says.
#[test]
fn the_steps_of_the_tests_take_the_inputs_of_the_schema() {
    let types = types(SDL);
    let mutation = types.iter().find(|ty| ty.name.node == "Mutation").unwrap();
    let TypeKind::Object(object) = &mutation.kind else { panic!("Mutation is an object") };
    for step in STEPS {
        let field = object.fields.iter().find(|field| field.node.name.node == step.mutation);
        let field = &field.unwrap_or_else(|| panic!("no mutation {}", step.mutation)).node;
        let inputs: Vec<String> = field.arguments.iter().map(|one| one.node.ty.node.to_string()).collect();
        assert_eq!(inputs, [format!("{}!", step.input)], "{}", step.mutation);
    }
}

/// The mutations that are older than the form of their answers: they answer with the thing that they changed.
const OLDER: &[&str] = &[
    "acceptWork",
    "amendReport",
    "answerCallback",
    "approveAward",
    "blowWhistle",
    "cancelHazard",
    "checkIn",
    "claimAssignment",
    "closeHazard",
    "collectAward",
    "completePhoto",
    "completeWorkPhoto",
    "confirmReport",
    "declareOutOfScope",
    "dispatchHazard",
    "findUnfounded",
    "finishAssignment",
    "giveIdentity",
    "handOverAssignment",
    "login",
    "logout",
    "markNoticesRead",
    "mergeReport",
    "openReport",
    "payAward",
    "preparePhoto",
    "prepareWorkPhoto",
    "refresh",
    "registerDevice",
    "rejectAward",
    "releaseAssignment",
    "reopenHazard",
    "requestCode",
    "reviewAward",
    "sendToRework",
    "signAssignment",
    "submitReports",
    "withdrawReport",
];

/// A new mutation takes one input, which names the request, and answers with a payload of its own, to which later builds
/// can add what else the step changed.
#[test]
fn every_newer_mutation_answers_with_its_payload() {
    assert_eq!(
        other_forms(SDL),
        OLDER,
        "give a new mutation the payload form; take a mutation that has it off the list"
    );
}

#[test]
fn a_mutation_of_another_form_is_named() {
    let sdl = r"
        type Mutation {
            doIt(input: DoItInput!): DoItPayload!
            doThat(input: DoThatInput!): Thing!
            askIt(input: DoItInput!): AskItPayload!
            doThis(input: DoItInput!): DoItPayload!
            moveIt(input: DoItInput!, id: ID!): MoveItPayload!
            findIt(id: ID!): FindItPayload!
            tellIt(input: TellItInput!): TellItPayload!
            nameIt(input: NameItInput!): NameItPayload!
        }
        input DoItInput { requestId: UUID! }
        input DoThatInput { requestId: UUID! }
        input TellItInput { id: UUID! }
        input NameItInput { submissionId: UUID! }
    ";
    assert_eq!(other_forms(sdl), ["doThat", "doThis", "findIt", "moveIt", "tellIt"]);
}

/// Returns the mutations without the form of the newer ones, by name: `doIt(input: …Input!): DoItPayload!`, where the input
/// has a `requestId`, or the `submissionId` that takes its place.
fn other_forms(sdl: &str) -> Vec<String> {
    let types = types(sdl);
    let find = |name: &str| types.iter().find(|ty| ty.name.node == name).map(|ty| &ty.kind);
    let names_its_request = |input: &InputValueDefinition| {
        let name = input.ty.node.to_string();
        let Some(TypeKind::InputObject(input)) = find(name.trim_end_matches('!')) else { return false };
        input.fields.iter().any(|field| ["requestId", "submissionId"].contains(&field.node.name.node.as_str()))
    };
    let Some(TypeKind::Object(mutation)) = find("Mutation") else { panic!("Mutation is an object") };
    let mut others: Vec<String> = mutation
        .fields
        .iter()
        .filter(|field| {
            let (first, rest) = field.node.name.node.split_at(1);
            let name = first.to_uppercase() + rest;
            let takes_one_input = match field.node.arguments.as_slice() {
                [input] => input.node.name.node == "input" && names_its_request(&input.node),
                _ => false,
            };
            !takes_one_input || field.node.ty.node.to_string() != format!("{name}Payload!")
        })
        .map(|field| field.node.name.node.to_string())
        .collect();
    others.sort_unstable();
    others
}

fn types(sdl: &str) -> Vec<TypeDefinition> {
    let document = parse_schema(sdl).expect("the schema can be read");
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(ty) => Some(ty.node),
        _ => None,
    });
    types.collect()
}

/// What of ours has no description, or one that speaks to readers of the code.
fn undescribed(sdl: &str) -> Vec<String> {
    let mut missing = Vec::new();
    for ty in types(sdl) {
        let name = ty.name.node.as_str();
        let is_page = ["Connection", "Edge"].iter().any(|end| name.ends_with(end));
        if OF_THE_LIBRARY.contains(&name) || is_page {
            continue;
        }
        note(&mut missing, name, ty.description.as_ref());
        parts(&mut missing, name, &ty.kind);
    }
    missing
}

fn parts(missing: &mut Vec<String>, ty: &str, kind: &TypeKind) {
    let fields = match kind {
        TypeKind::Object(object) => &object.fields,
        TypeKind::Interface(interface) => &interface.fields,
        TypeKind::InputObject(input) => return values(missing, &format!("{ty}."), "", &input.fields),
        TypeKind::Enum(words) => {
            for word in &words.values {
                note(missing, &format!("{ty}.{}", word.node.value.node), word.node.description.as_ref());
            }
            return;
        }
        TypeKind::Scalar | TypeKind::Union(_) => return,
    };
    for field in fields {
        let name = format!("{ty}.{}", field.node.name.node);
        note(missing, &name, field.node.description.as_ref());
        // The one argument of a mutation is told by its type.
        let others: Vec<_> = field.node.arguments.iter().filter(|one| one.node.name.node != "input").cloned().collect();
        values(missing, &format!("{name}("), ")", &others);
    }
}

fn values(missing: &mut Vec<String>, start: &str, end: &str, values: &[Positioned<InputValueDefinition>]) {
    for value in values {
        note(missing, &format!("{start}{}{end}", value.node.name.node), value.node.description.as_ref());
    }
}

fn note(missing: &mut Vec<String>, name: &str, description: Option<&Positioned<String>>) {
    if description.is_none_or(|text| text.node.trim().is_empty() || text.node.contains("[`")) {
        missing.push(name.to_owned());
    }
}
