//! The server dies again and again, after any statement of a request or of its own jobs, while the district works. Whoever
//! has no answer asks again and gets on; whatever was begun is there whole or not at all, and in the end has happened once.

use std::collections::BTreeMap;
use std::time::Duration;

use rstest::rstest;
use rustix::process::Signal;
use tests::app::{Engine, Setup, TestApp};
use tests::client::Client;
use tests::death::Orders;
use tests::load::proxy::{Faults, Proxy};
use tests::random::Random;
use tests::repeat::times;
use tests::scratch;
use tests::world::import;

use super::journal::story::{AWARDS, Cast, HAZARDS, REPORTS};
use super::journal::{everything_happened, rows, streams, the_journal_has_every_event_once};

/// Says how many statements a server lives at most; the fewer, the more deaths.
const LIFE: &str = "CHUISHAO_TEST_LIFE";
/// Says how many working days are played.
const DAYS: &str = "CHUISHAO_TEST_DAYS";
/// Gives a run again, as far as chance goes.
const SEED: &str = "CHUISHAO_TEST_SEED";

/// Moments of death, and how often each came.
type Deaths = BTreeMap<String, usize>;

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

/// Lets the server die and starts it again, for ever.
async fn dies(app: &mut TestApp, network: &Proxy, orders: &Orders, (random, deaths): (&mut Random, &mut Deaths)) {
    let longest = times(LIFE, 250) as u64;
    loop {
        orders.die_after(1 + random.below(longest));
        let line = app.process().log_line("dies after ").await;
        orders.live();
        let status = app.stop();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(Signal::KILL.as_raw()));
        *deaths.entry(Orders::moment_in(&line).unwrap().to_owned()).or_default() += 1;
        nothing_is_half_done(app).await;
        app.stop_and_restart().await;
        network.lead_to(app.client().address());
    }
}

/// A working day among deaths.
async fn a_day(engine: Engine, random: &mut Random, deaths: &mut Deaths) {
    let folder = scratch::folder();
    let orders = Orders::in_file(folder.path().join("orders"));
    let nowhere = ([127, 0, 0, 1], 9).into();
    let network = Proxy::start(nowhere, Faults::default(), random.number()).await;
    let (name, file) = orders.setting();
    let setup = Setup::on(engine).set(name, file).set("CHUISHAO_PUBLIC_URL", &network.url());
    let mut app = setup.start().await;
    for word in ["dies after", "will be tried again", "will try again", "slow statement"] {
        app.expect_in_log(word);
    }
    network.lead_to(app.client().address());
    import(&app).await;
    let cast = Cast::log_in(&app).await.insisting_at(&Client::new(network.address()));

    tokio::select! {
        () = dies(&mut app, &network, &orders, (random, deaths)) => {}
        played = tokio::time::timeout(Duration::from_mins(20), cast.play()) => played.unwrap(),
    }

    orders.live();
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
    let (mut random, mut deaths) = (Random(seed), Deaths::new());
    let days = times(DAYS, 1);
    for _ in 0..days {
        a_day(engine, &mut random, &mut deaths).await;
    }
    let all: usize = deaths.values().sum();
    println!("{engine:?}, seed {seed}: {all} deaths at {} moments in {days} days: {deaths:?}", deaths.len());
    assert!(all > 5, "the server has died {all} times");
}
