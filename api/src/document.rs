//! Reads the parsed document of a GraphQL request together with the variables of the request.

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::{Request, Variables};

/// Gives the request and its variables to a function side by side, and puts the variables back afterwards. The library
/// lends the parsed document only with the whole request, in which the variables then cannot be read.
pub(crate) fn with_variables<T>(request: &mut Request, read: impl FnOnce(&mut Request, &mut Variables) -> T) -> T {
    let mut variables = std::mem::take(&mut request.variables);
    let done = read(request, &mut variables);
    request.variables = variables;
    done
}

/// Returns the operation of a document that will be executed: the one with this name, or the only one. Returns `None` if no
/// operation has the name.
pub(crate) fn executed<'d>(document: &'d ExecutableDocument, name: Option<&str>) -> Option<&'d OperationDefinition> {
    let mut operations = document.operations.iter();
    let (_, operation) = match name {
        Some(name) => operations.find(|(found, _)| found.is_some_and(|found| found.as_str() == name)),
        None => operations.next(),
    }?;
    Some(&operation.node)
}

#[cfg(test)]
mod tests {
    use async_graphql::Value;
    use serde_json::json;

    use super::*;

    #[test]
    fn variables_are_read_beside_the_document_and_stay_in_the_request() {
        let mut request = Request::new("query A { a } mutation B($x: Int) { b(c: $x) }");
        request.variables = Variables::from_json(json!({ "x": 1 }));
        let found = with_variables(&mut request, |request, variables| {
            variables.insert(async_graphql::Name::new("y"), Value::Null);
            let document = request.parsed_query().unwrap();
            (executed(document, Some("B")).map(|operation| operation.variable_definitions.len()), variables.len())
        });
        assert_eq!(found, (Some(1), 2));
        assert_eq!(request.variables.len(), 2);
        assert!(executed(request.parsed_query().unwrap(), Some("C")).is_none());
        assert!(executed(request.parsed_query().unwrap(), None).is_some());
    }
}
