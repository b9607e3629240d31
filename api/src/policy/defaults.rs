//! The files that the binary carries: the national defaults, and the world of the demonstration.

use chrono::{DateTime, Utc};
use domain::Code;
use entity::revision;

use super::import::file::Source;
use super::import::{Content, Kind, Mode};
use crate::database::Database;
use crate::error::{ApiError, ApiResult};

/// A file that the binary carries.
#[derive(Debug, Clone, Copy)]
pub struct Carried {
    /// What it holds.
    pub kind: Kind,
    /// Its name.
    pub name: &'static str,
    /// What stands in it.
    pub bytes: &'static [u8],
}

macro_rules! carried {
    ($kind:ident, $path:literal) => {
        Carried { kind: Kind::$kind, name: $path, bytes: include_bytes!(concat!("../../data/", $path)) }
    };
}

/// What holds everywhere until a place says otherwise, in the order of import.
pub const NATIONAL: &[Carried] = &[
    carried!(Codes, "codes.csv"),
    carried!(Categories, "categories.csv"),
    carried!(Calendar, "calendar.csv"),
    carried!(Policies, "policies.toml"),
];

/// The rules of the demonstration's district, in the order of import; its officers and posts come after.
pub const DEMO: &[Carried] =
    &[carried!(Areas, "demo/areas.geojson"), carried!(Units, "demo/units.csv"), carried!(Duties, "demo/duties.csv")];

/// The officers of the demonstration, for [`crate::staff::import::officers`].
pub const DEMO_OFFICERS: &[u8] = include_bytes!("../../data/demo/officers.csv");
/// Their posts, for [`crate::staff::import::posts`].
pub const DEMO_POSTS: &[u8] = include_bytes!("../../data/demo/posts.csv");
/// The scenes of the demonstration, JSON.
pub const DEMO_SCENES: &str = include_str!("../../data/demo/scenes.json");

/// Brings the national defaults to a database without any rules, all of them or none; answers whether it did.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub async fn first_rules(db: &Database, now: DateTime<Utc>) -> ApiResult<bool> {
    if revision::Entity::newest(&db.read).await? > 0 {
        return Ok(false);
    }
    let mut contents = Vec::with_capacity(NATIONAL.len());
    for file in NATIONAL {
        contents.push(Content::read(file.kind, Source::new(file.name, file.bytes)).await?);
    }
    let txn = db.begin_write().await?;
    if revision::Entity::newest(&txn).await? > 0 {
        return Ok(false); // another process was faster
    }
    for content in contents {
        match content.bring(&txn, Mode::Write, now).await {
            Err(ApiError::Refused(refusal)) if refusal.code == Code::ChangedMeanwhile => return Ok(false),
            other => drop(other?),
        }
    }
    txn.commit().await?;
    Ok(true)
}
