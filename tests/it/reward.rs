//! Awards from outside: whose they are, and what they wait for.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::{Handlers, Rewarders};
use tests::people::Person;
use tests::world::{import, import_policies, phone_of, policies};

/// The award of an own report, as its author sees it.
async fn my_award(author: &Person, report: &str) -> Value {
    let query = "query($id: UUID!) { myReport(id: $id) { award { status amount } } }";
    author.asks(query, json!({ "id": report })).await.ok().data("myReport.award").clone()
}

async fn reopen(handlers: &Handlers, hazard: &str) {
    let input = json!({ "hazardId": hazard, "reason": "回头看发现问题反弹" });
    handlers.leader.does("reopenHazard", input).await.done();
}

async fn merge(handlers: &Handlers, report: &str, hazard: &str) {
    let input = json!({ "reportId": report, "hazardId": hazard, "reason": "与已登记的隐患相同" });
    handlers.clerk.does("mergeReport", input).await.done();
}

async fn strike(handlers: &Handlers, hazard: &str) {
    let input = json!({ "hazardId": hazard, "cause": "DUPLICATE", "reason": "台账中已有同一隐患" });
    handlers.clerk.does("cancelHazard", input).await.done();
}

/// Awards are proposed when the hazard is closed, not when the report is found to be true.
async fn propose_at_closing(app: &TestApp) {
    let rules = policies(0);
    let later = rules.replace("propose_at = \"VERIFIED\"", "propose_at = \"CLOSED\"");
    assert_ne!(rules, later);
    import_policies(app, &later).await;
}

/// Of two reports the second is reviewed first. The hazard is closed, and reopened; meanwhile the first is found to be
/// true as well. When the hazard is closed again, the award is the first one's.
async fn is_the_first_ones_though_it_was_held(app: &TestApp) {
    let first = Person::citizen(app, "19900009991").await;
    let early = first.reports("NAMED").await;
    let second = Person::citizen(app, "19900009992").await;
    let late = second.reports("NAMED").await;
    let (handlers, rewarders) = (Handlers::log_in(app).await, Rewarders::log_in(app).await);
    let hazard = handlers.clerk.confirms(&late).await;
    handlers.bring_to_closure(&hazard).await;
    reopen(&handlers, &hazard).await;
    assert_eq!(rewarders.award_of(&hazard).await["status"], "HELD");
    merge(&handlers, &early, &hazard).await;
    handlers.bring_to_closure(&hazard).await;

    let award = rewarders.award_of(&hazard).await;
    assert_eq!(award["status"], "PROPOSED");
    rewarders.approve(&award).await;

    assert_eq!(my_award(&first, &early).await["status"], "NOTIFIED");
    assert_eq!(my_award(&second, &late).await, Value::Null);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_held_award_follows_the_first_true_report(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    is_the_first_ones_though_it_was_held(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_held_award_follows_the_first_true_report_where_awards_are_proposed_at_closing(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    propose_at_closing(&app).await;
    is_the_first_ones_though_it_was_held(&app).await;
}

/// A hazard that is struck has no true report: its award ends by itself, held or not.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_award_of_a_struck_hazard_is_rejected_while_nobody_approved_it(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let citizen = Person::citizen(&app, "19900009991").await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    for is_reopened in [false, true] {
        let report = citizen.reports("NAMED").await;
        let hazard = handlers.clerk.confirms(&report).await;
        if is_reopened {
            handlers.bring_to_closure(&hazard).await;
            reopen(&handlers, &hazard).await;
        }
        strike(&handlers, &hazard).await;

        let award = rewarders.award_of(&hazard).await;
        assert_eq!(award["status"], "REJECTED", "{is_reopened}");
        let id = json!({ "awardId": award["id"] });
        let refused = rewarders.reviewer.does("reviewAward", id).await;
        assert_eq!(refused.code(), Some("ILLEGAL_MOVE"));
        assert_eq!(my_award(&citizen, &report).await, Value::Null);
    }
}

/// Whoever reports what their own post is for earns nothing, and nobody earns it in their place.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_award_never_passes_to_the_second(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let on_duty = Person::citizen(&app, &phone_of("binyang-worker-1")).await;
    let early = on_duty.reports("NAMED").await;
    let citizen = Person::citizen(&app, "19900009991").await;
    let late = citizen.reports("NAMED").await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let hazard = handlers.clerk.confirms(&late).await;
    assert_eq!(rewarders.award_of(&hazard).await["status"], "PROPOSED");

    merge(&handlers, &early, &hazard).await;

    assert_eq!(rewarders.award_of(&hazard).await["status"], "REJECTED");
    let alone = handlers.clerk.confirms(&on_duty.reports("NAMED").await).await;
    assert_eq!(rewarders.award_of(&alone).await, Value::Null);
}

/// What was approved is promised: it does not wait for ever for a closure that cannot come.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_approved_award_goes_on_when_its_hazard_is_struck(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let citizen = Person::citizen(&app, "19900009991").await;
    let report = citizen.reports("NAMED").await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let hazard = handlers.clerk.confirms(&report).await;
    rewarders.approve(&rewarders.award_of(&hazard).await).await;
    handlers.bring_to_closure(&hazard).await;
    reopen(&handlers, &hazard).await;
    assert_eq!(my_award(&citizen, &report).await["status"], "HELD");

    strike(&handlers, &hazard).await;

    assert_eq!(my_award(&citizen, &report).await["status"], "NOTIFIED");
}

/// A report joins an emergency's hazard before that is reviewed; the review then finds it graver than it looked. The
/// award is worth what the policy pays for that, whichever report was first.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_award_that_nobody_approved_is_worth_what_the_hazard_turned_out_to_be(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let citizen = Person::citizen(&app, "19900009991").await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    for is_urgent_first in [false, true] {
        let mut reports = Vec::new();
        for is_urgent in [is_urgent_first, !is_urgent_first] {
            let reported =
                if is_urgent { citizen.reports_emergency("NAMED").await } else { citizen.reports("NAMED").await };
            reports.push(reported);
        }
        let (urgent, calm) = if is_urgent_first { (&reports[0], &reports[1]) } else { (&reports[1], &reports[0]) };
        let hazard = handlers.clerk.hazard_of(urgent).await;
        merge(&handlers, calm, &hazard).await;
        assert_eq!(rewarders.award_of(&hazard).await["amount"], 10_000);

        let found = json!({ "reportId": urgent, "reason": "现场核实，疑似重大", "suspectedMajor": true });
        handlers.clerk.does("confirmReport", found).await.done();

        let award = rewarders.award_of(&hazard).await;
        assert_eq!((&award["status"], &award["amount"]), (&json!("PROPOSED"), &json!(30_000)));
        rewarders.approve(&award).await;
        assert_eq!(my_award(&citizen, &reports[0]).await["amount"], 30_000);
        assert_eq!(my_award(&citizen, &reports[1]).await, Value::Null);
    }
}

/// 信息报告员: what they report where they are appointed is their duty; after that they report as anybody.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_is_appointed_over_the_area_earns_nothing_there(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let phone = "19900009991";
    let command = async |arguments: &[&str]| {
        let done = app.run(&[&["reporter"], arguments].concat()).await;
        let said = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
        assert!(!said.contains(phone), "{said}");
        (done.status.success(), said)
    };
    let (reporter, clerk) = (Person::citizen(&app, phone).await, Person::officer(&app, "binyang-clerk").await);
    let rewarders = Rewarders::log_in(&app).await;
    let award = async || rewarders.award_of(&clerk.confirms(&reporter.reports("NAMED").await).await).await;
    for (wrong, sentence) in [
        (&["dismiss", "--phone", phone][..], "No person with this number is appointed"),
        (&["appoint", "--phone", phone, "--area", "999"], "Import the areas first"),
        (&["appoint", "--phone", "12345", "--area", "520115001000"], "eleven digits"),
        (&["appoint", "--phone", phone, "--area", "520115001000", "--until", "2020-01-01"], "a later date"),
    ] {
        let (ok, said) = command(wrong).await;
        assert!(!ok && said.contains(sentence), "{said}");
    }

    assert!(command(&["appoint", "--phone", phone, "--area", "520115001000"]).await.0);
    assert_eq!(award().await, Value::Null);
    assert!(command(&["dismiss", "--phone", phone]).await.0);
    assert_eq!(award().await["status"], "PROPOSED");
    assert!(command(&["appoint", "--phone", phone, "--area", "520115002000"]).await.0);
    assert_eq!(award().await["status"], "PROPOSED", "elsewhere they report as anybody");
}
