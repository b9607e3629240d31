//! Two people take two steps of one hazard at the same moment, over two processes. Whatever the two steps are, the answers and
//! what becomes of the hazard are those of one of the two orders, so that the one who is late is refused by the same rule each
//! time. A sample of all pairs; `tests/long/pairs-at-once` plays them all.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::people::Person;
use tests::random;
use tests::repeat::times;
use tests::world::{allow_any_number_of_reports, import, in_binyang};

use crate::extending::asks_for_time;
use crate::suspending::{asks_to_suspend, decides, resumes};

/// How many pairs are played; each is played in both orders, and then at once.
const PAIRS: &str = "CHUISHAO_TEST_PAIRS";

/// How far a hazard has come before the two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Registered,
    Dispatched,
    Claimed,
    OnSite,
    Finished,
    Accepted,
    Suspended,
    Closed,
}

/// A step, by whom it is taken, and the stages in which somebody would try it.
struct Move {
    by: &'static str,
    step: &'static str,
    stages: &'static [Stage],
}

const fn by(by: &'static str, step: &'static str, stages: &'static [Stage]) -> Move {
    Move { by, step, stages }
}

use Stage::{Accepted, Claimed, Closed, Dispatched, Finished, OnSite, Registered, Suspended};

const MOVES: &[Move] = &[
    by("binyang-clerk", "dispatchHazard", &[Registered, Dispatched, Claimed, Accepted, Suspended]),
    by("binyang-leader", "blowWhistle", &[Registered, Dispatched, Finished, Accepted]),
    by("command-1", "cancelHazard", &[Registered, Dispatched, OnSite, Accepted, Suspended, Closed]),
    by("binyang-leader", "askSuspension", &[Registered, Claimed, Finished, Suspended]),
    by("supervisor-1", "superviseHazard", &[Registered, Claimed, Accepted, Suspended]),
    by("housing-clerk", "signAssignment", &[Dispatched]),
    by("housing-worker-1", "claimAssignment", &[Dispatched]),
    by("housing-worker-2", "claimAssignment", &[Dispatched, Claimed]),
    by("binyang-clerk", "takeBackAssignment", &[Dispatched, Claimed, OnSite, Finished]),
    by("housing-clerk", "sendBackAssignment", &[Dispatched, Claimed]),
    by("housing-leader", "askExtension", &[Dispatched, Claimed, Suspended]),
    by("housing-worker-1", "releaseAssignment", &[Claimed, OnSite]),
    by("housing-worker-1", "checkIn", &[Claimed, Suspended]),
    by("housing-worker-1", "finishAssignment", &[OnSite]),
    by("binyang-clerk", "acceptWork", &[Finished]),
    by("command-1", "sendToRework", &[Finished, Accepted]),
    by("binyang-leader", "closeHazard", &[Finished, Accepted, Suspended]),
    by("supervisor-1", "resumeHazard", &[Suspended]),
    by("command-1", "reopenHazard", &[Closed]),
    by("supervisor-1", "recordFollowUp", &[Closed]),
];

/// A hazard that has come so far.
struct Matter {
    hazard: String,
    assignment: String,
    photo: String,
}

/// All who take a step, as they are logged in at one of the processes.
struct Cast {
    people: BTreeMap<&'static str, Person>,
    responsible: String,
}

impl Cast {
    async fn log_in(app: &TestApp) -> Self {
        let mut people = BTreeMap::new();
        for one in MOVES.iter().map(|one| one.by) {
            if !people.contains_key(one) {
                people.insert(one, Person::officer(app, one).await);
            }
        }
        let responsible = people["housing-leader"].post().await;
        Self { people, responsible }
    }

    fn at(&self, app: &TestApp) -> Self {
        let people = self.people.iter().map(|(name, person)| (*name, person.at(app))).collect();
        Self { people, responsible: self.responsible.clone() }
    }

    fn of(&self, name: &str) -> &Person {
        &self.people[name]
    }

    /// Brings a new hazard to this stage.
    async fn bring(&self, app: &TestApp, stage: Stage) -> Matter {
        let [clerk, leader] = [self.of("binyang-clerk"), self.of("binyang-leader")];
        let worker = self.of("housing-worker-1");
        let hazard = clerk.confirms(&Person::stranger(app).reports("ANONYMOUS").await).await;
        let mut matter = Matter { hazard, assignment: String::new(), photo: String::new() };
        if stage == Registered {
            return matter;
        }
        let [assignment] = clerk.dispatches(&matter.hazard, &["520115-housing"]).await.try_into().unwrap();
        matter.assignment = assignment;
        if stage == Dispatched {
            return matter;
        }
        worker.steps("claimAssignment", &matter.assignment).await.done();
        if stage == Suspended {
            asks_to_suspend(leader, &matter.hazard, &self.responsible, 30).await.done();
            decides(self.of("command-1"), "grantSuspension", &matter.hazard).await.done();
        }
        if stage == OnSite {
            worker.checks_in(&matter.assignment).await.done();
            matter.photo = worker.photographs(&matter.assignment).await;
        }
        if stage >= Finished && stage != Suspended {
            worker.finishes(&matter.assignment).await;
        }
        if stage == Accepted || stage == Closed {
            clerk.judges("acceptWork", &matter.assignment).await.done();
        }
        if stage == Closed {
            leader.closes(&matter.hazard).await;
        }
        matter
    }

    async fn takes(&self, one: &Move, matter: &Matter) -> Answer {
        let Matter { hazard, assignment, photo } = matter;
        let who = self.of(one.by);
        match one.step {
            // Before the dispatch, only the township can be responsible.
            "askSuspension" if assignment.is_empty() => asks_to_suspend(who, hazard, &who.post().await, 20).await,
            "askSuspension" => asks_to_suspend(who, hazard, &self.responsible, 20).await,
            "askExtension" => asks_for_time(who, hazard, assignment).await,
            "resumeHazard" => resumes(who, hazard).await,
            "checkIn" => who.checks_in(assignment).await,
            step => who.does(step, input(one, hazard, assignment, photo, &who.ids_of(&["520115-fire"]).await[0])).await,
        }
    }

    /// What everybody sees of the hazard, whatever the ids are.
    async fn seen(&self, hazard: &str) -> Value {
        let query = "query($id: UUID!) { hazard(id: $id) { status round suspendedTimes assignments { status part unit { code } }
            sendBacks { state } supervisions { rung state } suspension { resumesAt } suspensionRequest { reviewOn }
            clocks { kind state ownerUnitId } history { kind } } }";
        let mut seen = self.of("command-1").asks(query, json!({ "id": hazard })).await.ok().data("hazard").clone();
        for list in ["assignments", "supervisions", "clocks", "history"] {
            seen[list].as_array_mut().unwrap().sort_by_key(Value::to_string);
        }
        seen
    }
}

fn input(one: &Move, hazard: &str, assignment: &str, photo: &str, fire: &Value) -> Value {
    let (place, reason) = (in_binyang(), "按现场情况处理");
    let place = json!({ "lng": place["lng"], "lat": place["lat"], "crs": place["crs"] });
    match one.step {
        "dispatchHazard" => json!({ "hazardId": hazard, "leadUnitId": fire }),
        "blowWhistle" => {
            json!({ "hazardId": hazard, "typeCode": "joint_enforcement", "leadUnitId": fire, "reason": reason })
        }
        "cancelHazard" => json!({ "hazardId": hazard, "cause": "UNFOUNDED", "reason": reason }),
        "superviseHazard" => json!({ "hazardId": hazard, "rung": "NOTICE", "reason": reason }),
        "signAssignment" | "claimAssignment" => json!({ "assignmentId": assignment }),
        "sendBackAssignment" => {
            json!({ "assignmentId": assignment, "cause": "ANOTHER_LEAD", "basis": "三定方案，非本单位职责" })
        }
        "finishAssignment" => {
            json!({ "assignmentId": assignment, "measure": "REINFORCEMENT", "photoIds": [photo], "place": place })
        }
        "closeHazard" | "reopenHazard" => json!({ "hazardId": hazard, "reason": reason }),
        "recordFollowUp" => json!({ "hazardId": hazard, "result": "CAME_BACK", "reason": reason }),
        _ => json!({ "assignmentId": assignment, "reason": reason }),
    }
}

/// The answer without what is different each time: `ok`, or the code and the rule of the refusal.
fn word(answer: &Answer) -> String {
    let rule = answer.extension("rule").as_str().unwrap_or_default().to_owned();
    answer.code().map_or_else(|| "ok".to_owned(), |code| format!("{code} {rule}"))
}

/// All pairs of steps that two people would take in one stage.
fn pairs() -> Vec<(Stage, &'static Move, &'static Move)> {
    let stages = [Registered, Dispatched, Claimed, OnSite, Finished, Accepted, Suspended, Closed];
    let of = |stage: Stage| {
        let moves: Vec<&Move> = MOVES.iter().filter(|one| one.stages.contains(&stage)).collect();
        let with_later = |(n, one)| moves[n + 1..].iter().map(move |other| (stage, one, *other)).collect::<Vec<_>>();
        moves.iter().copied().enumerate().flat_map(with_later).collect::<Vec<_>>()
    };
    stages.into_iter().flat_map(of).filter(|(_, one, other)| one.by != other.by).collect()
}

async fn one_order_explains_both(apps: &[TestApp], usual: usize) {
    let first = &apps[0];
    import(first).await;
    allow_any_number_of_reports(first).await;
    let here = Cast::log_in(first).await;
    let there = here.at(apps.last().unwrap());
    let mut sample = pairs();
    random::of_the_run().shuffle(&mut sample);
    sample.truncate(times(PAIRS, usual));
    let (mut both, mut one_of_two) = (0, 0);
    let mut taken = BTreeMap::new();
    for (stage, one, other) in sample {
        let mut expected = Vec::new();
        for swapped in [false, true] {
            let matter = here.bring(first, stage).await;
            let (early, late) = if swapped { (other, one) } else { (one, other) };
            let tried = (stage, early.by, early.step);
            let early = word(&here.takes(early, &matter).await);
            taken.insert(tried, early.clone());
            let late = word(&here.takes(late, &matter).await);
            let words = if swapped { [late, early] } else { [early, late] };
            expected.push((words, here.seen(&matter.hazard).await));
        }
        let matter = here.bring(first, stage).await;
        let (one_said, other_said) = tokio::join!(here.takes(one, &matter), there.takes(other, &matter));
        let words = [word(&one_said), word(&other_said)];
        both += usize::from(words.iter().all(|word| word == "ok"));
        one_of_two += usize::from(words.iter().filter(|word| *word == "ok").count() == 1);
        let seen = (words, here.seen(&matter.hazard).await);
        assert!(expected.contains(&seen), "{stage:?}: {} and {}: {seen:#?} of {expected:#?}", one.step, other.step);
    }
    let refused: Vec<_> = taken.iter().filter(|(_, word)| *word != "ok").collect();
    eprintln!("{both} times both, {one_of_two} times one of two; of {} first steps refused: {refused:?}", taken.len());
    assert!(both > 0 && one_of_two > 0 && refused.len() * 3 < taken.len(), "the pairs are of use");
}

#[tokio::test]
async fn two_people_take_two_steps_at_once_on_sqlite() {
    one_order_explains_both(&[TestApp::start(Engine::Sqlite).await], 12).await;
}

#[tokio::test]
async fn two_people_take_two_steps_at_once_over_two_processes() {
    one_order_explains_both(&TestApp::start_many(2, Engine::Postgres).await, 20).await;
}
