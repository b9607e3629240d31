//! Receipts: a signed promise that a report was received, which anybody can check with the published keys alone.
//!
//! The row keeps the name of the key and the 64 bytes of the signature; the text is rebuilt with the submission's id
//! that the caller brings, and is the very same each time.

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

/// `typ` of a receipt.
const TYPE: &str = "chuishao-receipt";
/// Bytes of a signature.
pub(crate) const SIGNATURE_BYTES: usize = 64;

/// What a receipt says. Written in the order of its names, as canonical JSON (RFC 8785) wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceiptClaims {
    /// SHA-256 of the content, in hex.
    pub content_hash: String,
    /// When it was received, in milliseconds since 1970.
    pub received_at: i64,
    /// The report.
    pub report_id: ReportId,
    /// The id that the phone made.
    pub submission_id: Uuid,
}

#[derive(Serialize)]
struct ReceiptHeader<'a> {
    alg: &'static str,
    kid: &'a str,
    typ: &'static str,
}

impl ReceiptClaims {
    /// The claims of a receipt; `received_at` counts to the millisecond.
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

/// What the receipt of a report says.
#[must_use]
pub(crate) fn claims_of(row: &report::Model, submission: Uuid) -> ReceiptClaims {
    ReceiptClaims::new(row.id, submission, &row.content_hash, row.received_at)
}

/// ReceiptHeader and claims as they are signed.
fn message(kid: &str, claims: &ReceiptClaims) -> ApiResult<String> {
    let header = serde_json_canonicalizer::to_vec(&ReceiptHeader { alg: "EdDSA", kid, typ: TYPE })
        .map_err(ApiError::internal)?;
    let claims = serde_json_canonicalizer::to_vec(claims).map_err(ApiError::internal)?;
    Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims)))
}

/// Signs a receipt: the name of the key, and the signature.
///
/// # Errors
/// An internal error when the key does not sign.
pub(crate) fn sign(keys: &Keys, claims: &ReceiptClaims) -> ApiResult<(String, [u8; SIGNATURE_BYTES])> {
    let signer = keys.receipts().newest();
    let signature = signer.pair.try_sign(message(&signer.kid, claims)?.as_bytes()).map_err(ApiError::internal)?;
    Ok((signer.kid.clone(), signature.as_ref().try_into().map_err(ApiError::internal)?))
}

/// The receipt as text: a compact JWS (RFC 7515). The same arguments give the same text.
///
/// # Errors
/// An internal error when the claims have no canonical form.
pub(crate) fn rebuild(kid: &str, signature: &[u8], claims: &ReceiptClaims) -> ApiResult<String> {
    Ok(format!("{}.{}", message(kid, claims)?, URL_SAFE_NO_PAD.encode(signature)))
}

/// What a receipt says, if one of our keys signed it.
#[cfg(test)]
#[must_use]
pub(crate) fn verify(keys: &Keys, text: &str) -> Option<ReceiptClaims> {
    let header = decode_header(text).ok().filter(|header| header.typ.as_deref() == Some(TYPE))?;
    let signer = keys.receipts().named(header.kid.as_deref()?)?;
    decode(text, &signer.decoding, &validation()).ok().map(|token| token.claims)
}

/// A receipt never ends and is for nobody in particular.
#[cfg(test)]
fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation
}
