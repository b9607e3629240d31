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
use crate::identity::followup::open_report;
use crate::identity::receipt::{ReceiptClaims, rebuild, sign, verify};
use crate::identity::testing::LoginWorld;
use crate::identity::tokens::{Audience, read};

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
    for written in [code.clone(), code.replace(' ', ""), code.replace(' ', "-"), format!(" {code} ")] {
        let token = open_report(&world.database, &world.keys, report, &written, world.now).await.unwrap();
        assert_eq!(read(&world.keys, &token.text, world.now).unwrap(), (Audience::FollowUp, report.0));
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn five_wrong_codes_an_hour_for_a_report_that_exists_and_for_one_that_does_not(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let known = world.report(b"one submission").await;
    let right = world.keys.follow_up_code(b"one submission").for_its_reporter();
    for report in [known, ReportId(Uuid::new_v4())] {
        let tries = (0..30).map(|_| open_report(&world.database, &world.keys, report, "1234", world.now));
        let codes: Vec<_> = join_all(tries).await.into_iter().filter_map(refused).collect();
        assert!(codes.iter().filter(|code| **code == Code::NotFound).count() <= 5, "never more than five are judged");
        for _ in 0..5 {
            let _ = open_report(&world.database, &world.keys, report, "0000", world.now).await;
        }
        let after = open_report(&world.database, &world.keys, report, &right, world.now).await;
        assert_eq!(refused(after), Some(Code::RateLimited));
    }
    let later = world.now + TimeDelta::minutes(61);
    assert!(open_report(&world.database, &world.keys, known, &right, later).await.is_ok());
    let unknown = open_report(&world.database, &world.keys, ReportId(Uuid::new_v4()), &right, later).await;
    assert_eq!(refused(unknown), Some(Code::NotFound));
    // A report that does not exist has no submission key; the code of an empty key must not open it.
    let nothing = world.keys.follow_up_code(b"").for_its_reporter();
    let unknown = open_report(&world.database, &world.keys, ReportId(Uuid::new_v4()), &nothing, later).await;
    assert_eq!(refused(unknown), Some(Code::NotFound));
}
