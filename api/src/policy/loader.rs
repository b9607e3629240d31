//! A dataloader that batches clock queries.

use std::collections::HashMap;

use entity::clock;
use sea_orm::{EntityTrait, QueryFilter, QueryOrder};

use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;
use crate::journal::Stream;

/// Loads the clocks of a stream, ordered by due time.
#[derive(Debug)]
pub(crate) struct ClocksOfStream;

impl Loader for ClocksOfStream {
    type Key = Stream;
    type Value = Vec<clock::Model>;

    async fn load(reader: &LoadContext, streams: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let by_text: HashMap<String, Stream> = streams.iter().map(|stream| (stream.to_string(), *stream)).collect();
        let rows = clock::Entity::find()
            .filter(clock::COLUMN.stream.is_in(by_text.keys().cloned()))
            .order_by_asc(clock::COLUMN.due)
            .order_by_asc(clock::COLUMN.kind)
            .order_by_asc(clock::COLUMN.owner_unit)
            .order_by_asc(clock::COLUMN.assignment_id)
            .all(reader.app.db())
            .await?;
        let mut by_stream: HashMap<Stream, Vec<_>> = HashMap::new();
        for row in rows {
            if let Some(stream) = by_text.get(&row.stream) {
                by_stream.entry(*stream).or_default().push(row);
            }
        }
        Ok(by_stream)
    }
}
