//! 转办: the review moves to another unit of this system, and goes on there.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::people::Person;
use tests::waiting::until;
use tests::world::{emergency, import, import_lines, submission};
use uuid::Uuid;

use crate::todos::rows::todos_follow_from_events;

const SEEN: &str = "query($id: UUID!) { report(id: $id) {
    status reviewUnitId whyHere clocks { kind state round due } history { kind note { text } } } }";

async fn refers(who: &Person, report: &str, to: &Value) -> Answer {
    who.does("referReport", json!({ "reportId": report, "toUnitId": to, "reason": "该处属贵街道辖区" })).await
}

/// The unit that is named goes on with the review; whoever had it cannot any more; the author is told, and the first due
/// stays beside the new one.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_review_goes_on_at_the_unit_that_was_named(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let author = Person::citizen(&app, "19900009991").await;
    let here = Person::officer(&app, "binyang-clerk").await;
    let there = Person::officer(&app, "yuntan-clerk").await;
    let report = author.reports("NAMED").await;
    let unit = here.ids_of(&["520115002000"]).await.remove(0);
    assert_eq!(there.asks(SEEN, json!({ "id": report })).await.code(), Some("NOT_FOUND"));

    let request = Uuid::new_v4();
    let input = json!({ "reportId": report, "toUnitId": unit, "reason": "该处属贵街道辖区" });
    for _ in 0..2 {
        let done = here.does_as(request, "referReport", input.clone()).await.ok();
        assert_eq!(done.text("done.status"), "RECEIVED", "the same request has the same answer");
    }

    let seen = there.asks(SEEN, json!({ "id": report })).await.ok();
    assert_eq!((seen.text("report.status"), seen.data("report.reviewUnitId")), ("RECEIVED", &unit));
    assert!(seen.text("report.whyHere").contains("转来"));
    let clocks = seen.data("report.clocks").as_array().unwrap();
    let mut clocks: Vec<_> =
        clocks.iter().map(|one| (one["round"].as_i64().unwrap(), one["state"].as_str().unwrap())).collect();
    clocks.sort_unstable(); // the first one starts at the boundary of the time veil, which may lie ahead
    assert_eq!(clocks, [(1, "MET"), (2, "RUNNING")]);
    let last = seen.data("report.history").as_array().unwrap().last().unwrap().clone();
    assert_eq!(last, json!({ "kind": "FORWARDED", "note": { "text": "该处属贵街道辖区" } }));
    let mine = "query($id: UUID!) { myReport(id: $id) { status whyHere notices(first: 5) { nodes { kind } } } }";
    until("the notice of the referral", async || {
        let told = author.asks(mine, json!({ "id": report })).await.ok();
        let told = told.data("myReport.notices.nodes").clone();
        if told == json!([{ "kind": "REPORT_FORWARDED" }]) { Ok(()) } else { Err(told) }
    })
    .await;
    let confirm = json!({ "reportId": report, "reason": "现场核实属实" });
    assert_eq!(
        here.does("confirmReport", confirm.clone()).await.code(),
        Some("NOT_FOUND"),
        "it is not theirs any more"
    );
    assert_eq!(there.does("confirmReport", confirm).await.ok().text("done.status"), "CONFIRMED");
    let why = seen_note(&there, &report, "CONFIRMED").await;
    assert_eq!(why, "现场核实属实", "the history tells what was found");
    todos_follow_from_events(&app).await;
}

/// The text of the note of the newest event of this kind.
async fn seen_note(who: &Person, report: &str, kind: &str) -> String {
    let seen = who.asks(SEEN, json!({ "id": report })).await.ok();
    let events = seen.data("report.history").as_array().unwrap().clone();
    let event = events.iter().rfind(|event| event["kind"] == kind).unwrap();
    event["note"]["text"].as_str().unwrap_or_default().to_owned()
}

/// An emergency keeps its hazard. While nobody was asked to act it goes along, with a new dispatch clock; after that it
/// stays where the work is.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_emergency_goes_along_until_somebody_was_asked(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let leader = Person::officer(&app, "binyang-leader").await;
    let there = Person::officer(&app, "yuntan-clerk").await;
    let [own, unit] = clerk.ids_of(&["520115001000", "520115002000"]).await.try_into().unwrap();
    let query = "query($id: UUID!) { hazard(id: $id) {
        status township { code } clocks { kind state ownerUnitId } history { kind } } }";
    for is_dispatched in [false, true] {
        let report = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
        let hazard = clerk.hazard_of(&report).await;
        if is_dispatched {
            leader.dispatches(&hazard, &["520115-housing"]).await;
        }
        refers(&clerk, &report, &unit).await.done();

        let seen = clerk.asks(query, json!({ "id": hazard })).await.ok();
        let (holder, status) =
            if is_dispatched { ("520115001000", "ASSIGNED") } else { ("520115002000", "REGISTERED") };
        assert_eq!((seen.text("hazard.township.code"), seen.text("hazard.status")), (holder, status));
        let kinds = seen.data("hazard.history").as_array().unwrap().clone();
        assert_eq!(kinds.iter().any(|event| event["kind"] == "TRANSFERRED"), !is_dispatched);
        if !is_dispatched {
            let expected = json!([
                { "kind": "DISPATCH", "state": "CANCELLED", "ownerUnitId": own },
                { "kind": "DISPATCH", "state": "RUNNING", "ownerUnitId": unit },
            ]);
            let mut clocks = seen.data("hazard.clocks").as_array().unwrap().clone();
            clocks.sort_by_key(|clock| clock["state"].as_str().map(str::to_owned)); // the first one starts at the end of its minute
            assert_eq!(json!(clocks), expected);
            there.dispatches(&hazard, &["520115-housing"]).await;
        }
        let confirm = json!({ "reportId": report, "reason": "现场核实属实" });
        assert_eq!(there.does("confirmReport", confirm).await.ok().text("done.hazardId"), hazard);
    }
    todos_follow_from_events(&app).await;
}

/// Only a unit that reviews is referred to, never one that had the report or is accused by it, and a second time only by
/// the command centre.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_referral_reaches_somebody_or_is_refused(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let centre = Person::officer(&app, "command-1").await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let there = Person::officer(&app, "yuntan-clerk").await;
    let codes = ["520115001000", "520115002000", "520115003000", "520115-housing"];
    let [own, yuntan, jinhuayuan, housing] = clerk.ids_of(&codes).await.try_into().unwrap();
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["accusedUnitId"] = jinhuayuan.clone();
    let sent = Person::stranger(&app).submits(&input).await.ok();
    let report = sent.text("submitReport.receipt.reportId").to_owned();
    let says = |answer: Answer| {
        let rule = answer.extension("rule").as_str().map(str::to_owned);
        (answer.code().unwrap_or("ok").to_owned(), rule)
    };
    let refused = |code: &str, rule: Option<&str>| (code.to_owned(), rule.map(str::to_owned));

    for (to, code, rule) in [
        (json!(Uuid::new_v4()), "NOT_FOUND", None),
        (own.clone(), "INVALID_INPUT", Some("referral.not_back")),
        (housing, "INVALID_INPUT", Some("referral.reviews")),
        (jinhuayuan, "UNIT_BARRED", None),
    ] {
        let answer = refers(&clerk, &report, &to).await;
        assert_eq!(answer.extension("field"), &json!("input.toUnitId"));
        assert_eq!(says(answer), refused(code, rule));
    }
    for both in [json!({}), json!({ "toUnitId": yuntan, "channel": "CALL_110" })] {
        let mut input = json!({ "reportId": report, "reason": "二者择一" });
        input.as_object_mut().unwrap().extend(both.as_object().unwrap().clone());
        let answer = clerk.does("referReport", input).await;
        assert_eq!((answer.code(), answer.extension("field")), (Some("INVALID_INPUT"), &json!("input.toUnitId")));
    }

    refers(&clerk, &report, &yuntan).await.done();
    let changling = clerk.ids_of(&["520115004000"]).await.remove(0);
    let again = refers(&there, &report, &changling).await;
    assert_eq!(says(again), refused("ILLEGAL_MOVE", Some("referral.command_centre")));
    let back = refers(&centre, &report, &own).await;
    assert_eq!(says(back), refused("INVALID_INPUT", Some("referral.not_back")));
    assert_eq!(says(refers(&centre, &report, &changling).await), refused("ok", None));
    let last = Person::officer(&app, "changling-clerk").await;
    let unfounded = json!({ "reportId": report, "reason": "现场没有隐患" });
    assert_eq!(last.does("findUnfounded", unfounded).await.ok().text("done.status"), "UNFOUNDED");
    todos_follow_from_events(&app).await;
}

/// 撤并: nothing is referred to a unit that ended, and the command centre refers on what such a unit left behind.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_unit_that_ended_is_referred_to_no_more_and_leaves_nothing_behind(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let centre = Person::officer(&app, "command-1").await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let stranger = Person::stranger(&app);
    let (waiting, other) = (stranger.reports("ANONYMOUS").await, stranger.reports("ANONYMOUS").await);
    let [yuntan, jinhuayuan] = clerk.ids_of(&["520115002000", "520115003000"]).await.try_into().unwrap();
    refers(&clerk, &waiting, &yuntan).await.done();
    let units = include_str!("../../api/data/demo/units.csv");
    let header = units.lines().next().unwrap();
    let row = units.lines().find(|line| line.starts_with("520115002000,")).unwrap();
    let file = app.data().join("ended.csv");
    std::fs::write(&file, format!("{header},valid_to\n{row},2026-01-01\n")).unwrap();
    let done = app.run(&["import", "units", file.to_str().unwrap(), "--leave-open"]).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    assert_eq!(refers(&clerk, &other, &yuntan).await.code(), Some("NOT_FOUND"));
    refers(&centre, &waiting, &jinhuayuan).await.done();
    let there = Person::officer(&app, "jinhuayuan-clerk").await;
    assert_eq!(there.asks(SEEN, json!({ "id": waiting })).await.ok().text("report.status"), "RECEIVED");
    todos_follow_from_events(&app).await;
}

/// 重复请求: whoever repeats a referral gets its answer again, and nothing of what became of the report since, also if they
/// hold no post any more.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_repeated_referral_tells_nothing_of_what_became_of_the_report(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let author = Person::citizen(&app, "19900009991").await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let there = Person::officer(&app, "yuntan-clerk").await;
    let report = author.reports("NAMED").await;
    let unit = clerk.ids_of(&["520115002000"]).await.remove(0);
    let request = Uuid::new_v4();
    let input = json!({ "reportId": report, "toUnitId": unit, "reason": "该处属贵街道辖区" });
    let repeats = async || clerk.does_as(request, "referReport", input.clone()).await.ok().data("done").clone();

    let first = repeats().await;

    assert_eq!(first, json!({ "id": report, "status": "RECEIVED", "version": 2, "report": null }));
    author.does("amendReport", json!({ "reportId": report, "text": "补充：墙根已开始渗水。" })).await.done();
    there.does("findUnfounded", json!({ "reportId": report, "reason": "现场没有隐患" })).await.done();
    assert_eq!(repeats().await, first);
    let left = "binyang-clerk,TOWNSHIP_CLERK,520115001000,520115001000,2024-01-01,2025-01-01";
    import_lines(&app, "posts", "staff_no,role,unit_code,area_code,valid_from,valid_to", &[left]).await;
    assert_eq!(repeats().await, first, "without any post");

    let centre = Person::officer(&app, "command-1").await;
    let other = author.reports("NAMED").await;
    let out = json!({ "reportId": other, "channel": "HOTLINE_12345", "reason": "属供水热线" });
    let out = Person::officer(&app, "binyang-leader").await.does("referReport", out).await.ok().data("done").clone();
    let seen = json!({ "id": other, "status": "REFERRED" });
    assert_eq!(out, json!({ "id": other, "status": "REFERRED", "version": 2, "report": seen }));
    assert_eq!(centre.asks(SEEN, json!({ "id": other })).await.ok().text("report.status"), "REFERRED");
    todos_follow_from_events(&app).await;
}

const FILED: &str = "query($id: UUID!) { hazard(id: $id) { level category township { code } history { kind } } }";

/// 归类: the unit that reviews says what the matter is, also while the unit that dispatched still holds the hazard.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_review_classifies_a_hazard_that_another_unit_holds(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let there = Person::officer(&app, "yuntan-clerk").await;
    let report = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    let hazard = clerk.hazard_of(&report).await;
    clerk.dispatches(&hazard, &["520115-housing"]).await;
    refers(&clerk, &report, &clerk.ids_of(&["520115002000"]).await[0]).await.done();

    let found =
        json!({ "reportId": report, "reason": "疑似重大", "suspectedMajor": true, "category": "dangerous_house" });
    there.does("confirmReport", found).await.done();

    let seen = clerk.asks(FILED, json!({ "id": hazard })).await.ok();
    assert_eq!((seen.text("hazard.level"), seen.text("hazard.category")), ("SUSPECTED_MAJOR", "dangerous_house"));
    assert_eq!(seen.text("hazard.township.code"), "520115001000");
    todos_follow_from_events(&app).await;
}

/// 回避: a report that the holder of the hazard may not read does not reclassify it, because the holder would learn of it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_hidden_report_does_not_reclassify_the_hazard_of_the_accused(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let centre = Person::officer(&app, "command-1").await;
    let hazard = clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let mut input = emergency(Uuid::new_v4(), "ANONYMOUS");
    input["accusedUnitId"] = clerk.ids_of(&["520115001000"]).await.remove(0);
    let sent = Person::stranger(&app).submits(&input).await.ok();
    let hidden = sent.text("submitReport.receipt.reportId").to_owned();
    let own = centre.hazard_of(&hidden).await;
    let independent = Person::stranger(&app).reports("ANONYMOUS").await;
    refers(&clerk, &independent, &clerk.ids_of(&["520115-command-centre"]).await[0]).await.done();
    let joins = json!({ "reportId": independent, "hazardId": own, "reason": "同一处围墙" });
    centre.does("mergeReport", joins).await.done();
    let same = json!({ "hazardId": own, "cause": "DUPLICATE", "duplicateOf": hazard, "reason": "同一处围墙" });
    centre.does("cancelHazard", same).await.done();
    let before = clerk.asks(FILED, json!({ "id": hazard })).await.ok().data("hazard").clone();

    let found = json!({ "reportId": hidden, "reason": "疑似重大", "suspectedMajor": true });
    let refused = centre.does("confirmReport", found).await;

    assert_eq!((refused.code(), refused.extension("rule")), (Some("ILLEGAL_MOVE"), &json!("review.holder_recused")));
    assert_eq!(centre.confirms(&hidden).await, hazard);
    assert_eq!(clerk.asks(FILED, json!({ "id": hazard })).await.ok().data("hazard"), &before);
    todos_follow_from_events(&app).await;
}
