//! Imports unit files.
//!
//! A unit has a single row through the years, because its code is unique. A renamed unit keeps its code. A unit created
//! by an administrative reform 机构改革 gets a new code, and the old unit is ended by `valid_to`.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use domain::area::AreaLevel;
use domain::id::UnitId;
use domain::staff::UnitKind;
use entity::unit;
use uuid::Uuid;

use super::file::ImportSource;
use super::known::KnownRules;
use super::lists::entries;
use super::problem::Problems;
use super::rows::UnitRow;
use super::settle::ImportEntry;
use super::table::{Cells, Columns, CsvTable};
use crate::area::AreaNode;
use crate::area::node::holds;

/// The CSV columns of a unit file.
pub(crate) const UNITS: Columns =
    Columns { needed: &["code", "name", "kind", "area_code", "parent_code", "valid_from"], optional: &["valid_to"] };

/// Builds the stored units with the codes that they reference.
#[must_use]
pub(crate) fn stored(rows: Vec<unit::Model>, known: &KnownRules) -> Vec<UnitRow> {
    let row = |model: unit::Model| UnitRow {
        area: known.area_code(model.area_id, model.valid_from),
        parent: model.parent_id.map(|id| known.unit_code(id)).unwrap_or_default(),
        model,
    };
    rows.into_iter().map(row).collect()
}

/// Parses the rows of a file and returns parents before their children.
pub(crate) fn units(table: &CsvTable, known: &KnownRules, problems: &mut Problems) -> Vec<ImportEntry<UnitRow>> {
    let mut rows = entries(table, problems, |cells| unit(cells, known));
    let ids: HashMap<String, UnitId> =
        rows.iter().map(|entry| (entry.row.model.code.clone(), entry.row.model.id)).collect();
    for ImportEntry { line, row } in &mut rows {
        if row.parent.is_empty() {
            continue;
        }
        let stored = known.units.by_code(&row.parent).map(|unit| unit.id);
        row.model.parent_id = ids.get(&row.parent).copied().or(stored);
        if row.model.parent_id.is_none() {
            problems.at(
                *line,
                "parent_code",
                format!("there is no unit `{}`: add it to the file, or correct the code", row.parent),
            );
        }
    }
    one_township_an_area(&rows, known, problems);
    parents_first(rows, problems)
}

/// Returns the codes of the units that a file ends. The problems of the file have been told before.
pub(crate) fn ends(source: &ImportSource) -> Vec<String> {
    let mut ignored = Problems::default();
    let table = CsvTable::read(source, UNITS, &mut ignored);
    let mut rows = table.rows(&mut ignored);
    let mut codes = Vec::new();
    while let Some(mut cells) = rows.next_row() {
        if cells.maybe_day("valid_to").is_some() {
            codes.extend(cells.code("code"));
        }
    }
    codes
}

fn unit(cells: &mut Cells<'_>, known: &KnownRules) -> Option<UnitRow> {
    let kinds: Vec<(&str, UnitKind)> = UnitKind::ALL.iter().map(|kind| (kind.code(), *kind)).collect();
    let (code, name, kind) = (cells.code("code"), cells.text("name"), cells.word("kind", &kinds));
    let parent = cells.maybe_code("parent_code").unwrap_or_default();
    let (valid_from, valid_to) = cells.days();
    let area = valid_from.and_then(|day| known.area(cells, "area_code", day));
    let (kind, area, code, valid_from) = (kind?, area?, code?, valid_from?);
    check_level(cells, kind, area);
    let stored = known.units.by_code(&code).map(|unit| unit.id);
    let model = unit::Model {
        id: stored.unwrap_or_else(|| UnitId(Uuid::new_v4())),
        code,
        name: name?,
        kind,
        area_id: area.id,
        parent_id: None,
        valid_from,
        valid_to,
    };
    Some(UnitRow { area: area.code_on(valid_from).to_owned(), parent, model })
}

fn check_level(cells: &mut Cells<'_>, kind: UnitKind, area: &AreaNode) {
    let wanted = match kind {
        UnitKind::Township => AreaLevel::Township,
        UnitKind::Village => AreaLevel::Village,
        UnitKind::Department | UnitKind::Utility | UnitKind::CommandCentre => return,
    };
    if area.level != wanted {
        let (kind, wanted, found) = (kind.code(), wanted.code(), area.level.code());
        cells.problem(
            "area_code",
            format!("a unit of kind {kind} serves an area of level {wanted}, but this is a {found}"),
        );
    }
}

/// Checks that an area has at most one township unit at any time, because reports are routed to the township unit of
/// their area.
fn one_township_an_area(rows: &[ImportEntry<UnitRow>], known: &KnownRules, problems: &mut Problems) {
    let mut all: BTreeMap<&str, (u64, &unit::Model)> =
        known.units.iter().map(|unit| (unit.code.as_str(), (0, unit))).collect();
    all.extend(rows.iter().map(|entry| (entry.row.model.code.as_str(), (entry.line, &entry.row.model))));
    let townships: Vec<_> = all.into_values().filter(|(_, unit)| unit.kind == UnitKind::Township).collect();
    let mut by_area: HashMap<_, Vec<(u64, &unit::Model)>> = HashMap::new();
    for (line, unit) in townships {
        let others = by_area.entry(unit.area_id).or_default();
        for (other_line, other) in others.iter() {
            let meet = holds(unit.valid_from, unit.valid_to, other.valid_from)
                || holds(other.valid_from, other.valid_to, unit.valid_from);
            if meet {
                let what = format!(
                    "`{}` and `{}` are both the township of the same area at the same time: end one by valid_to",
                    other.code, unit.code
                );
                problems.at(line.max(*other_line), "area_code", what);
            }
        }
        others.push((line, unit));
    }
}

/// Sorts the rows so that every parent in the file precedes its children. Each row is visited once, however deep the
/// tree is.
fn parents_first(rows: Vec<ImportEntry<UnitRow>>, problems: &mut Problems) -> Vec<ImportEntry<UnitRow>> {
    let in_file: HashSet<UnitId> = rows.iter().map(|entry| entry.row.model.id).collect();
    let mut below: BTreeMap<UnitId, Vec<ImportEntry<UnitRow>>> = BTreeMap::new();
    let mut next = VecDeque::new();
    for entry in rows {
        match entry.row.model.parent_id.filter(|parent| in_file.contains(parent)) {
            Some(parent) => below.entry(parent).or_default().push(entry),
            None => next.push_back(entry),
        }
    }
    let mut placed = Vec::with_capacity(in_file.len());
    while let Some(entry) = next.pop_front() {
        next.extend(below.remove(&entry.row.model.id).unwrap_or_default());
        placed.push(entry);
    }
    for entry in below.into_values().flatten() {
        let what = "the unit is its own ancestor: correct one of the parents in the chain";
        problems.at(entry.line, "parent_code", what);
    }
    placed
}
