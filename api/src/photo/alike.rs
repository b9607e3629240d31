//! Finds near-duplicates of a report's photos: copies that were scaled down, recompressed or brightened. The candidates
//! are photos near in place, photos near in time within the neighbouring map squares of about 5 km, and photos anywhere that share one of the four 16-bit bands of the 64-bit
//! fingerprint. Each set of candidates comes from index ranges; the search never scans all photos.
//!
//! The calling slice says which photos its own caller may see. Only these are compared, so that a hidden photo takes the
//! place of no other one.

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

/// The maximum number of fingerprints that each condition of the search loads, newest first.
const COMPARED_MAX: u64 = 2_000;
/// The maximum number of pairs found by fingerprint, those with the smallest distances. As many identical files may
/// come in addition.
const FOUND_MAX: usize = 200;

/// Builds the SQL condition that restricts the rows of a table to those whose column `parent_id` names a report or an
/// assignment that the caller may see.
pub(crate) type Visible<'a> = dyn Fn(&'static str) -> Condition + Send + Sync + 'a;

/// The report whose photos are compared, and where and when to search for near-duplicates.
pub(crate) struct Search<'a> {
    /// The report whose photos are compared.
    pub report: Uuid,
    /// The place of the report.
    pub place: Point,
    /// When the report was made, as officers see it.
    pub at: DateTime<Utc>,
    /// The current time: photos behind the time veil are neither compared nor found.
    pub now: DateTime<Utc>,
    /// What the caller may see.
    pub visible: &'a Visible<'a>,
}

/// A pair of similar photos.
pub(crate) struct PhotoPair {
    /// The photo of the report.
    pub mine: Model,
    /// The photo of another report, or of the work on an assignment.
    pub other: Model,
    /// The Hamming distance of the two 64-bit fingerprints, at most [`ALIKE_BITS`].
    pub bits: u32,
    /// Whether both photos are the same file.
    pub same_file: bool,
}

/// A photo id with its 64-bit fingerprint.
type Print = (PhotoId, i64);

/// Finds near-duplicates of a report's photos, each paired with the closest photo of the report. Identical files come
/// first, then the others by increasing Hamming distance; those with the same distance come in the random order of their ids.
pub(crate) async fn search<C: ConnectionTrait>(db: &C, search: &Search<'_>) -> Result<Vec<PhotoPair>, DbErr> {
    let verified = rows::by_parents(db, &[search.report], Some(PhotoStatus::Verified)).await?;
    let verified = verified.into_values().flatten().filter(|row| row.is_visible(search.now));
    let mine: HashMap<PhotoId, Model> = verified.map(|row| (row.id, row)).collect();
    if mine.is_empty() {
        return Ok(Vec::new());
    }
    let prints = prints(db, PRINT.parent_id.eq(search.report).into_condition()).await?;
    let mut found = BTreeMap::new();
    if !prints.is_empty() {
        for condition in conditions(search, &prints) {
            let condition = condition.add((search.visible)("photo_fingerprint"));
            compare(&prints, &self::prints(db, condition).await?, &mut found);
        }
    }
    pairs(db, search, mine, found).await
}

/// Loads the fingerprints that match a condition, newest first.
async fn prints<C: ConnectionTrait>(db: &C, condition: Condition) -> Result<Vec<Print>, DbErr> {
    let rows = Prints::find().select_only().columns([Column::PhotoId, Column::Bits]).filter(condition);
    rows.order_by_desc(PRINT.at).order_by_asc(PRINT.photo_id).limit(COMPARED_MAX).into_tuple().all(db).await
}

/// Builds the search conditions. Each one reads one or a few index ranges.
fn conditions(search: &Search<'_>, prints: &[Print]) -> Vec<Condition> {
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
    vec![others().add(places), others().add(times), others().add(anywhere)]
}

/// Adds each other photo that is similar to one of `mine` to `found`, with its closest match.
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

/// Loads the photo rows of the pairs found, and of identical files, which are found even if they have no fingerprint.
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
        .filter(entity::photo::visible("photo", search.now))
        .filter(PHOTO.parent_id.ne(search.report))
        .filter((search.visible)("photo"))
        .order_by_asc(PHOTO.id)
        .limit(2 * FOUND_MAX as u64)
        .all(db)
        .await?;
    let mut pairs: Vec<PhotoPair> = rows.into_iter().filter_map(|other| pair(&mine, &found, other)).collect();
    // Never by the time of arrival: reports that became visible together would tell which of them came first.
    pairs.sort_by_key(|pair| (!pair.same_file, pair.bits, pair.other.id));
    Ok(pairs)
}

fn pair(mine: &HashMap<PhotoId, Model>, found: &BTreeMap<PhotoId, (u32, PhotoId)>, other: Model) -> Option<PhotoPair> {
    if let Some(own) = mine.values().find(|own| own.sha256 == other.sha256) {
        return Some(PhotoPair { mine: own.clone(), other, bits: 0, same_file: true });
    }
    let (bits, own) = *found.get(&other.id)?;
    Some(PhotoPair { mine: mine.get(&own)?.clone(), other, bits, same_file: false })
}
