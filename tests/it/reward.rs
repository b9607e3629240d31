//! Awards from outside: whose they are, and what they wait for.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::handling::{Handlers, Rewarders};
use tests::people::Person;
use tests::world::import;

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

/// Awards are proposed when the hazard is closed, not when the report is found to be true.
async fn propose_at_closing(app: &TestApp) {
    let rules = include_str!("../../api/data/policies.toml");
    let file = app.data().join("policies.toml");
    let later = rules.replace("propose_at = \"VERIFIED\"", "propose_at = \"CLOSED\"");
    assert_ne!(rules, later);
    std::fs::write(&file, later).unwrap();
    let imported = app.run(&["import", "policies", file.to_str().unwrap()]).await;
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
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

tests::on_both_engines! {
    async fn a_held_award_follows_the_first_true_report(app: TestApp) {
        import(&app).await;
        is_the_first_ones_though_it_was_held(&app).await;
    }

    async fn so_it_does_where_awards_are_proposed_at_closing(app: TestApp) {
        import(&app).await;
        propose_at_closing(&app).await;
        is_the_first_ones_though_it_was_held(&app).await;
    }
}
