//! The stored areas, units, categories and codes that a file may reference.

use chrono::NaiveDate;
use domain::id::{AreaId, UnitId};
use entity::{area, area_code, category, code_entry, unit};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::table::Cells;
use crate::area::node::holds;
use crate::area::{AreaNode, Areas};
use crate::error::ApiResult;
use crate::policy::units::Units;

/// The stored rules that a file may reference.
#[derive(Debug, Default)]
pub(crate) struct KnownRules {
    /// The areas, without their boundaries.
    pub areas: Areas,
    /// The units, regardless of their validity dates.
    pub units: Units,
    /// All versions of all categories.
    pub categories: Vec<category::Model>,
    /// All versions of all code list entries.
    pub codes: Vec<code_entry::Model>,
}

impl KnownRules {
    /// Loads all of these tables.
    pub(crate) async fn load<C: ConnectionTrait>(db: &C) -> ApiResult<Self> {
        let mut areas = area::Entity::find().all(db).await?;
        for area in &mut areas {
            area.boundary = None;
        }
        Ok(Self {
            areas: Areas::build(areas, area_code::Entity::find().all(db).await?)?,
            units: Units::build(unit::Entity::find().all(db).await?),
            categories: category::Entity::find().all(db).await?,
            codes: code_entry::Entity::find().all(db).await?,
        })
    }

    /// Looks up the area whose code on `day` is in `column`. An unknown code is recorded as a problem.
    pub(crate) fn area(&self, cells: &mut Cells<'_>, column: &str, day: NaiveDate) -> Option<&AreaNode> {
        let code = cells.code(column)?;
        let found = self.areas.by_code(&code, day);
        if found.is_none() {
            cells.problem(
                column,
                format!("there is no area `{code}` on {day}: import the areas first, or correct the code or the day"),
            );
        }
        found
    }

    /// Looks up the unit whose code is in `column`. An unknown code is recorded as a problem.
    pub(crate) fn unit(&self, cells: &mut Cells<'_>, column: &str) -> Option<&unit::Model> {
        let code = cells.code(column)?;
        self.unit_named(cells, column, &code)
    }

    /// Looks up the unit whose code is in `column`, for something that begins on `day`. A unit that has ended by then is
    /// recorded as a problem, too.
    pub(crate) fn unit_on(&self, cells: &mut Cells<'_>, column: &str, day: Option<NaiveDate>) -> Option<&unit::Model> {
        let unit = self.unit(cells, column)?;
        if let (Some(end), Some(day)) = (unit.valid_to, day)
            && end <= day
        {
            let code = &unit.code;
            cells.problem(
                column,
                format!("the unit `{code}` has ended on {end}: name its successor, or correct the day"),
            );
        }
        Some(unit)
    }

    /// Looks up the unit with this code. An unknown code is recorded as a problem of `column`.
    pub(crate) fn unit_named(&self, cells: &mut Cells<'_>, column: &str, code: &str) -> Option<&unit::Model> {
        let found = self.units.by_code(code);
        if found.is_none() {
            cells.problem(column, format!("there is no unit `{code}`: import the units first, or correct the code"));
        }
        found
    }

    /// Checks whether a code list contains this code on `day`.
    #[must_use]
    pub(crate) fn has_code(&self, list: &str, code: &str, day: NaiveDate) -> bool {
        self.codes.iter().any(|row| row.list == list && row.code == code && holds(row.valid_from, row.valid_to, day))
    }

    /// Checks whether the catalogue contains this category on `day`.
    #[must_use]
    pub(crate) fn has_category(&self, code: &str, day: NaiveDate) -> bool {
        self.categories.iter().any(|row| row.code == code && holds(row.valid_from, row.valid_to, day))
    }

    /// Returns the code of an area on `day`, for display.
    #[must_use]
    pub(crate) fn area_code(&self, id: AreaId, day: NaiveDate) -> String {
        self.areas.get(id).map_or_else(String::new, |node| node.code_on(day).to_owned())
    }

    /// Returns the code of a unit, for display.
    #[must_use]
    pub(crate) fn unit_code(&self, id: UnitId) -> String {
        self.units.get(id).map_or_else(String::new, |unit| unit.code.clone())
    }
}
