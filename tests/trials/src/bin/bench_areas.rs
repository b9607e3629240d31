//! Benchmarks the search for the areas of random points, and writes the results to a file.
#![expect(clippy::print_stdout, reason = "what it measures is what it prints")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot go on says why")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use chuishao::testing_api::{Areas, Database, Located, Mode, RuleBookCache, RuleKind, import};
use clap::Parser;
use domain::id::AreaId;
use domain::place::Point;
use domain::time::china_day;
use tests::scratch;
use trials::bench::times::median;
use trials::places::{Borders, How};

/// The allocator of the server's own binary.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Imports a file of areas into an empty SQLite database by the importer of the server, reads the rules back as the server
/// does, and asks for the areas of many places: half of them anywhere in the frame of all areas, half on corners and edges
/// and within 3 m and 300 m of them. Prints the time of one place, and writes all answers down for another program to check.
///
/// Build it with --release to measure. `tests/long/areas` compares the answers with those of shapely.
#[derive(Debug, Parser)]
#[command(name = "bench-areas")]
struct Options {
    /// The areas, as `chuishao import areas` takes them.
    #[arg(default_value = "api/data/demo/areas.geojson")]
    areas: PathBuf,
    /// Places.
    #[arg(long, default_value_t = 100_000)]
    places: usize,
    /// Seed of the places.
    #[arg(long, default_value_t = 20_261_124)]
    seed: u64,
    /// How often all places are asked for; the middle time counts.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Where the answers are written, as CSV: how the place was chosen, longitude and latitude in 10⁻⁷ degree, the codes of
    /// the areas found from the root down, the codes of the areas whose border is near, whether areas overlap there.
    #[arg(long)]
    csv: Option<PathBuf>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return ExitCode::FAILURE };
    let text = std::fs::read_to_string(&options.areas).expect("the file of areas is there");
    let now = now();
    let areas = runtime.block_on(as_the_server_holds(&options.areas, &text, now));
    let borders = Borders::of(&text);
    println!("{} areas, {} edges, seed {}", areas.len(), borders.edges(), options.seed);
    let places = borders.places(options.places, options.seed);
    let day = china_day(now);
    let anywhere = |how: &How| *how == How::Anywhere;
    measure(&options, "anywhere", &areas, day, &chosen(&places, anywhere));
    measure(&options, "at borders", &areas, day, &chosen(&places, |how| !anywhere(how)));
    measure(&options, "all", &areas, day, &chosen(&places, |_| true));
    if let Some(file) = &options.csv {
        std::fs::write(file, answers(&areas, day, &places)).expect("the answers can be written");
    }
    ExitCode::SUCCESS
}

#[expect(clippy::disallowed_methods, reason = "there is no App whose clock could be asked")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Returns the areas as the server's routing uses them: imported, stored, and read back.
async fn as_the_server_holds(file: &Path, text: &str, now: DateTime<Utc>) -> Arc<Areas> {
    let folder = scratch::folder();
    let db = Database::open_sqlite(folder.path()).await.expect("the scratch folder takes a database");
    db.migrate().await.expect("a new database takes the schema");
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let imported = import(&db, RuleKind::Areas, &name, text.as_bytes(), Mode::Write, now).await;
    imported.unwrap_or_else(|refused| panic!("the importer refuses {}: {refused:?}", file.display()));
    let book = RuleBookCache::default().current(&db.read).await.expect("what was imported can be read");
    db.close().await.ok();
    Arc::clone(&book.areas)
}

fn chosen(places: &[(How, Point)], counts: impl Fn(&How) -> bool) -> Vec<Point> {
    places.iter().filter(|(how, _)| counts(how)).map(|(_, point)| *point).collect()
}

fn measure(options: &Options, what: &str, areas: &Areas, day: NaiveDate, points: &[Point]) {
    let (mut found, mut walls, mut processors) = (0, Vec::new(), Vec::new());
    for _ in 0..options.rounds.max(1) {
        let (start, busy) = (Instant::now(), processor_time());
        found = points.iter().filter(|point| black_box(areas.at(**point, day)).smallest().is_some()).count();
        walls.push(each(start.elapsed(), points));
        processors.push(each(processor_time().saturating_sub(busy), points));
    }
    let (wall, processor) = (median(&walls), median(&processors));
    println!(
        "{what}: {wall:.2} microseconds a place, {processor:.2} of them on the processor (rounds {walls:.2?}, {processors:.2?}), \
         {} places, {found} in an area",
        points.len()
    );
}

/// Returns the time per point in microseconds.
#[expect(clippy::cast_precision_loss, reason = "nobody asks for 2⁵² places")]
fn each(time: Duration, points: &[Point]) -> f64 {
    time.as_secs_f64() * 1e6 / points.len().max(1) as f64
}

/// Returns the CPU time of this thread, which unlike wall-clock time excludes the time slices of other programs.
fn processor_time() -> Duration {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = said.split_whitespace().next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// Returns the results, with one line for each point.
fn answers(areas: &Areas, day: NaiveDate, places: &[(How, Point)]) -> String {
    let codes = |ids: &[AreaId]| {
        let codes: Vec<&str> = ids.iter().filter_map(|id| areas.get(*id)).map(|node| node.code_on(day)).collect();
        codes.join(" ")
    };
    let mut text = String::from("how,lng_e7,lat_e7,chain,near_border,overlap\n");
    for (how, point) in places {
        let Located { chain, near_border, overlap } = areas.at(*point, day);
        let (how, lng, lat) = (how.word(), point.lng_e7(), point.lat_e7());
        let (chain, near) = (codes(&chain), codes(&near_border));
        writeln!(text, "{how},{lng},{lat},{chain},{near},{overlap}").expect("a text grows");
    }
    text
}
