//! Builds the responses of the GraphQL endpoint, with the status codes and media types of the GraphQL-over-HTTP
//! specification.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ALLOW, Accept, CACHE_CONTROL, CONTENT_TYPE, Header, Quality, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpMessage, HttpResponse, HttpResponseBuilder};
use async_graphql::{Response, Value};
use domain::refusal::{Code, Language, Refusal};

use crate::refused;

/// The media type for which the HTTP status reflects the result of the request.
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// The media type of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    /// `application/graphql-response+json`, in which a document that cannot be executed has status 400.
    GraphqlResponse,
    /// `application/json`, in which such a document has status 200. The default for clients that send no `Accept`.
    Json,
}

impl Media {
    /// Returns the preferred media type according to the quality values in `Accept`; with equal values
    /// `application/graphql-response+json`, because its status says more. Returns `None` if the client accepts neither.
    pub(crate) fn accepted(request: &impl HttpMessage) -> Option<Self> {
        let Ok(Accept(wanted)) = Accept::parse(request) else { return None };
        if wanted.is_empty() {
            return Some(Self::Json);
        }
        let weight = |names: &[&str]| {
            let named = wanted.iter().filter(|item| names.contains(&item.item.essence_str()));
            named.map(|item| item.quality).max().unwrap_or(Quality::ZERO)
        };
        let (response, json) = (weight(&[GRAPHQL_RESPONSE]), weight(&[JSON, "application/*", "*/*"]));
        if response.max(json) == Quality::ZERO {
            return None;
        }
        Some(if response >= json { Self::GraphqlResponse } else { Self::Json })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// Returns the response for a request that was refused as a whole: a GraphQL response with one error, and the status of
/// its code.
pub(crate) fn refuse(refusal: &Refusal, language: Language, media: Media) -> HttpResponse {
    refuse_with(refused::status(refusal.code), refusal, language, media)
}

/// Returns the response for a well-formed request whose document cannot be executed: status 400, but 200 for
/// `application/json`.
pub(crate) fn refuse_document(refusal: &Refusal, language: Language, media: Media) -> HttpResponse {
    let status = match media {
        Media::GraphqlResponse => StatusCode::BAD_REQUEST,
        Media::Json => StatusCode::OK,
    };
    refuse_with(status, refusal, language, media)
}

fn refuse_with(status: StatusCode, refusal: &Refusal, language: Language, media: Media) -> HttpResponse {
    builder(status, refusal.code, media).body(refused::body(refusal, language).to_string())
}

fn builder(status: StatusCode, code: Code, media: Media) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((CONTENT_TYPE, media.name()));
    // Answers hold tokens and follow-up codes: no cache may keep them, and no browser may take them for something else.
    answer.insert_header((CACHE_CONTROL, "no-store")).insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if let Some(seconds) = refused::retry_after(code) {
        answer.insert_header((RETRY_AFTER, seconds));
    }
    if code == Code::MethodNotAllowed {
        answer.insert_header((ALLOW, "POST"));
    }
    answer
}

/// Checks whether validation rejected the document, so that it was not executed: there is no data, and an error without
/// a path.
pub(crate) fn is_invalid(response: &Response) -> bool {
    response.data == Value::Null && response.errors.iter().any(|error| error.path.is_empty())
}

/// Returns the response of an executed request. Its status is 200 even if fields were refused, with two exceptions: a
/// root field that failed with `TRY_LATER`, `RATE_LIMITED` or `UNAUTHENTICATED` (in this order of precedence) sets the
/// status, so that load balancers understand it too; and a document that validation rejected has status 400, but 200
/// for `application/json`.
pub(crate) fn executed(response: &Response, media: Media) -> HttpResponse {
    let mut status =
        if is_invalid(response) && media == Media::GraphqlResponse { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let mut told = Code::BadQuery;
    for code in [Code::TryLater, Code::RateLimited, Code::Unauthenticated] {
        if response.errors.iter().any(|error| error.path.len() <= 1 && has_code(error, code)) {
            (status, told) = (refused::status(code), code);
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

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::Media;

    #[test]
    fn the_preferred_media_type_is_chosen() {
        let (response, json) = (Some(Media::GraphqlResponse), Some(Media::Json));
        for (header, expected) in [
            ("application/graphql-response+json", response),
            ("application/json, application/graphql-response+json", response),
            ("application/graphql-response+json;q=0.5, application/json", json),
            ("APPLICATION/JSON; charset=utf-8", json),
            ("*/*", json),
            ("", json),
            ("text/html, */*;q=0.1", json),
            ("application/json;q=0", None),
            ("text/html", None),
        ] {
            let request = TestRequest::default().insert_header(("Accept", header)).to_http_request();
            assert_eq!(Media::accepted(&request), expected, "{header}");
        }
        assert_eq!(Media::accepted(&TestRequest::default().to_http_request()), json);
    }
}
