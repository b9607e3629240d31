//! Measures what slow clients cost others: time and memory.
#![expect(clippy::print_stdout, reason = "what it shows is what it prints")]

use std::{io, process::ExitCode, time::Duration};

use clap::Parser;
use tests::{
    app::{Engine, Setup, be_the_server},
    under_test,
};
use tokio::time::sleep;
use trials::slow_clients::{Crowd, Slowness, memory, ordinary};

/// The allocator of the released server, whose memory is measured.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The memory that may remain in use a minute after the slow clients, in MiB.
const REMAINS: u64 = 64;

/// A server on SQLite, an ordinary client, and many that send half a head, forms without end, or read nothing. It starts the
/// server by itself, which is this very program. Ends with an error unless every slow connection is closed in time, the 99th
/// percentile of the ordinary client at most doubles, and a minute later the memory is back to within 64 MiB.
#[derive(Debug, Parser)]
#[command(name = "slow-clients")]
struct Options {
    /// Slow connections of each kind; there are eight kinds.
    #[arg(long, default_value_t = 125)]
    of_each: usize,
    /// Only this kind, such as `ReadsNothing`, with all the connections.
    #[arg(long)]
    only: Option<String>,
    /// Seconds for which the ordinary client is measured alone.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

fn main() -> ExitCode {
    if let Some(ended) = under_test::serve_if_asked() {
        return ended;
    }
    let options = Options::parse();
    be_the_server();
    // The slow clients are kept by a thread of their own, so that they do not delay the ordinary client themselves.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    match runtime.and_then(|runtime| runtime.block_on(measure(&options))) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(options: &Options) -> io::Result<bool> {
    let app = Setup::on(Engine::Sqlite).start().await;
    app.expect_in_log("exceeded slow threshold"); // while it makes the answers that nobody reads
    let only = options.only.as_deref();
    let kinds = Slowness::ALL.into_iter().filter(|kind| only.is_none_or(|only| only == format!("{kind:?}")));
    let kinds: Vec<Slowness> = kinds.collect();
    let of_each = options.of_each * Slowness::ALL.len() / kinds.len().max(1);
    let alone = ordinary(&app, Duration::from_secs(options.seconds)).await;
    let before = memory(&app)?;
    println!("alone: {} requests, p99 {:?}, {before} MiB", alone.count(), alone.permille(990));

    let mut crowd = Crowd::gather(app.client().address(), &kinds, of_each).await?;
    println!("{} slow connections of {} kinds", crowd.left(), kinds.len());
    let beside = ordinary(&app, Duration::from_secs(options.seconds)).await;
    println!("beside them: {} requests, p99 {:?}, {} MiB", beside.count(), beside.permille(990), memory(&app)?);
    let closed = tokio::time::timeout(Duration::from_mins(2), crowd.is_gone()).await;
    println!("closed: {closed:?}");
    sleep(Duration::from_mins(1)).await;
    let after = memory(&app)?;
    println!("a minute later: {after} MiB");

    let is_quick = beside.permille(990) <= alone.permille(990) * 2;
    Ok(closed.is_ok() && is_quick && after <= before + REMAINS)
}
