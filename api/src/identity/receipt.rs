//! Receipts 回执: a signed confirmation that a report was received. Anyone can verify it with nothing but the published
//! keys.
//!
//! The report row stores the key id and the 64-byte signature. The receipt is rebuilt from them and from the submission
//! id that the caller sends, and is byte-identical every time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::id::ReportId;
use entity::report;
#[cfg(test)]
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::Keys;
use crate::error::{ApiError, ApiResult};

/// The `typ` header of receipts.
const TYPE: &str = "chuishao-receipt";
/// The length of an Ed25519 signature in bytes.
pub(crate) const SIGNATURE_BYTES: usize = 64;

/// The claims of a receipt, with the fields in alphabetical order as in canonical JSON (RFC 8785).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceiptClaims {
    /// The SHA-256 hash of the report's content, in hexadecimal.
    pub content_hash: String,
    /// When the report was received, in milliseconds since the Unix epoch.
    pub received_at: i64,
    /// The id of the report.
    pub report_id: ReportId,
    /// The submission id, which the phone generated.
    pub submission_id: Uuid,
}

#[derive(Serialize)]
struct ReceiptHeader<'a> {
    alg: &'static str,
    kid: &'a str,
    typ: &'static str,
}

impl ReceiptClaims {
    /// Builds the claims of a receipt. `received_at` is truncated to milliseconds.
    #[must_use]
    pub(crate) fn new(report: ReportId, submission: Uuid, content_hash: &[u8], received_at: DateTime<Utc>) -> Self {
        Self {
            content_hash: hex::encode(content_hash),
            received_at: received_at.timestamp_millis(),
            report_id: report,
            submission_id: submission,
        }
    }
}

/// Builds the receipt claims of a stored report.
#[must_use]
pub(crate) fn claims_of(row: &report::Model, submission: Uuid) -> ReceiptClaims {
    ReceiptClaims::new(row.id, submission, &row.content_hash, row.received_at)
}

/// Returns the JWS signing input: the header and the claims, each in base64url, joined by a dot.
fn message(kid: &str, claims: &ReceiptClaims) -> ApiResult<String> {
    let header = serde_json_canonicalizer::to_vec(&ReceiptHeader { alg: "EdDSA", kid, typ: TYPE })
        .map_err(ApiError::internal)?;
    let claims = serde_json_canonicalizer::to_vec(claims).map_err(ApiError::internal)?;
    Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims)))
}

/// Signs a receipt and returns the key id and the signature.
pub(crate) fn sign(keys: &Keys, claims: &ReceiptClaims) -> ApiResult<(String, [u8; SIGNATURE_BYTES])> {
    let signer = keys.receipts().newest();
    let signature = signer.pair.try_sign(message(&signer.kid, claims)?.as_bytes()).map_err(ApiError::internal)?;
    Ok((signer.kid.clone(), signature.as_ref().try_into().map_err(ApiError::internal)?))
}

/// Rebuilds the receipt as a compact JWS (RFC 7515). It is deterministic for the same arguments.
pub(crate) fn rebuild(kid: &str, signature: &[u8], claims: &ReceiptClaims) -> ApiResult<String> {
    Ok(format!("{}.{}", message(kid, claims)?, URL_SAFE_NO_PAD.encode(signature)))
}

/// Verifies a receipt and returns its claims, or `None` if none of our keys signed it.
#[cfg(test)]
#[must_use]
pub(crate) fn verify(keys: &Keys, text: &str) -> Option<ReceiptClaims> {
    let header = decode_header(text).ok().filter(|header| header.typ.as_deref() == Some(TYPE))?;
    let signer = keys.receipts().named(header.kid.as_deref()?)?;
    decode(text, &signer.decoding, &validation()).ok().map(|token| token.claims)
}

/// Returns a validation without expiry and audience checks, because a receipt has neither claim.
#[cfg(test)]
fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation
}
