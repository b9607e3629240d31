//! Events by stream, in batches.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use domain::id::NoteId;
use entity::{event, note};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, DatabaseConnection, DbErr, EntityTrait, QueryFilter};

/// The last event of a stream, by the text of the stream and the version that its row holds.
#[derive(Debug)]
pub struct EventAt(pub DatabaseConnection);

impl Loader<(String, i64)> for EventAt {
    type Value = event::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[(String, i64)]) -> Result<HashMap<(String, i64), Self::Value>, Self::Error> {
        let mut any = Condition::any();
        for (stream, version) in keys {
            any = any.add(
                Expr::col((event::Entity, event::Column::Stream))
                    .eq(stream.as_str())
                    .and(Expr::col((event::Entity, event::Column::StreamVersion)).eq(*version)),
            );
        }
        let rows = event::Entity::find().filter(any).all(&self.0).await?;
        Ok(rows.into_iter().map(|row| ((row.stream.clone(), row.stream_version), row)).collect())
    }
}

/// Officers' free texts, by id.
#[derive(Debug)]
pub struct NoteById(pub DatabaseConnection);

impl Loader<NoteId> for NoteById {
    type Value = note::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, ids: &[NoteId]) -> Result<HashMap<NoteId, Self::Value>, Self::Error> {
        let rows = note::Entity::find().filter(note::COLUMN.id.is_in(ids.iter().copied())).all(&self.0).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
