//! Shifts as files state them: how the importer parses, compares and writes them.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{OfficerId, PostId, ShiftId, UnitId};
use domain::roster::{Shift, Term};
use domain::staff::Role;
use domain::time::{china_day, china_offset};
use entity::{officer, post, shift, unit};
use sea_orm::{Condition, ConnectionTrait, EntityTrait};
use uuid::Uuid;

use crate::error::ApiResult;
use crate::policy::import::known::KnownRules;
use crate::policy::import::settle::ImportRow;
use crate::policy::import::table::{Cells, Columns};
use crate::policy::import::write::{insert_all, replace};
use crate::policy::roster::terms;

/// The CSV columns of a roster. `role` is needed only if the officer holds several posts in the unit.
pub(super) const SHIFTS: Columns = Columns {
    needed: &["unit_code", "starts_at", "ends_at", "staff_no"],
    optional: &["role", "deputy_staff_no", "deputy_role"],
};

/// All officers and posts, to which the lines of a roster refer.
pub(super) struct Staff {
    officers: HashMap<String, OfficerId>,
    posts: HashMap<OfficerId, Vec<post::Model>>,
    /// What the roster has to know of the posts.
    pub(super) terms: BTreeMap<PostId, Term>,
    labels: HashMap<PostId, String>,
}

impl Staff {
    pub(super) async fn load<C: ConnectionTrait>(db: &C) -> ApiResult<Self> {
        let officers = officer::Entity::find().all(db).await?;
        let numbers: HashMap<OfficerId, &str> = officers.iter().map(|row| (row.id, row.staff_no.as_str())).collect();
        let mut posts: HashMap<OfficerId, Vec<post::Model>> = HashMap::new();
        let mut labels = HashMap::new();
        for post in post::Entity::find().all(db).await? {
            let number = numbers.get(&post.officer_id).copied().unwrap_or_default();
            labels.insert(post.id, format!("{number} {}", post.role.code()));
            posts.entry(post.officer_id).or_default().push(post);
        }
        let officers = officers.iter().map(|row| (row.staff_no.clone(), row.id)).collect();
        Ok(Self { officers, posts, terms: terms(db, Condition::all()).await?, labels })
    }

    /// Returns how a file names the post: the staff number and the role.
    fn label(&self, post: PostId) -> String {
        self.labels.get(&post).cloned().unwrap_or_default()
    }

    /// Returns the post that the two columns name: of the nearest unit in which the officer holds one when the shift begins.
    fn post(&self, cells: &mut Cells<'_>, columns: [&'static str; 2], place: &Place) -> Option<PostId> {
        let [number, role] = columns;
        let roles: Vec<(&str, Role)> = Role::ALL.iter().map(|role| (role.code(), *role)).collect();
        let role = if cells.maybe(role).is_some() { Some(cells.word(role, &roles)?) } else { None };
        let staff_no = cells.code(number)?;
        let Some(officer) = self.officers.get(&staff_no) else {
            let what = format!("there is no officer `{staff_no}`: import the officers first, or correct it");
            cells.problem(number, what);
            return None;
        };
        let held: Vec<&post::Model> = self.posts.get(officer).into_iter().flatten().collect();
        let held = held.into_iter().filter(|post| role.is_none_or(|role| post.role == role));
        let held: Vec<&post::Model> = held.filter(|post| place.is_in_force(post)).collect();
        let mut near =
            place.covering.iter().map(|unit| held.iter().filter(|post| post.unit_id == *unit).collect::<Vec<_>>());
        let found = near.find(|found| !found.is_empty()).unwrap_or_default();
        match found.as_slice() {
            [] => {
                let what = "holds no such post in this unit, in a unit above it or in the command centre of its place when the shift begins: correct the number, the role or the times";
                cells.problem(number, format!("`{staff_no}` {what}"));
                None
            }
            [post] => Some(post.id),
            _ => {
                let what = "holds several posts in the unit: name the role of one of them";
                cells.problem(number, format!("`{staff_no}` {what}"));
                None
            }
        }
    }
}

/// Where and when a shift begins.
struct Place {
    covering: Vec<UnitId>,
    day: NaiveDate,
}

impl Place {
    fn is_in_force(&self, post: &post::Model) -> bool {
        post.valid_from <= self.day && post.valid_to.is_none_or(|to| self.day < to)
    }
}

/// A shift with the names by which the file refers to its unit and posts.
#[derive(Debug, Clone)]
pub(super) struct ShiftRow {
    pub(super) model: shift::Model,
    unit: String,
    post: String,
    deputy: String,
}

impl ShiftRow {
    /// Returns a stored shift as a file states it.
    pub(super) fn stored(model: shift::Model, known: &KnownRules, staff: &Staff) -> Self {
        Self {
            unit: known.unit_code(model.unit_id),
            post: staff.label(model.post_id),
            deputy: model.deputy_id.map(|post| staff.label(post)).unwrap_or_default(),
            model,
        }
    }

    /// Returns the shift as the rules know it.
    pub(super) const fn shift(&self) -> Shift {
        self.model.shift()
    }

    /// Parses one line.
    pub(super) fn parse(cells: &mut Cells<'_>, known: &KnownRules, staff: &Staff) -> Option<Self> {
        let (starts_at, ends_at) = (cells.moment("starts_at"), cells.moment("ends_at"));
        let unit: Option<&unit::Model> = known.unit(cells, "unit_code");
        let (unit, starts_at) = (unit?, starts_at?);
        let day = china_day(starts_at);
        let place = Place { covering: known.units.covering(&known.areas, unit.id, day), day };
        let post = staff.post(cells, ["staff_no", "role"], &place);
        let has_deputy = cells.maybe("deputy_staff_no").is_some();
        let deputy =
            if has_deputy { Some(staff.post(cells, ["deputy_staff_no", "deputy_role"], &place)?) } else { None };
        let model = shift::Model {
            id: ShiftId(Uuid::new_v4()),
            unit_id: unit.id,
            starts_at,
            ends_at: ends_at?,
            post_id: post?,
            deputy_id: deputy,
            version: 1,
            taken_back_at: None,
        };
        Some(Self::stored(model, known, staff))
    }
}

/// Writes a time as people in China read it, with its zone.
fn shown(at: DateTime<Utc>) -> String {
    at.with_timezone(&china_offset()).to_rfc3339()
}

/// A shift is named by its unit and its start: a line with both changes the stored one.
impl ImportRow for ShiftRow {
    fn key(&self) -> String {
        format!("{} {}", self.unit, shown(self.model.starts_at))
    }

    fn since(&self) -> NaiveDate {
        NaiveDate::MIN
    }

    fn until(&self) -> Option<NaiveDate> {
        None
    }

    fn end(&mut self, _: Option<NaiveDate>) {}

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("ends_at", shown(self.model.ends_at)), ("post", self.post.clone()), ("deputy", self.deputy.clone())]
    }

    fn adopt(&mut self, stored: &Self) {
        self.model.id = stored.model.id;
        self.model.version = stored.model.version + 1;
    }

    async fn insert<C: ConnectionTrait>(txn: &C, rows: Vec<Self>) -> ApiResult<()> {
        insert_all(txn, rows.into_iter().map(|row| row.model).collect()).await
    }

    async fn update<C: ConnectionTrait>(txn: &C, row: Self) -> ApiResult<()> {
        replace(txn, row.model).await
    }
}
