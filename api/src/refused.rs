//! Maps a refusal to an HTTP response: status, headers, body, and the language of its message. GraphQL, photo routes
//! and resumable uploads share this mapping.

use actix_web::HttpMessage;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
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
/// the rule with its basis, and a detail.
pub(crate) fn extensions(refusal: &Refusal, language: Language) -> Map<String, Value> {
    let mut extensions = Map::new();
    extensions.insert("code".to_owned(), refusal.code.as_str().into());
    extensions.insert("retryable".to_owned(), refusal.code.retryable().into());
    extensions.extend(refusal.field.map(|field| ("field".to_owned(), field.into())));
    extensions.extend(refusal.rule.map(|rule| ("rule".to_owned(), rule.into())));
    extensions.extend(refusal.basis(language).map(|basis| ("basis".to_owned(), basis.into())));
    extensions.extend(refusal.detail.as_deref().map(|(name, value)| ((*name).to_owned(), value.clone().into())));
    extensions
}

/// Returns the body of a refusal: a GraphQL response that has one error and no data.
pub(crate) fn body(refusal: &Refusal, language: Language) -> Value {
    json!({ "errors": [{ "message": refusal.text(language), "extensions": extensions(refusal, language) }] })
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
/// Chinese, otherwise Chinese. Devices also write `en_US`, and `*` stands for the language that is not named.
pub(crate) fn language(request: &impl HttpMessage) -> Language {
    let headers = request.headers().get_all(ACCEPT_LANGUAGE).filter_map(|value| value.to_str().ok());
    let wanted: Vec<Wanted<'_>> = headers.flat_map(|header| header.split(',')).filter_map(Wanted::parse).collect();
    match (rank(&wanted, "zh"), rank(&wanted, "en")) {
        (chinese, Some(english)) if chinese.as_ref().is_none_or(|chinese| english.is_before(chinese)) => {
            Language::English
        }
        _ => Language::Chinese,
    }
}

/// An entry of `Accept-Language`: a primary language or `*`, and its quality from 0 to 1.
struct Wanted<'h> {
    language: &'h str,
    quality: f32,
}

/// The place of a language in the order of preference.
struct Rank {
    quality: f32,
    position: usize,
}

impl<'h> Wanted<'h> {
    /// Parses an entry such as `en-GB;q=0.8`. Returns `None` if its quality is not a number from 0 to 1.
    fn parse(entry: &'h str) -> Option<Self> {
        let (tag, quality) = entry.split_once(';').unwrap_or((entry, "q=1"));
        let quality =
            quality.trim().strip_prefix("q=")?.parse().ok().filter(|quality| (0.0..=1.0).contains(quality))?;
        Some(Self { language: tag.trim().split(['-', '_']).next()?, quality })
    }
}

impl Rank {
    fn is_before(&self, other: &Self) -> bool {
        let by_quality = other.quality.total_cmp(&self.quality);
        by_quality.then(self.position.cmp(&other.position)).is_lt()
    }
}

/// Returns the rank of a language: of its best entry, or of `*` if it is not named. Returns `None` if it is not wanted.
fn rank(wanted: &[Wanted<'_>], language: &str) -> Option<Rank> {
    let of = |language: &str| {
        let all = wanted.iter().enumerate().filter(|(_, one)| one.language.eq_ignore_ascii_case(language));
        let ranks = all.map(|(position, one)| Rank { quality: one.quality, position });
        ranks.reduce(|best, one| if one.is_before(&best) { one } else { best })
    };
    of(language).or_else(|| of("*")).filter(|rank| rank.quality > 0.0)
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
            ("en_US", Language::English),
            ("en_GB,zh_CN;q=0.9", Language::English),
            ("zh_Hans_CN, en_US", Language::Chinese),
            ("*", Language::Chinese),
            ("en, *", Language::English),
            ("en, *;q=0.5", Language::English),
            ("*, en;q=0.5", Language::Chinese),
            ("fr, *;q=0.5", Language::Chinese),
            ("zh;q=0, *", Language::English),
            ("*;q=0", Language::Chinese),
            ("en;q=2, zh;q=0.1", Language::Chinese),
            ("en;q=0.002, zh;q=0.001", Language::English),
            ("en;level=1", Language::Chinese),
            (",, en ;q=1.000 ,", Language::English),
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
