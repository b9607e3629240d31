//! What becomes of the hazard of an emergency with every outcome of its report: the table of the rules, played through the
//! API.

use std::collections::BTreeMap;

use domain::hazard::{End, HazardStatus};
use domain::id::HazardId;
use rstest::rstest;
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::handling::Handlers;
use tests::people::Person;
use tests::world::import;

/// One section of the table: for each outcome, for each stage, the cell.
fn section(name: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let lines = include_str!("../../domain/tests/data/outcome_table.txt").lines();
    let mut lines = lines.skip_while(|line| *line != format!("[{name}]")).skip(1);
    let columns: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    let rows = lines.take_while(|line| !line.is_empty()).map(|row| {
        let mut cells = row.split_whitespace().map(str::to_owned);
        let outcome = cells.next().unwrap();
        (outcome, columns.iter().map(|column| (*column).to_owned()).zip(cells).collect())
    });
    rows.collect()
}

/// The people of the story, and what they need again and again.
struct Stage {
    app: TestApp,
    author: Person,
    other: Person,
    handlers: Handlers,
    /// An open hazard that takes in what is merged.
    target: String,
    /// Another township.
    elsewhere: Value,
}

/// A report, and the hazard to which it points.
struct Scene {
    report: String,
    hazard: Option<String>,
}

impl Stage {
    async fn new(engine: Engine) -> Self {
        let app = TestApp::start(engine).await;
        import(&app).await;
        let author = Person::citizen(&app, "19900009991").await;
        let other = Person::citizen(&app, "19900009992").await;
        let handlers = Handlers::log_in(&app).await;
        let target = handlers.clerk.confirms(&other.reports("NAMED").await).await;
        let elsewhere = handlers.clerk.ids_of(&["520115002000"]).await.remove(0);
        Self { app, author, other, handlers, target, elsewhere }
    }

    async fn scene(&self, stage: &str, shared: bool) -> Scene {
        if stage == "NONE" {
            return Scene { report: self.author.reports("NAMED").await, hazard: None };
        }
        let report = self.author.reports_emergency("NAMED").await;
        let clerk = &self.handlers.clerk;
        let own = clerk.hazard_of(&report).await;
        if shared {
            let joined = json!({ "reportId": self.other.reports("NAMED").await, "hazardId": own, "reason": "同一处" });
            clerk.does("mergeReport", joined).await.done();
        }
        match stage {
            "OPEN" => {}
            "DISPATCHED" | "ACCEPTED" => self.work(&own, stage == "ACCEPTED").await,
            "CLOSED" => self.was_closed(&own).await,
            "CANCELLED" => {
                let input = json!({ "hazardId": own, "cause": "OUT_OF_SCOPE", "reason": "不属于本台账" });
                clerk.does("cancelHazard", input).await.done();
            }
            "MERGED" => return Scene { hazard: Some(self.merged(&own, shared).await), report },
            other => panic!("no stage `{other}`"),
        }
        Scene { report, hazard: Some(own) }
    }

    async fn work(&self, hazard: &str, is_accepted: bool) {
        let [assignment] = self.handlers.leader.dispatches(hazard, &["520115-housing"]).await.try_into().unwrap();
        if is_accepted {
            self.handlers.worker.works_on(&assignment).await;
            self.handlers.clerk.judges("acceptWork", &assignment).await.done();
        }
    }

    /// Earlier builds closed hazards whose reports had not been reviewed. Today that is refused.
    async fn was_closed(&self, hazard: &str) {
        let rows = self.app.rows().await;
        let id = HazardId(hazard.parse().unwrap());
        let closed = entity::hazard::ActiveModel {
            id: Set(id),
            status: Set(HazardStatus::Closed),
            end_kind: Set(Some(End::Closed)),
            closed_at: Set(Some(crate::now::now())),
            ..Default::default()
        };
        entity::hazard::Entity::update(closed).exec(&rows).await.unwrap();
    }

    /// The hazard is cancelled as a duplicate of another emergency's, which is shared if that report stands.
    async fn merged(&self, own: &str, shared: bool) -> String {
        let first = self.other.reports_emergency("NAMED").await;
        let into = self.handlers.clerk.hazard_of(&first).await;
        let input = json!({ "hazardId": own, "cause": "DUPLICATE", "duplicateOf": into, "reason": "同一处" });
        self.handlers.clerk.does("cancelHazard", input).await.done();
        if !shared {
            self.other.does("withdrawReport", json!({ "reportId": first })).await.done();
        }
        into
    }

    async fn outcome(&self, outcome: &str, report: &str) -> Answer {
        let (step, extra) = match outcome {
            "WITHDRAW" => return self.author.does("withdrawReport", json!({ "reportId": report })).await,
            "CONFIRM" => ("confirmReport", json!({})),
            "MERGE" => ("mergeReport", json!({ "hazardId": self.target })),
            "UNFOUNDED" => ("findUnfounded", json!({})),
            "REFER_TO_UNIT" => ("referReport", json!({ "toUnitId": self.elsewhere })),
            "REFER_TO_CHANNEL" => ("referReport", json!({ "channel": "HOTLINE_12345" })),
            "OUT_OF_SCOPE" => ("declareOutOfScope", json!({ "channel": "CALL_110" })),
            other => panic!("no outcome `{other}`"),
        };
        let mut input = json!({ "reportId": report, "reason": "现场核实情况如此" });
        input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        self.handlers.clerk.does(step, input).await
    }

    /// The status and the township of a hazard.
    async fn look(&self, hazard: &str) -> (String, String) {
        let query = "query($id: UUID!) { hazard(id: $id) { status township { code } } }";
        let seen = self.handlers.clerk.asks(query, json!({ "id": hazard })).await.ok();
        (seen.text("hazard.status").to_owned(), seen.text("hazard.township.code").to_owned())
    }

    async fn status(&self, report: &str) -> (String, Option<String>) {
        let query = "query($id: UUID!) { myReport(id: $id) { status } }";
        let mine = self.author.asks(query, json!({ "id": report })).await.ok();
        let query = "query($id: UUID!) { report(id: $id) { hazardId } }";
        let seen = self.handlers.clerk.asks(query, json!({ "id": report })).await;
        let hazard = if seen.code().is_none() { seen.data("report.hazardId").as_str() } else { None };
        (mine.text("myReport.status").to_owned(), hazard.map(str::to_owned))
    }

    /// Plays one cell, and answers what happened in the words of the table.
    async fn play(&self, stage: &str, shared: bool, outcome: &str) -> &'static str {
        let Scene { report, hazard } = self.scene(stage, shared).await;
        let before = match &hazard {
            Some(hazard) => Some(self.look(hazard).await),
            None => None,
        };
        let answer = self.outcome(outcome, &report).await;
        let after = match &hazard {
            Some(hazard) => Some(self.look(hazard).await),
            None => None,
        };
        let (status, points_to) = self.status(&report).await;
        if let Some(code) = answer.code() {
            assert_eq!((code, status.as_str()), ("ILLEGAL_MOVE", "RECEIVED"), "{stage} {outcome}: {}", answer.body);
            assert_eq!(before, after, "{stage} {outcome}: refused, but the hazard changed");
            return "refused";
        }
        let expected = match outcome {
            "CONFIRM" => "CONFIRMED",
            "MERGE" => "MERGED",
            "UNFOUNDED" => "UNFOUNDED",
            "REFER_TO_UNIT" => "RECEIVED",
            "REFER_TO_CHANNEL" => "REFERRED",
            "OUT_OF_SCOPE" => "OUT_OF_SCOPE",
            _ => "WITHDRAWN",
        };
        assert_eq!(status, expected, "{stage} {outcome}");
        match (before, after) {
            (Some((_, from)), Some((_, to))) if from != to => "move",
            (Some((open, _)), Some((ended, _))) if open != ended => {
                assert_eq!(ended, "CANCELLED", "{stage} {outcome}");
                "strike"
            }
            _ if outcome == "CONFIRM" && points_to != hazard => "register",
            _ => "keep",
        }
    }
}

/// Every cell of the section holds, seen from outside.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_hazard_of_one_report_ends_or_stays_as_the_table_says(#[case] engine: Engine) {
    every_cell_holds(engine, "alone", false).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_hazard_of_several_reports_never_ends_with_one_of_them(#[case] engine: Engine) {
    every_cell_holds(engine, "shared", true).await;
}

async fn every_cell_holds(engine: Engine, name: &str, shared: bool) {
    let stage = Stage::new(engine).await;
    let mut wrong = Vec::new();
    for (outcome, row) in section(name) {
        for (own, cell) in row {
            let played = stage.play(&own, shared, &outcome).await;
            if played != cell {
                wrong.push(format!("{outcome} × {own}: {played}, not {cell}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
}
