//! Parses and writes tus 1.0 headers: <https://tus.io/protocols/resumable-upload>.

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::http::{Method, StatusCode};
use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::limits::PHOTO_BYTES_MAX;
use domain::refusal::{Code, Refusal};

/// The supported protocol version, for the header `Tus-Resumable`.
pub(super) const VERSION: &str = "1.0.0";
/// The supported protocol extensions, for the header `Tus-Extension`.
pub(super) const EXTENSIONS: &str = "creation,creation-with-upload,checksum,expiration,termination";
/// The supported checksum algorithms, for the header `Tus-Checksum-Algorithm`.
pub(super) const CHECKSUMS: &str = "sha1,sha256";
/// The media type of a request body that holds file bytes.
const BYTES: &str = "application/offset+octet-stream";
/// The HTTP status 460, by which tus reports a checksum mismatch.
const CHECKSUM_MISMATCH: u16 = 460;

/// Returns the request method. Clients that can only POST override it by the header `X-HTTP-Method-Override`.
pub(super) fn method(request: &HttpRequest) -> Method {
    let named = text(request.headers(), "x-http-method-override");
    match (request.method(), named.and_then(|name| name.to_ascii_uppercase().parse().ok())) {
        (&Method::POST, Some(meant)) => meant,
        (asked, _) => asked.clone(),
    }
}

/// Checks whether the client uses our protocol version.
pub(super) fn is_spoken(headers: &HeaderMap) -> bool {
    text(headers, "tus-resumable") == Some(VERSION)
}

/// Checks whether the media type says that the body holds file bytes.
pub(super) fn has_bytes(headers: &HeaderMap) -> bool {
    text(headers, CONTENT_TYPE.as_str()).is_some_and(|kind| kind.eq_ignore_ascii_case(BYTES))
}

/// Parses `Content-Length`. Returns `None` if the header is missing or not a number.
pub(super) fn body_length(headers: &HeaderMap) -> Option<u64> {
    text(headers, CONTENT_LENGTH.as_str())?.parse().ok()
}

/// Parses `Upload-Offset`, the file position in bytes at which the body starts.
///
/// # Errors
/// `INVALID_INPUT` if the header is missing or not a number.
pub(super) fn offset(headers: &HeaderMap) -> Result<u64, Refusal> {
    number(headers, "upload-offset", "Upload-Offset")
}

/// Parses `Upload-Length`, the size of the whole file in bytes.
///
/// # Errors
/// `INVALID_INPUT` if the header is missing or not a number; `TOO_LARGE` above 15 MiB.
pub(super) fn length(headers: &HeaderMap) -> Result<u64, Refusal> {
    let length = number(headers, "upload-length", "Upload-Length")?;
    if length > PHOTO_BYTES_MAX {
        return Err(Refusal::new(Code::TooLarge)
            .with_field("Upload-Length")
            .with_text("单张照片不得超过 15 MiB。", "A photo must not exceed 15 MiB."));
    }
    Ok(length)
}

/// Returns the decoded value of a key in `Upload-Metadata`.
///
/// # Errors
/// `INVALID_INPUT` if the key is missing or its value cannot be decoded.
pub(super) fn metadata(headers: &HeaderMap, name: &str) -> Result<String, Refusal> {
    let pairs = text(headers, "upload-metadata").unwrap_or_default().split(',');
    let found = pairs.filter_map(|pair| pair.trim().split_once(' ')).find(|(key, _)| *key == name);
    let value = found.and_then(|(_, value)| STANDARD.decode(value.trim()).ok());
    value.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
        Refusal::invalid(
            "Upload-Metadata",
            format!("缺少“{name}”，请按上传方案填写。"),
            format!("`{name}` is missing. Send the fields of the upload plan."),
        )
    })
}

/// The checksum of a request body.
#[derive(Debug, Clone)]
pub(super) struct Checksum {
    /// The hash algorithm.
    pub algorithm: &'static Algorithm,
    /// The expected digest.
    pub expected: Vec<u8>,
}

/// Parses `Upload-Checksum`. Returns `None` if the request has no such header.
///
/// # Errors
/// `INVALID_INPUT` if the header is malformed or names an unsupported algorithm.
pub(super) fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Refusal> {
    let Some(given) = text(headers, "upload-checksum") else { return Ok(None) };
    let parts =
        given.split_once(' ').and_then(|(name, sum)| Some((algorithm(name)?, STANDARD.decode(sum.trim()).ok()?)));
    match parts {
        Some((algorithm, expected)) => Ok(Some(Checksum { algorithm, expected })),
        None => Err(Refusal::invalid(
            "Upload-Checksum",
            format!("校验和格式有误，应为算法名、空格和 Base64 值，支持的算法为 {CHECKSUMS}。"),
            format!("A checksum consists of an algorithm ({CHECKSUMS}), a space, and the sum in base64."),
        )),
    }
}

fn algorithm(name: &str) -> Option<&'static Algorithm> {
    match name {
        "sha1" => Some(&SHA1_FOR_LEGACY_USE_ONLY), // tus requires SHA-1; the SHA-256 of the file has the last word
        "sha256" => Some(&SHA256),
        _ => None,
    }
}

/// Returns the tus status for a checksum mismatch.
pub(super) fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(CHECKSUM_MISMATCH).unwrap_or(StatusCode::BAD_REQUEST)
}

fn number(headers: &HeaderMap, name: &str, shown: &'static str) -> Result<u64, Refusal> {
    text(headers, name).and_then(|value| value.parse().ok()).ok_or_else(|| {
        Refusal::invalid(
            shown,
            format!("请求头 {shown} 格式有误，应为字节数。"),
            format!("The header {shown} must be a number of bytes."),
        )
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn with(name: &'static str, value: &'static str) -> HttpRequest {
        TestRequest::post().insert_header((name, value)).to_http_request()
    }

    #[test]
    fn only_a_post_can_mean_another_method() {
        let named = ("X-HTTP-Method-Override", "patch");
        let meant = |request: TestRequest| method(&request.to_http_request());
        assert_eq!(meant(TestRequest::post().insert_header(named)), Method::PATCH);
        assert_eq!(meant(TestRequest::post()), Method::POST);
        assert_eq!(meant(TestRequest::get().insert_header(named)), Method::GET);
    }

    #[test]
    fn numbers_are_whole_and_within_their_bounds() {
        for wrong in ["", "-1", "1.5", "ten", "99999999999999999999"] {
            assert_eq!(offset(with("Upload-Offset", wrong).headers()).unwrap_err().code, Code::InvalidInput);
        }
        assert_eq!(offset(with("Upload-Offset", " 7 ").headers()).unwrap(), 7);
        assert_eq!(length(with("Upload-Length", "15728640").headers()).unwrap(), PHOTO_BYTES_MAX);
        assert_eq!(length(with("Upload-Length", "15728641").headers()).unwrap_err().code, Code::TooLarge);
        assert_eq!(length(with("Upload-Defer-Length", "1").headers()).unwrap_err().code, Code::InvalidInput);
    }

    #[test]
    fn metadata_are_pairs_of_a_name_and_base64() {
        let given = with("Upload-Metadata", "filename YS5qcGc=, policy cG9saWN5,is_private");
        assert_eq!(metadata(given.headers(), "policy").unwrap(), "policy");
        for absent in ["signature", "is_private", "poli"] {
            assert_eq!(metadata(given.headers(), absent).unwrap_err().code, Code::InvalidInput);
        }
    }

    #[test]
    fn a_checksum_names_its_algorithm() {
        assert!(checksum(TestRequest::post().to_http_request().headers()).unwrap().is_none());
        let read = |value| checksum(with("Upload-Checksum", value).headers()).map(|sum| sum.unwrap().expected);
        assert_eq!(read("sha1 AAEC").unwrap(), [0, 1, 2]);
        for wrong in ["sha1", "md5 AAEC", "sha256 ???", ""] {
            assert_eq!(read(wrong).unwrap_err().code, Code::InvalidInput, "{wrong}");
        }
    }
}
