//! Defines for each table how its rows are compared and written.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::{calendar_day, category, code_entry, duty, policy, unit};
use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};

use super::difference::DocumentParts;
use super::settle::ImportRow;
use super::write::{insert_all, replace};
use crate::error::ApiResult;

/// Implements inserting and updating, for the model itself or for the model in a field.
macro_rules! written {
    ($($field:ident)?) => {
        async fn insert<C: ConnectionTrait>(txn: &C, rows: Vec<Self>) -> ApiResult<()> {
            insert_all(txn, rows.into_iter().map(|row| row$(.$field)?).collect()).await
        }

        async fn update<C: ConnectionTrait>(txn: &C, row: Self) -> ApiResult<()> {
            replace(txn, row$(.$field)?).await
        }
    };
}

/// Implements the validity period of a versioned row, for the model itself or for the model in a field.
macro_rules! dated {
    ($($field:ident)?) => {
        fn since(&self) -> NaiveDate {
            self$(.$field)?.valid_from
        }

        fn until(&self) -> Option<NaiveDate> {
            self$(.$field)?.valid_to
        }

        fn end(&mut self, until: Option<NaiveDate>) {
            self$(.$field)?.valid_to = until;
        }
    };
}

/// Implements keeping the stored id, for the model itself or for the model in a field.
macro_rules! keeps_id {
    ($($field:ident)?) => {
        fn adopt(&mut self, stored: &Self) {
            self$(.$field)?.id = stored$(.$field)?.id;
        }
    };
}

/// Formats a date; empty for `None`.
#[must_use]
pub(crate) fn shown(day: Option<NaiveDate>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

impl ImportRow for code_entry::Model {
    dated!();
    written!();

    fn key(&self) -> String {
        format!("{} {}", self.list, self.code)
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("name", self.name.clone()), ("name_en", self.name_en.clone()), ("valid_to", shown(self.valid_to))]
    }

    fn adopt(&mut self, _: &Self) {}
}

impl ImportRow for category::Model {
    dated!();
    written!();

    fn key(&self) -> String {
        self.code.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("name", self.name.clone()),
            ("name_en", self.name_en.clone()),
            ("place_kind", self.place_kind.clone().unwrap_or_default()),
            ("industry", self.industry.clone().unwrap_or_default()),
            ("disaster_kind", self.disaster_kind.clone().unwrap_or_default()),
            ("valid_to", shown(self.valid_to)),
        ]
    }

    keeps_id!();
}

impl ImportRow for calendar_day::Model {
    written!();

    fn key(&self) -> String {
        self.date.to_string()
    }

    fn since(&self) -> NaiveDate {
        NaiveDate::MIN
    }

    fn until(&self) -> Option<NaiveDate> {
        None
    }

    fn end(&mut self, _: Option<NaiveDate>) {}

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("kind", self.kind.code().to_owned()), ("name", self.name.clone())]
    }

    fn adopt(&mut self, _: &Self) {}
}

/// A unit row with the codes that it references. Its code is unique through the years, so it has a single row without
/// versions.
#[derive(Debug, Clone)]
pub(crate) struct UnitRow {
    /// The unit row.
    pub model: unit::Model,
    /// The code of the unit's area.
    pub area: String,
    /// The code of the parent unit; empty if there is none.
    pub parent: String,
}

impl ImportRow for UnitRow {
    fn key(&self) -> String {
        self.model.code.clone()
    }

    fn since(&self) -> NaiveDate {
        NaiveDate::MIN
    }

    fn until(&self) -> Option<NaiveDate> {
        self.model.valid_to
    }

    fn end(&mut self, _: Option<NaiveDate>) {}

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("name", self.model.name.clone()),
            ("kind", self.model.kind.code().to_owned()),
            ("area_code", self.area.clone()),
            ("parent_code", self.parent.clone()),
            ("valid_from", self.model.valid_from.to_string()),
            ("valid_to", shown(self.model.valid_to)),
        ]
    }

    keeps_id!(model);
    written!(model);
}

/// A duty row with the codes that it references.
#[derive(Debug, Clone)]
pub(crate) struct DutyRow {
    /// The duty row.
    pub model: duty::Model,
    /// The code of the county whose list contains the duty.
    pub area: String,
    /// The code of the lead unit.
    pub lead: String,
    /// The codes of the supporting units, in the order of the list.
    pub support: String,
}

impl ImportRow for DutyRow {
    fn key(&self) -> String {
        format!("{} {}", self.area, self.model.category.as_deref().unwrap_or("(fallback)"))
    }

    dated!(model);

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("lead_unit", self.lead.clone()),
            ("support_units", self.support.clone()),
            ("township_may_lead", self.model.township_may_lead.to_string()),
            ("township_tasks", self.model.township_tasks.clone()),
            ("basis", self.model.basis.clone()),
            ("valid_to", shown(self.model.valid_to)),
        ]
    }

    keeps_id!(model);
    written!(model);
}

/// A policy row with the code of its area.
#[derive(Debug, Clone)]
pub(crate) struct PolicyRow {
    /// The policy row.
    pub model: policy::Model,
    /// The code of the policy's area; empty if it applies everywhere.
    pub area: String,
}

impl ImportRow for PolicyRow {
    fn key(&self) -> String {
        let place = if self.area.is_empty() { "everywhere" } else { &self.area };
        format!("{} {place}", self.model.kind)
    }

    dated!(model);

    fn fields(&self) -> Vec<(&'static str, String)> {
        let sum = hex::encode(Sha256::digest(&self.model.body));
        vec![("SHA-256 of the body", sum), ("valid_to", shown(self.model.valid_to))]
    }

    /// Returns every top-level member of the JSON body by name, so that new members need no list here. A body that is
    /// not an object has no parts, but its hash still reveals a change.
    fn parts(&self) -> DocumentParts {
        let body: BTreeMap<String, serde_json::Value> = serde_json::from_str(&self.model.body).unwrap_or_default();
        body.into_iter().map(|(name, value)| (name, value.to_string())).collect()
    }

    keeps_id!(model);
    written!(model);
}
