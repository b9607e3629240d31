//! Authors hear what became of their reports, and nobody else does.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::{Handlers, Rewarders, collect};
use tests::people::Person;
use tests::waiting::until;
use tests::world::{import, submission};
use uuid::Uuid;

const NOTICES: &str = "query($id: UUID!, $first: Int, $after: String) { myReport(id: $id) {
    unreadNotices notices(first: $first, after: $after) {
        nodes { id kind text readAt } pageInfo { hasNextPage endCursor } } } }";
const MARK: &str =
    "mutation($i: MarkNoticesReadInput!) { markNoticesRead(input: $i) { unreadNotices notices { nodes { readAt } } } }";

/// Waits until the author has heard just this, first heard first; answers the notices, newest first.
async fn hears(author: &Person, report: &str, expected: &[&str]) -> Vec<Value> {
    until(&format!("{expected:?}"), async || {
        let answer = author.asks(NOTICES, json!({ "id": report, "first": 100 })).await.ok();
        let notices = answer.data("myReport.notices.nodes").as_array().unwrap().clone();
        let kinds: Vec<&str> = notices.iter().rev().map(|notice| notice["kind"].as_str().unwrap()).collect();
        if kinds == expected { Ok(notices) } else { Err(kinds.join(" ")) }
    })
    .await
}

/// Brings a report from its review to the money.
async fn bring_to_the_money(app: &TestApp, author: &Person, report: &str) {
    let (handlers, rewarders) = (Handlers::log_in(app).await, Rewarders::log_in(app).await);
    let hazard = handlers.clerk.confirms(report).await;
    handlers.bring_to_closure(&hazard).await;
    let award = rewarders.award_of(&hazard).await;
    rewarders.approve(&award).await;
    collect(author, report).await;
    assert_eq!(rewarders.pay(&award).await, "PAID");
}

const WHOLE_STORY: &[&str] = &["REPORT_CONFIRMED", "HAZARD_BLOWN", "HAZARD_CLOSED", "AWARD_NOTIFIED", "AWARD_PAID"];

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_citizen_hears_it_all_in_words_and_marks_it_as_read(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let citizen = Person::citizen(&app, "19900009991").await;
    let report = citizen.reports("NAMED").await;
    bring_to_the_money(&app, &citizen, &report).await;

    let heard = hears(&citizen, &report, WHOLE_STORY).await;
    assert_eq!(heard[0]["text"], "您的奖励100.00元已发放。");
    assert_eq!(heard[3]["text"], "您报告的隐患已吹哨，有关部门将到场处理。");
    let two = json!({ "id": report, "first": 2 });
    let page = citizen.reading("en").asks(NOTICES, two).await.ok();
    assert_eq!(page.text("myReport.notices.nodes.0.text"), "Your award of 100.00 yuan has been paid.");
    let after = page.data("myReport.notices.pageInfo.endCursor");
    let next = citizen.asks(NOTICES, json!({ "id": report, "first": 100, "after": after })).await.ok();
    assert_eq!(next.text("myReport.notices.nodes.0.kind"), "HAZARD_CLOSED");
    assert_eq!(page.data("myReport.unreadNotices"), 5);

    let read = json!({ "reportId": report, "noticeIds": [heard[0]["id"], heard[1]["id"], Uuid::new_v4()] });
    let marked = citizen.asks(MARK, json!({ "i": read })).await.ok();
    assert_eq!(marked.data("markNoticesRead.unreadNotices"), 3);
    let times = marked.data("markNoticesRead.notices.nodes").as_array().unwrap();
    let is_read: Vec<bool> = times.iter().map(|notice| !notice["readAt"].is_null()).collect();
    assert_eq!(is_read, [true, true, false, false, false]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_anonymous_author_hears_it_all_by_the_code(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let sent = Person::stranger(&app).submits(&submission(Uuid::new_v4(), "ANONYMOUS")).await.ok();
    let report = sent.text("submitReport.receipt.reportId").to_owned();
    let author = Person::with_code(&app, &report, sent.text("submitReport.followUpCode")).await;
    bring_to_the_money(&app, &author, &report).await;

    let heard = hears(&author, &report, WHOLE_STORY).await;
    let id = Uuid::new_v4();
    for (notice, code) in [(0, None), (0, None), (1, Some("REQUEST_ID_TAKEN"))] {
        let input = json!({ "reportId": report, "noticeIds": [heard[notice]["id"]], "requestId": id });
        let marked = author.asks(MARK, json!({ "i": input })).await;
        assert_eq!(marked.code(), code);
    }
    let answer = author.asks(NOTICES, json!({ "id": report })).await.ok();
    assert_eq!(answer.data("myReport.unreadNotices"), 4);
}

/// Who joined a hazard hears of it as who was first does; what is told of one report is not told of another.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn notices_are_their_authors_alone(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let first = Person::citizen(&app, "19900009991").await;
    let second = Person::citizen(&app, "19900009992").await;
    let report = first.reports("NAMED").await;
    let other = second.reports("CONFIDENTIAL").await;
    let handlers = Handlers::log_in(&app).await;
    let hazard = handlers.clerk.confirms(&report).await;
    let joined = json!({ "reportId": other, "hazardId": hazard, "reason": "与已登记的隐患相同" });
    handlers.clerk.does("mergeReport", joined).await.done();
    handlers.leader.blows(&hazard, &["520115-housing"]).await;

    let heard = hears(&first, &report, &["REPORT_CONFIRMED", "HAZARD_BLOWN"]).await;
    hears(&second, &other, &["REPORT_MERGED", "HAZARD_BLOWN"]).await;
    let mine = "{ myReports { nodes { unreadNotices notices(first: 1) { nodes { kind } } } } }";
    let listed = first.asks(mine, json!({})).await.ok();
    let expected = json!([{ "unreadNotices": 2, "notices": { "nodes": [{ "kind": "HAZARD_BLOWN" }] } }]);
    assert_eq!(listed.data("myReports.nodes"), &expected);

    let nobody = Person::stranger(&app);
    for (who, code) in [(&second, "NOT_FOUND"), (&handlers.clerk, "NOT_FOUND"), (&nobody, "UNAUTHENTICATED")] {
        let input = json!({ "reportId": report, "noticeIds": [heard[0]["id"]] });
        assert_eq!(who.asks(MARK, json!({ "i": input })).await.code(), Some(code));
        assert_eq!(who.asks(NOTICES, json!({ "id": report })).await.code(), Some(code));
    }
    let many = json!({ "reportId": report, "noticeIds": vec![Uuid::nil(); 101] });
    let refused = first.asks(MARK, json!({ "i": many })).await;
    assert_eq!((refused.code(), refused.extension("field")), (Some("INVALID_INPUT"), &json!("input.noticeIds")));
    hears(&first, &report, &["REPORT_CONFIRMED", "HAZARD_BLOWN"]).await;
    let unread = first.asks(NOTICES, json!({ "id": report })).await.ok();
    assert_eq!(unread.data("myReport.unreadNotices"), 2);
}
