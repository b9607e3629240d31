//! Inserts the areas of a file into the area tree.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::area::AreaLevel;
use domain::id::AreaId;
use entity::area;
use uuid::Uuid;

use super::areas::AreaRow;
use super::features::Feature;
use super::known::KnownRules;
use super::problem::Problems;
use super::settle::ImportEntry;
use crate::area::AreaNode;
use crate::area::index::SEGMENT;

/// Builds the rows of a file, from the top of the tree down.
pub(crate) fn areas(
    mut features: Vec<Feature>,
    known: &KnownRules,
    problems: &mut Problems,
) -> Vec<ImportEntry<AreaRow>> {
    features.sort_by_key(|feature| feature.level); // parents first, otherwise in file order
    let segments = known.areas.iter().filter_map(|node| segment_of(&node.path));
    let mut tree = Tree { known, placed: HashMap::new(), segments: segments.collect() };
    let rows: Vec<_> = features.into_iter().filter_map(|feature| tree.place(feature, problems)).collect();
    for entry in &rows {
        tree.check_below(entry, problems);
    }
    rows
}

fn segment_of(path: &str) -> Option<String> {
    path.trim_end_matches('/').rsplit('/').next().map(str::to_owned)
}

/// The facts about a parent area that its child areas need.
#[derive(Clone)]
struct ParentArea {
    id: AreaId,
    path: String,
    level: AreaLevel,
    until: Option<NaiveDate>,
}

/// The position of an area in the tree.
enum Placement {
    Root,
    Below(ParentArea),
}

struct Tree<'a> {
    known: &'a KnownRules,
    placed: HashMap<String, ParentArea>,
    segments: BTreeSet<String>,
}

impl<'a> Tree<'a> {
    fn place(&mut self, feature: Feature, problems: &mut Problems) -> Option<ImportEntry<AreaRow>> {
        let stored = self.stored(&feature);
        let above = match self.placement(&feature, problems)? {
            Placement::Root => None,
            Placement::Below(above) => Some(above),
        };
        if let Some(node) = stored {
            check_kept(&feature, node, above.as_ref(), problems);
        }
        let (id, path) = match stored {
            Some(node) => (node.id, node.path.clone()),
            None => self.new_path(above.as_ref()),
        };
        let valid_from = stored.map_or(feature.valid_from(), |node| node.valid_from);
        let here = ParentArea { id, path: path.clone(), level: feature.level, until: feature.valid_to };
        self.placed.insert(feature.code.clone(), here);
        let model = area::Model {
            id,
            name: feature.name,
            level: feature.level,
            parent_id: above.map(|above| above.id),
            path,
            boundary_kind: feature.boundary_kind,
            boundary: feature.boundary,
            valid_from,
            valid_to: feature.valid_to,
        };
        Some(ImportEntry { line: feature.line, row: AreaRow { model, code: feature.code } })
    }

    /// Looks up the stored area of a feature, by its code on the feature's first day or as an area's last code.
    fn stored(&self, feature: &Feature) -> Option<&'a AreaNode> {
        let known = self.known;
        let on_day = known.areas.by_code(&feature.code, feature.valid_from());
        on_day.or_else(|| {
            let same = |node: &&AreaNode| node.codes.last().is_some_and(|code| code.code == feature.code);
            let ended = |node: &&AreaNode| feature.valid_to.is_some_and(|end| end <= node.valid_from);
            let begun = |node: &&AreaNode| feature.valid_from.is_none_or(|day| node.valid_from > day && !ended(node));
            known.areas.with_code(&feature.code).filter(same).filter(begun).last()
        })
    }

    /// Determines the position of an area in the tree, or returns `None` after recording a problem.
    fn placement(&self, feature: &Feature, problems: &mut Problems) -> Option<Placement> {
        let Some(code) = &feature.parent else {
            return Some(Placement::Root);
        };
        let Some(above) = self.above(code, feature.valid_from()) else {
            if feature.level <= AreaLevel::County {
                return Some(Placement::Root); // the parent area belongs to another deployment
            }
            let what = "this area does not exist: add it to the file, or correct the code";
            problems.at(feature.line, "parent", format!("`{code}` above `{}`: {what}", feature.code));
            return None;
        };
        if above.level >= feature.level {
            let (found, level) = (above.level.code(), feature.level.code());
            problems.at(feature.line, "parent", format!("`{code}` is a {found} and cannot stand above a {level}"));
            return None;
        }
        if above.until.is_some_and(|until| feature.valid_to.is_none_or(|end| end > until)) {
            let what =
                format!("`{}` ends after `{code}`, the area above it: end it on the same day or earlier", feature.code);
            problems.at(feature.line, "validTo", what);
        }
        Some(Placement::Below(above))
    }

    /// Looks up the parent area by its code, in the file or in the database.
    fn above(&self, code: &str, day: NaiveDate) -> Option<ParentArea> {
        let areas = &self.known.areas;
        let stored = || areas.by_code(code, day).or_else(|| areas.by_last_code(code)).map(ParentArea::of);
        self.placed.get(code).cloned().or_else(stored)
    }

    /// Checks that the stored areas below an ending area have ended too, unless the file contains them.
    fn check_below(&self, entry: &ImportEntry<AreaRow>, problems: &mut Problems) {
        let Some(end) = entry.row.model.valid_to else { return };
        let below = self.known.areas.all_children(entry.row.model.id);
        let open = below.filter(|node| node.valid_to.is_none_or(|to| to > end));
        for node in open.filter(|node| !self.placed.contains_key(node.code_on(end))) {
            let (above, code) = (&entry.row.code, node.code_on(end));
            problems.at(
                entry.line,
                "validTo",
                format!(
                    "`{above}` ends before `{code}`, the area below it: add that one to the file too, with its end"
                ),
            );
        }
    }

    /// Generates a new id whose path segment is unique, and the path.
    fn new_path(&mut self, above: Option<&ParentArea>) -> (AreaId, String) {
        loop {
            let id = Uuid::new_v4();
            let segment: String = id.simple().to_string().chars().take(SEGMENT).collect();
            if self.segments.insert(segment.clone()) {
                let path = above.map_or("", |above| &above.path);
                return (AreaId(id), format!("{path}{segment}/"));
            }
        }
    }
}

impl ParentArea {
    fn of(node: &AreaNode) -> Self {
        Self { id: node.id, path: node.path.clone(), level: node.level, until: node.valid_to }
    }
}

/// Checks that a stored area keeps its level, its parent and its first day.
fn check_kept(feature: &Feature, stored: &AreaNode, above: Option<&ParentArea>, problems: &mut Problems) {
    let Feature { line, code, .. } = feature;
    let anew = "end it by validTo and add another under a new code";
    if stored.level != feature.level {
        let level = stored.level.code();
        problems.at(*line, "level", format!("`{code}` is stored as {level}: an area keeps its level; {anew}"));
    }
    if stored.parent != above.map(|above| above.id) {
        problems.at(*line, "parent", format!("`{code}` is stored below another area: areas do not move; {anew}"));
    }
    let from = stored.valid_from;
    if feature.valid_from.is_some_and(|day| day < from) {
        problems.at(*line, "validFrom", format!("`{code}` is stored from {from} on: its first day cannot change"));
    }
    if feature.valid_to.is_some_and(|end| end <= from) {
        problems.at(*line, "validTo", format!("`{code}` would end before its first day, {from}"));
    }
}
