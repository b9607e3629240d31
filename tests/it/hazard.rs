//! From a confirmed report to one winner of a claim.

use futures::future::join_all;
use serde_json::json;
use tests::handling::step;
use tests::world::{SUBMIT, import, login, phone_of, submission};
use uuid::Uuid;

tests::on_both_engines! {
    /// Confirmed, whistled, claimed by many at once: one has it. The same request twice has one effect.
    async fn of_many_claims_one_wins(app: TestApp) {
        import(&app).await;
        let sent = app.client().post(SUBMIT, json!({ "i": submission(Uuid::new_v4(), "ANONYMOUS") })).await.ok();
        let report = sent.text("submitReport.receipt.reportId").to_owned();
        let clerk = login(&app, "OFFICER", &phone_of("binyang-clerk")).await;
        let leader = login(&app, "OFFICER", &phone_of("binyang-leader")).await;

        let input = json!({ "reportId": report, "reason": "现场核实属实" });
        let confirmed = step(&clerk, "confirmReport", "ConfirmReportInput", "status hazardId", input).await.ok();
        let hazard = confirmed.text("confirmReport.hazardId").to_owned();
        let units = leader.post("{ units(first: 100) { edges { node { id code } } } }", json!({})).await.ok();
        let unit = |code: &str| {
            let edges = units.data("units.edges").as_array().unwrap();
            edges.iter().find(|edge| edge["node"]["code"] == code).unwrap()["node"]["id"].clone()
        };
        let whistle = json!({
            "hazardId": hazard, "typeCode": "joint_enforcement", "leadUnitId": unit("520115-housing"),
            "supportUnitIds": [unit("520115-city-management")], "reason": "街道无执法权，请到场处置",
        });
        let fields = "status clocks { kind due } assignments { id part status unit { code } }";
        let blown = step(&leader, "blowWhistle", "BlowWhistleInput", fields, whistle).await.ok();
        assert_eq!(blown.text("blowWhistle.status"), "ASSIGNED");
        let assignments = blown.data("blowWhistle.assignments").as_array().unwrap().clone();
        let lead = assignments.iter().find(|one| one["part"] == "LEAD").unwrap()["id"].clone();

        let workers = [
            login(&app, "OFFICER", &phone_of("housing-worker-1")).await,
            login(&app, "OFFICER", &phone_of("housing-worker-2")).await,
        ];
        let claims = (0..40).map(|n: usize| {
            step(&workers[n % 2], "claimAssignment", "AssignmentInput", "status", json!({ "assignmentId": lead }))
        });
        let answers = join_all(claims).await;

        let won = answers.iter().filter(|answer| answer.code().is_none()).count();
        let late = answers.iter().filter(|answer| answer.code() == Some("ALREADY_CLAIMED")).count();
        assert_eq!((won, late), (1, 39));
    }
}
