//! Maps a refusal to an HTTP response: status, headers, body, and the language of its message. GraphQL, photo routes
//! and resumable uploads share this mapping.

use actix_web::HttpMessage;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    AcceptLanguage, CACHE_CONTROL, Header, Preference, Quality, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpResponse, HttpResponseBuilder};
use domain::refusal::{Code, Language, Refusal};
use serde_json::{Map, Value, json};

use crate::error::ApiError;

/// Returns the HTTP status if the whole request is refused. If only a GraphQL field is refused, the status stays 200,
/// as GraphQL over HTTP specifies.
pub(crate) const fn status(code: Code) -> StatusCode {
    match code {
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::IllegalMove | Code::ChangedMeanwhile => StatusCode::CONFLICT,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::TryLater => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Code::InvalidInput
        | Code::AlreadyClaimed
        | Code::ContentChanged
        | Code::SubmissionIdTaken
        | Code::RequestIdTaken
        | Code::UnitBarred
        | Code::DutyExcluded
        | Code::EvidenceMissing
        | Code::TooFar
        | Code::NotYourOwn
        | Code::OutsideArea
        | Code::TooComplex
        | Code::BadQuery => StatusCode::BAD_REQUEST,
    }
}

/// Returns the value of the `Retry-After` header: the seconds after which the same request may succeed.
pub(crate) const fn retry_after(code: Code) -> Option<&'static str> {
    match code {
        Code::TryLater => Some("2"),
        Code::RateLimited => Some("60"),
        _ => None,
    }
}

/// Returns the GraphQL error `extensions` of a refusal: its code, whether it is retryable, and, if present, the field,
/// the rule and a detail.
pub(crate) fn extensions(refusal: &Refusal) -> Map<String, Value> {
    let mut extensions = Map::new();
    extensions.insert("code".to_owned(), refusal.code.as_str().into());
    extensions.insert("retryable".to_owned(), refusal.code.retryable().into());
    extensions.extend(refusal.field.map(|field| ("field".to_owned(), field.into())));
    extensions.extend(refusal.rule.map(|rule| ("rule".to_owned(), rule.into())));
    extensions.extend(refusal.detail.as_deref().map(|(name, value)| ((*name).to_owned(), value.clone().into())));
    extensions
}

/// Returns the body of a refusal: a GraphQL response that has one error and no data.
pub(crate) fn body(refusal: &Refusal, language: Language) -> Value {
    json!({ "errors": [{ "message": refusal.text(language), "extensions": extensions(refusal) }] })
}

/// Returns the response for an error outside of GraphQL. Logs an internal error.
pub(crate) fn response(error: &ApiError, language: Language) -> HttpResponse {
    if let ApiError::Internal(cause) = error {
        tracing::error!(%cause, "a request failed");
    }
    let refusal = error.refusal();
    let mut response = HttpResponseBuilder::new(status(refusal.code));
    if let Some(seconds) = retry_after(refusal.code) {
        response.insert_header((RETRY_AFTER, seconds));
    }
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .json(body(&refusal, language))
}

/// Returns the preferred language according to the quality values in `Accept-Language`: English if it ranks above
/// Chinese, otherwise Chinese.
pub(crate) fn language(request: &impl HttpMessage) -> Language {
    let Ok(AcceptLanguage(mut wanted)) = AcceptLanguage::parse(request) else { return Language::Chinese };
    wanted.retain(|item| item.quality > Quality::ZERO);
    let known = AcceptLanguage(wanted).ranked().into_iter().find_map(|preference| match preference {
        Preference::Specific(tag) if tag.primary_language().eq_ignore_ascii_case("zh") => Some(Language::Chinese),
        Preference::Specific(tag) if tag.primary_language().eq_ignore_ascii_case("en") => Some(Language::English),
        Preference::Specific(_) | Preference::Any => None,
    });
    known.unwrap_or(Language::Chinese)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_preferred_of_the_two_languages_is_chosen() {
        for (header, expected) in [
            ("en", Language::English),
            ("EN-gb,en;q=0.9", Language::English),
            ("fr, en", Language::English),
            ("en;q=0.5, zh-CN;q=0.9", Language::Chinese),
            ("zh;q=0.5, en-US;q=0.9", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("en;q=0, fr", Language::Chinese),
            ("*", Language::Chinese),
            ("", Language::Chinese),
            ("english please", Language::Chinese),
        ] {
            let request = TestRequest::default().insert_header(("Accept-Language", header)).to_http_request();
            assert_eq!(language(&request), expected, "{header}");
        }
        assert_eq!(language(&TestRequest::default().to_http_request()), Language::Chinese);
    }

    #[test]
    fn every_code_has_a_status_of_its_kind() {
        for code in Code::ALL {
            let status = status(*code);
            let is_server_error = matches!(code, Code::Internal | Code::TryLater);
            assert_eq!(status.is_server_error(), is_server_error, "{code:?}");
            assert!(status.is_server_error() || status.is_client_error(), "{code:?}");
            assert_eq!(retry_after(*code).is_some(), matches!(code, Code::TryLater | Code::RateLimited), "{code:?}");
        }
    }
}
