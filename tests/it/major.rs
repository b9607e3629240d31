//! 重大事故隐患: suspected, judged by the responsible department, planned, listed, accepted on the spot, and closed only with the
//! consent of the department. Long because the stories share their steps.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::handling::Handlers;
use tests::people::Person;
use tests::world::{import, submission};
use uuid::Uuid;

use crate::extending::asks_for_time;
use crate::now::now;
use crate::succession::{ending, run};
use crate::todos::rows::todos_follow_from_events;

fn day(days: i64) -> NaiveDate {
    now().with_timezone(&FixedOffset::east_opt(8 * 3_600).unwrap()).date_naive() + TimeDelta::days(days)
}

/// Takes a step of a major hazard, with these fields beside the hazard and a reason.
async fn takes(who: &Person, step: &str, hazard: &str, more: Value) -> Answer {
    let mut input = json!({ "hazardId": hazard, "reason": "依法依规办理" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    who.does(step, input).await
}

fn plan(until: NaiveDate) -> Value {
    json!({
        "responsibility": "产权人李某负责，住建局督促", "measures": "拆除违规加层并加固", "funds": "产权人自筹",
        "amount": 30_000_000, "until": until, "emergencyPlan": "险情时立即撤离二层以上人员",
        "goals": "消除坍塌风险", "methods": "先支护后拆除", "resources": "资金专户、支护材料到场",
        "organisation": "成立治理专班", "schedule": "两个月内完工", "safety": "设置警戒，每日监测",
    })
}

const CONFIRMED: [(&str, &str); 2] = [("standard", "CONSTRUCTION"), ("clause", "第五条第（二）项")];

fn confirmed() -> Value {
    json!(CONFIRMED.into_iter().collect::<std::collections::BTreeMap<_, _>>())
}

/// `ok`, or the rule or the code that refuses.
fn rule(answer: &Answer) -> String {
    answer.extension("rule").as_str().or(answer.code()).unwrap_or("ok").to_owned()
}

async fn seen(who: &Person, hazard: &str) -> Value {
    let query = "query($id: UUID!) { hazard(id: $id) { status level clocks { kind state due ownerUnitId }
        major { suspicion { by { unit { code } note { text } } newFacts { text } } department { code }
            judgements { confirmed standard clause { text } by { unit { code } note { text } } }
            plans { until amount responsibility { text } measures { text } funds { text } emergencyPlan { text }
                goals { text } methods { text } resources { text } organisation { text } schedule { text } safety { text }
                by { unit { code } note { text } } }
            listings { publishedOn until by { unit { code } } delisted { at } delistingPublishedOn }
            acceptances { distanceMetres by { unit { code } } } consents { by { unit { code } } }
            measures { measure notBefore unit { code } taken { at } lifted { at } } }
        history { kind sentence note { text } details { majorStep standard publishedOn until interimMeasure } } } }";
    who.asks(query, json!({ "id": hazard })).await.ok().data("hazard").clone()
}

fn open(hazard: &Value) -> Vec<&str> {
    let clocks = hazard["clocks"].as_array().unwrap().iter().filter(|clock| clock["state"] == "RUNNING");
    let mut kinds: Vec<&str> = clocks.map(|clock| clock["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    kinds
}

/// The kinds of the todos of somebody, in alphabetical order.
async fn todos(who: &Person) -> Vec<String> {
    let counts = who.asks("{ todoCounts { kind open } }", json!({})).await.ok();
    let kind = |count: &Value| count["kind"].as_str().unwrap().to_owned();
    let mut kinds: Vec<String> = counts.data("todoCounts").as_array().unwrap().iter().map(kind).collect();
    kinds.sort();
    kinds
}

fn steps(hazard: &Value) -> Vec<&str> {
    let history = hazard["history"].as_array().unwrap().iter();
    history.filter_map(|event| event["details"]["majorStep"].as_str()).collect()
}

/// The place of the hazard that tests report.
fn place() -> Value {
    let place = &submission(Uuid::new_v4(), "ANONYMOUS")["place"];
    json!({ "lng": place["lng"], "lat": place["lat"], "crs": place["crs"] })
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_major_hazard_with_plan_listing_extension_consent_and_delisting(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let [leader, unit] = [Person::officer(&app, "housing-leader").await, Person::officer(&app, "housing-clerk").await];
    let centre = Person::officer(&app, "command-1").await;
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let [assignment] = all.clerk.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();

    // The worker suspects on the spot, the department refuses, and confirms when there are new facts.
    takes(&all.worker, "suspectMajor", &hazard, json!({})).await.done();
    assert_eq!(rule(&takes(&all.clerk, "suspectMajor", &hazard, json!({})).await), "major.suspected_once");
    assert!(todos(&leader).await.contains(&"JUDGE_MAJOR".to_owned()));
    assert_eq!(rule(&takes(&unit, "confirmMajor", &hazard, confirmed()).await), "major.judge");
    assert_eq!(rule(&takes(&centre, "confirmMajor", &hazard, confirmed()).await), "major.judge");
    takes(&leader, "refuseMajor", &hazard, json!({})).await.done();
    assert_eq!(rule(&takes(&all.clerk, "suspectMajor", &hazard, json!({})).await), "major.new_facts");
    takes(&all.clerk, "suspectMajor", &hazard, json!({ "newFacts": "承重墙出现贯通裂缝" })).await.done();
    let other = json!({ "standard": "OURS", "clause": "第一条" });
    let refused = takes(&leader, "confirmMajor", &hazard, other).await;
    assert_eq!((rule(&refused), refused.extension("field")), ("major.standard".to_owned(), &json!("input.standard")));
    let (request, mut input) = (Uuid::new_v4(), json!({ "hazardId": hazard, "reason": "经现场核查，构成重大" }));
    input.as_object_mut().unwrap().extend(confirmed().as_object().unwrap().clone());
    for _ in 0..2 {
        let done = leader.does_as(request, "confirmMajor", input.clone()).await.ok();
        assert_eq!(done.text("done.hazard.level"), "MAJOR");
    }
    todos_follow_from_events(&app).await;

    // Nothing is finished before the five elements are set; each change of the plan is a new version.
    all.worker.steps("claimAssignment", &assignment).await.done();
    all.worker.checks_in(&assignment).await.done();
    let photo = all.worker.photographs(&assignment).await;
    let finish =
        json!({ "assignmentId": assignment, "measure": "REINFORCEMENT", "photoIds": [photo], "place": place() });
    assert_eq!(rule(&all.worker.does("finishAssignment", finish.clone()).await), "major.plan_first");
    assert_eq!(rule(&takes(&all.worker, "setMajorPlan", &hazard, plan(day(60))).await), "major.planner");
    assert_eq!(rule(&takes(&unit, "setMajorPlan", &hazard, plan(day(-1))).await), "major.plan_limit");
    takes(&unit, "setMajorPlan", &hazard, plan(day(60))).await.done();
    takes(&unit, "setMajorPlan", &hazard, plan(day(80))).await.done();
    let state = seen(&all.clerk, &hazard).await;
    let plans = state["major"]["plans"].as_array().unwrap();
    assert_eq!(plans.iter().map(|plan| plan["until"].clone()).collect::<Vec<_>>(), [json!(day(60)), json!(day(80))]);
    assert_eq!((&plans[0]["goals"]["text"], &plans[0]["amount"]), (&json!("消除坍塌风险"), &json!(30_000_000)));

    // Listed, extended, finished and accepted.
    let listing = json!({ "publishedOn": day(0), "until": day(90) });
    assert_eq!(rule(&takes(&all.leader, "listMajor", &hazard, listing.clone()).await), "FORBIDDEN");
    takes(&centre, "listMajor", &hazard, listing.clone()).await.done();
    assert_eq!(rule(&takes(&centre, "listMajor", &hazard, listing).await), "major.listed_once");
    asks_for_time(&unit, &hazard, &assignment).await.done();
    all.leader.judges("grantExtension", &assignment).await.done();
    all.worker.does("finishAssignment", finish).await.done();
    all.clerk.judges("acceptWork", &assignment).await.done();
    todos_follow_from_events(&app).await;
    assert_eq!(open(&seen(&all.clerk, &hazard).await), ["ACCEPT_MAJOR", "DELIST"]);
    assert_eq!(todos(&all.leader).await, [""; 0], "the township waits");

    // Accepted on the spot, consented, delisted, closed: in this order.
    let close = json!({ "hazardId": hazard, "reason": "整改到位，予以销号" });
    let closes = async || rule(&all.leader.does("closeHazard", close.clone()).await);
    let today = json!({ "publishedOn": day(1) });
    assert_eq!(closes().await, "major.accepted_first");
    assert_eq!(rule(&takes(&leader, "consentToClose", &hazard, json!({})).await), "major.accepted_first");
    takes(&centre, "acceptMajorOnSite", &hazard, json!({ "place": place() })).await.done();
    assert_eq!(closes().await, "major.consent_first");
    assert_eq!(rule(&takes(&centre, "consentToClose", &hazard, json!({})).await), "major.judge");
    assert_eq!(rule(&takes(&centre, "delistMajor", &hazard, today.clone()).await), "major.consent_first");
    takes(&leader, "consentToClose", &hazard, json!({})).await.done();
    assert_eq!(closes().await, "major.delist_first");
    takes(&centre, "delistMajor", &hazard, today).await.done();
    todos_follow_from_events(&app).await;
    assert_eq!(todos(&all.leader).await, ["CLOSE"]);
    assert_eq!(closes().await, "ok");

    let state = seen(&all.clerk, &hazard).await;
    let expected = [
        "SUSPECTED",
        "REFUSED",
        "SUSPECTED",
        "CONFIRMED",
        "PLANNED",
        "PLANNED",
        "LISTED",
        "ACCEPTED_ON_SITE",
        "CONSENTED",
        "DELISTED",
    ];
    assert_eq!(steps(&state), expected);
    assert_eq!((&state["status"], open(&state)), (&json!("CLOSED"), vec!["FOLLOW_UP"]));
    let major = &state["major"];
    assert_eq!(major["judgements"][1]["clause"]["text"], "第五条第（二）项");
    assert_eq!(major["listings"][0]["delistingPublishedOn"], json!(day(1)));
    assert_eq!(rule(&takes(&leader, "refuseMajor", &hazard, json!({})).await), "case.ended");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_department_that_takes_no_part_sees_the_hazard_while_it_judges(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let [housing, fire] = [Person::officer(&app, "housing-leader").await, Person::officer(&app, "fire-leader").await];
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    all.clerk.dispatches(&hazard, &["520115-fire"]).await;
    assert_eq!(rule(&takes(&housing, "confirmMajor", &hazard, confirmed()).await), "NOT_FOUND");

    takes(&all.clerk, "suspectMajor", &hazard, json!({})).await.done();

    assert_eq!(rule(&takes(&fire, "confirmMajor", &hazard, confirmed()).await), "FORBIDDEN", "it only leads the work");
    assert_eq!(todos(&housing).await, ["JUDGE_MAJOR"]);
    takes(&all.clerk, "withdrawMajorSuspicion", &hazard, json!({})).await.done();
    assert_eq!(rule(&takes(&housing, "confirmMajor", &hazard, confirmed()).await), "NOT_FOUND");
    takes(&all.clerk, "suspectMajor", &hazard, json!({})).await.done();
    takes(&housing, "confirmMajor", &hazard, confirmed()).await.done();
    assert!(open(&seen(&housing, &hazard).await).contains(&"PLAN_MAJOR"));
    todos_follow_from_events(&app).await;
}

/// The department of the duty list is accused: the next one judges, and the accused one learns nothing.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_accused_department_neither_judges_nor_sees_the_hazard(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let housing = Person::officer(&app, "housing-leader").await;
    let centre = Person::officer(&app, "command-1").await;
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["accusedUnitId"] = all.clerk.ids_of(&["520115-housing"]).await.remove(0);
    let sent = Person::stranger(&app).submits(&input).await.ok();
    let report = sent.text("submitReport.receipt.reportId").to_owned();

    // The review suspects, so the judgement is asked for in the same step.
    let found = json!({ "reportId": report, "reason": "现场核实，疑似重大", "suspectedMajor": true });
    let confirmed_report = all.clerk.does("confirmReport", found).await.ok();
    let hazard = confirmed_report.text("done.hazardId").to_owned();

    let state = seen(&all.clerk, &hazard).await;
    assert_eq!((&state["level"], steps(&state)), (&json!("SUSPECTED_MAJOR"), vec!["SUSPECTED"]));
    assert_eq!(todos(&housing).await, [""; 0]);
    assert_eq!(rule(&takes(&housing, "confirmMajor", &hazard, confirmed()).await), "NOT_FOUND");
    assert!(todos(&centre).await.contains(&"JUDGE_MAJOR".to_owned()));
    takes(&centre, "confirmMajor", &hazard, confirmed()).await.done();
    assert_eq!(
        rule(&takes(&housing, "orderInterimMeasure", &hazard, json!({ "measure": "EVACUATE" })).await),
        "NOT_FOUND"
    );
    todos_follow_from_events(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn interim_measures_have_clocks_of_their_own_and_power_is_cut_only_after_the_notice(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let leader = Person::officer(&app, "housing-leader").await;
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    all.clerk.dispatches(&hazard, &["520115-housing"]).await;
    let order = async |who: &Person, measure: &str| {
        rule(&takes(who, "orderInterimMeasure", &hazard, json!({ "measure": measure })).await)
    };
    let on = async |who: &Person, step: &str, measure: &str| {
        rule(&takes(who, step, &hazard, json!({ "measure": measure })).await)
    };
    assert_eq!(order(&all.leader, "EVACUATE").await, "major.suspected_first");
    takes(&all.worker, "suspectMajor", &hazard, json!({})).await.done();
    assert_eq!(order(&all.clerk, "EVACUATE").await, "FORBIDDEN");
    assert_eq!(order(&all.leader, "EVACUATE").await, "ok");
    assert_eq!(order(&leader, "CUT_POWER").await, "ok");
    assert_eq!(order(&leader, "CUT_POWER").await, "major.measure_once");
    todos_follow_from_events(&app).await;
    let mine = todos(&all.worker).await;
    assert!(["CUT_POWER", "EVACUATE"].iter().all(|kind| mine.contains(&(*kind).to_owned())), "{mine:?}");

    assert_eq!(on(&all.worker, "takeInterimMeasure", "EVACUATE").await, "ok");
    assert_eq!(on(&all.worker, "takeInterimMeasure", "CUT_POWER").await, "major.power_notice");
    let state = seen(&all.clerk, &hazard).await;
    let not_before: DateTime<Utc> = state["major"]["measures"][1]["notBefore"].as_str().unwrap().parse().unwrap();
    assert!((not_before - now() - TimeDelta::hours(24)).abs() < TimeDelta::minutes(5));
    assert_eq!(on(&leader, "liftInterimMeasure", "CUT_POWER").await, "ok");
    let at_once = json!({ "measure": "CUT_POWER", "atOnce": true });
    takes(&leader, "orderInterimMeasure", &hazard, at_once).await.done();
    assert_eq!(on(&all.worker, "takeInterimMeasure", "CUT_POWER").await, "ok");
    assert_eq!(on(&all.leader, "liftInterimMeasure", "EVACUATE").await, "ok");
    assert_eq!(on(&all.leader, "liftInterimMeasure", "EVACUATE").await, "major.measure_stands");
    todos_follow_from_events(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_suspected_hazard_stands_in_a_merge_and_an_ordinary_one_joins_it(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let leader = Person::officer(&app, "housing-leader").await;
    let [feared, ordinary] = [
        all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await,
        all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await,
    ];
    takes(&all.clerk, "suspectMajor", &feared, json!({})).await.done();
    let merge = async |from: &str, into: &str| {
        let input = json!({ "hazardId": from, "into": into, "openWork": "CARRY", "reason": "同一处房屋" });
        all.clerk.does("mergeHazards", input).await
    };
    assert_eq!(rule(&merge(&feared, &ordinary).await), "major.stands");
    takes(&leader, "confirmMajor", &feared, confirmed()).await.done();
    assert_eq!(rule(&merge(&feared, &ordinary).await), "major.stands");
    merge(&ordinary, &feared).await.done();
    assert_eq!(seen(&all.clerk, &feared).await["level"], "MAJOR");
    assert_eq!(rule(&takes(&all.clerk, "suspectMajor", &ordinary, json!({})).await), "case.ended");
    todos_follow_from_events(&app).await;
}

/// The department that has to judge ends 撤并 and has nothing else of the hazard: its successor judges, with the same deadline.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_successor_of_the_department_judges_with_the_same_deadline(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    all.clerk.dispatches(&hazard, &["520115-fire"]).await;
    takes(&all.clerk, "suspectMajor", &hazard, json!({})).await.done();

    let ends = ending(&app, &["520115-housing"]);
    let (ok, told) = run(&app, &ends, &["--dry-run"]).await;
    assert!(ok && told.contains("1 major(s)") && told.contains(&format!("major,{hazard},")), "{told}");
    let (ok, said) = run(&app, &ends, &["--successor", "520115-emergency"]).await;
    assert!(ok, "{said}");

    let state = seen(&all.clerk, &hazard).await;
    let clocks = state["clocks"].as_array().unwrap().iter().filter(|clock| clock["kind"] == "JUDGE_MAJOR");
    let clocks: Vec<(&Value, &Value)> = clocks.map(|clock| (&clock["state"], &clock["due"])).collect();
    assert_eq!(clocks.len(), 2, "{clocks:?}");
    assert_eq!(clocks[0].1, clocks[1].1, "the deadline stays");
    let successor = Person::officer(&app, "emergency-leader").await;
    assert!(todos(&successor).await.contains(&"JUDGE_MAJOR".to_owned()));
    takes(&successor, "confirmMajor", &hazard, confirmed()).await.done();
    assert_eq!(seen(&successor, &hazard).await["major"]["department"]["code"], "520115-emergency");
    todos_follow_from_events(&app).await;
}
