//! Benchmarks `submitReport` over HTTP against a bare database that writes the same rows, in the same run.
#![expect(clippy::print_stdout, reason = "what it measures is what it prints")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot go on says why")]

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use tests::app::{Engine, Setup, TestApp, be_the_server};
use tests::{scratch, under_test, world};
use trials::bench::phones::Phones;
use trials::bench::times::{Times, median};
use trials::bench::{bare, pgbench};

/// The allocator of the server's own binary.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Measures submitReport over HTTP with everything that a submission writes and with the sequencer running, and beside
/// it, in the same run: on PostgreSQL `pgbench -M prepared` with the same rows, on SQLite a bare loop with the same rows
/// and synchronous=FULL, each one report a transaction; and our own path with batching switched off.
///
/// Every round measures each of them on a database of its own, one after another. Ratios are taken within a round.
#[derive(Debug, Parser)]
#[command(name = "bench-submit")]
struct Options {
    /// Which database.
    #[arg(long, value_enum, default_value = "both")]
    engine: Which,
    /// Connections: phones, and clients of pgbench.
    #[arg(long, default_value_t = 32)]
    clients: usize,
    /// Seconds of each measurement, after a tenth of it that does not count.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How often all is measured.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Photos that each report announces.
    #[arg(long, default_value_t = 1)]
    photos: usize,
    /// Seed of the moments at which reports are sent at half the rate.
    #[arg(long, default_value_t = 20_261_124)]
    seed: u64,
    /// Only our own path with batching on, for a profiler.
    #[arg(long)]
    only_ours: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    Sqlite,
    Postgres,
    Both,
}

fn main() -> ExitCode {
    if let Some(ended) = under_test::serve_if_asked() {
        return ended;
    }
    let options = Options::parse();
    be_the_server();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return ExitCode::FAILURE };
    runtime.block_on(measure(&options));
    ExitCode::SUCCESS
}

async fn measure(options: &Options) {
    println!(
        "{} clients, {} s each, {} rounds, {} photos a report, seed {}",
        options.clients, options.seconds, options.rounds, options.photos, options.seed
    );
    for engine in [Engine::Postgres, Engine::Sqlite] {
        let wanted = match options.engine {
            Which::Both => true,
            Which::Sqlite => engine == Engine::Sqlite,
            Which::Postgres => engine == Engine::Postgres,
        };
        if wanted {
            of_engine(options, engine).await;
        }
    }
}

async fn of_engine(options: &Options, engine: Engine) {
    let anchor = if engine == Engine::Postgres { "pgbench" } else { "bare rusqlite loop" };
    println!("\n{engine:?}");
    let (mut to_anchor, mut to_off, mut p99s) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=options.rounds {
        let (ours, half) = ours(options, engine).await;
        tell(round, "submitReport", &ours);
        tell(round, "the same at half that rate", &half);
        p99s.push(half.permille(990).as_secs_f64() * 1_000.0);
        if options.only_ours {
            continue;
        }
        let bare = anchor_rate(options, engine).await;
        println!("round {round}: {anchor}: {bare:.0}/s");
        let off = with_batching_off(options, engine).await;
        tell(round, "submitReport, batching off", &off);
        to_anchor.push(ours.rate() / bare);
        to_off.push(ours.rate() / off.rate());
    }
    if !options.only_ours {
        println!("ratio to {anchor}: median {:.2} of {to_anchor:.2?}", median(&to_anchor));
        println!("ratio to batching off: median {:.2} of {to_off:.2?}", median(&to_off));
    }
    println!("p99 at half the rate: median {:.1} ms of {p99s:.1?}", median(&p99s));
}

fn tell(round: usize, what: &str, times: &Times) {
    let [p50, p99, worst] = [500, 990, 1_000].map(|at| times.permille(at).as_secs_f64() * 1_000.0);
    println!(
        "round {round}: {what}: {:.0}/s ({} reports), p50 {p50:.1} ms, p99 {p99:.1} ms, longest {worst:.1} ms",
        times.rate(),
        times.count()
    );
}

async fn ours(options: &Options, engine: Engine) -> (Times, Times) {
    let app = started(Setup::on(engine)).await;
    let phones = phones(options, &app);
    let times = warm(options, phones).await;
    let half = phones.at_rate(times.rate() / 2.0, time(options), options.seed).await;
    (times, half)
}

async fn with_batching_off(options: &Options, engine: Engine) -> Times {
    let app = started(Setup::on(engine).set("CHUISHAO_INTAKE_BATCH", "1")).await;
    warm(options, phones(options, &app)).await
}

/// Measures the bare database, after a server has created its schema, its rules and one report, and was stopped.
async fn anchor_rate(options: &Options, engine: Engine) -> f64 {
    let mut app = started(Setup::on(engine)).await;
    phones(options, &app).one_report().await;
    let rows = app.rows().await;
    if let Some(url) = app.database_url().map(str::to_owned) {
        let folder = scratch::folder();
        let script = folder.path().join("report.sql");
        let text = pgbench::script(&rows).await;
        app.stop();
        std::fs::write(&script, text).expect("the scratch folder is ours to write");
        return pgbench::write(&url, &script, (options.clients, time(options)));
    }
    rows.close().await.ok();
    app.stop();
    bare::write(&app.data().join("chuishao.db"), time(options), options.seed).rate()
}

async fn started(setup: Setup) -> TestApp {
    let app = setup.set("CHUISHAO_LOG", "warn").start().await;
    world::import(&app).await;
    app
}

fn phones(options: &Options, app: &TestApp) -> Phones {
    Phones { address: app.client().address(), count: options.clients, photos: options.photos }
}

async fn warm(options: &Options, phones: Phones) -> Times {
    phones.one_after_another(time(options) / 10).await;
    phones.one_after_another(time(options)).await
}

fn time(options: &Options) -> Duration {
    Duration::from_secs(options.seconds)
}
