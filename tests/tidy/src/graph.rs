//! Builds the import graph of the server's files, and finds import cycles.

use std::collections::{BTreeMap, BTreeSet};

use crate::slices::{is_file, is_test};
use crate::source::{Name, Source};

/// The root folder of the server's modules.
const ROOT: &str = "api/src/";

/// The maximum length of a chain of re-exports that is followed.
const HANDS_MAX: usize = 4;

/// The imported files of each file, by path.
type Graph<'s> = BTreeMap<&'s str, BTreeSet<&'s str>>;

/// Returns a sentence for each import cycle. GraphQL files are left out, because the object graph that they describe is
/// cyclic by nature; tests are left out too.
#[must_use]
pub fn circles(sources: &[Source]) -> Vec<String> {
    let graph = graph(sources);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for file in graph.keys() {
        if seen.contains(file) {
            continue;
        }
        let reached = reachable(&graph, file);
        let circle: BTreeSet<_> =
            reached.iter().filter(|other| reachable(&graph, other).contains(file)).copied().collect();
        if circle.len() > 1 {
            found.push(sentence(&graph, &circle));
        }
        seen.extend(circle);
    }
    found
}

fn sentence(graph: &Graph<'_>, circle: &BTreeSet<&str>) -> String {
    let arrows = circle.iter().flat_map(|file| {
        let imported = graph.get(file).into_iter().flatten().filter(|other| circle.contains(*other));
        imported.map(move |other| format!("  {file} imports {other}"))
    });
    let arrows: Vec<_> = arrows.collect();
    format!("{} files import one another in a circle:\n{}", circle.len(), arrows.join("\n"))
}

fn graph(sources: &[Source]) -> Graph<'_> {
    let is_node = |path: &str| !is_file(path, "graphql") && !is_test(path);
    let modules = Modules::of(sources);
    let nodes = sources.iter().filter(|source| source.path.starts_with(ROOT) && is_node(&source.path));
    let arrows = |source: &Source| {
        let own = module_of(&source.path);
        let imports = source.names.iter().filter(|name| !name.is_handed_on);
        let targets = imports.filter_map(|name| modules.file_of(&absolute(&modules, &own, name)?));
        targets.filter(|path| *path != source.path && is_node(path)).collect()
    };
    nodes.map(|source| (&*source.path, arrows(source))).collect()
}

/// The modules of the server, and their re-exports.
struct Modules<'s> {
    files: BTreeMap<Vec<String>, &'s str>,
    /// The original path of each re-exported item, by its re-exported path.
    handed_on: BTreeMap<Vec<String>, Vec<String>>,
}

impl<'s> Modules<'s> {
    fn of(sources: &'s [Source]) -> Self {
        let sources = || sources.iter().filter(|source| source.path.starts_with(ROOT));
        let files = sources().map(|source| (module_of(&source.path), &*source.path)).collect();
        let mut modules = Self { files, handed_on: BTreeMap::new() };
        for source in sources() {
            let own = module_of(&source.path);
            for name in source.names.iter().filter(|name| name.is_handed_on) {
                let (Some(there), Some(last)) = (absolute(&modules, &own, name), name.segments.last()) else {
                    continue;
                };
                modules.handed_on.insert(own.iter().chain([last]).cloned().collect(), there);
            }
        }
        modules
    }

    /// Returns the file that defines the item at this path, following re-exports, or `None` if the crate root does.
    fn file_of(&self, path: &[String]) -> Option<&'s str> {
        let mut path = path.to_vec();
        for _ in 0..HANDS_MAX {
            let Some(there) = self.handed_on.get(&path) else { break };
            path.clone_from(there);
        }
        while !path.is_empty() {
            if let Some(file) = self.files.get(&path) {
                return Some(file);
            }
            path.pop();
        }
        None
    }
}

/// Returns the absolute path of a name within the server crate that begins with `crate`, `self` or `super`, or `None` for
/// any other name, and for files of other crates.
#[must_use]
pub fn from_root(path: &str, name: &Name) -> Option<Vec<String>> {
    let own = path.starts_with(ROOT).then(|| module_of(path))?;
    let (first, rest) = name.segments.split_first()?;
    let start = match first.as_str() {
        "crate" => Vec::new(),
        "self" => own,
        "super" => above(&own, name)?,
        _ => return None,
    };
    Some(joined(start, rest))
}

/// Returns the module above the one in which the name stands.
fn above(own: &[String], name: &Name) -> Option<Vec<String>> {
    Some(own.get(..(own.len() + name.depth).checked_sub(1)?.min(own.len()))?.to_vec())
}

fn joined(mut path: Vec<String>, rest: &[String]) -> Vec<String> {
    for segment in rest {
        if segment == "super" {
            path.pop();
        } else {
            path.push(segment.clone());
        }
    }
    path
}

/// Returns the module path of a file: `photo` for `api/src/photo/mod.rs`.
fn module_of(path: &str) -> Vec<String> {
    let words = path.trim_start_matches(ROOT).trim_end_matches(".rs").split('/');
    words.filter(|word| !["mod", "lib", "main"].contains(word)).map(str::to_owned).collect()
}

/// Returns the absolute path of a name within the server crate, or `None` if it belongs to another crate.
fn absolute(modules: &Modules<'_>, own: &[String], name: &Name) -> Option<Vec<String>> {
    let (first, rest) = name.segments.split_first()?;
    let start: Vec<String> = match first.as_str() {
        "crate" => Vec::new(),
        "self" => own.to_vec(),
        "super" => above(own, name)?,
        child => {
            let path: Vec<String> = own.iter().cloned().chain([child.to_owned()]).collect();
            modules.files.contains_key(&path).then_some(path)?
        }
    };
    Some(joined(start, rest))
}

fn reachable<'s>(graph: &Graph<'s>, from: &str) -> BTreeSet<&'s str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = vec![from];
    while let Some(file) = open.pop() {
        for next in graph.get(file).into_iter().flatten() {
            if reached.insert(*next) {
                open.push(next);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<_> = files.iter().map(|(path, text)| Source::new(*path, text).expect("a file")).collect();
        circles(&sources)
    }

    #[test]
    fn a_circle_of_files_is_told_with_its_imports() {
        let circles = found(&[
            ("api/src/app.rs", "use crate::intake::write_queue::WriteQueues;"),
            ("api/src/intake/mod.rs", "pub mod write_queue;"),
            ("api/src/intake/write_queue.rs", "use super::writing::write; "),
            ("api/src/intake/writing.rs", "fn f(app: &crate::app::App) {}"),
            ("api/src/other.rs", "use crate::app::App;"),
        ]);
        assert_eq!(circles.len(), 1, "{circles:?}");
        assert!(circles[0].starts_with("3 files"), "{circles:?}");
        assert!(circles[0].contains("api/src/intake/write_queue.rs imports api/src/intake/writing.rs"), "{circles:?}");
    }

    #[test]
    fn a_name_leads_to_the_file_in_which_it_stands() {
        let face = ("api/src/photo/mod.rs", "mod seal; pub use seal::Seal; pub fn f() {}");
        let user = ("api/src/app.rs", "use crate::photo::Seal;");
        assert_eq!(found(&[face, user, ("api/src/photo/seal.rs", "use crate::app::App;")]).len(), 1);
        assert_eq!(found(&[face, user, ("api/src/photo/seal.rs", "use super::f; pub(super) fn g() {}")]), [""; 0]);
    }

    #[test]
    fn objects_of_graphql_and_tests_may_go_round() {
        for (one, other) in [("graphql", "graphql"), ("graphql/parts", "tests/scene")] {
            let (one, other) = (format!("api/src/report/{one}.rs"), format!("api/src/hazard/{other}.rs"));
            let files = [(&*one, "use crate::hazard::graphql::H;"), (&*other, "use crate::report::graphql::R;")];
            assert_eq!(found(&files), [""; 0]);
        }
    }
}
