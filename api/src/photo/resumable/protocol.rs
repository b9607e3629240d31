//! Reads and writes the headers of tus 1.0: <https://tus.io/protocols/resumable-upload>.

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::http::{Method, StatusCode};
use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::limits::PHOTO_BYTES_MAX;
use domain::refusal::{Code, Refusal};

/// The version of the protocol.
pub(super) const VERSION: &str = "1.0.0";
/// The extensions of the protocol that the server supports.
pub(super) const EXTENSIONS: &str = "creation,creation-with-upload,checksum,expiration,termination";
/// The algorithms by which the bytes of one request can be checked.
pub(super) const CHECKSUMS: &str = "sha1,sha256";
/// The type of a body that holds bytes of a file.
const BYTES: &str = "application/offset+octet-stream";
/// The status by which tus says that a checksum did not match.
const CHECKSUM_MISMATCH: u16 = 460;

/// Returns the method of a request. Clients that can only POST name another method in a header.
pub(super) fn method(request: &HttpRequest) -> Method {
    let named = text(request.headers(), "x-http-method-override");
    match (request.method(), named.and_then(|name| name.to_ascii_uppercase().parse().ok())) {
        (&Method::POST, Some(meant)) => meant,
        (asked, _) => asked.clone(),
    }
}

/// Checks whether the client uses our version of the protocol.
pub(super) fn is_spoken(headers: &HeaderMap) -> bool {
    text(headers, "tus-resumable") == Some(VERSION)
}

/// Checks whether the request has a body of bytes.
pub(super) fn has_bytes(headers: &HeaderMap) -> bool {
    text(headers, CONTENT_TYPE.as_str()).is_some_and(|kind| kind.eq_ignore_ascii_case(BYTES))
}

/// Returns the size of the body. Returns `None` if the client does not name it.
pub(super) fn body_length(headers: &HeaderMap) -> Option<u64> {
    text(headers, CONTENT_LENGTH.as_str())?.parse().ok()
}

/// Returns the position in the file at which the body begins.
///
/// # Errors
/// `INVALID_INPUT` if the header is no number.
pub(super) fn offset(headers: &HeaderMap) -> Result<u64, Refusal> {
    number(headers, "upload-offset", "Upload-Offset")
}

/// Returns the size of the whole file in bytes.
///
/// # Errors
/// `INVALID_INPUT` if the header is no number; `TOO_LARGE` above 15 MiB.
pub(super) fn length(headers: &HeaderMap) -> Result<u64, Refusal> {
    let length = number(headers, "upload-length", "Upload-Length")?;
    if length > PHOTO_BYTES_MAX {
        return Err(Refusal::new(Code::TooLarge)
            .with_field("Upload-Length")
            .with_text("单张照片不得超过 15 MiB。", "A photo must not exceed 15 MiB."));
    }
    Ok(length)
}

/// Returns the value that the metadata contain under this name.
///
/// # Errors
/// `INVALID_INPUT` if they contain no such value.
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

/// The checksum of the bytes of one request.
#[derive(Debug, Clone)]
pub(super) struct Checksum {
    /// The hash function.
    pub algorithm: &'static Algorithm,
    /// The value that the bytes must have.
    pub expected: Vec<u8>,
}

/// Returns the checksum of the request. Returns `None` if the request has none.
///
/// # Errors
/// `INVALID_INPUT` if its form is wrong or its algorithm is not supported.
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
        "sha1" => Some(&SHA1_FOR_LEGACY_USE_ONLY), // tus requires it, and the SHA-256 of the file decides in the end
        "sha256" => Some(&SHA256),
        _ => None,
    }
}

/// Returns the status by which tus says that the bytes do not match the checksum.
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
