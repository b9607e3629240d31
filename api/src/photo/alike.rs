//! Photos that are like those of a report: copies, made smaller, recompressed, brighter. Found among photos that are
//! near in place, near in time, or by the same person, and anywhere by a part of the fingerprint; never by looking
//! through all.
//!
//! Says nothing about who may see them: the slice that asks has to leave out what its caller may not see.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::PhotoId;
use domain::photo::{ALIKE_BITS, NEAR_HOURS, NEAR_METRES, PhotoStatus, bands};
use domain::place::{Point, cover, squares_near};
use entity::photo::{COLUMN as PHOTO, Column as PhotoColumn, Entity as Photos, Model};
use entity::photo_fingerprint::{COLUMN as PRINT, Column, Entity as Prints};
use picture::Fingerprint;
use sea_orm::sea_query::IntoCondition;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::rows;

/// Fingerprints that one way of looking compares, at most, the newest first.
const COMPARED_MAX: u64 = 2_000;
/// Pairs that are found, at most: the nearest.
const FOUND_MAX: usize = 200;

/// Where photos are looked for.
pub(crate) struct Search<'a> {
    /// The report whose photos are looked at.
    pub report: Uuid,
    /// Where it is.
    pub place: Point,
    /// When it came, as far as people may see it.
    pub at: DateTime<Utc>,
    /// Reports whose photos are compared wherever they are.
    pub also: &'a [Uuid],
}

/// Two photos that are alike.
pub(crate) struct PhotoPair {
    /// The photo of the report.
    pub mine: Model,
    /// The photo of another report, or of work.
    pub other: Model,
    /// In how many of 64 bits their fingerprints differ, at most 8.
    pub bits: u32,
    /// Whether they are the very same file.
    pub same_file: bool,
}

/// What is compared of a photo: its id and its fingerprint.
type Print = (PhotoId, i64);

/// Finds photos that are like those of a report: for each the one of the report that it is most like; the same files
/// first, then the nearest.
///
/// # Errors
/// When the database is not answering.
pub(crate) async fn search<C: ConnectionTrait>(db: &C, search: &Search<'_>) -> Result<Vec<PhotoPair>, DbErr> {
    let verified = rows::by_parents(db, &[search.report], Some(PhotoStatus::Verified)).await?;
    let mine: HashMap<PhotoId, Model> = verified.into_values().flatten().map(|row| (row.id, row)).collect();
    if mine.is_empty() {
        return Ok(Vec::new());
    }
    let prints = prints(db, PRINT.parent_id.eq(search.report).into_condition()).await?;
    let mut found = BTreeMap::new();
    if !prints.is_empty() {
        for way in ways(search, &prints) {
            compare(&prints, &self::prints(db, way).await?, &mut found);
        }
    }
    pairs(db, search, mine, found).await
}

/// The fingerprints that fulfil a condition, the newest first.
async fn prints<C: ConnectionTrait>(db: &C, condition: Condition) -> Result<Vec<Print>, DbErr> {
    let rows = Prints::find().select_only().columns([Column::PhotoId, Column::Bits]).filter(condition);
    rows.order_by_desc(PRINT.at).limit(COMPARED_MAX).into_tuple().all(db).await
}

/// The ways of looking; each is one range of an index, or a few.
fn ways(search: &Search<'_>, prints: &[Print]) -> Vec<Condition> {
    let others = || Condition::all().add(PRINT.parent_id.ne(search.report));
    let mut places = Condition::any();
    for (from, to) in cover(search.place, NEAR_METRES) {
        places = places.add(PRINT.cell.between(from, to));
    }
    let near = TimeDelta::hours(NEAR_HOURS.into());
    let times = Condition::all()
        .add(PRINT.square.is_in(squares_near(search.place)))
        .add(PRINT.at.between(search.at - near, search.at + near));
    let mut anywhere = Condition::any();
    for (_, bits) in prints {
        let [one, two, three, four] = bands(bits.cast_unsigned());
        anywhere = anywhere
            .add(PRINT.band_one.eq(one))
            .add(PRINT.band_two.eq(two))
            .add(PRINT.band_three.eq(three))
            .add(PRINT.band_four.eq(four));
    }
    let mut ways = vec![others().add(places), others().add(times), others().add(anywhere)];
    if !search.also.is_empty() {
        ways.push(others().add(PRINT.parent_id.is_in(search.also.iter().copied())));
    }
    ways
}

/// Keeps, for each photo that is like one of `mine`, the nearest of them.
fn compare(mine: &[Print], others: &[Print], found: &mut BTreeMap<PhotoId, (u32, PhotoId)>) {
    for (other, bits) in others {
        let distances = mine.iter().map(|(photo, own)| (distance(*own, *bits), *photo));
        if let Some(nearest) = distances.min().filter(|(distance, _)| *distance <= ALIKE_BITS) {
            found.insert(*other, nearest);
        }
    }
}

fn distance(one: i64, other: i64) -> u32 {
    Fingerprint(one.cast_unsigned()).distance(Fingerprint(other.cast_unsigned()))
}

/// The rows of what was found, and the very same files, which are found however plain they are.
async fn pairs<C: ConnectionTrait>(
    db: &C,
    search: &Search<'_>,
    mine: HashMap<PhotoId, Model>,
    found: BTreeMap<PhotoId, (u32, PhotoId)>,
) -> Result<Vec<PhotoPair>, DbErr> {
    let mut nearest: Vec<(u32, PhotoId)> = found.iter().map(|(other, (bits, _))| (*bits, *other)).collect();
    nearest.sort_unstable();
    nearest.truncate(FOUND_MAX);
    let same = PhotoColumn::Sha256.is_in(mine.values().map(|row| row.sha256.clone()));
    let alike = PHOTO.id.is_in(nearest.into_iter().map(|(_, other)| other));
    let rows = Photos::find()
        .filter(Condition::any().add(same).add(alike))
        .filter(PHOTO.status.eq(PhotoStatus::Verified))
        .filter(PHOTO.parent_id.ne(search.report))
        .order_by_desc(PHOTO.created_at)
        .limit(2 * FOUND_MAX as u64)
        .all(db)
        .await?;
    let mut pairs: Vec<PhotoPair> = rows.into_iter().filter_map(|other| pair(&mine, &found, other)).collect();
    pairs.sort_by_key(|pair| (!pair.same_file, pair.bits));
    Ok(pairs)
}

fn pair(mine: &HashMap<PhotoId, Model>, found: &BTreeMap<PhotoId, (u32, PhotoId)>, other: Model) -> Option<PhotoPair> {
    if let Some(own) = mine.values().find(|own| own.sha256 == other.sha256) {
        return Some(PhotoPair { mine: own.clone(), other, bits: 0, same_file: true });
    }
    let (bits, own) = *found.get(&other.id)?;
    Some(PhotoPair { mine: mine.get(&own)?.clone(), other, bits, same_file: false })
}
