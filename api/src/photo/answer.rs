//! Refusals of the photo routes, in the form of GraphQL's errors.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, HeaderMap, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder};
use domain::refusal::{Code, Language, Refusal};
use serde_json::json;

use crate::error::ApiError;

/// The language that a client reads: English where it asks for that first, else Chinese.
pub(super) fn language(headers: &HeaderMap) -> Language {
    let first = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if first.trim_start().get(..2).is_some_and(|tag| tag.eq_ignore_ascii_case("en")) {
        Language::English
    } else {
        Language::Chinese
    }
}

/// The answer to what was not done; an accident is logged here, once.
pub(super) fn refused(error: &ApiError, language: Language) -> HttpResponse {
    if let ApiError::Accident(cause) = error {
        tracing::error!(%cause, "a photo route failed");
    }
    let refusal = error.refusal();
    let mut extensions = json!({ "code": refusal.code.as_str(), "retryable": refusal.code.retryable() });
    if let Some(known) = extensions.as_object_mut() {
        known.extend(refusal.field.map(|field| ("field".to_owned(), field.into())));
        known.extend(refusal.rule.map(|rule| ("rule".to_owned(), rule.into())));
    }
    let mut answer = HttpResponseBuilder::new(status(&refusal));
    if refusal.code == Code::TryLater {
        answer.insert_header((RETRY_AFTER, "5"));
    }
    answer
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(json!({ "errors": [{ "message": refusal.text(language), "extensions": extensions }] }))
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal.code {
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::IllegalMove | Code::ChangedMeanwhile => StatusCode::CONFLICT,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::TryLater => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}
