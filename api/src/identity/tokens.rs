//! Access tokens: JSON Web Tokens signed with Ed25519 and valid for ten minutes. A token identifies a session, or the
//! report of a follow-up code. It names neither the person nor their roles, because the server loads both from the
//! database on every request.

use chrono::{DateTime, TimeDelta, Utc};
use domain::refusal::Code;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::Keys;
use crate::error::{ApiError, ApiResult};

/// The lifetime of an access token in minutes.
pub(crate) const TOKEN_MINUTES: i64 = 10;
/// The clock skew in seconds that is tolerated between server processes.
const LEEWAY_SECONDS: i64 = 5;
/// The `typ` header of access tokens (RFC 9068).
const TYPE: &str = "at+jwt";
/// The `iss` claim of access tokens.
const ISSUER: &str = "chuishao";

/// The kind of caller for whom a token was issued: the `aud` claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Audience {
    /// A member of the public; the `sub` claim is the session id.
    Reporter,
    /// An officer; the `sub` claim is the session id.
    Officer,
    /// The holder of a follow-up code; the `sub` claim is the report id.
    FollowUp,
}

/// A signed token with its expiry.
#[derive(Clone)]
pub(crate) struct AccessToken {
    /// The token in JWS compact serialisation (RFC 7515).
    pub text: String,
    /// When the token expires.
    pub ends_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct TokenClaims {
    iss: String,
    aud: Audience,
    sub: Uuid,
    iat: i64,
    exp: i64,
}

impl Audience {
    const fn code(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::Officer => "officer",
            Self::FollowUp => "followup",
        }
    }
}

/// Issues a token for `subject`, the id of a session or, for [`Audience::FollowUp`], of a report.
pub(crate) fn issue(keys: &Keys, audience: Audience, subject: Uuid, now: DateTime<Utc>) -> ApiResult<AccessToken> {
    let signer = keys.tokens().newest();
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(signer.kid.clone());
    let ends_at = now + TimeDelta::minutes(TOKEN_MINUTES);
    let claims = TokenClaims {
        iss: ISSUER.to_owned(),
        aud: audience,
        sub: subject,
        iat: now.timestamp(),
        exp: ends_at.timestamp(),
    };
    let text = encode(&header, &claims, &signer.encoding).map_err(ApiError::internal)?;
    Ok(AccessToken { text, ends_at })
}

/// Verifies a token and returns its audience and subject.
///
/// # Errors
/// `UNAUTHENTICATED` if the signature is invalid or the token is not valid at `now`. The error does not reveal which.
pub(crate) fn read(keys: &Keys, text: &str, now: DateTime<Utc>) -> ApiResult<(Audience, Uuid)> {
    let claims = verified(keys, text).ok_or(Code::Unauthenticated)?;
    let now = now.timestamp();
    let is_good = claims.exp > now - LEEWAY_SECONDS
        && claims.iat <= now + LEEWAY_SECONDS
        && claims.exp.checked_sub(claims.iat).is_some_and(|span| (0..=TOKEN_MINUTES * 60).contains(&span));
    if is_good { Ok((claims.aud, claims.sub)) } else { Err(Code::Unauthenticated.into()) }
}

fn verified(keys: &Keys, text: &str) -> Option<TokenClaims> {
    let header = decode_header(text).ok()?;
    let plain = header.jwk.is_none() && header.jku.is_none() && header.x5u.is_none() && header.crit.is_none();
    if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) || !plain {
        return None;
    }
    let signer = keys.tokens().named(header.kid.as_deref()?)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[Audience::Reporter, Audience::Officer, Audience::FollowUp].map(Audience::code));
    validation.validate_exp = false; // `read` checks the expiry against the app's clock
    decode::<TokenClaims>(text, &signer.decoding, &validation).ok().map(|token| token.claims)
}
