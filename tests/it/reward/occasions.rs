//! When an award is proposed, also if the policy changes while the hazard is open.

use rstest::rstest;
use tests::app::{Engine, TestApp};
use tests::handling::{Handlers, Rewarders};
use tests::people::Person;
use tests::world::{import, import_policies, policies};

use super::{my_award, propose_at_closing};

/// At the review of the report, awards are proposed at the closure; at the closure, they are proposed at the review.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_award_is_lost_between_two_policies(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    propose_at_closing(&app).await;
    let author = Person::citizen(&app, "19900009991").await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let report = author.reports("NAMED").await;
    let hazard = handlers.clerk.confirms(&report).await;
    assert!(rewarders.award_of(&hazard).await.is_null());

    import_policies(&app, &policies(0)).await;
    handlers.bring_to_closure(&hazard).await;

    let award = rewarders.award_of(&hazard).await;
    assert_eq!(award["status"], "PROPOSED");
    rewarders.approve(&award).await;
    assert_eq!(my_award(&author, &report).await["status"], "NOTIFIED");
}
