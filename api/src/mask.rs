//! Masks GraphQL errors: every error in a response has a code, and a message in the caller's language that reveals no
//! internals.

use std::any::TypeId;
use std::sync::{Arc, OnceLock};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest, NextRequest, NextSubscribe,
};
use async_graphql::{PathSegment, Request, Response, SchemaEnv, ServerError, ServerResult, Value};
use domain::limits::DOCUMENT_ERRORS_MAX;
use domain::refusal::{Code, Language, Refusal};
use futures::StreamExt;
use futures::stream::BoxStream;

use crate::caller::Caller;
use crate::error::ApiError;
use crate::redact::redact_values;
use crate::refused;

/// The `async-graphql` extension that masks errors. One instance is created for each request and for each subscription.
#[derive(Clone, Default)]
pub(crate) struct Mask {
    /// The language of the caller. It is set in `prepare_request`, because the caller is not known before.
    language: Arc<OnceLock<Language>>,
}

impl ExtensionFactory for Mask {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self::default())
    }
}

#[async_trait::async_trait]
impl Extension for Mask {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let caller = request.data.get(&TypeId::of::<Caller>()).and_then(|value| value.downcast_ref::<Caller>());
        if let Some(caller) = caller {
            self.language.get_or_init(|| caller.language);
        }
        next.run(ctx, request).await
    }

    /// Masks the response of a query or a mutation.
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        self.masked(ctx.schema_env, next.run(ctx).await)
    }

    /// Masks each response of a stream: the items of a subscription, the error if the subscription cannot start, and
    /// the one response of a query over a WebSocket. The library does not call [`Extension::request`] for these.
    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        let (mask, schema) = (self.clone(), ctx.schema_env.clone());
        next.run(ctx, stream).map(move |response| mask.masked(&schema, response)).boxed()
    }
}

impl Mask {
    fn masked(&self, schema: &SchemaEnv, mut response: Response) -> Response {
        let language = self.language.get().copied().unwrap_or_default();
        if response.errors.iter().all(|error| error.path.is_empty()) {
            response.errors.truncate(DOCUMENT_ERRORS_MAX); // of a document that was not executed
        }
        for error in &mut response.errors {
            mask(error, language, schema);
        }
        response
    }
}

/// Returns the path of an error for the log, such as `myReports.nodes.3._`. The path has the names that the client gave
/// its fields, which may be any words, such as a phone number, so only names of fields in the schema are shown.
fn logged(schema: &SchemaEnv, path: &[PathSegment]) -> String {
    let is_known = |name: &String| {
        let mut types = schema.registry.types.values();
        types.any(|ty| ty.fields().is_some_and(|fields| fields.contains_key(name)))
    };
    let words = path.iter().map(|segment| match segment {
        PathSegment::Field(name) if is_known(name) => name.clone(),
        PathSegment::Field(_) => "_".to_owned(),
        PathSegment::Index(index) => index.to_string(),
    });
    words.collect::<Vec<_>>().join(".")
}

fn mask(error: &mut ServerError, language: Language, schema: &SchemaEnv) {
    let refusal = match error.source::<ApiError>() {
        Some(ApiError::Refused(refusal)) => (**refusal).clone(),
        Some(ApiError::Internal(cause)) => {
            tracing::error!(%cause, path = logged(schema, &error.path), "a request failed");
            Refusal::new(Code::Internal)
        }
        None => of_the_library(error, schema),
    };
    metrics::counter!("graphql_refusals_total", "code" => refusal.code.as_str()).increment(1);
    refusal.text(language).clone_into(&mut error.message);
    let mut extensions = async_graphql::ErrorExtensionValues::default();
    for (key, value) in refused::extensions(&refusal, language) {
        extensions.set(key, Value::from_json(value).unwrap_or_default());
    }
    error.extensions = Some(extensions);
}

/// Returns the refusal for an error that the library itself raised: `BAD_QUERY` or `TOO_COMPLEX` for an error without a
/// path, which was found in the document before its execution; `INVALID_INPUT` for an input value that could not be
/// parsed. Any other error is logged and becomes `INTERNAL`.
fn of_the_library(error: &ServerError, schema: &SchemaEnv) -> Refusal {
    let said = redact_values(&error.message);
    if error.path.is_empty() {
        let code =
            if said.contains("too complex") || said.contains("too deep") { Code::TooComplex } else { Code::BadQuery };
        return Refusal::new(code).with_text(format!("查询语句有误：{said}"), format!("Invalid query: {said}"));
    }
    let of_an_input = ["Failed to parse", "Invalid value", "expected type", "Expected input type"];
    if of_an_input.iter().any(|words| said.contains(words)) {
        return Refusal::new(Code::InvalidInput);
    }
    tracing::error!(path = logged(schema, &error.path), "an error without a code was masked");
    Refusal::new(Code::Internal)
}

#[cfg(test)]
mod tests;
