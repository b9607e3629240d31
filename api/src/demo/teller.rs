//! Prints one line for each step: the time, the scene, the step and the next deadline.

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use domain::refusal::Language;

use super::files::china;
use super::outcome::{BilingualText, Broken, both};
use super::world::DemoWorld;
use crate::console::print;

/// The width of the scene column, in characters.
const NAME: usize = 10;

/// Prints the story, and counts failed steps.
#[derive(Debug)]
pub(super) struct Teller {
    language: Language,
    steps: AtomicUsize,
    broken: AtomicUsize,
}

impl Teller {
    /// Creates a teller in this language.
    pub(super) fn new(language: Language) -> Self {
        Self { language, steps: AtomicUsize::new(0), broken: AtomicUsize::new(0) }
    }

    /// Returns the language of the story.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// Prints the introduction, with the database, the photo store and the URL.
    pub(super) fn opening(&self, world: &DemoWorld) {
        let line = both(
            format!(
                "演示：贵阳市观山湖区（人物和号码均为虚构，区以下边界为示意，照片为示例图片，其中 scenic-* 由 danielbuechele 拍摄，CC BY 2.0）。\n\
                 数据库：{}；照片：{}；服务：{}",
                world.database, world.photos, world.url
            ),
            format!(
                "Demonstration in 观山湖区 Guanshanhu, Guiyang. People and numbers are fictitious, boundaries below the county \
                 level are illustrative, and photos are samples (scenic-* by danielbuechele, CC BY 2.0).\n\
                 Database: {}; photos: {}; server: {}",
                world.database, world.photos, world.url
            ),
        );
        print(line.text(self.language));
    }

    /// Prints the title of a scene.
    pub(super) fn scene(&self, line: &BilingualText) {
        print(&format!("\n── {}", line.text(self.language)));
    }

    /// Prints a step that succeeded.
    pub(super) fn step(&self, scene: &str, at: DateTime<Utc>, line: &BilingualText) {
        self.steps.fetch_add(1, Ordering::Relaxed);
        print(&format!("{} {scene:NAME$} {}", china(at, "%H:%M:%S"), line.text(self.language)));
    }

    /// Prints and counts a step that failed.
    pub(super) fn broke(&self, scene: &str, at: DateTime<Utc>, why: &Broken) {
        self.broken.fetch_add(1, Ordering::Relaxed);
        let word = both("✗ 与预期不符：", "✗ not as expected: ");
        print(&format!("{} {scene} {}{}", china(at, "%H:%M:%S"), word.text(self.language), why.0));
    }

    /// Prints the summary, and returns the exit code: success only if no step failed and the story was not stopped.
    pub(super) fn verdict(&self, stopped: bool) -> ExitCode {
        let (steps, broken) = (self.steps.load(Ordering::Relaxed), self.broken.load(Ordering::Relaxed));
        let line = match (stopped, broken) {
            (true, _) => both("演示已中止。", "The demonstration was stopped."),
            (false, 0) => both(format!("共{steps}步，全部符合预期。"), format!("All {steps} steps succeeded.")),
            (false, _) => both(
                format!("{steps}步符合预期，{broken}处不符，详见上文标“✗”的各行。"),
                format!("{steps} steps succeeded and {broken} failed; see the lines with ✗."),
            ),
        };
        print(&format!("\n{}", line.text(self.language)));
        if stopped || broken > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}
