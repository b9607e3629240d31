//! Puts a server under load with a bad network, kills it meanwhile, and checks that nothing was lost.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what it shows is what it prints")]

use std::{
    io::{IsTerminal, Write},
    net::ToSocketAddrs,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::{Parser, ValueEnum};
use tests::{
    app::{Engine, Setup, be_the_server},
    proxy, under_test,
};
use trials::load::{
    outcome::Outcome,
    plan::{Files, Plan, Returning, Troubles, Until},
    run::{Target, run},
    site::Site,
    tally::Tally,
    written::Mix,
};

/// The allocator of the server's own binary.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Virtual phones hand in reports at random moments, through a network that may be slow, cut connections or swallow
/// answers, to a server that may be killed. Each phone writes to a file what it will send, sends the very same until it
/// has a receipt, and writes that down too. In the end every receipt is held against what the server says and against
/// the rows behind its back: lost, doubled, altered, ghost (nobody sent it), incomplete.
///
/// Without --url it starts a server of its own, which is this very program: build it with --release to measure. Ends
/// with an error unless all that was written is there once, as it was written, and no answer was wrong.
#[derive(Debug, Parser)]
#[command(name = "load")]
struct Options {
    /// Which database the own server has.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Which,
    /// A server that runs already, as http://host:port, instead of an own one: it is only asked, never killed, and keeps the
    /// reports; its areas should have 碧雅社区 of the demonstration. Only anonymous reports.
    #[arg(long, conflicts_with_all = ["kill_server_every", "kill_postgres_every", "setting"])]
    url: Option<String>,
    /// A setting of the own server, as KEY=VALUE without CHUISHAO_; may be repeated.
    #[arg(long, value_parser = setting)]
    setting: Vec<(String, String)>,
    /// Submissions a second.
    #[arg(long, default_value_t = 50.0, value_parser = positive)]
    rate: f64,
    /// Phones.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=5_000))]
    phones: u16,
    /// How many of them are logged in and hand in by name, in confidence and anonymously, mixed.
    #[arg(long, default_value_t = 5)]
    logged_in: u16,
    /// Of a hundred submissions, how many are emergencies.
    #[arg(long, default_value_t = 5.0)]
    emergency: f64,
    /// Photos that each submission announces, at most.
    #[arg(long, default_value_t = 2)]
    photos: u8,
    /// Bytes of the photo that each phone sends piece by piece with its first submission; from 110,000, or 0 for none.
    #[arg(long, default_value_t = 0, conflicts_with = "url")]
    photo_bytes: u32,
    /// Phones whose photo has 2,000,000 bytes.
    #[arg(long, default_value_t = 0, requires = "photo_bytes")]
    large: u16,
    /// Ends with an error also where more bytes reach the server than so many times those of the photos.
    #[arg(long, requires = "photo_bytes")]
    most_bytes: Option<f64>,
    /// Phones that come back after up to a month with a full outbox, beside the others.
    #[arg(long, default_value_t = 0)]
    returning: u16,
    /// Submissions in the outbox of each phone that comes back.
    #[arg(long, default_value_t = 200)]
    queued: u16,
    /// Seconds of load, at least.
    #[arg(long, default_value_t = 10.0)]
    duration: f64,
    /// Submissions, at least.
    #[arg(long, default_value_t = 0)]
    submissions: u64,
    /// Kills the server (kill -9) every so many seconds on average, and starts it again.
    #[arg(long, value_parser = positive)]
    kill_server_every: Option<f64>,
    /// Goes on until the server was killed so often.
    #[arg(long, default_value_t = 0, requires = "kill_server_every")]
    server_kills: u64,
    /// Kills PostgreSQL (kill -9) every so many seconds on average, and starts it again within two.
    #[arg(long, value_parser = positive)]
    kill_postgres_every: Option<f64>,
    /// Goes on until PostgreSQL was killed so often.
    #[arg(long, default_value_t = 0, requires = "kill_postgres_every")]
    postgres_kills: u64,
    /// Of a hundred answers, how many never reach the phone.
    #[arg(long, default_value_t = 0.0)]
    swallow: f64,
    /// Of a hundred connections, how many are reset within their first 4,000 bytes.
    #[arg(long, default_value_t = 0.0)]
    reset: f64,
    /// Connections are cut after so many seconds on average.
    #[arg(long, value_parser = positive)]
    cut_every: Option<f64>,
    /// Milliseconds that every byte is under way, in each direction.
    #[arg(long, default_value_t = 0)]
    latency: u64,
    /// Kilobits a second of each connection, in each direction.
    #[arg(long)]
    kbit: Option<u32>,
    /// Seconds that phones get for what they still have when nothing more is written.
    #[arg(long, default_value_t = 120.0, value_parser = positive)]
    settle: f64,
    /// Ends with an error also where 1 of 100 live submissions waits longer for its receipt, in milliseconds.
    #[arg(long)]
    p99: Option<u64>,
    /// Ends with an error also where any live submission waits longer for its receipt, in milliseconds.
    #[arg(long)]
    longest: Option<u64>,
    /// Gives the same run again, as far as chance goes. Without it: another one each time; it is printed.
    #[arg(long)]
    seed: Option<u64>,
    /// Writes the outcome to this file, as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    Sqlite,
    Postgres,
}

fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|error| format!("{error}"))?;
    if number > 0.0 && number.is_finite() { Ok(number) } else { Err("must be above 0".to_owned()) }
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((format!("CHUISHAO_{key}"), value.to_owned()))
}

impl Options {
    fn plan(&self) -> Plan {
        let seconds = |number: Option<f64>| number.map(Duration::from_secs_f64);
        Plan {
            seed: self.seed.unwrap_or_else(|| fastrand::u64(..1 << 32)),
            rate: self.rate,
            phones: self.phones.into(),
            logged_in: self.logged_in.into(),
            mix: Mix { emergency: self.emergency, photos: self.photos.min(9).into() },
            files: self.files(),
            returning: Returning { phones: self.returning.into(), queued: self.queued.into() },
            network: proxy::Faults {
                latency: Duration::from_millis(self.latency),
                kbit_a_second: self.kbit,
                cut_every: seconds(self.cut_every),
                cut_percent: self.reset,
                cut_within: 4_000,
                swallowed_percent: self.swallow,
            },
            troubles: Troubles {
                kill_server_every: seconds(self.kill_server_every),
                kill_database_every: seconds(self.kill_postgres_every),
                database_away: (Duration::from_millis(100), Duration::from_secs(2)),
            },
            until: Until {
                time: Duration::from_secs_f64(self.duration.max(0.0)),
                written: self.submissions,
                server_kills: self.server_kills,
                database_kills: self.postgres_kills,
            },
            settle: Duration::from_secs_f64(self.settle),
        }
    }

    fn files(&self) -> Files {
        Files { bytes: self.photo_bytes as usize, large: self.large.into(), large_bytes: 2_000_000 }
    }

    /// Prints the number of uploaded bytes, and checks that it is within the requested limit.
    fn is_frugal(&self, outcome: &Outcome) -> bool {
        let (files, phones) = (self.files(), usize::from(self.phones));
        let photos: usize = (0..phones).filter_map(|phone| files.of(phone)).sum();
        let Some(most) = self.most_bytes.filter(|_| photos > 0) else { return true };
        #[expect(clippy::cast_precision_loss, reason = "no run has 2⁵² bytes")]
        let ratio = outcome.requests.bytes_to_server as f64 / photos as f64;
        println!(
            "bytes that reached the server, texts included: {ratio:.3} × those of the photos; asked for were {most}"
        );
        ratio <= most
    }

    /// Checks that the receipt latencies are within the requested limits, and prints a message if they are not.
    fn is_soon_enough(&self, outcome: &Outcome) -> bool {
        let spread = outcome.receipt_ms;
        let mut soon = true;
        for (word, got, most) in [("p99", spread.p99, self.p99), ("longest", spread.longest, self.longest)] {
            if let Some(most) = most.filter(|most| got > *most) {
                println!("too late: {word} is {got} ms, asked for were {most} ms");
                soon = false;
            }
        }
        soon
    }

    async fn target(&self) -> Result<Target, String> {
        if let Some(url) = &self.url {
            let host = url.strip_prefix("http://").ok_or("--url must begin with http://")?.trim_end_matches('/');
            let found = host.to_socket_addrs().map_err(|error| format!("--url: {error}"))?.next();
            return Ok(Target::Elsewhere(found.ok_or("--url leads nowhere")?));
        }
        let engine = if self.engine == Which::Sqlite { Engine::Sqlite } else { Engine::Postgres };
        if self.kill_postgres_every.is_some() {
            if self.engine == Which::Sqlite || !self.setting.is_empty() {
                return Err("--kill-postgres-every goes with --engine postgres, and without --setting".to_owned());
            }
            return Ok(Target::Own(Box::new(Site::with_own_cluster().await)));
        }
        let setup = self.setting.iter().fold(Setup::on(engine), |setup, (key, value)| setup.set(key, value));
        Ok(Target::Own(Box::new(Site::with(setup, None).await)))
    }
}

fn main() -> ExitCode {
    if let Some(ended) = under_test::serve_if_asked() {
        return ended;
    }
    let options = Options::parse();
    be_the_server();
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() else {
        return ExitCode::FAILURE;
    };
    match runtime.block_on(carry_out(&options)) {
        Ok(outcome) if outcome.is_good() & options.is_soon_enough(&outcome) & options.is_frugal(&outcome) => {
            ExitCode::SUCCESS
        }
        Ok(_) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("load: {sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn carry_out(options: &Options) -> Result<Outcome, String> {
    let plan = options.plan();
    eprintln!("seed {}", plan.seed);
    let mut target = options.target().await?;
    let tally = Arc::new(Tally::default());
    let progress = tokio::spawn(show_progress(Arc::clone(&tally)));
    let ran = run(&plan, &mut target, &tally).await;
    progress.abort();
    eprintln!();
    let outcome = ran.map_err(|error| format!("the outboxes cannot be used: {error}"))?;
    println!("{outcome}");
    if let Some(path) = &options.json {
        let json = serde_json::to_string_pretty(&outcome).map_err(|error| format!("--json: {error}"))?;
        std::fs::write(path, json).map_err(|error| format!("--json: {error}"))?;
    }
    Ok(outcome)
}

/// Prints the progress: one line that is overwritten every second on a terminal, otherwise a line every ten seconds.
async fn show_progress(tally: Arc<Tally>) {
    let (begun, is_terminal) = (Instant::now(), std::io::stderr().is_terminal());
    loop {
        tokio::time::sleep(Duration::from_secs(if is_terminal { 1 } else { 10 })).await;
        let (written, acknowledged) = (tally.written.now(), tally.acknowledged.now());
        let line = format!(
            "{:4} s: {written} written, {acknowledged} acknowledged, {} without an answer, {} told to come later, {} kills, {} wrong",
            begun.elapsed().as_secs(),
            tally.without_answer.now(),
            tally.told_later.now(),
            tally.server_kills.now() + tally.database_kills.now(),
            tally.wrong.now(),
        );
        let (before, after) = if is_terminal { ("\r", "\u{1b}[K") } else { ("", "\n") };
        eprint!("{before}{line}{after}");
        std::io::stderr().flush().ok();
    }
}
