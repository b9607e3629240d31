//! Under load and with all that can go wrong in the field: what was acknowledged is there, once, as it was sent.
//!
//! The short forms; `tests/long` has the long ones. Every run prints its seed; `CHUISHAO_TEST_SEED` gives one.

use std::{sync::Arc, time::Duration};

use rstest::rstest;
use tests::{app::Engine, proxy, repeat::times};
use trials::load::{
    outcome::Outcome,
    plan::{Plan, Troubles, Until},
    run::{Target, run},
    site::Site,
    tally::Tally,
};

/// Runs this plan under a seed of its own, which it prints.
async fn under_load(site: Site, plan: Plan) -> Outcome {
    let seed = times("CHUISHAO_TEST_SEED", fastrand::usize(..1 << 32)) as u64;
    println!("seed {seed}");
    let (mut target, tally) = (Target::Own(Box::new(site)), Arc::new(Tally::default()));
    let outcome = run(&Plan { seed, ..plan }, &mut target, &tally).await.unwrap();
    println!("{outcome}");
    assert!(outcome.is_good(), "{outcome}");
    outcome
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_kills_of_the_server(#[case] engine: Engine) {
    let troubles = Troubles { kill_server_every: Some(Duration::from_millis(700)), ..Troubles::default() };
    let kills = times("CHUISHAO_TEST_KILLS", 10) as u64;
    let until = Until { server_kills: kills, ..Until::default() };

    let outcome = under_load(Site::open(engine).await, Plan { rate: 100.0, troubles, until, ..Plan::default() }).await;

    assert!(outcome.server_kills >= kills && outcome.requests.without_answer > 0);
    assert!(outcome.found.sent > 50);
}

/// Meanwhile the server lives, and says to come back later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_kills_of_postgres() {
    let troubles = Troubles {
        kill_database_every: Some(Duration::from_secs(1)),
        database_away: (Duration::from_millis(100), Duration::from_secs(2)),
        ..Troubles::default()
    };
    let kills = times("CHUISHAO_TEST_KILLS", 3) as u64;
    let until = Until { database_kills: kills, ..Until::default() };
    let site = Site::with_own_cluster().await;
    let process = site.app().process().id();

    let outcome = under_load(site, Plan { rate: 100.0, troubles, until, ..Plan::default() }).await;

    assert_eq!((outcome.database_kills, outcome.server_kills), (kills, 0));
    assert!(outcome.requests.told_later > 0, "nobody was told to come later by process {process}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_answers_lose_and_double_nothing(#[case] engine: Engine) {
    let network = proxy::Faults { swallowed_percent: 30.0, cut_percent: 10.0, cut_within: 3_000, ..Default::default() };
    let until = Until { written: times("CHUISHAO_TEST_SUBMISSIONS", 200) as u64, ..Until::default() };
    let plan = Plan { rate: 40.0, network, until, ..Plan::default() };

    let outcome = under_load(Site::open(engine).await, plan).await;

    assert!(outcome.requests.swallowed > 20 && outcome.requests.replayed > 10);
    assert!(outcome.requests.cut > outcome.requests.swallowed);
}
