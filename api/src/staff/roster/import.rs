//! Imports a duty roster, through the importer that all rule files use. Shifts that the file does not contain stay.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::Code;
use domain::id::UnitId;
use domain::refusal::{Language, Refusal};
use domain::roster::{self, Establishment, Shift};
use domain::time::china_day;
use entity::{revision, shift};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter};

use super::rows::{SHIFTS, ShiftRow, Staff};
use super::turn::KIND;
use crate::database::Database;
use crate::error::ApiResult;
use crate::policy::import::known::KnownRules;
use crate::policy::import::lists::entries;
use crate::policy::import::problem::Problems;
use crate::policy::import::settle::{ImportEntry, ImportRow};
use crate::policy::import::{Difference, ImportJob, Mode, compare, write};
use crate::policy::roster::days_of;
use crate::staff::import::read;

/// Imports shifts, or with [`Mode::DryRun`] only computes what the import would change.
///
/// # Errors
/// `INVALID_INPUT` if the file has problems; `CHANGED_MEANWHILE` if the roster or the rules change during the import.
pub(crate) async fn shifts(
    db: &Database,
    file_name: &str,
    bytes: &[u8],
    mode: Mode,
    now: DateTime<Utc>,
) -> ApiResult<Difference> {
    let (source, table, mut problems) = read(file_name, bytes, SHIFTS)?;
    let txn = db.begin_write().await?;
    let before = revision::Entity::newest(&txn).await?;
    let (known, staff) = (KnownRules::load(&txn).await?, Staff::load(&txn).await?);
    let given = entries(&table, &mut problems, |cells| ShiftRow::parse(cells, &known, &staff));
    let stored = stored(&txn, &given, &known, &staff).await?;
    Judge { known: &known, staff: &staff, now }.all(&stored, &given, &mut problems);
    let job = ImportJob { kind: KIND, source: &source, mode, now };
    let plan = compare(job, stored, given, problems)?;
    if mode == Mode::DryRun {
        return Ok(plan.difference);
    }
    let difference = write::plan(&txn, plan, now).await?;
    // What was judged is what is stored only if nobody else has written meanwhile.
    if difference.revision.is_some_and(|version| version.0 != before + 1) {
        return Err(Code::ChangedMeanwhile.into());
    }
    txn.commit().await?;
    Ok(difference)
}

/// Returns the stored shifts that may overlap those of the file: those that end after its first start.
async fn stored<C: ConnectionTrait>(
    db: &C,
    given: &[ImportEntry<ShiftRow>],
    known: &KnownRules,
    staff: &Staff,
) -> ApiResult<Vec<ShiftRow>> {
    let Some(first) = given.iter().map(|entry| entry.row.model.starts_at).min() else { return Ok(Vec::new()) };
    let rows = shift::Entity::find().filter(shift::kept()).filter(shift::after(first)).all(db).await?;
    Ok(rows.into_iter().map(|row| ShiftRow::stored(row, known, staff)).collect())
}

/// Judges the lines of a file by the rules of the roster.
struct Judge<'a> {
    known: &'a KnownRules,
    staff: &'a Staff,
    now: DateTime<Utc>,
}

impl Judge<'_> {
    /// Judges each line beside the lines before it and the stored shifts that the file leaves as they are.
    fn all(&self, stored: &[ShiftRow], given: &[ImportEntry<ShiftRow>], problems: &mut Problems) {
        let keys: HashSet<String> = given.iter().map(|entry| entry.row.key()).collect();
        let before: HashMap<String, Shift> = stored.iter().map(|row| (row.key(), row.shift())).collect();
        let mut units: HashMap<UnitId, Vec<Shift>> = HashMap::new();
        for row in stored.iter().filter(|row| !keys.contains(&row.key())) {
            units.entry(row.model.unit_id).or_default().push(row.shift());
        }
        let mut seen = HashSet::new();
        for ImportEntry { line, row } in given {
            if !seen.insert(row.key()) {
                continue; // the comparison says that the line stands twice
            }
            let others = units.entry(row.model.unit_id).or_default();
            let before = before.get(&row.key());
            let shift = Shift { id: before.map_or(row.model.id, |before| before.id), ..row.shift() };
            if let Err(refusal) = self.one(&shift, before, others) {
                problems.line(*line, said(&refusal));
            }
            others.push(shift);
        }
    }

    fn one(&self, shift: &Shift, before: Option<&Shift>, others: &[Shift]) -> Result<(), Refusal> {
        if before == Some(shift) {
            return Ok(()); // as it is; the others are judged beside it
        }
        if let Some(before) = before {
            roster::may_change(before, shift, self.now)?;
            if roster::shortens(before, shift) {
                return Ok(());
            }
        }
        let covering = self.known.units.covering(&self.known.areas, shift.unit, china_day(shift.start));
        let unit = self.known.units.get(shift.unit).map(days_of);
        roster::judge(shift, others, &Establishment { unit, covering: &covering, posts: &self.staff.terms })
    }
}

/// Says what is wrong with a line: the name of the rule and its text.
fn said(refusal: &Refusal) -> String {
    let rule = refusal.rule.unwrap_or(refusal.code.as_str());
    format!("{rule}: {}", refusal.text(Language::English))
}
