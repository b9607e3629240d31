//! The same world is played twice, once with reports that accuse a unit and once without. For the officers of that unit
//! both are the same.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{emergency, import, submission};
use uuid::Uuid;

use super::{POSTS, accuses, import_lines};
use crate::now::now;

/// The accused unit: a township, whose officers see by unit and by area.
const ACCUSED: &str = "520115001000";
/// Its officers, those of a unit below it, and two with a second post there.
const WATCHERS: [&str; 7] = [
    "binyang-clerk",
    "binyang-leader",
    "binyang-worker-1",
    "binyang-village-1",
    "binyang-grid-1",
    "supervisor-1",
    "reward-2",
];

/// Emergencies that the accused unit reviews: what becomes of them, and of their hazards.
const URGENT: [&str; 5] = ["unfounded", "referred", "out-of-scope", "cancelled", "withdrawn"];

/// One of the two ledgers. Names stand for ids, which differ.
struct Ledger {
    app: TestApp,
    citizen: Person,
    watchers: Vec<Person>,
    ids: BTreeMap<String, String>,
}

impl Ledger {
    /// Plays what both ledgers have in common.
    #[expect(clippy::too_many_lines, reason = "one story")]
    async fn common(engine: Engine) -> Self {
        let app = TestApp::start(engine).await;
        import(&app).await;
        let posts = [
            POSTS,
            "supervisor-1,WORKER,520115001000,520115001000,2024-01-01,",
            "reward-2,GRID_WORKER,520115001002,520115001002,2024-01-01,",
        ];
        import_lines(&app, "posts", &posts).await;
        let citizen = Person::citizen(&app, "19900009991").await;
        let mut watchers = Vec::new();
        for staff in WATCHERS {
            watchers.push(Person::officer(&app, staff).await);
        }
        let (clerk, leader) = (&watchers[0], &watchers[1]);
        let mut ids = BTreeMap::new();
        let mut name = |name: &str, id: &str| drop(ids.insert(name.to_owned(), id.to_owned()));
        let first = citizen.reports("NAMED").await;
        let hazard = clerk.confirms(&first).await;
        let merged = citizen.reports("CONFIDENTIAL").await;
        let merge = json!({ "reportId": merged, "hazardId": hazard, "reason": "同一处围墙" });
        clerk.does("mergeReport", merge).await.done();
        let [assignment] = leader.blows(&hazard, &["520115-housing"]).await.try_into().unwrap();
        let urgent = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
        for (word, id) in [
            ("first", &first),
            ("hazard", &hazard),
            ("merged", &merged),
            ("assignment", &assignment),
            ("open", &citizen.reports("NAMED").await),
            ("urgent", &urgent),
            ("urgent-hazard", &clerk.hazard_of(&urgent).await),
            ("leader-post", &leader.post().await),
        ] {
            name(word, id);
        }
        let award = "query($id: UUID!) { hazard(id: $id) { award { id } } }";
        let reward = Person::officer(&app, "reward-1").await;
        let award = reward.asks(award, json!({ "id": hazard })).await.ok();
        name("award", award.text("hazard.award.id"));
        for (staff, unit) in [
            ("unit-own", ACCUSED),
            ("unit-housing", "520115-housing"),
            ("unit-fire", "520115-fire"),
            ("unit-centre", "520115-command-centre"),
        ] {
            name(staff, clerk.ids_of(&[unit]).await[0].as_str().unwrap());
        }
        for word in URGENT {
            let report = citizen.reports_emergency("NAMED").await;
            name(&format!("{word}-hazard"), &clerk.hazard_of(&report).await);
            name(word, &report);
        }
        Self { app, citizen, watchers, ids }
    }

    fn name(&mut self, name: &str, id: &str) {
        self.ids.insert(name.to_owned(), id.to_owned());
    }

    /// Adds reports that accuse the unit: one is confirmed, dispatched and earns an award; one is merged into the hazard that
    /// the unit holds; one waits; one is an emergency; and one joins the hazard of each emergency that the unit reviews.
    async fn accusing(mut self) -> Self {
        let centre = Person::officer(&self.app, "command-1").await;
        let report = async |input| accuses(&self.app, &centre, ACCUSED, input).await;
        let ordinary = || submission(Uuid::new_v4(), "ANONYMOUS");
        let [confirmed, merged, waiting] =
            [report(ordinary()).await, report(ordinary()).await, report(ordinary()).await];
        let urgent = report(emergency(Uuid::new_v4(), "ANONYMOUS")).await;
        let hazard = centre.confirms(&confirmed).await;
        let [assignment] = centre.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
        let merge = json!({ "reportId": merged, "hazardId": self.ids["hazard"], "reason": "同一处围墙" });
        centre.does("mergeReport", merge).await.done();
        let urgent_hazard = centre.hazard_of(&urgent).await;
        for word in URGENT {
            let joined = json!({ "reportId": report(ordinary()).await, "hazardId": self.ids[&format!("{word}-hazard")],
                "reason": "同一处围墙" });
            centre.does("mergeReport", joined).await.done();
        }
        for (word, id) in [
            ("hidden", confirmed),
            ("hidden-merged", merged),
            ("hidden-waiting", waiting),
            ("hidden-urgent", urgent),
            ("hidden-hazard", hazard),
            ("hidden-urgent-hazard", urgent_hazard),
            ("hidden-assignment", assignment),
        ] {
            self.name(word, &id);
        }
        self
    }

    /// What the author does in both ledgers.
    async fn withdrawn(self) -> Self {
        self.citizen.does("withdrawReport", json!({ "reportId": self.ids["withdrawn"] })).await.done();
        self
    }

    /// Gives the names of the accusing ledger to ids that do not exist.
    fn without(mut self, other: &Self) -> Self {
        for word in other.ids.keys() {
            self.ids.entry(word.clone()).or_insert_with(|| Uuid::new_v4().to_string());
        }
        self
    }

    /// Returns an answer with names instead of ids, without times and hashes, and in an order that does not depend on ids.
    fn plain(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.plain_text(text),
            Value::Array(all) => {
                let mut all: Vec<Value> = all.iter().map(|one| self.plain(one)).collect();
                all.sort_by_key(ToString::to_string);
                Value::Array(all)
            }
            Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), self.plain(value))).collect(),
            other => other.clone(),
        }
    }

    fn plain_text(&self, text: &str) -> Value {
        if text.parse::<Uuid>().is_ok() {
            let name = self.ids.iter().find(|(_, id)| *id == text).map_or("an id", |(name, _)| name);
            return json!(name);
        }
        if text.parse::<DateTime<Utc>>().is_ok() {
            return json!("a time");
        }
        if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return json!("a hash");
        }
        json!(text)
    }

    async fn answers(&self, who: &Person) -> Vec<(String, Value)> {
        let mut answers = Vec::new();
        for (query, variables) in questions(&self.ids) {
            let answer = who.asks(query, variables.clone()).await;
            assert!(!matches!(answer.code(), Some("BAD_QUERY" | "TOO_COMPLEX")), "{}", answer.body);
            answers.push((format!("{query} {}", self.plain(&variables)), self.plain(&answer.json)));
        }
        for (step, input) in attempts(&self.ids) {
            let answer = who.does(step, input.clone()).await;
            assert!(!matches!(answer.code(), Some("BAD_QUERY" | "TOO_COMPLEX")), "{}", answer.body);
            answers.push((format!("{step} {}", self.plain(&input)), self.plain(&answer.json)));
        }
        answers
    }
}

const REPORTS: &str =
    "query($f: ReportFilter) { reports(filter: $f, first: 10) { pageInfo { hasNextPage } edges { node {
    id status version hazardId reviewUnitId suggestedUnitIds flags whyHere accusedUnits { code } clocks { kind state }
    history { kind version sentence details { hazardId toUnitIds byUnitId assignmentIds deadlines { kind ownerUnitId change due } } } amendments { nodes { text } } photos { id } } } } }";
const HAZARDS: &str =
    "query($f: HazardFilter) { hazards(filter: $f, first: 10) { pageInfo { hasNextPage } edges { node {
    id status version round level category recurrenceOf township { code } reportCount
    reports(first: 10) { edges { node { id status } } } assignments { id status unit { code } } whistles { status }
    award { id status version amount } clocks { kind state } lastEvent { kind } history { kind version } } } } }";
const AWARDS: &str = "{ awards(first: 20) { edges { node { id hazardId status version unitId } } } }";
const REPORT: &str = "query($id: UUID!) { report(id: $id) { id status hazardId similar { bits } flags } }";
const HAZARD: &str = "query($id: UUID!) { hazard(id: $id) { id status reportCount award { id } history { kind details { hazardId toUnitIds byUnitId assignmentIds deadlines { kind ownerUnitId change due } } } } }";
const ASSIGNMENT: &str = "query($id: UUID!) { assignment(id: $id) { id status hazardId } }";
const AWARD: &str = "query($id: UUID!) { award(id: $id) { id status hazardId } }";

/// Everything that an officer can ask, of what both ledgers have and of what only one of them has.
fn questions(ids: &BTreeMap<String, String>) -> Vec<(&'static str, Value)> {
    let mut all = vec![(AWARDS, json!({}))];
    for filter in
        [json!({}), json!({ "emergency": true }), json!({ "emergency": false }), json!({ "statuses": ["RECEIVED"] })]
    {
        all.push((REPORTS, json!({ "f": filter })));
    }
    for filter in [
        json!({}),
        json!({ "emergency": true }),
        json!({ "statuses": ["REGISTERED", "ASSIGNED"] }),
        json!({ "unitId": ids["unit-own"] }),
        json!({ "unitId": ids["unit-housing"] }),
        json!({ "category": "self_built_house" }),
    ] {
        all.push((HAZARDS, json!({ "f": filter })));
    }
    for id in ids.values() {
        for query in [REPORT, HAZARD, ASSIGNMENT, AWARD] {
            all.push((query, json!({ "id": id })));
        }
    }
    all
}

/// Outcomes of reports with a hazard of their own, which hidden reports have joined in one of the ledgers. The clerk may take
/// these steps; the answers of the others show what became of the hazards.
fn outcomes(ids: &BTreeMap<String, String>) -> Vec<(&'static str, Value)> {
    let reason = "现场核实情况如此";
    let asked = json!({ "hazardId": ids["out-of-scope-hazard"], "leadUnitId": ids["unit-fire"] });
    let scope = json!({ "reportId": ids["out-of-scope"], "channel": "CALL_110", "reason": reason });
    let refer = json!({ "reportId": ids["referred"], "toUnitId": ids["unit-centre"], "reason": reason });
    vec![
        ("findUnfounded", json!({ "reportId": ids["unfounded"], "reason": reason })),
        ("referReport", refer),
        ("dispatchHazard", asked),
        ("declareOutOfScope", scope),
        ("cancelHazard", json!({ "hazardId": ids["cancelled-hazard"], "cause": "UNFOUNDED", "reason": reason })),
    ]
}

/// Steps that are refused, and last some that are not, if anybody may take them.
#[expect(clippy::too_many_lines, reason = "one line for each step")]
fn attempts(ids: &BTreeMap<String, String>) -> Vec<(&'static str, Value)> {
    let (own, housing, fire) = (&ids["unit-own"], &ids["unit-housing"], &ids["unit-fire"]);
    let mut all = Vec::new();
    for hazard in ["hazard", "hidden-hazard", "hidden-urgent-hazard"].map(|name| &ids[name]) {
        for (lead, supports) in [(fire, vec![own, own]), (own, vec![own]), (housing, vec![housing]), (fire, vec![fire])]
        {
            let asked = json!({ "hazardId": hazard, "leadUnitId": lead, "supportUnitIds": supports });
            all.push(("dispatchHazard", asked));
        }
        let whistle = json!({ "hazardId": hazard, "typeCode": "joint_enforcement", "leadUnitId": fire,
            "supportUnitIds": [own, own], "reason": "街道无执法权" });
        all.push(("blowWhistle", whistle));
        all.push(("closeHazard", json!({ "hazardId": hazard, "reason": "整改到位" })));
        let merge = json!({ "reportId": ids["first"], "hazardId": hazard, "reason": "同一处围墙" });
        all.push(("mergeReport", merge));
    }
    for hidden in ["hidden-hazard", "hidden-urgent-hazard"] {
        let merge = json!({ "reportId": ids["open"], "hazardId": ids[hidden], "reason": "同一处围墙" });
        all.push(("mergeReport", merge));
        let again = json!({ "reportId": ids["open"], "reason": "复发", "recurrenceOf": ids[hidden] });
        all.push(("confirmReport", again));
    }
    for report in ["hidden", "hidden-merged", "hidden-waiting", "hidden-urgent"].map(|name| &ids[name]) {
        all.push(("confirmReport", json!({ "reportId": report, "reason": "现场核实属实" })));
        all.push(("findUnfounded", json!({ "reportId": report, "reason": "现场未见" })));
        let refer = json!({ "reportId": report, "toUnitId": fire, "reason": "转办" });
        all.push(("referReport", refer));
    }
    for hazard in ["hazard", "hidden-hazard"].map(|name| &ids[name]) {
        let review = (now() + TimeDelta::days(30)).date_naive();
        let terms = json!({ "hazardId": hazard, "reason": "须待汛期结束", "interimControl": "设置围挡，每日巡查",
            "exitCondition": "完工并验收", "responsiblePostId": ids["leader-post"], "reviewOn": review });
        all.push(("askSuspension", terms));
        for step in ["grantSuspension", "refuseSuspension"] {
            all.push((step, json!({ "hazardId": hazard, "reason": "情况属实，按规定办理" })));
        }
        all.push(("resumeHazard", json!({ "hazardId": hazard, "cause": "EXIT_MET", "reason": "条件已满足" })));
    }
    all.push(("claimAssignment", json!({ "assignmentId": ids["hidden-assignment"] })));
    all.push(("reviewAward", json!({ "awardId": ids["award"] })));
    all.extend(outcomes(ids));
    all.push(("dispatchHazard", json!({ "hazardId": ids["hazard"], "leadUnitId": own, "supportUnitIds": [] })));
    all
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_accused_unit_sees_the_ledger_of_a_world_without_the_report(#[case] engine: Engine) {
    let with = Ledger::common(engine).await.accusing().await.withdrawn().await;
    let without = Ledger::common(engine).await.without(&with).withdrawn().await;
    for (at, staff) in WATCHERS.into_iter().enumerate() {
        let (seen, expected) = (with.answers(&with.watchers[at]).await, without.answers(&without.watchers[at]).await);
        assert_eq!(seen.len(), expected.len());
        for (seen, expected) in seen.iter().zip(&expected) {
            assert_eq!(seen, expected, "{staff}");
        }
    }
}
