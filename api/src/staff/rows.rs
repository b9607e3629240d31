//! Officer rows and post rows: how the importer parses, compares and writes them.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::id::{OfficerId, PostId};
use domain::staff::{Role, UnitKind};
use domain::written;
use entity::{officer, post};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::phones::OfficerNumber;
use crate::error::ApiResult;
use crate::policy::import::known::KnownRules;
use crate::policy::import::lists::entries;
use crate::policy::import::problem::Problems;
use crate::policy::import::rows::shown;
use crate::policy::import::settle::{ImportEntry, ImportRow};
use crate::policy::import::table::{Cells, Columns, CsvTable};
use crate::policy::import::write::{insert_all, replace};

/// The CSV columns of an officer file. If `active` is empty, a stored officer keeps their value.
pub(super) const OFFICERS: Columns =
    Columns { needed: &["staff_no", "name", "unit_code", "phone"], optional: &["active"] };
/// The CSV columns of a post file.
pub(super) const POSTS: Columns =
    Columns { needed: &["staff_no", "role", "unit_code", "area_code", "valid_from", "valid_to"], optional: &[] };

/// An officer as stated on one line of a file.
#[derive(Debug, Clone)]
pub(super) struct OfficerRow {
    pub(super) model: officer::Model,
    pub(super) unit: String,
    /// Whether the line has a value for `active`.
    pub(super) says_active: bool,
    /// The eleven digits of the phone number; empty for a stored row. Only the vault stores it; it is neither displayed nor
    /// compared here.
    pub(super) phone: String,
}

impl OfficerRow {
    /// Returns the number to store for this officer.
    pub(super) fn number(&self) -> OfficerNumber {
        OfficerNumber { officer: self.model.id, digits: self.phone.clone() }
    }
}

impl ImportRow for OfficerRow {
    fn key(&self) -> String {
        self.model.staff_no.clone()
    }

    fn since(&self) -> NaiveDate {
        NaiveDate::MIN
    }

    fn until(&self) -> Option<NaiveDate> {
        None
    }

    fn end(&mut self, _: Option<NaiveDate>) {}

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("name", self.model.name.clone()),
            ("unit_code", self.unit.clone()),
            ("active", self.model.active.to_string()),
        ]
    }

    fn adopt(&mut self, stored: &Self) {
        self.model.id = stored.model.id;
        self.model.active = if self.says_active { self.model.active } else { stored.model.active };
    }

    async fn insert<C: ConnectionTrait>(txn: &C, rows: Vec<Self>) -> ApiResult<()> {
        insert_all(txn, rows.into_iter().map(|row| row.model).collect()).await
    }

    async fn update<C: ConnectionTrait>(txn: &C, row: Self) -> ApiResult<()> {
        replace(txn, row.model).await
    }
}

/// A post row with the staff number and the codes by which the file refers to its officer, unit and area.
#[derive(Debug, Clone)]
pub(super) struct PostRow {
    pub(super) model: post::Model,
    pub(super) staff_no: String,
    pub(super) unit: String,
    pub(super) area: String,
}

impl ImportRow for PostRow {
    fn key(&self) -> String {
        format!("{} {} {} {}", self.staff_no, self.model.role.code(), self.unit, self.area)
    }

    fn since(&self) -> NaiveDate {
        self.model.valid_from
    }

    fn until(&self) -> Option<NaiveDate> {
        self.model.valid_to
    }

    fn end(&mut self, until: Option<NaiveDate>) {
        self.model.valid_to = until;
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("valid_to", shown(self.model.valid_to))]
    }

    fn adopt(&mut self, stored: &Self) {
        self.model.id = stored.model.id;
        self.model.deputy_of = stored.model.deputy_of;
    }

    async fn insert<C: ConnectionTrait>(txn: &C, rows: Vec<Self>) -> ApiResult<()> {
        insert_all(txn, rows.into_iter().map(|row| row.model).collect()).await
    }

    async fn update<C: ConnectionTrait>(txn: &C, row: Self) -> ApiResult<()> {
        replace(txn, row.model).await
    }
}

/// Parses the officers of a file. `ids` maps staff numbers to the ids of stored officers.
pub(super) fn officers(
    table: &CsvTable,
    known: &KnownRules,
    ids: &HashMap<String, OfficerId>,
    problems: &mut Problems,
) -> Vec<ImportEntry<OfficerRow>> {
    let mut phones: HashMap<String, u64> = HashMap::new();
    entries(table, problems, |cells| {
        let (staff_no, name, phone) = (cells.code("staff_no"), cells.text("name"), cells.text("phone"));
        let unit = known.unit(cells, "unit_code");
        let says_active = cells.maybe("active").is_some();
        let active = !says_active || cells.word("active", &[("true", true), ("false", false)])?;
        let (phone, line) = (phone?, cells.line);
        let Some(phone) = written::mobile(&phone) else {
            // The message omits the value, because phone numbers are never displayed.
            cells.problem(
                "phone",
                "it is not a mobile number of 11 digits that begins with 1: format the column as text, so that no digit is lost",
            );
            return None;
        };
        if let Some(first) = phones.insert(phone.clone(), line) {
            cells.problem(
                "phone",
                format!("line {first} has the same number: every officer needs a number of their own"),
            );
        }
        let (staff_no, unit) = (staff_no?, unit?);
        let id = ids.get(&staff_no).copied().unwrap_or_else(|| OfficerId(Uuid::new_v4()));
        let model = officer::Model { id, staff_no, name: name?, unit_id: unit.id, active };
        Some(OfficerRow { model, unit: unit.code.clone(), says_active, phone })
    })
}

/// Parses the posts of a file. `ids` maps staff numbers to the ids of stored officers.
pub(super) fn posts(
    table: &CsvTable,
    known: &KnownRules,
    ids: &HashMap<String, OfficerId>,
    problems: &mut Problems,
) -> Vec<ImportEntry<PostRow>> {
    entries(table, problems, |cells| post(cells, known, ids))
}

fn post(cells: &mut Cells<'_>, known: &KnownRules, ids: &HashMap<String, OfficerId>) -> Option<PostRow> {
    let roles: Vec<(&str, Role)> = Role::ALL.iter().map(|role| (role.code(), *role)).collect();
    let (staff_no, role) = (cells.code("staff_no"), cells.word("role", &roles));
    let (valid_from, valid_to) = cells.days();
    let unit = known.unit_on(cells, "unit_code", valid_from);
    let area = valid_from.and_then(|day| known.area(cells, "area_code", day));
    let staff_no = staff_no?;
    let officer = ids.get(&staff_no);
    if officer.is_none() {
        cells
            .problem("staff_no", format!("there is no officer `{staff_no}`: import the officers first, or correct it"));
    }
    let (role, unit, area, valid_from) = (role?, unit?, area?, valid_from?);
    if !fits(role, unit.kind) {
        let (role, kind) = (role.code(), unit.kind.code());
        cells.problem("role", format!("{role} is not a role of a unit of kind {kind}: correct the role or the unit"));
    }
    let model = post::Model {
        id: PostId(Uuid::new_v4()),
        officer_id: *officer?,
        role,
        unit_id: unit.id,
        area_id: area.id,
        deputy_of: None,
        valid_from,
        valid_to,
    };
    Some(PostRow { model, staff_no, unit: unit.code.clone(), area: area.code_on(valid_from).to_owned() })
}

/// Checks whether units of this kind can have posts with this role. Workers and the roles for supervision, awards,
/// audit and administration may be in any unit except a village.
pub(crate) fn fits(role: Role, kind: UnitKind) -> bool {
    match role {
        Role::GridWorker | Role::VillageOfficer => matches!(kind, UnitKind::Village | UnitKind::Township),
        Role::TownshipClerk | Role::TownshipLeader => kind == UnitKind::Township,
        Role::DepartmentClerk | Role::DepartmentLeader => {
            matches!(kind, UnitKind::Department | UnitKind::Utility)
        }
        Role::CommandCentre => kind == UnitKind::CommandCentre,
        Role::Worker
        | Role::Supervisor
        | Role::Custodian
        | Role::RewardOfficer
        | Role::FinanceOfficer
        | Role::Auditor
        | Role::Administrator => kind != UnitKind::Village,
    }
}
