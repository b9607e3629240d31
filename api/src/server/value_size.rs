//! Measures the arguments of a GraphQL document, with each variable written out wherever it is mentioned.
//!
//! The library copies a variable at every mention. A document of a few kilobytes can mention a variable of hundreds of
//! kilobytes thousands of times.

use std::collections::HashMap;

use async_graphql::{Name, Positioned, Value, Variables};

/// An argument as the parser has it: its name and its value.
pub(super) type Argument = (Positioned<Name>, Positioned<Written>);

/// The value of a variable or a literal, as the parser has it.
type Written = async_graphql_value::Value;

/// Measures values, each variable only once.
pub(super) struct Sizes<'d> {
    variables: &'d Variables,
    known: HashMap<&'d str, usize>,
    /// The number of values that were visited, for the tests.
    pub visited: usize,
}

impl<'d> Sizes<'d> {
    /// Creates the measure for a request with these variables.
    pub(super) fn new(variables: &'d Variables) -> Self {
        Self { variables, known: HashMap::new(), visited: 0 }
    }

    /// Returns the size of the arguments: about the number of bytes that they would take in a request.
    pub(super) fn of(&mut self, arguments: &'d [Argument]) -> usize {
        arguments.iter().map(|(_, value)| self.written(&value.node)).fold(0, usize::saturating_add)
    }

    fn written(&mut self, value: &'d Written) -> usize {
        self.visited = self.visited.saturating_add(1);
        match value {
            Written::Variable(name) => self.variable(name),
            Written::String(text) => text.len().saturating_add(1),
            Written::Enum(word) => word.len(),
            Written::Binary(bytes) => bytes.len(),
            Written::List(items) => items.iter().map(|item| self.written(item)).fold(1, usize::saturating_add),
            Written::Object(fields) => {
                let of_field = |(name, value): (&'d Name, &'d Written)| self.written(value).saturating_add(name.len());
                fields.iter().map(of_field).fold(1, usize::saturating_add)
            }
            Written::Null | Written::Number(_) | Written::Boolean(_) => 1,
        }
    }

    fn variable(&mut self, name: &'d Name) -> usize {
        if let Some(size) = self.known.get(name.as_str()) {
            return *size;
        }
        let size = self.variables.get(name).map_or(1, |value| self.given(value));
        self.known.insert(name.as_str(), size);
        size
    }

    fn given(&mut self, value: &Value) -> usize {
        self.visited = self.visited.saturating_add(1);
        match value {
            Value::String(text) => text.len().saturating_add(1),
            Value::Enum(word) => word.len(),
            Value::Binary(bytes) => bytes.len(),
            Value::List(items) => items.iter().map(|item| self.given(item)).fold(1, usize::saturating_add),
            Value::Object(fields) => {
                let of_field = |(name, value): (&Name, &Value)| self.given(value).saturating_add(name.len());
                fields.iter().map(of_field).fold(1, usize::saturating_add)
            }
            Value::Null | Value::Number(_) | Value::Boolean(_) => 1,
        }
    }
}
