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
use tests::world::{import, submission};
use uuid::Uuid;

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
    /// An officer of another township.
    there: Person,
    centre: Person,
    /// An open hazard of each township that takes in what is merged.
    targets: [String; 2],
    /// The own township, the other one, and a third.
    units: [Value; 3],
}

/// What there is beside the report whose outcome is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    /// No other report, and the reviewing unit holds the hazard.
    Nobody,
    /// No other report, but the report was referred after the dispatch, and the other unit holds the hazard.
    AnotherHolder,
    /// Another report.
    Another,
    /// Another report, which accuses the unit that holds the hazard and is hidden from it.
    Hidden,
}

/// A report, and the hazard to which it points.
struct Scene {
    report: String,
    hazard: Option<String>,
    /// The report that accuses the township.
    hidden: Option<String>,
}

impl Stage {
    async fn new(engine: Engine) -> Self {
        let app = TestApp::start(engine).await;
        import(&app).await;
        let author = Person::citizen(&app, "19900009991").await;
        let other = Person::citizen(&app, "19900009992").await;
        let handlers = Handlers::log_in(&app).await;
        let there = Person::officer(&app, "yuntan-clerk").await;
        let centre = Person::officer(&app, "command-1").await;
        let codes = ["520115001000", "520115002000", "520115003000"];
        let units: [Value; 3] = handlers.clerk.ids_of(&codes).await.try_into().unwrap();
        // A merge of an emergency into what is none is refused (`merging.danger`), so what stands is an emergency, too.
        let target = handlers.clerk.confirms(&other.reports_emergency("NAMED").await).await;
        let referred = other.reports_emergency("NAMED").await;
        let to = json!({ "reportId": referred, "toUnitId": units[1], "reason": "属贵街道" });
        handlers.clerk.does("referReport", to).await.done();
        let targets = [target, there.confirms(&referred).await];
        Self { app, author, other, handlers, there, centre, targets, units }
    }

    async fn scene(&self, stage: &str, beside: Beside) -> Scene {
        if stage == "NONE" {
            return Scene { report: self.author.reports("NAMED").await, hazard: None, hidden: None };
        }
        let report = self.author.reports_emergency("NAMED").await;
        let clerk = &self.handlers.clerk;
        let own = clerk.hazard_of(&report).await;
        let (mut hidden, mut assignment) = (None, None);
        match beside {
            Beside::Nobody => {}
            Beside::Another => self.joins(clerk, &self.other.reports("NAMED").await, &own).await,
            Beside::Hidden => hidden = Some(self.accuses_and_joins(&own).await),
            Beside::AnotherHolder => assignment = Some(self.is_referred_after_dispatch(&report, &own).await),
        }
        match stage {
            "OPEN" => {
                if let Some(assignment) = &assignment {
                    clerk.judges("takeBackAssignment", assignment).await.done();
                }
            }
            "DISPATCHED" | "ACCEPTED" => self.work(&own, assignment, stage == "ACCEPTED").await,
            "CLOSED" => self.was_closed(&own).await,
            "CANCELLED" => {
                let input = json!({ "hazardId": own, "cause": "OUT_OF_SCOPE", "reason": "不属于本台账" });
                clerk.does("cancelHazard", input).await.done();
            }
            "MERGED" => {
                let hazard = Some(self.merged(&own, beside == Beside::Another).await);
                return Scene { report, hazard, hidden };
            }
            other => panic!("no stage `{other}`"),
        }
        Scene { report, hazard: Some(own), hidden }
    }

    async fn joins(&self, who: &Person, report: &str, hazard: &str) {
        let joined = json!({ "reportId": report, "hazardId": hazard, "reason": "同一处" });
        who.does("mergeReport", joined).await.done();
    }

    /// A report that accuses the township joins its hazard. The command centre reviews it.
    async fn accuses_and_joins(&self, hazard: &str) -> String {
        let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
        input["accusedUnitId"] = self.units[0].clone();
        let sent = Person::stranger(&self.app).submits(&input).await.ok();
        let report = sent.text("submitReport.receipt.reportId").to_owned();
        self.joins(&self.centre, &report, hazard).await;
        report
    }

    async fn is_referred_after_dispatch(&self, report: &str, hazard: &str) -> String {
        let assignment = self.asks(hazard).await;
        let to = json!({ "reportId": report, "toUnitId": self.units[1], "reason": "属贵街道" });
        self.handlers.clerk.does("referReport", to).await.done();
        assignment
    }

    async fn asks(&self, hazard: &str) -> String {
        self.handlers.leader.dispatches(hazard, &["520115-housing"]).await.remove(0)
    }

    async fn work(&self, hazard: &str, assignment: Option<String>, is_accepted: bool) {
        let assignment = match assignment {
            Some(assignment) => assignment,
            None => self.asks(hazard).await,
        };
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

    async fn outcome(&self, outcome: &str, report: &str, beside: Beside) -> Answer {
        let is_referred = beside == Beside::AnotherHolder;
        let (who, target) = if is_referred {
            // Only the command centre refers a report again.
            let who = if outcome == "REFER_TO_UNIT" { &self.centre } else { &self.there };
            (who, &self.targets[1])
        } else {
            (&self.handlers.clerk, &self.targets[0])
        };
        let (step, extra) = match outcome {
            "WITHDRAW" => return self.author.does("withdrawReport", json!({ "reportId": report })).await,
            "CONFIRM" => ("confirmReport", json!({})),
            "MERGE" => ("mergeReport", json!({ "hazardId": target })),
            "UNFOUNDED" => ("findUnfounded", json!({})),
            "REFER_TO_UNIT" => ("referReport", json!({ "toUnitId": self.units[1 + usize::from(is_referred)] })),
            "REFER_TO_CHANNEL" => ("referReport", json!({ "channel": "HOTLINE_12345" })),
            "OUT_OF_SCOPE" => ("declareOutOfScope", json!({ "channel": "CALL_110" })),
            other => panic!("no outcome `{other}`"),
        };
        let mut input = json!({ "reportId": report, "reason": "现场核实情况如此" });
        input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        who.does(step, input).await
    }

    /// The status and the township of a hazard.
    async fn look(&self, hazard: &str) -> (String, String) {
        self.look_as(&self.handlers.clerk, hazard).await
    }

    async fn look_as(&self, who: &Person, hazard: &str) -> (String, String) {
        let query = "query($id: UUID!) { hazard(id: $id) { status township { code } } }";
        let seen = who.asks(query, json!({ "id": hazard })).await.ok();
        (seen.text("hazard.status").to_owned(), seen.text("hazard.township.code").to_owned())
    }

    /// The hidden report never loses its hazard. If the one that it joined has ended with the other report, it has a new
    /// one, which its own review unit holds and the accused unit does not see.
    async fn hidden_stands(&self, hidden: &str, hazard: Option<&String>, cell: &str) {
        let query = "query($id: UUID!) { report(id: $id) { status hazardId } }";
        let seen = self.centre.asks(query, json!({ "id": hidden })).await.ok();
        assert_eq!(seen.text("report.status"), "MERGED", "{cell}");
        let own = seen.text("report.hazardId").to_owned();
        let (status, township) = self.look_as(&self.centre, &own).await;
        assert_ne!(status, "CANCELLED", "{cell}");
        if hazard != Some(&own) {
            assert_eq!((status.as_str(), township.as_str()), ("REGISTERED", "520115-command-centre"), "{cell}");
            let query = "query($id: UUID!) { hazard(id: $id) { id } }";
            let accused = self.handlers.clerk.asks(query, json!({ "id": own })).await;
            assert_eq!(accused.code(), Some("NOT_FOUND"), "{cell}");
        }
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
    async fn play(&self, stage: &str, beside: Beside, outcome: &str) -> &'static str {
        let Scene { report, hazard, hidden } = self.scene(stage, beside).await;
        let before = match &hazard {
            Some(hazard) => Some(self.look(hazard).await),
            None => None,
        };
        let answer = self.outcome(outcome, &report, beside).await;
        let after = match &hazard {
            Some(hazard) => Some(self.look(hazard).await),
            None => None,
        };
        if let Some(hidden) = &hidden {
            self.hidden_stands(hidden, hazard.as_ref(), &format!("{stage} {outcome}")).await;
        }
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
    Box::pin(every_cell_holds(engine, "alone", Beside::Nobody)).await;
}

/// 回避: the accused unit cannot tell from any outcome whether a report that accuses it has joined the hazard.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_hazard_that_a_hidden_report_joined_ends_or_stays_as_if_it_had_not(#[case] engine: Engine) {
    Box::pin(every_cell_holds(engine, "alone", Beside::Hidden)).await;
}

/// 转办: an author withdraws a report whose hazard is dispatched no more easily because it was referred.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_hazard_that_another_unit_holds_ends_or_stays_as_the_table_says(#[case] engine: Engine) {
    Box::pin(every_cell_holds(engine, "elsewhere", Beside::AnotherHolder)).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_hazard_of_several_reports_never_ends_with_one_of_them(#[case] engine: Engine) {
    Box::pin(every_cell_holds(engine, "shared", Beside::Another)).await;
}

async fn every_cell_holds(engine: Engine, name: &str, beside: Beside) {
    let stage = Stage::new(engine).await;
    let mut wrong = Vec::new();
    for (outcome, row) in section(name) {
        for (own, cell) in row {
            let played = stage.play(&own, beside, &outcome).await;
            if played != cell {
                wrong.push(format!("{outcome} × {own}: {played}, not {cell}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    crate::todos::rows::todos_follow_from_events(&stage.app).await;
}
