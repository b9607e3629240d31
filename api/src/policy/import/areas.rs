//! Imports area files, which are `GeoJSON`.
//!
//! The importer looks up a stored area by the code that it has on the row's first day. The area keeps its id, its level
//! and its parent; the file replaces its name, boundary and end date. Reports keep the area to which they were routed,
//! even if its boundary changes. If an area is abolished 撤并, set its `validTo` and add the new area under its new
//! code.

use entity::{area, area_code};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};

use super::known::KnownRules;
use super::rows::shown;
use super::settle::ImportRow;
use super::write::{insert_all, replace};
use crate::error::ApiResult;

/// An area row with the code by which the file refers to it.
#[derive(Debug, Clone)]
pub(crate) struct AreaRow {
    /// The area row.
    pub model: area::Model,
    /// The code of the area, from the file or its last stored one.
    pub code: String,
}

impl ImportRow for AreaRow {
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
            .set(area_code::ActiveModel { valid_to: sea_orm::Set(code.valid_to), ..Default::default() })
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

/// Builds the stored areas, each with its last code.
#[must_use]
pub(crate) fn stored(rows: Vec<area::Model>, known: &KnownRules) -> Vec<AreaRow> {
    let code = |model: &area::Model| {
        known.areas.get(model.id).and_then(|node| node.codes.last()).map(|code| code.code.clone())
    };
    rows.into_iter().map(|model| AreaRow { code: code(&model).unwrap_or_default(), model }).collect()
}
