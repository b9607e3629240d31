//! Awards: who may collect, who must not decide, and whose report was a duty.

use chrono::TimeDelta;
use domain::id::ReportId;
use domain::refusal::{Code, Language};
use domain::staff::Role;
use domain::time::china_day;
use rstest::rstest;
use uuid::Uuid;

use super::refused;
use crate::caller::{Caller, Who};
use crate::database::Engine;
use crate::error::ApiResult;
use crate::identity::authorship::{self, WrittenBy};
use crate::identity::payee::{
    AnonymousAward, MayCollect, collect_identity, may_collect, own_duty_excluded, payee_digest, same_person,
};
use crate::identity::people::{self, Appointment};
use crate::identity::person::{PersonId, PersonName};
use crate::identity::testing::{LoginWorld, phone};
use crate::identity::{Contact, ContactFields};
use crate::testing::TOWNSHIP;

async fn person(world: &LoginWorld, end: u32) -> PersonId {
    let txn = world.database.begin_write().await.unwrap();
    let person = people::find_or_make(&txn, &world.keys, &phone(end), world.now).await.unwrap();
    txn.commit().await.unwrap();
    person
}

async fn written(world: &LoginWorld, by: WrittenBy<'_>) -> ReportId {
    let report = ReportId(Uuid::new_v4());
    let txn = world.database.begin_write().await.unwrap();
    authorship::write(&txn, &world.keys, &[(report, by)]).await.unwrap();
    txn.commit().await.unwrap();
    report
}

async fn give(world: &LoginWorld, who: Who, report: ReportId, anonymous: AnonymousAward) -> ApiResult<()> {
    let caller = Caller { who, session: None, language: Language::Chinese };
    let fields = ContactFields { name: "input.name", phone: "input.phone" };
    let given = Contact::parse("张三", phone(7).expose(), fields).unwrap();
    let txn = world.database.begin_write().await?;
    collect_identity(&txn, &world.keys, &caller, report, &given, anonymous, world.now).await?;
    Ok(txn.commit().await?)
}

async fn may(world: &LoginWorld, report: ReportId, anonymous: AnonymousAward) -> MayCollect {
    may_collect(world.db(), &world.keys, report, anonymous).await.unwrap()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_award_is_collected_by_whoever_is_known(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let (ann, bob) = (person(&world, 1).await, person(&world, 2).await);
    let allowed = AnonymousAward::MayCollect;
    let named = written(&world, WrittenBy::Named(&ann)).await;
    assert_eq!(may(&world, named, allowed).await, MayCollect::AfterIdentity);
    let txn = world.database.begin_write().await.unwrap();
    let name = PersonName::parse(" 李四 ", "input.name").unwrap();
    people::set_verified(&txn, &world.keys, &ann, &name).await.unwrap();
    txn.commit().await.unwrap();
    assert_eq!(may(&world, named, allowed).await, MayCollect::Yes);

    let confidential = written(&world, WrittenBy::Confidential(&ann)).await;
    assert_eq!(may(&world, confidential, allowed).await, MayCollect::AfterIdentity);
    let stranger = give(&world, Who::Reporter(bob), confidential, allowed).await;
    assert_eq!(refused(stranger), Some(Code::NotFound));
    give(&world, Who::Reporter(ann), confidential, allowed).await.unwrap();
    assert_eq!(may(&world, confidential, allowed).await, MayCollect::Yes);

    assert_eq!(may(&world, ReportId(Uuid::new_v4()), allowed).await, MayCollect::No("collect.nobody"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_anonymous_reporter_may_give_a_name_where_the_policy_says_so(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let report = written(&world, WrittenBy::Anonymous).await;
    let never = AnonymousAward::NotPaid;
    assert_eq!(may(&world, report, never).await, MayCollect::No("collect.anonymous"));
    assert_eq!(refused(give(&world, Who::FollowUp(report), report, never).await), Some(Code::IllegalMove));
    let allowed = AnonymousAward::MayCollect;
    assert_eq!(may(&world, report, allowed).await, MayCollect::AfterIdentity);
    let other = Who::FollowUp(ReportId(Uuid::new_v4()));
    assert_eq!(refused(give(&world, other, report, allowed).await), Some(Code::NotFound));
    assert_eq!(refused(give(&world, Who::Nobody, report, allowed).await), Some(Code::NotFound));
    give(&world, Who::FollowUp(report), report, allowed).await.unwrap();
    give(&world, Who::FollowUp(report), report, allowed).await.unwrap();
    assert_eq!(may(&world, report, allowed).await, MayCollect::Yes);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_judges_their_own_report(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let ann = person(&world, 1).await;
    let (own, other) = (world.officer(&phone(1), &[]).await, world.officer(&phone(2), &[]).await);
    let report = written(&world, WrittenBy::Confidential(&ann)).await;
    assert!(same_person(world.db(), &world.keys, own, report).await.unwrap());
    assert!(!same_person(world.db(), &world.keys, other, report).await.unwrap());
    let collector = world.officer(&phone(7), &[]).await;
    assert!(!same_person(world.db(), &world.keys, collector, report).await.unwrap());
    give(&world, Who::Reporter(ann), report, AnonymousAward::NotPaid).await.unwrap();
    assert!(same_person(world.db(), &world.keys, collector, report).await.unwrap());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_reports_in_their_own_duty_area_is_excluded(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let excluded = async |report: ReportId, path: &str| {
        own_duty_excluded(world.db(), &world.keys, report, path, china_day(world.now)).await.unwrap()
    };
    let village = format!("{TOWNSHIP}0000000003/");
    let ann = person(&world, 1).await;
    let report = written(&world, WrittenBy::Named(&ann)).await;
    assert!(!excluded(report, &village).await);
    for (until, answer) in [(None, true), (Some("2026-11-25"), true), (Some("2026-11-24"), false)] {
        let appointment = Appointment {
            area_path: TOWNSHIP.to_owned(),
            since: Some(china_day(world.now)),
            until: until.map(|day| day.parse().unwrap()),
        };
        let txn = world.database.begin_write().await.unwrap();
        people::set_appointment(&txn, &world.keys, &ann, Some(appointment), world.now).await.unwrap();
        txn.commit().await.unwrap();
        assert_eq!(excluded(report, &village).await, answer);
        assert!(!excluded(report, "0000000001/0000000009/").await, "elsewhere they report as anybody");
    }
    let bob = person(&world, 2).await;
    let report = written(&world, WrittenBy::Confidential(&bob)).await;
    world.officer(&phone(2), &[(Role::GridWorker, "2026-01-01", None)]).await;
    assert!(excluded(report, &village).await, "a post over the area");
    let anonymous = written(&world, WrittenBy::Anonymous).await;
    assert!(!excluded(anonymous, &village).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_duty_is_asked_for_by_the_day_of_the_report(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let village = format!("{TOWNSHIP}0000000003/");
    let ann = person(&world, 1).await;
    let report = written(&world, WrittenBy::Named(&ann)).await;
    let set = async |appointment: Option<Appointment>, days: i64| {
        let txn = world.database.begin_write().await.unwrap();
        let now = world.now + TimeDelta::days(days);
        people::set_appointment(&txn, &world.keys, &ann, appointment, now).await.unwrap();
        txn.commit().await.unwrap();
    };
    let today = china_day(world.now);
    let appointed = Appointment { area_path: TOWNSHIP.to_owned(), since: Some(today), until: None };
    set(Some(appointed), 0).await;
    set(None, 10).await;

    for (days, expected) in [(-1, false), (0, true), (9, true), (10, false), (20, false)] {
        let day = today + TimeDelta::days(days);
        let excluded = own_duty_excluded(world.db(), &world.keys, report, &village, day).await.unwrap();
        assert_eq!(excluded, expected, "{days} days later");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payee_digest_changes_with_the_payee_and_with_the_report(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let ann = person(&world, 1).await;
    let reports =
        [written(&world, WrittenBy::Confidential(&ann)).await, written(&world, WrittenBy::Confidential(&ann)).await];
    let digest = async |report: ReportId| payee_digest(world.db(), &world.keys, report).await.unwrap();
    let before = digest(reports[0]).await;
    for report in reports {
        give(&world, Who::FollowUp(report), report, AnonymousAward::MayCollect).await.unwrap();
    }
    assert_eq!(digest(reports[0]).await, digest(reports[0]).await);
    assert_ne!(digest(reports[0]).await, digest(reports[1]).await);
    assert_ne!(digest(reports[0]).await, before);
}
