//! Imports duty lists 履职事项清单, which say which unit is responsible for which category.

use domain::id::{DutyId, UnitId};
use domain::staff::UnitKind;
use entity::{JsonList, duty, unit};
use uuid::Uuid;

use super::known::KnownRules;
use super::lists::entries;
use super::problem::Problems;
use super::rows::DutyRow;
use super::settle::ImportEntry;
use super::table::{Cells, Columns, CsvTable};

/// The CSV columns of a duty list.
pub(crate) const DUTIES: Columns = Columns {
    needed: &[
        "area_code",
        "category",
        "lead_unit",
        "support_units",
        "township_may_lead",
        "township_tasks",
        "valid_from",
        "basis",
    ],
    optional: &["valid_to"],
};

/// Builds the stored duties with the codes that they reference.
#[must_use]
pub(crate) fn stored(rows: Vec<duty::Model>, known: &KnownRules) -> Vec<DutyRow> {
    rows.into_iter().map(|model| row(model, known)).collect()
}

fn row(model: duty::Model, known: &KnownRules) -> DutyRow {
    let support: Vec<String> = model.support_units.0.iter().map(|id| known.unit_code(*id)).collect();
    DutyRow {
        area: known.area_code(model.area_id, model.valid_from),
        lead: known.unit_code(model.lead_unit),
        support: support.join(";"),
        model,
    }
}

/// Parses the entries of a duty list.
pub(crate) fn duties(table: &CsvTable, known: &KnownRules, problems: &mut Problems) -> Vec<ImportEntry<DutyRow>> {
    entries(table, problems, |cells| duty(cells, known))
}

fn duty(cells: &mut Cells<'_>, known: &KnownRules) -> Option<DutyRow> {
    let (valid_from, valid_to) = cells.days();
    let area = valid_from.and_then(|day| known.area(cells, "area_code", day));
    let category = cells.maybe_code("category");
    if let (Some(code), Some(day)) = (&category, valid_from)
        && !known.has_category(code, day)
    {
        cells.problem(
            "category",
            format!("the catalogue has no `{code}` on {day}: import the categories first, or correct it"),
        );
    }
    let lead = known.unit_on(cells, "lead_unit", valid_from);
    let may_lead = cells.word("township_may_lead", &[("true", true), ("false", false)]);
    if let (Some(lead), Some(may)) = (lead, may_lead) {
        check_lead(cells, lead, may);
    }
    let support = support(cells, known, lead);
    let (township_tasks, basis) = (cells.plain("township_tasks"), cells.text("basis"));
    let model = duty::Model {
        id: DutyId(Uuid::new_v4()),
        area_id: area?.id,
        category,
        lead_unit: lead?.id,
        support_units: JsonList(support),
        township_may_lead: may_lead?,
        township_tasks,
        basis: basis?,
        valid_from: valid_from?,
        valid_to,
    };
    Some(row(model, known))
}

fn check_lead(cells: &mut Cells<'_>, lead: &unit::Model, township_may_lead: bool) {
    match lead.kind {
        UnitKind::Village => cells.problem("lead_unit", "a village never leads: name a department or the township"),
        UnitKind::Township if !township_may_lead => {
            cells.problem("lead_unit", "a township leads here, but township_may_lead is false: correct one of them");
        }
        UnitKind::Township | UnitKind::Department | UnitKind::Utility | UnitKind::CommandCentre => {}
    }
}

fn support(cells: &mut Cells<'_>, known: &KnownRules, lead: Option<&unit::Model>) -> Vec<UnitId> {
    let mut found: Vec<UnitId> = Vec::new();
    for code in cells.code_list("support_units") {
        let Some(unit) = known.unit_named(cells, "support_units", &code) else {
            continue;
        };
        if found.contains(&unit.id) || lead.is_some_and(|lead| lead.id == unit.id) {
            cells.problem("support_units", format!("`{code}` already leads or is listed twice: remove it"));
        } else {
            found.push(unit.id);
        }
    }
    found
}
