//! How long photos take, beside libvips; and how well copies are found.
//!
//! An example of the crate `picture`, so that it is built without the server:
//! `cargo run --release -p picture --example photo-bench -- --help`.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a program for people: it prints, and stops where it cannot go on"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};

#[path = "photo/copies.rs"]
mod copies;
#[path = "photo/scenes.rs"]
mod scenes;

/// Measures how photos are made ready, and how copies are found.
#[derive(Parser)]
#[command(name = "photo-bench")]
struct Arguments {
    #[command(subcommand)]
    command: What,
}

#[derive(Subcommand)]
enum What {
    /// Cleans a photo of 12 megapixels again and again (both versions, hash of the file, fingerprint, claims), in turn
    /// with libvips where Python has pyvips (packages pyvips and pyvips-binary).
    Speed {
        /// A photo to measure instead of the made one.
        #[arg(long)]
        file: Option<PathBuf>,
        /// Rounds; the middle one counts.
        #[arg(long, default_value_t = 15)]
        rounds: usize,
        /// The Python that has pyvips; without it libvips is not measured.
        #[arg(long)]
        python: Option<PathBuf>,
        /// Threads that libvips may use.
        #[arg(long, default_value_t = 1)]
        vips_threads: usize,
    },
    /// Cleans one photo and says the most memory that this process had.
    Memory {
        /// The photo; without it the made one.
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// Makes photos, and copies of them, and looks for the copies among all.
    Likeness {
        /// Photos.
        #[arg(long, default_value_t = 10_000)]
        photos: u64,
        /// Of how many of them copies are made.
        #[arg(long, default_value_t = 1_000)]
        copied: u64,
        /// From which number the pictures are made.
        #[arg(long, default_value_t = 7)]
        seed: u64,
        /// A folder of photos of which the distances to one another are printed too.
        #[arg(long)]
        folder: Option<PathBuf>,
    },
    /// Writes the made photo of 12 megapixels, or a made scene, to a file.
    Make {
        /// Where to.
        file: PathBuf,
        /// The number of a scene.
        #[arg(long)]
        scene: Option<u64>,
        /// From which number the scenes are made.
        #[arg(long, default_value_t = 7)]
        seed: u64,
    },
}

fn main() {
    picture::stay_on_this_thread();
    match Arguments::parse().command {
        What::Speed { file, rounds, python, vips_threads } => {
            speed(&photo(file.as_deref()), rounds, python.as_deref(), vips_threads);
        }
        What::Memory { file } => memory(file.as_deref()),
        What::Likeness { photos, copied, seed, folder } => copies::look(photos, copied, seed, folder.as_deref()),
        What::Make { file, scene, seed } => {
            let made = scene.map_or_else(scenes::twelve_megapixels, |number| {
                scenes::jpeg(&scenes::scene(seed, number, copies::WIDTH), 90)
            });
            fs::write(file, made).expect("the file can be written");
        }
    }
}

fn photo(file: Option<&Path>) -> Vec<u8> {
    match file {
        Some(file) => fs::read(file).expect("the photo can be read"),
        None => scenes::twelve_megapixels(),
    }
}

/// Everything that the server does with the bytes of a photo but sealing and storing.
fn clean(photo: &[u8]) -> usize {
    use sha2::Digest;
    let hash = sha2::Sha256::digest(photo);
    let header = picture::inspect(photo).expect("the photo can be taken");
    let cleaned = picture::clean(photo).expect("the photo can be cleaned");
    assert!(header.memory > 0 && hash.len() == 32);
    cleaned.display.len() + cleaned.thumbnail.len()
}

fn speed(photo: &[u8], rounds: usize, python: Option<&Path>, vips_threads: usize) {
    let header = picture::inspect(photo).expect("the photo can be taken");
    println!("photo: {} × {} pixels, {:.1} MB", header.width, header.height, photo.len() as f64 / 1e6);
    let file = std::env::temp_dir().join(format!("photo-bench-{}.jpg", std::process::id()));
    fs::write(&file, photo).expect("the folder for temporary files can be written");
    let mut vips = python.map(|python| Vips::start(python, &file, vips_threads));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..rounds.max(1) {
        let (wall, used) = timed(|| clean(photo));
        ours.push((wall, used));
        theirs.extend(vips.as_mut().map(Vips::round));
    }
    drop(vips);
    fs::remove_file(file).ok();
    let ours = middle(ours);
    println!("ours:    {:6.1} ms, {:6.1} ms of a processor", ours.0, ours.1);
    if !theirs.is_empty() {
        let theirs = middle(theirs);
        println!("libvips: {:6.1} ms, {:6.1} ms of a processor, {vips_threads} thread(s)", theirs.0, theirs.1);
        println!("ratio:   {:6.2}   , {:6.2}", ours.0 / theirs.0, ours.1 / theirs.1);
    }
}

fn timed(work: impl FnOnce() -> usize) -> (f64, f64) {
    let (begun, used) = (Instant::now(), processor_time());
    assert!(work() > 0);
    (begun.elapsed().as_secs_f64() * 1e3, processor_time().saturating_sub(used).as_secs_f64() * 1e3)
}

fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The middle of each.
fn middle(rounds: Vec<(f64, f64)>) -> (f64, f64) {
    let (mut walls, mut used): (Vec<f64>, Vec<f64>) = rounds.into_iter().unzip();
    let median = |values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    };
    (median(&mut walls), median(&mut used))
}

/// libvips, in a Python that does one round for each line that it is sent.
struct Vips(std::process::Child);

impl Vips {
    fn start(python: &Path, photo: &Path, threads: usize) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/trials/bench/photo/libvips.py");
        let child = Command::new(python)
            .arg(script)
            .arg(photo)
            .env("VIPS_CONCURRENCY", threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut vips = Self(child.expect("Python can be started"));
        vips.round(); // the first round loads the library
        vips
    }

    fn round(&mut self) -> (f64, f64) {
        use std::io::{BufRead, BufReader, Write};
        let to = self.0.stdin.as_mut().expect("its input is ours");
        to.write_all(b"go\n").and_then(|()| to.flush()).expect("Python reads");
        let mut line = String::new();
        let from = self.0.stdout.as_mut().expect("its output is ours");
        BufReader::with_capacity(1, from).read_line(&mut line).expect("Python answers");
        let (wall, used) = line.trim().split_once(' ').expect("Python answers with two numbers");
        (wall.parse().expect("a number"), used.parse().expect("a number"))
    }
}

impl Drop for Vips {
    fn drop(&mut self) {
        drop(self.0.stdin.take()); // the end of its input is its end
        self.0.wait().ok();
    }
}

fn memory(file: Option<&Path>) {
    let Some(file) = file else {
        // Making the photo needs more than cleaning it: another process cleans.
        let file = std::env::temp_dir().join(format!("photo-bench-{}.jpg", std::process::id()));
        fs::write(&file, scenes::twelve_megapixels()).expect("the folder for temporary files can be written");
        let own = std::env::current_exe().expect("a program knows itself");
        let status = Command::new(own).args(["memory", "--file"]).arg(&file).status();
        assert!(status.expect("a program can start itself").success());
        fs::remove_file(file).ok();
        return;
    };
    let before = most_memory();
    clean(&fs::read(file).expect("the photo can be read"));
    println!("most memory: {:.1} MiB, of it {before:.1} before the photo was read", most_memory());
}

/// The most memory that this process had, in MiB, as Linux counts it.
fn most_memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux says it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux says it");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
}
