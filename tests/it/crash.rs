//! The server crashes again and again, after any statement of a request or of its own jobs, while the district works. Clients
//! without an answer ask again and get on. Each step is written completely or not at all, and in the end has happened once.

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;
use rstest::rstest;
use rustix::process::Signal;
use tests::app::{Engine, Setup, TestApp};
use tests::client::Client;
use tests::crash::Orders;
use tests::proxy::{Faults, Proxy};
use tests::repeat::times;
use tests::scratch;
use tests::world::import;

use super::journal::story::{AWARDS, Cast, HAZARDS, REPORTS};
use super::journal::{everything_happened, rows, streams, the_journal_has_every_event_once};

/// Says after how many statements a server crashes at the latest; the fewer, the more crashes.
const LIFE: &str = "CHUISHAO_TEST_LIFE";
/// Says how many working days are played.
const DAYS: &str = "CHUISHAO_TEST_DAYS";
/// Gives a run again, as far as chance goes.
const SEED: &str = "CHUISHAO_TEST_SEED";

/// The statements after which a server crashed, and how often it crashed after each.
type Crashes = BTreeMap<String, usize>;

/// The rows are what their events say.
async fn nothing_is_half_done(app: &TestApp) -> [usize; 3] {
    let db = app.rows().await;
    let streams = streams(&db).await;
    let counts = [
        rows::reports_are_their_events(&db, &streams).await,
        rows::hazards_are_their_events(&db, &streams).await,
        rows::awards_are_their_events(&db, &streams).await,
    ];
    db.close().await.unwrap();
    counts
}

/// Lets the server crash and starts it again, for ever.
async fn crashes_forever(
    app: &mut TestApp,
    network: &Proxy,
    orders: &Orders,
    (random, crashes): (&mut Rng, &mut Crashes),
) {
    let longest = times(LIFE, 250) as u64;
    loop {
        orders.crash_after(random.u64(1..=longest));
        let line = app.process().log_line("crashes after ").await;
        orders.take_back();
        let status = app.stop();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(Signal::KILL.as_raw()));
        *crashes.entry(Orders::moment_in(&line).unwrap().to_owned()).or_default() += 1;
        nothing_is_half_done(app).await;
        app.stop_and_restart().await;
        network.lead_to(app.client().address());
    }
}

/// Plays a working day while the server crashes.
async fn a_day(engine: Engine, random: &mut Rng, crashes: &mut Crashes) {
    let folder = scratch::folder();
    let orders = Orders::in_file(folder.path().join("orders"));
    let nowhere = ([127, 0, 0, 1], 9).into();
    let network = Proxy::start(nowhere, Faults::default(), random.u64(..)).await;
    let (name, file) = orders.setting();
    let setup = Setup::on(engine).set(name, file).set("CHUISHAO_PUBLIC_URL", &network.url());
    let mut app = setup.start().await;
    for word in ["crashes after", "will be retried", "slow statement"] {
        app.expect_in_log(word);
    }
    network.lead_to(app.client().address());
    import(&app).await;
    let cast = Cast::log_in(&app).await.insisting_at(&Client::new(network.address()));

    tokio::select! {
        () = crashes_forever(&mut app, &network, &orders, (random, crashes)) => {}
        played = tokio::time::timeout(Duration::from_mins(20), cast.play()) => played.unwrap(),
    }

    orders.take_back();
    app.kill_and_restart().await; // it may have read its orders already
    app.stop_and_restart().await; // what waits for its position gets it before the server ends
    assert_eq!(nothing_is_half_done(&app).await, [REPORTS, HAZARDS, AWARDS], "each step has happened once");
    let db = app.rows().await;
    let streams = streams(&db).await;
    everything_happened(&streams);
    the_journal_has_every_event_once(&db, &streams).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_was_begun_is_there_whole_or_not_at_all(#[case] engine: Engine) {
    let seed = times(SEED, 20_261_124) as u64;
    let (mut random, mut crashes) = (Rng::with_seed(seed), Crashes::new());
    let days = times(DAYS, 1);
    for _ in 0..days {
        a_day(engine, &mut random, &mut crashes).await;
    }
    let all: usize = crashes.values().sum();
    println!("{engine:?}, seed {seed}: {all} crashes at {} moments in {days} days: {crashes:?}", crashes.len());
    assert!(all > 5, "the server has crashed {all} times");
}
