//! Answers of the entry point: GraphQL over HTTP's status codes and media types.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, ALLOW, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder};
use async_graphql::{Response, Value};
use domain::refusal::{Code, Language, Refusal};
use serde_json::json;

/// Media type of answers whose status tells how the request fared.
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// Which media type the client takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    /// `application/graphql-response+json`.
    GraphqlResponse,
    /// `application/json`: what clients get that name nothing.
    Json,
}

impl Media {
    /// The better of what the client takes; `None` when it takes neither.
    pub(crate) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let Some(accept) = headers.get(ACCEPT) else { return Some(Self::Json) };
        let accept = accept.to_str().unwrap_or_default().to_ascii_lowercase();
        let names: Vec<_> = accept.split(',').map(|one| one.split(';').next().unwrap_or_default().trim()).collect();
        if names.contains(&GRAPHQL_RESPONSE) {
            return Some(Self::GraphqlResponse);
        }
        names.iter().any(|name| [JSON, "application/*", "*/*", ""].contains(name)).then_some(Self::Json)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// The status that goes with a refusal of the whole request.
pub(crate) const fn status(code: Code) -> StatusCode {
    match code {
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::TryLater => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The refusal of a whole request, in the form of a GraphQL answer.
pub(crate) fn refuse(refusal: &Refusal, language: Language, media: Media) -> HttpResponse {
    refuse_with(status(refusal.code), refusal, language, media)
}

/// The refusal of a well-formed request whose document cannot be executed: 400, but 200 for `application/json`.
pub(crate) fn refuse_document(refusal: &Refusal, language: Language, media: Media) -> HttpResponse {
    let status = match media {
        Media::GraphqlResponse => StatusCode::BAD_REQUEST,
        Media::Json => StatusCode::OK,
    };
    refuse_with(status, refusal, language, media)
}

fn refuse_with(status: StatusCode, refusal: &Refusal, language: Language, media: Media) -> HttpResponse {
    let body = json!({ "errors": [{ "message": refusal.text(language), "extensions": extensions(refusal) }] });
    builder(status, refusal.code, media).body(body.to_string())
}

/// What stands beside the text of a refusal.
pub(crate) fn extensions(refusal: &Refusal) -> serde_json::Value {
    let mut extensions = json!({ "code": refusal.code.as_str(), "retryable": refusal.code.retryable() });
    if let Some(table) = extensions.as_object_mut() {
        if let Some(field) = refusal.field {
            table.insert("field".into(), field.into());
        }
        if let Some(rule) = refusal.rule {
            table.insert("rule".into(), rule.into());
        }
        if let Some(detail) = &refusal.detail {
            table.insert(detail.0.into(), detail.1.clone().into());
        }
    }
    extensions
}

fn builder(status: StatusCode, code: Code, media: Media) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((CONTENT_TYPE, media.name()));
    match code {
        Code::TryLater => answer.insert_header((RETRY_AFTER, "2")),
        Code::RateLimited => answer.insert_header((RETRY_AFTER, "60")),
        Code::MethodNotAllowed => answer.insert_header((ALLOW, "POST")),
        _ => &mut answer,
    };
    answer
}

/// Whether the schema refused the document, so that nothing was executed.
pub(crate) fn is_invalid(response: &Response) -> bool {
    response.data == Value::Null && response.errors.iter().any(|error| error.path.is_empty())
}

/// The answer of an executed request. Refusals of fields are 200; a root field that ended in `TRY_LATER`,
/// `RATE_LIMITED` or `UNAUTHENTICATED` sets the status, so that clients and balancers without GraphQL understand.
pub(crate) fn executed(response: &Response, media: Media) -> HttpResponse {
    let mut status =
        if is_invalid(response) && media == Media::GraphqlResponse { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let mut told = Code::BadQuery;
    for code in [Code::TryLater, Code::RateLimited, Code::Unauthenticated] {
        if response.errors.iter().any(|error| error.path.len() <= 1 && has_code(error, code)) {
            (status, told) = (self::status(code), code);
            break;
        }
    }
    match serde_json::to_string(response) {
        Ok(body) => builder(status, told, media).body(body),
        Err(error) => {
            tracing::error!(cause = %error, "an answer could not be written");
            refuse(&Refusal::new(Code::Internal), Language::default(), media)
        }
    }
}

fn has_code(error: &async_graphql::ServerError, code: Code) -> bool {
    let found = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
    matches!(found, Some(Value::String(word)) if word == code.as_str())
}
