//! Receipts and follow-up codes: they are deterministic, verifiable with the published keys, and hard to guess.

use chrono::TimeDelta;
use domain::id::ReportId;
use domain::refusal::Code;
use futures::future::join_all;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use rstest::rstest;
use serde_json::Value;
use uuid::Uuid;

use super::refused;
use crate::database::Engine;
use crate::error::ApiResult;
use crate::identity::followup::open_report;
use crate::identity::receipt::{ReceiptClaims, rebuild, sign, verify};
use crate::identity::testing::LoginWorld;
use crate::identity::tokens::{AccessToken, Audience, read};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_receipt_is_rebuilt_the_same_and_verifies_with_the_published_keys_alone(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let claims = ReceiptClaims::new(ReportId(Uuid::new_v4()), Uuid::new_v4(), &[0xab; 32], world.now);
    let (kid, signature) = sign(&world.keys, &claims).unwrap();
    let text = rebuild(&kid, &signature, &claims).unwrap();
    assert_eq!(rebuild(&kid, signature.as_slice(), &claims.clone()).unwrap(), text);
    assert_eq!(verify(&world.keys, &text), Some(claims.clone()));

    let published: JwkSet = serde_json::from_str(&world.keys.jwks().to_string()).unwrap();
    let header = decode_header(&text).unwrap();
    assert_eq!(header.typ.as_deref(), Some("chuishao-receipt"));
    let key = DecodingKey::from_jwk(published.find(&header.kid.unwrap()).unwrap()).unwrap();
    let mut plain = Validation::new(Algorithm::EdDSA);
    plain.required_spec_claims.clear();
    plain.validate_exp = false;
    let read = decode::<Value>(&text, &key, &plain).unwrap().claims;
    assert_eq!(read["reportId"], claims.report_id.to_string());
    assert_eq!(read["receivedAt"], world.now.timestamp_millis());
    assert_eq!(read["contentHash"], "ab".repeat(32));

    let other = ReceiptClaims { received_at: claims.received_at + 1, ..claims };
    assert_eq!(verify(&world.keys, &rebuild(&kid, &signature, &other).unwrap()), None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_published_keys_hold_nothing_private(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    for key in world.keys.jwks()["keys"].as_array().unwrap() {
        let mut names: Vec<&String> = key.as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"]);
        assert_eq!((key["use"].as_str(), key["alg"].as_str()), (Some("sig"), Some("EdDSA")));
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_follow_up_code_opens_its_own_report(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let report = world.report(b"one submission").await;
    let code = world.keys.follow_up_code(b"one submission").for_its_reporter();
    assert_eq!(code, world.keys.follow_up_code(b"one submission").for_its_reporter());
    assert_eq!(code.len(), 19);
    let wide: String = code.chars().map(|each| if each == ' ' { '\u{3000}' } else { wide(each) }).collect();
    for written in
        [code.clone(), code.replace(' ', ""), code.replace(' ', "—"), format!("\u{202d}{code}\u{202c}"), wide]
    {
        let token = opens(&world, report, &written).await.unwrap();
        assert_eq!(read(&world.keys, &token.text, world.now).unwrap(), (Audience::FollowUp, report.0));
    }
}

fn wide(digit: char) -> char {
    char::from_u32(u32::from(digit) - u32::from('0') + u32::from('０')).unwrap()
}

async fn opens(world: &LoginWorld, report: ReportId, code: &str) -> ApiResult<AccessToken> {
    open_report(world.db(), &world.keys, &world.wrong_codes, report, code, world.now).await
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_right_code_opens_however_many_wrong_ones_came_before(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let known = world.report(b"one submission").await;
    let right = world.keys.follow_up_code(b"one submission").for_its_reporter();
    let unknown = ReportId(Uuid::from_u128(known.0.as_u128() ^ 1)); // counted apart
    for report in [known, unknown] {
        let tries = (0..30).map(|_| opens(&world, report, "0000 0000 0000 0000"));
        let codes: Vec<_> = join_all(tries).await.into_iter().filter_map(refused).collect();
        assert_eq!(codes.iter().filter(|code| **code == Code::NotFound).count(), 5, "the same for both");
        assert_eq!(codes.iter().filter(|code| **code == Code::RateLimited).count(), 25, "the same for both");
    }
    assert!(opens(&world, known, &right).await.is_ok());
    assert_eq!(refused(opens(&world, unknown, &right).await), Some(Code::RateLimited));
    world.now += TimeDelta::minutes(61);
    assert_eq!(refused(opens(&world, unknown, &right).await), Some(Code::NotFound));
    // A report that does not exist has no submission key; the code of an empty key must not open it.
    let nothing = world.keys.follow_up_code(b"").for_its_reporter();
    assert_eq!(refused(opens(&world, unknown, &nothing).await), Some(Code::NotFound));
}
