//! Dataloaders for events and officers' notes.

use std::collections::{BTreeMap, HashMap};

use domain::id::NoteId;
use entity::{event, note};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder};

use super::Stream;
use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;
use crate::grouping::grouped_by;

/// The page size of an event history.
pub(crate) const HISTORY_SHOWN: i64 = 100;

/// Loads one event by stream and version. With the version column of the aggregate's row, this is the latest event.
#[derive(Debug)]
pub(crate) struct EventAt;

impl Loader for EventAt {
    type Key = (Stream, i64);
    type Value = event::Model;

    async fn load(reader: &LoadContext, keys: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let mut any = Condition::any();
        for (stream, version) in keys {
            let one = event::COLUMN.stream.eq(stream.to_string()).and(event::COLUMN.stream_version.eq(*version));
            any = any.add(one);
        }
        let rows = event::Entity::find().filter(any).all(reader.app.db()).await?;
        let mut found: HashMap<(String, i64), event::Model> =
            rows.into_iter().map(|row| ((row.stream.clone(), row.stream_version), row)).collect();
        Ok(keys.iter().filter_map(|key| Some((*key, found.remove(&(key.0.to_string(), key.1))?))).collect())
    }
}

/// Loads the events of a stream after a version, oldest first, at most [`HISTORY_SHOWN`]. Versions have no gaps, so a
/// range of versions serves as the limit of each stream.
#[derive(Debug)]
pub(crate) struct EventsAfter;

impl Loader for EventsAfter {
    type Key = (Stream, i64);
    type Value = Vec<event::Model>;

    async fn load(reader: &LoadContext, keys: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let mut streams: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for (stream, after) in keys {
            streams.entry(*after).or_default().push(stream.to_string());
        }
        let mut any = Condition::any();
        for (after, streams) in streams {
            let shown = event::COLUMN.stream_version.gt(after);
            let shown = shown.and(event::COLUMN.stream_version.lte(after.saturating_add(HISTORY_SHOWN)));
            any = any.add(event::COLUMN.stream.is_in(streams).and(shown));
        }
        let rows = event::Entity::find().filter(any).order_by_asc(event::COLUMN.stream_version).all(reader.app.db());
        let by_stream = grouped_by(rows.await?, |row| row.stream.clone());
        Ok(keys.iter().map(|key| (*key, shown(by_stream.get(&key.0.to_string()), key.1))).collect())
    }
}

/// Selects the page after one version from the rows of a stream, because two fields of a query may request different
/// pages of the same stream.
fn shown(rows: Option<&Vec<event::Model>>, after: i64) -> Vec<event::Model> {
    let last = after.saturating_add(HISTORY_SHOWN);
    let within = |row: &&event::Model| row.stream_version > after && row.stream_version <= last;
    rows.into_iter().flatten().filter(within).cloned().collect()
}

/// Loads notes by id.
#[derive(Debug)]
pub(crate) struct NoteById;

impl Loader for NoteById {
    type Key = NoteId;
    type Value = note::Model;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = note::Entity::find().filter(note::COLUMN.id.is_in(ids.iter().copied()));
        Ok(rows.all(reader.app.db()).await?.into_iter().map(|row| (row.id, row)).collect())
    }
}
