//! A report after it was handed in: where it came to and why, and what its author can still do.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{emergency, import, submission};
use uuid::Uuid;

/// Hands a report in; answers its id, and its follow-up code.
pub(crate) async fn submit(who: &Person, input: &Value) -> (String, String) {
    let sent = who.submits(input).await.ok();
    let code = sent.data("submitReport.followUpCode").as_str().unwrap_or_default().to_owned();
    (sent.text("submitReport.receipt.reportId").to_owned(), code)
}

const SEEN: &str = "query($id: UUID!) { report(id: $id) { whyHere reviewUnitId areaId flags suggestedUnitIds } }";

/// The reviewing unit is told why in its language; whoever only works on the hazard is not, nor is the command centre
/// that sees the area.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_says_why_it_came_to_the_unit_that_reviews_it(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let citizen = Person::citizen(&app, "19900009991").await;
    let report = citizen.reports("NAMED").await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let worker = Person::officer(&app, "housing-worker-1").await;
    let hazard = clerk.confirms(&report).await;
    Person::officer(&app, "binyang-leader").await.blows(&hazard, &["520115-housing"]).await;

    let zh = clerk.asks(SEEN, json!({ "id": report })).await.ok().text("report.whyHere").to_owned();
    let en = clerk.reading("en").asks(SEEN, json!({ "id": report })).await.ok().text("report.whyHere").to_owned();
    let mine = citizen.asks("query($id: UUID!) { myReport(id: $id) { whyHere } }", json!({ "id": report })).await.ok();

    assert!(zh.contains("宾阳街道") && !zh.is_ascii(), "{zh}");
    assert!(en.contains("reviews the report") && en != zh, "{en}");
    assert_eq!(mine.text("myReport.whyHere"), zh);
    for other in [&worker, &Person::officer(&app, "command-1").await] {
        let seen = other.asks(SEEN, json!({ "id": report })).await.ok();
        assert_eq!(seen.data("report.whyHere"), &Value::Null);
    }
}

/// The township that a report accuses never sees it: the county's command centre reviews it, and is told why.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_report_that_accuses_its_township_goes_to_the_command_centre(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let centre = Person::officer(&app, "command-1").await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let ids = centre.ids_of(&["520115-command-centre", "520115001000"]).await;
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["accusedUnitId"] = ids[1].clone();
    let (report, _) = submit(&Person::stranger(&app), &input).await;

    assert_eq!(clerk.asks(SEEN, json!({ "id": report })).await.code(), Some("NOT_FOUND"));
    let seen = centre.asks(SEEN, json!({ "id": report })).await.ok();
    assert_eq!(seen.data("report.reviewUnitId"), &ids[0]);
    assert!(!seen.text("report.whyHere").is_empty());
}

/// A point in no area is accepted, flagged, and reviewed by the command centre of the root.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_point_outside_every_area_is_reviewed_at_the_top(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["place"] = json!({ "lng": 121.5, "lat": 31.2, "crs": "GCJ02" });
    input["category"] = json!("a category of tomorrow");
    input["capturedAt"] = json!("1999-01-01T00:00:00Z");
    let (report, _) = submit(&Person::stranger(&app), &input).await;

    let centre = Person::officer(&app, "command-1").await;
    let seen = centre.asks(SEEN, json!({ "id": report })).await.ok();

    assert_eq!(seen.data("report.reviewUnitId"), &centre.ids_of(&["520115-command-centre"]).await[0]);
    assert_eq!(seen.data("report.areaId"), &Value::Null);
    let mut flags: Vec<&str> =
        seen.data("report.flags").as_array().unwrap().iter().map(|flag| flag.as_str().unwrap()).collect();
    flags.sort_unstable();
    assert_eq!(flags, ["CATEGORY_UNKNOWN", "CLOCK_WRONG", "OUTSIDE_AREAS"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_author_adds_to_it_and_nobody_else_does(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let [ann, ben] = [Person::citizen(&app, "19900009991").await, Person::citizen(&app, "19900009992").await];
    let report = ann.reports("CONFIDENTIAL").await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let added = |text: &str| json!({ "reportId": report, "text": text });
    for text in ["裂缝又宽了一指", "今天下雨后更严重"] {
        ann.does("amendReport", added(text)).await.done();
    }

    for (who, code) in [(&ben, "NOT_FOUND"), (&clerk, "NOT_FOUND"), (&Person::stranger(&app), "UNAUTHENTICATED")] {
        assert_eq!(who.does("amendReport", added("不是我写的")).await.code(), Some(code));
        assert_eq!(who.does("withdrawReport", json!({ "reportId": report })).await.code(), Some(code));
    }
    for text in ["", "  ", &"字".repeat(2_001)] {
        let refused = ann.does("amendReport", added(text)).await;
        assert_eq!((refused.code(), refused.extension("field")), (Some("INVALID_INPUT"), &json!("input.text")));
    }
    let query =
        "query($id: UUID!) { report(id: $id) { text amendments { nodes { text receivedAt } } history { kind } } }";
    let seen = clerk.asks(query, json!({ "id": report })).await.ok();
    let amendments = seen.data("report.amendments.nodes").as_array().unwrap();
    let mut texts: Vec<&str> = amendments.iter().map(|one| one["text"].as_str().unwrap()).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["今天下雨后更严重", "裂缝又宽了一指"], "within a boundary, their order tells nothing");
    let seconds = amendments.iter().map(|one| one["receivedAt"].as_str().unwrap().get(17..19));
    assert!(seconds.into_iter().all(|seconds| seconds == Some("00")), "the end of its minute");
    assert_eq!(seen.text("report.text"), "小区北侧围墙裂缝贯通，墙体外倾。", "the content stays");
    assert_eq!(
        seen.data("report.history"),
        &json!([{ "kind": "RECEIVED" }, { "kind": "AMENDED" }, { "kind": "AMENDED" }])
    );
}

/// Twenty at most, so that nobody fills the desk of a clerk or the memory of the server; read page by page.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_author_adds_twenty_times_and_no_more(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (ann, clerk) = (Person::citizen(&app, "19900009991").await, Person::officer(&app, "binyang-clerk").await);
    let report = ann.reports("NAMED").await;
    let added = |n: usize| json!({ "reportId": report, "text": format!("补充{n:02}") });
    let first = Uuid::new_v4();
    ann.does_as(first, "amendReport", added(0)).await.done();
    for n in 1..20 {
        ann.does("amendReport", added(n)).await.done();
    }
    let refused = ann.does("amendReport", added(20)).await;
    assert_eq!((refused.code(), refused.extension("rule")), (Some("ILLEGAL_MOVE"), &json!("amendment.enough")));
    ann.does_as(first, "amendReport", added(0)).await.done();

    for (who, root) in [(&ann, "myReport"), (&clerk, "report")] {
        let query = format!(
            "query($id: UUID!, $a: String) {{ {root}(id: $id) {{ amendments(first: 8, after: $a) {{
                nodes {{ text }} pageInfo {{ endCursor hasNextPage }} }} }} }}"
        );
        let (mut texts, mut after, mut pages) = (Vec::new(), Value::Null, 0);
        loop {
            let page = who.asks(&query, json!({ "id": report, "a": after })).await.ok();
            let page = page.data(&format!("{root}.amendments")).clone();
            texts.extend(page["nodes"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap().to_owned()));
            (after, pages) = (page["pageInfo"]["endCursor"].clone(), pages + 1);
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
        }
        if root == "myReport" {
            assert!(texts.is_sorted_by(|one, other| one > other), "newest first: {texts:?}");
        }
        texts.sort_unstable();
        assert_eq!((texts, pages), ((0..20).map(|n| format!("补充{n:02}")).collect(), 3));
    }
    let query = "{ reports(first: 100) { nodes { amendments(first: 100) { nodes { text } } } } }";
    assert_eq!(clerk.asks(query, json!({})).await.code(), Some("TOO_COMPLEX"));
}

/// Those that wait behind the time veil count as well.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn additions_that_nobody_sees_yet_are_counted(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    tests::world::import_as_shipped(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let report = ann.reports("NAMED").await;
    for n in 0..21 {
        let added = ann.does("amendReport", json!({ "reportId": report, "text": format!("补充{n}") })).await;
        assert_eq!(added.code(), (n == 20).then_some("ILLEGAL_MOVE"), "{n}: {}", added.body);
    }
}

/// It is taken back while nobody has reviewed it and nobody was asked; an emergency takes its hazard along.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_author_takes_it_back_in_time(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let (clerk, leader) = (Person::officer(&app, "binyang-clerk").await, Person::officer(&app, "binyang-leader").await);
    let withdrawn = |report: &str| json!({ "reportId": report });

    let (urgent, _) = submit(&ann, &emergency(Uuid::new_v4(), "NAMED")).await;
    let hazard = clerk.hazard_of(&urgent).await;
    ann.does("withdrawReport", withdrawn(&urgent)).await.done();
    let query = "query($id: UUID!) { hazard(id: $id) { status cancelReason } }";
    let struck = clerk.asks(query, json!({ "id": hazard })).await.ok();
    assert_eq!(struck.data("hazard"), &json!({ "status": "CANCELLED", "cancelReason": "WITHDRAWN" }));
    let text = json!({ "reportId": urgent, "text": "还是补充一句" });
    assert_eq!(ann.does("amendReport", text).await.code(), Some("ILLEGAL_MOVE"));

    let reviewed = ann.reports("NAMED").await;
    clerk.confirms(&reviewed).await;
    let (asked, _) = submit(&ann, &emergency(Uuid::new_v4(), "NAMED")).await;
    leader.blows_of_type("emergency", &clerk.hazard_of(&asked).await, &["520115-fire"]).await;
    for (report, rule) in [(&reviewed, "review.once"), (&asked, "withdrawal.not_dispatched")] {
        let refused = ann.does("withdrawReport", withdrawn(report)).await;
        assert_eq!((refused.code(), refused.extension("rule")), (Some("ILLEGAL_MOVE"), &json!(rule)));
    }
}

/// For whoever knows the random ids, in the order in which they are asked.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_became_of_submissions_is_told_by_their_ids(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let stranger = Person::stranger(&app);
    let (first, unknown, second) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
    let (report, code) = submit(&stranger, &submission(first, "ANONYMOUS")).await;
    submit(&stranger, &submission(second, "ANONYMOUS")).await;
    let author = Person::with_code(&app, &report, &code).await;
    author.does("withdrawReport", json!({ "reportId": report })).await.done();
    let query = "query($ids: [UUID!]!) { submissionStatus(ids: $ids) {
            submissionId known status receipt { reportId signature } photos { id } } }";

    let told = stranger.asks(query, json!({ "ids": [first, unknown, second, first] })).await.ok();

    let told = told.data("submissionStatus").as_array().unwrap().clone();
    let ids: Vec<&Value> = told.iter().map(|one| &one["submissionId"]).collect();
    assert_eq!(ids, [&json!(first), &json!(unknown), &json!(second), &json!(first)]);
    let statuses: Vec<&Value> = told.iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, [&json!("WITHDRAWN"), &Value::Null, &json!("RECEIVED"), &json!("WITHDRAWN")]);
    assert_eq!((&told[1]["known"], &told[1]["receipt"]), (&json!(false), &Value::Null));
    assert_eq!(told[0]["receipt"]["reportId"], json!(report));
    let many = stranger.asks(query, json!({ "ids": vec![first; 101] })).await;
    assert_eq!(many.code(), Some("INVALID_INPUT"));
}

/// The code opens its own report and no other, however it is written. Wrong ones are limited, and keep nobody out.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_follow_up_code_opens_one_report(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let stranger = Person::stranger(&app);
    let (report, code) = submit(&stranger, &submission(Uuid::new_v4(), "ANONYMOUS")).await;
    let (other, _) = submit(&stranger, &submission(Uuid::new_v4(), "ANONYMOUS")).await;
    let author = Person::with_code(&app, &report, &code.replace(' ', "-")).await;
    let mine = "query($id: UUID!) { myReport(id: $id) { text status } }";
    assert_eq!(author.asks(mine, json!({ "id": report })).await.ok().text("myReport.status"), "RECEIVED");
    assert_eq!(author.asks(mine, json!({ "id": other })).await.code(), Some("NOT_FOUND"));
    assert_eq!(author.asks("{ myReports { nodes { id } } }", json!({})).await.code(), Some("FORBIDDEN"));

    let open = "mutation($i: OpenReportInput!) { openReport(input: $i) { endsAt } }";
    let guess = async |report: &str, code: &str| {
        let tried = stranger.asks(open, json!({ "i": { "reportId": report, "code": code } })).await;
        tried.code().map(str::to_owned)
    };
    let unknown = Uuid::new_v4().to_string();
    for report in [&other, &unknown] {
        for _ in 0..5 {
            assert_eq!(guess(report, &code).await.as_deref(), Some("NOT_FOUND"));
        }
        assert_eq!(guess(report, &code).await.as_deref(), Some("RATE_LIMITED"));
    }
    for _ in 0..20 {
        assert!(guess(&report, "0000 0000 0000 0000").await.is_some());
    }
    assert_eq!(guess(&report, &code).await, None, "wrong ones close nothing");
}
