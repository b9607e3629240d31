//! Finds reports that share a byte-identical photo with another report that the caller may read.

use std::collections::HashMap;

use domain::id::ReportId;
use domain::photo::PhotoParent;
use entity::{photo, report};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};

use super::reading::visible;
use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;

/// Loads whether a report shares a verified photo, by SHA-256, with another report that the caller may read. A report
/// that shares none has no entry in the result.
#[derive(Debug)]
pub(crate) struct SharedPhotos;

impl Loader for SharedPhotos {
    type Key = ReportId;
    type Value = ();

    async fn load(reader: &LoadContext, reports: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        use photo::Column as C;
        let now = reader.app.now();
        // A self-join: alias `mine` is a photo of the given reports, `photo` the other photo and `report` its report.
        let mine = |column: C| Expr::col((Alias::new("mine"), column));
        let other = |column: C| Expr::col((photo::Entity, column));
        let sharing = Query::select()
            .distinct()
            .column((Alias::new("mine"), C::ParentId))
            .from_as(photo::Entity, Alias::new("mine"))
            .inner_join(photo::Entity, other(C::Sha256).eq(mine(C::Sha256)))
            .inner_join(report::Entity, Expr::col((report::Entity, report::Column::Id)).eq(other(C::ParentId)))
            .and_where(mine(C::ParentId).is_in(reports.iter().copied()))
            .cond_where(photo::visible("mine", now))
            .and_where(other(C::ParentId).ne(mine(C::ParentId)))
            .and_where(other(C::ParentKind).eq(PhotoParent::Report))
            .cond_where(photo::visible("photo", now))
            .cond_where(visible(&reader.app, reader.caller.officer()?))
            .take();
        let db = reader.app.db();
        let mut shared = HashMap::new();
        for row in db.query_all(&sharing).await? {
            shared.insert(row.try_get("", "parent_id")?, ());
        }
        Ok(shared)
    }
}
