//! Tests that no acknowledged report is lost when the disk fails or is full.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what it shows is what it prints")]

use std::{io, path::PathBuf, process::ExitCode, time::Instant};

use clap::{Parser, Subcommand};
use tests::{app::be_the_server, under_test};
use trials::{
    disk::{flushes, full, order, tracer::Call},
    load::checker::Findings,
};

/// A server on SQLite and a disk that fails or is full. It starts the server by itself, which is this very program. Ends with an
/// error unless nothing was lost and nobody was promised anything too early.
#[derive(Debug, Parser)]
#[command(name = "disk-faults")]
struct Options {
    #[command(subcommand)]
    what: What,
    /// Gives the same run again, as far as chance goes. Without it: another one each time; it is printed.
    #[arg(long, global = true)]
    seed: Option<u64>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Looks with strace whether a flush lies between each submission and its receipt.
    Order {
        /// Submissions, at least.
        #[arg(long, default_value_t = 1_000)]
        submissions: u64,
        /// Phones that send at the same time, each on a connection of its own.
        #[arg(long, default_value_t = 1)]
        phones: u16,
    },
    /// Makes the flush number 1, 2, 3 … fail with strace while four phones hand in reports; where the number is a multiple of ten,
    /// all flushes after it too, for a while. Then kills the server, starts it anew, and asks for all that was promised.
    Flushes {
        /// The last number.
        #[arg(long, default_value_t = 200)]
        last: u32,
        /// Writes to the database fail instead, for want of space.
        #[arg(long)]
        writes: bool,
    },
    /// Fills the disk while twenty phones hand in reports and photos. TMPDIR must lie on a small disk of its own.
    Full {
        /// How often.
        #[arg(long, default_value_t = 5)]
        rounds: u32,
        /// An empty folder on another disk.
        #[arg(long)]
        outboxes: PathBuf,
    },
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
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("disk-faults: this must not be");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("disk-faults: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn carry_out(options: &Options) -> io::Result<bool> {
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
    println!("seed {seed}");
    match &options.what {
        What::Order { submissions, phones } => in_order(*submissions, usize::from(*phones).max(1), seed).await,
        What::Flushes { last, writes } => {
            let call = if *writes { Call::Write } else { Call::Flush };
            failing_calls(call, *last, seed).await
        }
        What::Full { rounds, outboxes } => {
            let shown = full::show(*rounds, outboxes, seed).await?;
            let receipts = &shown.receipts;
            println!("the disk was full {} times: {receipts} receipts, {} photos verified", shown.rounds, shown.photos);
            println!("told to come later: {}; read meanwhile: {}", shown.told_later, shown.read);
            println!("from space to the next receipt: {:.2?}", shown.again);
            found(&shown.at_the_end);
            complain(&shown.wrong);
            Ok(shown.is_good())
        }
    }
}

async fn in_order(submissions: u64, phones: usize, seed: u64) -> io::Result<bool> {
    let shown = order::show(submissions, phones, seed).await?;
    println!(
        "{phones} phones: {} receipts; {} after a flush that began when the submission was there, {} too early; {} flushes",
        shown.receipts, shown.after_a_flush, shown.too_early, shown.flushes
    );
    complain(&shown.wrong);
    Ok(shown.is_good())
}

async fn failing_calls(call: Call, last: u32, seed: u64) -> io::Result<bool> {
    let begun = Instant::now();
    let shown = flushes::show(call, last, seed, |shown| {
        if shown.runs % 10 == 0 {
            eprintln!("{:4} s: {} runs, {} receipts", begun.elapsed().as_secs(), shown.runs, shown.receipts);
        }
    })
    .await?;
    println!(
        "{} runs, {} of them with one that failed ({} with all after it); {call:?} failed {} times",
        shown.runs, shown.hit, shown.lasting, shown.failed
    );
    println!(
        "{} receipts, {} of them before a good flush; told to come later: {}",
        shown.receipts, shown.too_early, shown.told_later
    );
    found(&shown.at_the_end);
    complain(&shown.wrong);
    Ok(shown.is_good())
}

fn found(findings: &Findings) {
    let sent = findings.sent;
    let counts: Vec<String> =
        findings.faults().iter().map(|(word, faults)| format!("{word} {}", faults.count)).collect();
    println!(
        "{} acknowledged, each looked for after kill -9: {} (of {sent})",
        findings.acknowledged,
        counts.join(", ")
    );
    for (word, faults) in findings.faults() {
        for example in &faults.examples {
            println!("{word}: {example}");
        }
    }
}

fn complain(wrong: &[String]) {
    for sentence in wrong {
        println!("wrong: {sentence}");
    }
}
