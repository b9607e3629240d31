//! Access tokens that are forged or expired.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::refused;
use crate::identity::keys::Keys;
use crate::identity::receipt::{self, ReceiptClaims};
use crate::identity::tokens::{Audience, issue, read};
use domain::id::ReportId;
use domain::refusal::Code;

const NOW: &str = "2026-11-24T01:00:00Z";

fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

fn signed(header: &Value, claims: &Value, pair: &Ed25519KeyPair) -> String {
    let message = format!("{}.{}", encoded(header), encoded(claims));
    let signature = URL_SAFE_NO_PAD.encode(pair.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn with(base: &Value, key: &str, value: Value) -> Value {
    let mut changed = base.clone();
    match value {
        Value::Null => drop(changed.as_object_mut().unwrap().remove(key)),
        value => changed[key] = value,
    }
    changed
}

struct Forge {
    keys: Keys,
    header: Value,
    claims: Value,
    _folder: tempfile::TempDir,
}

impl Forge {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::make(&folder.path().join("keys")).unwrap();
        let header = json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": keys.tokens().newest().kid });
        let at = now().timestamp();
        let claims = json!({ "iss": "chuishao", "aud": "reporter", "sub": Uuid::new_v4(), "iat": at, "exp": at + 600 });
        Self { keys, header, claims, _folder: folder }
    }

    fn pair(&self) -> &Ed25519KeyPair {
        &self.keys.tokens().newest().pair
    }

    fn header(&self, key: &str, value: Value) -> String {
        signed(&with(&self.header, key, value), &self.claims, self.pair())
    }

    fn claim(&self, key: &str, value: Value) -> String {
        signed(&self.header, &with(&self.claims, key, value), self.pair())
    }

    fn hs256(&self, secret: &[u8]) -> String {
        let header = with(&self.header, "alg", json!("HS256"));
        let message = format!("{}.{}", encoded(&header), encoded(&self.claims));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    fn refuses(&self, what: &str, token: &str) {
        assert_eq!(refused(read(&self.keys, token, now())), Some(Code::Unauthenticated), "{what}");
    }
}

#[test]
fn a_good_token_says_its_audience_and_subject() {
    let forge = Forge::new();
    let subject = Uuid::new_v4();
    for audience in [Audience::Reporter, Audience::Officer, Audience::FollowUp] {
        let token = issue(&forge.keys, audience, subject, now()).unwrap();
        assert_eq!(token.ends_at, now() + TimeDelta::minutes(10));
        assert_eq!(read(&forge.keys, &token.text, now()).unwrap(), (audience, subject));
        assert!(read(&forge.keys, &token.text, now() + TimeDelta::seconds(599)).is_ok());
        assert!(read(&forge.keys, &token.text, now() + TimeDelta::seconds(606)).is_err());
        assert!(read(&forge.keys, &token.text, now() - TimeDelta::seconds(6)).is_err());
    }
    assert!(read(&forge.keys, &signed(&forge.header, &forge.claims, forge.pair()), now()).is_ok(), "the forge works");
}

#[test]
fn other_algorithms_and_keys_are_refused() {
    let forge = Forge::new();
    let public = forge.pair().public_key().as_ref().to_vec();
    let bare = format!("{}.{}.", encoded(&with(&forge.header, "alg", json!("none"))), encoded(&forge.claims));
    forge.refuses("no algorithm", &bare);
    forge.refuses("no algorithm, signed", &forge.header("alg", json!("none")));
    forge.refuses("HS256 with the public key", &forge.hs256(&public));
    forge.refuses("HS256 with the public key as text", &forge.hs256(URL_SAFE_NO_PAD.encode(&public).as_bytes()));
    forge.refuses("another algorithm", &forge.header("alg", json!("ES256")));
    forge.refuses("unknown key", &forge.header("kid", json!("20200101T000000000Z-000000")));
    forge.refuses("no key", &forge.header("kid", Value::Null));
    let receipts = forge.keys.receipts().newest();
    forge.refuses("a receipt key under a token's name", &signed(&forge.header, &forge.claims, &receipts.pair));
    let named = with(&forge.header, "kid", json!(receipts.kid));
    forge.refuses("a receipt key under its own name", &signed(&named, &forge.claims, &receipts.pair));
    let own = Ed25519KeyPair::generate().unwrap();
    let x = URL_SAFE_NO_PAD.encode(own.public_key());
    let embedded = with(&forge.header, "jwk", json!({ "kty": "OKP", "crv": "Ed25519", "x": x }));
    forge.refuses("a key that it brings itself", &signed(&embedded, &forge.claims, &own));
}

#[test]
fn other_types_and_claims_are_refused() {
    let forge = Forge::new();
    let at = now().timestamp();
    forge.refuses("another type", &forge.header("typ", json!("JWT")));
    forge.refuses("no type", &forge.header("typ", Value::Null));
    forge.refuses("a part that must be understood", &forge.header("crit", json!(["b64"])));
    forge.refuses("another audience", &forge.claim("aud", json!("administrator")));
    forge.refuses("several audiences", &forge.claim("aud", json!(["reporter", "officer"])));
    forge.refuses("no audience", &forge.claim("aud", Value::Null));
    forge.refuses("another issuer", &forge.claim("iss", json!("somebody")));
    forge.refuses("no issuer", &forge.claim("iss", Value::Null));
    forge.refuses("ended", &forge.claim("exp", json!(at - 5)));
    forge.refuses("no end", &forge.claim("exp", Value::Null));
    forge.refuses("too long", &forge.claim("exp", json!(at + 601)));
    forge.refuses("for ever", &forge.claim("exp", json!(i64::MAX)));
    forge.refuses("from the future", &forge.claim("iat", json!(at + 6)));
    forge.refuses("from the beginning of time", &forge.claim("iat", json!(i64::MIN)));
    forge.refuses("a subject that is no id", &forge.claim("sub", json!("root")));
}

#[test]
fn changed_and_broken_tokens_are_refused() {
    let forge = Forge::new();
    let good = signed(&forge.header, &forge.claims, forge.pair());
    let parts: Vec<&str> = good.split('.').collect();
    let other = encoded(&with(&forge.claims, "aud", json!("officer")));
    forge.refuses("other claims under the signature", &format!("{}.{other}.{}", parts[0], parts[2]));
    let mut signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    signature[10] ^= 1;
    let changed = URL_SAFE_NO_PAD.encode(signature);
    forge.refuses("another signature", &format!("{}.{}.{changed}", parts[0], parts[1]));
    forge.refuses("half a signature", &format!("{}.{}.{}", parts[0], parts[1], &parts[2][..40]));
    for broken in ["", ".", "..", "a.b.c", &parts[0].repeat(9_000), &format!("{good}.more"), &format!("{good}=")] {
        forge.refuses("broken", broken);
    }
    let claims = ReceiptClaims::new(ReportId(Uuid::new_v4()), Uuid::new_v4(), &[1; 32], now());
    let (kid, bytes) = receipt::sign(&forge.keys, &claims).unwrap();
    forge.refuses("a receipt", &receipt::rebuild(&kid, &bytes, &claims).unwrap());
}
