//! The signed policy for an upload to this server: which object key a phone may write, with which size and media type,
//! and until when.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};

use super::signer::{Purpose, UrlSigner};
use super::store::PLAN_LIFETIME;

/// An upload policy. Every condition has to match exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UploadPolicy {
    /// The object key that the phone may write.
    pub key: String,
    /// The media type of the file.
    #[serde(rename = "type")]
    pub media_type: String,
    /// The exact file size in bytes.
    pub bytes: u64,
    /// When the policy expires, in milliseconds since the Unix epoch.
    pub ends: i64,
}

impl UploadPolicy {
    /// Creates a policy that expires [`PLAN_LIFETIME`] after `now`.
    pub(super) fn new(key: &str, media_type: &str, bytes: u64, now: DateTime<Utc>) -> Self {
        let ends = (now + PLAN_LIFETIME).timestamp_millis();
        Self { key: key.to_owned(), media_type: media_type.to_owned(), bytes, ends }
    }

    /// Returns when the policy expires.
    pub(super) fn ends_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.ends).unwrap_or_default()
    }

    /// Returns the two form fields: the policy as base64 JSON, and its signature.
    pub(super) fn signed(&self, signer: &UrlSigner) -> (String, String) {
        let json =
            serde_json::json!({ "key": self.key, "type": self.media_type, "bytes": self.bytes, "ends": self.ends });
        let text = STANDARD.encode(json.to_string());
        let signature = signer.sign(Purpose::Upload, &text);
        (text, signature)
    }

    /// Verifies and parses the policy from the two form fields.
    ///
    /// # Errors
    /// `FORBIDDEN` if the signature is invalid or the policy has expired at `now`.
    pub(super) fn read(signer: &UrlSigner, text: &str, signature: &str, now: DateTime<Utc>) -> Result<Self, Refusal> {
        if !signer.has_signed(Purpose::Upload, text, signature) {
            return Err(forged());
        }
        let json = STANDARD.decode(text).map_err(|_unreadable| forged())?;
        let policy: Self = serde_json::from_slice(&json).map_err(|_unreadable| forged())?;
        if policy.ends_at() <= now {
            return Err(Refusal::new(Code::Forbidden).with_rule("photo.plan_ended").with_text(
                "上传方案已过期，请重新获取后再上传。",
                "The upload plan has expired. Request a new one and upload again.",
            ));
        }
        Ok(policy)
    }
}

fn forged() -> Refusal {
    Refusal::new(Code::Forbidden).with_rule("photo.plan_not_ours").with_text(
        "上传方案无效，请重新获取后再上传。",
        "The upload plan is invalid. Request a new one and upload again.",
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::{DateTime, TimeDelta};

    use super::*;

    #[test]
    fn a_policy_holds_for_15_minutes_and_for_our_signature_only() {
        let signer = UrlSigner::new(
            Arc::new(|message| [message.iter().fold(7, |sum: u8, byte| sum.wrapping_mul(31) ^ byte); 32]),
            "http://x",
        );
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let policy = UploadPolicy::new("incoming/ab/x", "image/jpeg", 5, now);
        let (text, signature) = policy.signed(&signer);
        let read = |signature: &str, minutes| {
            UploadPolicy::read(&signer, &text, signature, now + TimeDelta::minutes(minutes))
                .map_err(|no| no.rule.unwrap())
        };
        assert_eq!(read(&signature, 14), Ok(policy));
        assert_eq!(read(&signature, 15), Err("photo.plan_ended"));
        assert_eq!(read(&signature[2..], 0), Err("photo.plan_not_ours"));
        assert_eq!(read(&signer.sign(Purpose::Link, &text), 0), Err("photo.plan_not_ours"));
    }
}
