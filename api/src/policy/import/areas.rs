//! Files of areas: GeoJSON.
//!
//! An area is found again by the code that it has on the first day of the row, and keeps its id, its level and its place in
//! the tree; its name, boundary and end are replaced. A boundary that changed keeps the code and replaces the old one:
//! reports keep the area that they were routed to. Where an area is abolished 撤并, end it by `validTo` and add the new one
//! under its new code.

use std::collections::{BTreeSet, HashMap};

use domain::area::AreaLevel;
use domain::id::AreaId;
use entity::{area, area_code};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::features::Feature;
use super::known::Known;
use super::problem::Problems;
use super::rows::shown;
use super::settle::{Entry, Row};
use super::write::{insert_all, replace};
use crate::area::AreaNode;
use crate::area::index::SEGMENT;
use crate::error::ApiResult;

/// An area with the code that the file names it by.
#[derive(Debug, Clone)]
pub struct AreaRow {
    /// The row.
    pub model: area::Model,
    /// Its code.
    pub code: String,
}

impl Row for AreaRow {
    fn key(&self) -> String {
        self.code.clone()
    }

    fn since(&self) -> chrono::NaiveDate {
        self.model.valid_from
    }

    fn until(&self) -> Option<chrono::NaiveDate> {
        self.model.valid_to
    }

    fn end(&mut self, until: Option<chrono::NaiveDate>) {
        self.model.valid_to = until;
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let boundary = self.model.boundary.as_deref().unwrap_or_default();
        let mark = hex::encode(Sha256::digest(boundary));
        vec![
            ("name", self.model.name.clone()),
            ("boundary", self.model.boundary_kind.clone()),
            ("SHA-256 of the geometry", mark),
            ("validTo", shown(self.model.valid_to)),
        ]
    }

    fn adopt(&mut self, stored: &Self) {
        self.model.id = stored.model.id;
        self.model.path.clone_from(&stored.model.path);
        self.model.parent_id = stored.model.parent_id;
    }

    async fn insert<C: ConnectionTrait>(txn: &C, rows: Vec<Self>) -> ApiResult<()> {
        let codes: Vec<area_code::Model> = rows.iter().map(Self::code_row).collect();
        insert_all(txn, rows.into_iter().map(|row| row.model).collect()).await?;
        insert_all(txn, codes).await
    }

    async fn update<C: ConnectionTrait>(txn: &C, row: Self) -> ApiResult<()> {
        let code = row.code_row();
        area_code::Entity::update_many()
            .set(area_code::ActiveModel {
                valid_to: sea_orm::Set(code.valid_to),
                ..Default::default()
            })
            .filter(area_code::COLUMN.area_id.eq(code.area_id))
            .filter(area_code::COLUMN.code.eq(code.code))
            .exec(txn)
            .await?;
        replace(txn, row.model).await
    }
}

impl AreaRow {
    fn code_row(&self) -> area_code::Model {
        area_code::Model {
            area_id: self.model.id,
            code: self.code.clone(),
            valid_from: self.model.valid_from,
            valid_to: self.model.valid_to,
        }
    }
}

/// The stored areas, each under the code that it has last.
#[must_use]
pub fn stored(rows: Vec<area::Model>, known: &Known) -> Vec<AreaRow> {
    let code = |model: &area::Model| {
        known
            .areas
            .get(model.id)
            .and_then(|node| node.codes.last())
            .map(|code| code.code.clone())
    };
    rows.into_iter()
        .map(|model| AreaRow {
            code: code(&model).unwrap_or_default(),
            model,
        })
        .collect()
}

/// The rows of a file, from the top of the tree.
pub fn areas(mut features: Vec<Feature>, known: &Known, problems: &mut Problems) -> Vec<Entry<AreaRow>> {
    features.sort_by_key(|feature| feature.level); // parents first; the rest as in the file
    let segments = known.areas.iter().filter_map(|node| segment_of(&node.path));
    let mut tree = Tree {
        known,
        placed: HashMap::new(),
        segments: segments.collect(),
    };
    let rows: Vec<_> = features
        .into_iter()
        .filter_map(|feature| tree.place(feature, problems))
        .collect();
    rows.iter().for_each(|entry| tree.check_below(entry, problems));
    rows
}

fn segment_of(path: &str) -> Option<String> {
    path.trim_end_matches('/').rsplit('/').next().map(str::to_owned)
}

/// What a child must know of the area above it.
#[derive(Clone)]
struct Above {
    id: AreaId,
    path: String,
    level: AreaLevel,
    until: Option<chrono::NaiveDate>,
}

struct Tree<'a> {
    known: &'a Known,
    placed: HashMap<String, Above>,
    segments: BTreeSet<String>,
}

impl<'a> Tree<'a> {
    fn place(&mut self, feature: Feature, problems: &mut Problems) -> Option<Entry<AreaRow>> {
        let stored = self.stored(&feature);
        let above = self.above(&feature, problems)?;
        if let Some(node) = stored {
            self.check_kept(&feature, node, above.as_ref(), problems);
        }
        let (id, path) = match stored {
            Some(node) => (node.id, node.path.clone()),
            None => self.name(above.as_ref()),
        };
        let valid_from = stored.map_or(feature.valid_from(), |node| node.valid_from);
        let here = Above {
            id,
            path: path.clone(),
            level: feature.level,
            until: feature.valid_to,
        };
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
        Some(Entry {
            line: feature.line,
            row: AreaRow {
                model,
                code: feature.code,
            },
        })
    }

    /// The stored area that the feature speaks of: the one that has its code on its first day, or has it still.
    fn stored(&self, feature: &Feature) -> Option<&'a AreaNode> {
        let known = self.known;
        let on_day = known.areas.by_code(&feature.code, feature.valid_from());
        on_day.or_else(|| {
            let same = |node: &&AreaNode| node.codes.last().is_some_and(|code| code.code == feature.code);
            let ended = |node: &&AreaNode| feature.valid_to.is_some_and(|end| end <= node.valid_from);
            let begun = |node: &&AreaNode| {
                feature
                    .valid_from
                    .is_none_or(|day| node.valid_from > day && !ended(node))
            };
            known.areas.iter().filter(same).filter(begun).last()
        })
    }

    /// The area above: `Some(None)` for a root.
    fn above(&self, feature: &Feature, problems: &mut Problems) -> Option<Option<Above>> {
        let Some(code) = &feature.parent else { return Some(None) };
        let stored = || {
            self.known
                .areas
                .by_code(code, feature.valid_from())
                .or_else(|| self.known.areas.by_last_code(code))
        };
        let above = self.placed.get(code).cloned().or_else(|| stored().map(Above::of));
        let Some(above) = above else {
            if feature.level <= AreaLevel::County {
                return Some(None); // a root: what lies above is another deployment's
            }
            problems.at(
                feature.line,
                "parent",
                format!(
                    "there is no area `{code}` above `{}`: add it to the file, or correct the code",
                    feature.code
                ),
            );
            return None;
        };
        if above.level >= feature.level {
            let (found, level) = (above.level.code(), feature.level.code());
            problems.at(
                feature.line,
                "parent",
                format!("`{code}` is a {found} and cannot stand above a {level}"),
            );
            return None;
        }
        if above
            .until
            .is_some_and(|until| feature.valid_to.is_none_or(|end| end > until))
        {
            problems.at(
                feature.line,
                "validTo",
                format!(
                    "`{}` outlives `{code}` above it: end it on the same day or before",
                    feature.code
                ),
            );
        }
        Some(Some(above))
    }

    fn check_kept(&self, feature: &Feature, stored: &AreaNode, above: Option<&Above>, problems: &mut Problems) {
        if stored.level != feature.level {
            problems.at(
                feature.line,
                "level",
                format!(
                    "`{}` is stored as {}: an area keeps its level; end it by validTo and add another under a new code",
                    feature.code,
                    stored.level.code()
                ),
            );
        }
        if stored.parent != above.map(|above| above.id) {
            problems.at(feature.line, "parent", format!("`{}` is stored below another area: an area does not move; end it by validTo and add another under a new code", feature.code));
        }
        if feature.valid_from.is_some_and(|day| day < stored.valid_from) {
            problems.at(
                feature.line,
                "validFrom",
                format!(
                    "`{}` is stored from {} on: the first day of an area does not move",
                    feature.code, stored.valid_from
                ),
            );
        }
        if let Some(end) = feature.valid_to
            && end <= stored.valid_from
        {
            problems.at(
                feature.line,
                "validTo",
                format!(
                    "`{}` would end before its first day, {}",
                    feature.code, stored.valid_from
                ),
            );
        }
    }

    /// What lies below an area that ends, and is not in the file, must have ended too.
    fn check_below(&self, entry: &Entry<AreaRow>, problems: &mut Problems) {
        let Some(end) = entry.row.model.valid_to else { return };
        let below = self
            .known
            .areas
            .iter()
            .filter(|node| node.parent == Some(entry.row.model.id));
        let open = below.filter(|node| node.valid_to.is_none_or(|to| to > end));
        for node in open.filter(|node| !self.placed.contains_key(node.code_on(end))) {
            let (above, code) = (&entry.row.code, node.code_on(end));
            problems.at(
                entry.line,
                "validTo",
                format!("`{above}` ends before `{code}` below it: put that into the file too, with its end"),
            );
        }
    }

    /// A new id whose segment of the path nobody has, and the path.
    fn name(&mut self, above: Option<&Above>) -> (AreaId, String) {
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

impl Above {
    fn of(node: &AreaNode) -> Self {
        Self {
            id: node.id,
            path: node.path.clone(),
            level: node.level,
            until: node.valid_to,
        }
    }
}
