//! Awards from outside: whose they are, and what they wait for.

mod occasions;

use entity::{event, payment};
use rstest::rstest;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::{Handlers, Rewarders};
use tests::people::Person;
use tests::world::{import, import_policies, phone_of, policies, submission};
use uuid::Uuid;

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
    let input = json!({ "hazardId": hazard, "cause": "UNFOUNDED", "reason": "复查后没有隐患" });
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

/// Gives an identity and collects the award of a report. Returns the code of the refusal, if there is one.
async fn tries_to_collect(author: &Person, report: &str, phone: &str) -> Option<String> {
    let identity = json!({ "reportId": report, "name": "王小明", "phone": phone });
    author.does("giveIdentity", identity).await.done();
    author.does("collectAward", json!({ "reportId": report })).await.code().map(str::to_owned)
}

/// What officers read of an award, without what names it or tells its times.
async fn shown(rewarders: &Rewarders, hazard: &str) -> Value {
    let query = "query($id: UUID!) { hazard(id: $id) { award { status amount version unitId basis
        clocks { kind state } } } }";
    rewarders.reviewer.asks(query, json!({ "id": hazard })).await.ok().data("hazard.award").clone()
}

/// An award is proposed whoever wrote the report. Whoever reports what their own post is for learns at collecting that it
/// earns nothing; officers read the same as of an award that nobody collects, and nobody earns it in their place.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_the_collector_learns_that_a_report_was_their_duty(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let (own, other) = (phone_of("binyang-worker-1"), "19900009991");
    let mut ledgers = Vec::new();
    let neighbour = Person::citizen(&app, "19900009992").await;
    for (phone, expected) in [(own.as_str(), Some("DUTY_EXCLUDED")), (other, None)] {
        let author = Person::citizen(&app, phone).await;
        let early = author.reports("NAMED").await;
        let late = neighbour.reports("NAMED").await;
        let hazard = handlers.clerk.confirms(&late).await;
        merge(&handlers, &early, &hazard).await;
        rewarders.approve(&rewarders.award_of(&hazard).await).await;
        let before = shown(&rewarders, &hazard).await;
        let refused = tries_to_collect(&author, &early, phone).await;
        assert_eq!(refused.as_deref(), expected);
        ledgers.push(before);
        if expected.is_some() {
            assert_eq!(shown(&rewarders, &hazard).await, ledgers[0], "the award stays as it was");
            assert_eq!(my_award(&author, &early).await["status"], "NOTIFIED");
        }
    }
    assert_eq!(ledgers[0], ledgers[1], "two awards, of which only one can be collected");
}

/// The payee counts as well: whoever took part in the decisions cannot be paid under their own number.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_collects_what_they_decided_on(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let citizen = Person::citizen(&app, "19900009991").await;
    let report = citizen.reports("CONFIDENTIAL").await;
    let hazard = handlers.clerk.confirms(&report).await;
    rewarders.approve(&rewarders.award_of(&hazard).await).await;

    let decided = tries_to_collect(&citizen, &report, &phone_of("reward-2")).await;
    assert_eq!(decided.as_deref(), Some("NOT_YOUR_OWN"));
    assert_eq!(tries_to_collect(&citizen, &report, "19900009993").await, None, "another payee may");
}

/// From the collection on the payee is frozen, and each attempt to pay names the digest of its payee.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_payee_is_frozen_once_the_award_is_collected(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let citizen = Person::citizen(&app, "19900009991").await;
    let report = citizen.reports("NAMED").await;
    let hazard = handlers.clerk.confirms(&report).await;
    let award = rewarders.award_of(&hazard).await;
    rewarders.approve(&award).await;
    assert_eq!(tries_to_collect(&citizen, &report, "19900009993").await, None);

    let another = json!({ "reportId": report, "name": "李小红", "phone": "19900009994" });
    for status in ["COLLECTED", "PAID"] {
        let refused = citizen.does("giveIdentity", another.clone()).await;
        assert_eq!(refused.code(), Some("ILLEGAL_MOVE"), "{status}: {}", refused.body);
        assert_eq!(refused.extension("rule"), "award.payee_frozen");
        if status == "COLLECTED" {
            assert_eq!(rewarders.pay(&award).await, "PAID");
        }
    }
    let db = app.rows().await;
    let attempts = payment::Entity::find().all(&db).await.unwrap();
    assert_eq!(attempts.len(), 1);
    let digest = hex::encode(attempts[0].payee_digest.as_ref().unwrap());
    let events = event::Entity::find().all(&db).await.unwrap();
    let facts = |kind: &str| -> Vec<Value> {
        events.iter().filter(|row| row.kind == kind).map(|row| serde_json::from_str(&row.payload).unwrap()).collect()
    };
    assert_eq!(facts("PAYMENT_STARTED")[0]["payee"], digest.as_str());
    let given = facts("IDENTITY_GIVEN");
    assert_eq!(given.len(), 1, "a refused identity leaves no event");
    assert_eq!(given[0]["payee"], digest.as_str());
}

/// A postponed time of collection does not turn the ledger over: its lines stand in the order of the events.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_ledger_is_in_the_order_of_its_events(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let citizen = Person::citizen(&app, "19900009991").await;
    let report = citizen.reports("NAMED").await;
    let hazard = handlers.clerk.confirms(&report).await;
    let award = rewarders.award_of(&hazard).await;
    rewarders.approve(&award).await;
    assert_eq!(tries_to_collect(&citizen, &report, "19900009993").await, None);
    assert_eq!(rewarders.pay(&award).await, "PAID");

    let query = "query($id: UUID!) { award(id: $id) { ledger { account amount at } clocks { start stoppedAt } } }";
    let read = rewarders.payer.asks(query, json!({ "id": award["id"] })).await.ok();
    let lines: Vec<(&str, i64)> = read
        .data("award.ledger")
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["account"].as_str().unwrap(), line["amount"].as_i64().unwrap().signum()))
        .collect();
    let expected = [
        ("BUDGET", -1),
        ("COMMITTED", 1),
        ("COMMITTED", -1),
        ("PAYABLE", 1),
        ("PAYABLE", -1),
        ("CLEARING", 1),
        ("CLEARING", -1),
        ("PAID", 1),
    ];
    assert_eq!(lines, expected);
    let times: Vec<&str> =
        read.data("award.ledger").as_array().unwrap().iter().map(|line| line["at"].as_str().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    for clock in read.data("award.clocks").as_array().unwrap() {
        let stopped = clock["stoppedAt"].as_str();
        assert!(stopped.is_none_or(|stopped| clock["start"].as_str().unwrap() <= stopped), "{clock}");
    }
}

/// An award that ended because nothing was left to earn it comes back with the next true report; one that an officer
/// rejected does not.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_award_belongs_to_the_unit_that_accepted_the_first_true_report(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let unit = handlers.clerk.ids_of(&["520115001000"]).await.remove(0);
    let mut accusing = submission(Uuid::new_v4(), "NAMED");
    accusing["accusedUnitId"] = unit;
    let sent = Person::citizen(&app, "19900009991").await.submits(&accusing).await.ok();
    let early = sent.text("submitReport.receipt.reportId").to_owned();
    let late = Person::citizen(&app, "19900009992").await.reports("NAMED").await;
    let hazard = handlers.clerk.confirms(&late).await;
    let before = shown(&rewarders, &hazard).await;
    let centre = Person::officer(&app, "command-1").await;
    let input = json!({ "reportId": early, "hazardId": hazard, "reason": "与已登记的隐患相同" });
    centre.does("mergeReport", input).await.done();

    let after = shown(&rewarders, &hazard).await;
    assert_eq!(after["status"], "PROPOSED");
    assert_ne!(after["unitId"], before["unitId"], "谁受理、谁奖励");
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
    let collected = async || {
        let report = reporter.reports("NAMED").await;
        rewarders.approve(&rewarders.award_of(&clerk.confirms(&report).await).await).await;
        tries_to_collect(&reporter, &report, phone).await
    };
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
    assert_eq!(collected().await.as_deref(), Some("DUTY_EXCLUDED"));
    assert!(command(&["dismiss", "--phone", phone]).await.0);
    assert_eq!(collected().await, None);
    assert!(command(&["appoint", "--phone", phone, "--area", "520115002000"]).await.0);
    assert_eq!(collected().await, None, "elsewhere they report as anybody");
}

/// Another payee under the same `requestId` is another request: nobody believes that a payee was replaced who was not.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn another_payee_needs_another_request_id(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let citizen = Person::citizen(&app, "19900009991").await;
    let report = citizen.reports("CONFIDENTIAL").await;
    let gives = async |request: Uuid, name: &str, phone: &str| {
        let input = json!({ "requestId": request, "reportId": report, "name": name, "phone": phone });
        let query = "mutation($i: GiveIdentityInput!) { giveIdentity(input: $i) { id } }";
        citizen.asks(query, json!({ "i": input })).await.code().map(str::to_owned)
    };
    let (first, second) = (Uuid::new_v4(), Uuid::new_v4());
    assert_eq!(gives(first, "张三", "19911110001").await, None);
    assert_eq!(gives(first, " 张三", "199 1111 0001").await, None, "the same, written otherwise");
    for (name, phone) in [("李四", "19911110001"), ("张三", "19911110002"), ("李四", "19911110002")] {
        assert_eq!(gives(first, name, phone).await.as_deref(), Some("REQUEST_ID_TAKEN"), "{name} {phone}");
    }
    assert_eq!(gives(second, "李四", "19911110002").await, None);
    assert_eq!(gives(first, "张三", "19911110001").await, None, "a late copy changes nothing");
    let events = event::Entity::find().all(&app.rows().await).await.unwrap();
    assert_eq!(events.iter().filter(|event| event.stream.starts_with("identity:")).count(), 2);
}
