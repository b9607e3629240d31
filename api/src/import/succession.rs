//! Imports units, and lets successors 承接单位 take over the open work of those that end 撤并.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use domain::id::UnitId;
use domain::policy::RuleVersion;
use domain::refusal::Refusal;
use domain::time::china_day;
use entity::{revision, unit, unit_successor};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait};
use uuid::Uuid;

use super::fitness::Fitness;
use super::open_work::{OpenItem, OpenWork, WorkKind};
use super::streams::Recording;
use super::taking_over::take_over;
use crate::database::Database;
use crate::error::{ApiError, ApiResult};
use crate::identity::bars;
use crate::identity::keys::Keys;
use crate::policy::import::file::ImportSource;
use crate::policy::import::problem::Problems;
use crate::policy::import::table::{Columns, CsvTable};
use crate::policy::import::{Mode, RuleKind, first_rules, import_within, units};
use crate::policy::rulebook::RuleBook;
use crate::policy::rulebook_cache::RuleBookCache;
use crate::policy::units::is_on;
use crate::report::unassigned;

/// The CSV columns of a file of successors.
const SUCCESSORS: Columns = Columns { needed: &["kind", "id", "unit"], optional: &[] };

/// What the caller says about the open work of units that a file ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Nothing: the file is refused if there is open work.
    NotSaid,
    /// The work stays where it is.
    LeaveOpen,
    /// The unit with this code takes over everything.
    One(String),
    /// The file names the successor for each piece.
    Each {
        /// The file name, for messages.
        name: String,
        /// The bytes of the file.
        bytes: Vec<u8>,
    },
}

impl Wish {
    /// Returns whether successors are named, which have to be checked for recusals.
    pub(super) const fn names_successors(&self) -> bool {
        match self {
            Self::One(_) | Self::Each { .. } => true,
            Self::NotSaid | Self::LeaveOpen => false,
        }
    }

    /// Checks that nothing is said about successors, for the kinds of files that end no unit.
    ///
    /// # Errors
    /// `INVALID_INPUT` if something is.
    pub(super) fn check_unused(&self) -> ApiResult<()> {
        if *self == Self::NotSaid {
            return Ok(());
        }
        let (zh, en) = ("只有导入单位时才能指定承接单位。", "Successors can be named only for a file of units.");
        Err(Refusal::invalid("successor", zh, en).into())
    }
}

/// Imports a file of units. If it ends units that have open work, the successors take it over, or the file is refused.
/// Everything is one transaction; a dry run takes it back. `keys` are needed if successors are named.
pub(super) async fn import(
    db: &Database,
    source: ImportSource,
    mode: Mode,
    now: DateTime<Utc>,
    wish: &Wish,
    keys: Option<&Keys>,
) -> ApiResult<String> {
    if mode == Mode::Write {
        first_rules(db, now).await?;
    }
    let txn = db.begin_write().await?;
    let mut difference = import_within(&txn, RuleKind::Units, source.clone(), now).await?;
    let rules = RuleBookCache::default().current(&txn).await?;
    let ended = units::ends(&source).into_iter().filter_map(|code| rules.units.by_code(&code));
    let ended: BTreeMap<UnitId, String> = ended.map(|unit| (unit.id, unit.code.clone())).collect();
    let open = OpenWork::of(&txn, ended, now, china_day(now)).await?;
    let ends_now = difference.changed.iter().any(|change| change.fields.iter().any(|field| field.name == "valid_to"));
    let succession = Succession { txn: &txn, rules: &rules, open: &open, now, keys };
    let followed = succession.follow(wish, ends_now && mode == Mode::Write).await?;
    match mode {
        Mode::Write => txn.commit().await?,
        Mode::DryRun => {
            difference.revision = None;
            txn.rollback().await?;
        }
    }
    let mut said = followed;
    let _infallible = write!(said, "{difference}");
    Ok(said)
}

struct Succession<'a> {
    txn: &'a DatabaseTransaction,
    rules: &'a RuleBook,
    open: &'a OpenWork,
    now: DateTime<Utc>,
    keys: Option<&'a Keys>,
}

/// A unit that has ended and one that takes over from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Succeeded {
    from: UnitId,
    to: UnitId,
}

impl Succession<'_> {
    /// Does what was said about the open work, and returns what has been done or has to be said.
    async fn follow(&self, wish: &Wish, must_say: bool) -> ApiResult<String> {
        let is_open = !self.open.is_empty();
        let successors = match wish {
            Wish::NotSaid if is_open && must_say => return Err(self.unsaid()),
            Wish::NotSaid if is_open => return Ok(format!("{}{HINT}\n", self.open)),
            Wish::LeaveOpen if is_open => return Ok(format!("{}it stays open\n", self.open)),
            Wish::LeaveOpen => return Ok(String::new()),
            Wish::NotSaid => Vec::new(),
            Wish::One(code) => self.one(code).await?,
            Wish::Each { name, bytes } => self.each(name, bytes).await?,
        };
        if !matches!(wish, Wish::One(_)) {
            self.await_veiled().await?;
        }
        let pieces = self.open.items.iter().zip(&successors);
        self.inherit_bars(pieces.map(|(item, to)| Succeeded { from: item.unit, to: *to }).collect()).await?;
        if !is_open {
            return Ok(String::new());
        }
        let rules = RuleVersion(revision::Entity::newest(self.txn).await?);
        let recording = Recording { at: self.now, rules };
        let mut counts: BTreeMap<WorkKind, usize> = BTreeMap::new();
        for (item, to) in self.open.items.iter().zip(successors) {
            take_over(self.txn, recording, *item, to).await?;
            *counts.entry(item.kind).or_default() += 1;
        }
        let counts: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {}(s)", kind.word())).collect();
        Ok(format!("taken over by successors: {}\n", counts.join(", ")))
    }

    /// Hides from the successors what accuses the units that they take over from: the people are the same.
    async fn inherit_bars(&self, pairs: BTreeSet<Succeeded>) -> ApiResult<()> {
        for Succeeded { from, to } in pairs {
            let keys = self.keys.ok_or_else(|| ApiError::internal("bars are inherited with the keys"))?;
            bars::inherit(self.txn, keys, from, to).await?;
        }
        Ok(())
    }

    /// Lets reports that are still behind the time veil wait for another unit, which is found at their boundary. Nobody
    /// can name a successor for them, because nobody may learn that they exist.
    async fn await_veiled(&self) -> ApiResult<()> {
        let ended: Vec<UnitId> = self.open.codes.keys().copied().collect();
        if ended.is_empty() {
            return Ok(());
        }
        unassigned::wait(self.txn, &unassigned::veiled(self.txn, ended, self.now).await?).await
    }

    fn unsaid(&self) -> ApiError {
        let zh = format!("文件撤销的单位仍有未完成的工作：\n{}未导入任何内容。请指定承接单位。", self.open);
        let en = format!("The file ends units that have open work; nothing was imported:\n{}{HINT}", self.open);
        Refusal::invalid("file", zh, en).into()
    }

    fn fitness(&self) -> ApiResult<Fitness<'_, DatabaseTransaction>> {
        let keys = self.keys.ok_or_else(|| ApiError::internal("successors are checked with the keys"))?;
        Ok(Fitness { db: self.txn, keys, rules: self.rules, day: china_day(self.now) })
    }

    /// Returns the one successor for every piece of open work. What turns up at the units afterwards follows it too
    /// ([`super::following`]).
    async fn one(&self, code: &str) -> ApiResult<Vec<UnitId>> {
        let wrong =
            |what: String| Refusal::invalid("successor", format!("“{code}”：{what}"), format!("`{code}`: {what}"));
        let to = self.successor(code).map_err(wrong)?;
        let mut flaws = Vec::new();
        for item in &self.open.items {
            flaws.extend(self.fitness()?.flaw(*item, to).await?);
        }
        if !flaws.is_empty() {
            return Err(wrong(format!("{}\nuse --successors with a file", flaws.join("\n"))).into());
        }
        let rows = self.open.codes.keys().map(|unit| unit_successor::ActiveModel {
            unit_id: Set(*unit),
            successor_id: Set(to.id),
            at: Set(self.now),
        });
        if !self.open.codes.is_empty() {
            let (key, rest) = (unit_successor::Column::UnitId, [unit_successor::Column::SuccessorId]);
            let again =
                OnConflict::column(key).update_columns(rest).update_column(unit_successor::Column::At).to_owned();
            unit_successor::Entity::insert_many(rows).on_conflict(again).exec_without_returning(self.txn).await?;
        }
        Ok(vec![to.id; self.open.items.len()])
    }

    /// Returns the successor of each piece of open work according to a file.
    async fn each(&self, name: &str, bytes: &[u8]) -> ApiResult<Vec<UnitId>> {
        let source = ImportSource::new(name, bytes);
        source.check()?;
        let mut problems = Problems::default();
        let named = self.named(&source, &mut problems);
        let mut successors = Vec::with_capacity(self.open.items.len());
        for item in &self.open.items {
            let Some(to) = named.get(&(item.kind, item.id)).copied() else {
                problems.file(format!("it names no successor for {},{}", item.kind.word(), item.id));
                continue;
            };
            if let Some(what) = self.fitness()?.flaw(*item, to).await? {
                problems.file(format!("`{}`: {what}", to.code));
            }
            successors.push(to.id);
        }
        problems.refuse(name)?;
        Ok(successors)
    }

    fn named(&self, source: &ImportSource, problems: &mut Problems) -> BTreeMap<(WorkKind, Uuid), &unit::Model> {
        let kinds = WorkKind::ALL.map(|kind| (kind.word(), kind));
        let open: BTreeMap<(WorkKind, Uuid), OpenItem> =
            self.open.items.iter().map(|item| ((item.kind, item.id), *item)).collect();
        let table = CsvTable::read(source, SUCCESSORS, problems);
        let mut rows = table.rows(problems);
        let mut named = BTreeMap::new();
        while let Some(mut cells) = rows.next_row() {
            let (kind, id, code) = (cells.word("kind", &kinds), cells.code("id"), cells.code("unit"));
            let (Some(kind), Some(id), Some(code)) = (kind, id, code) else { continue };
            let item = id.parse::<Uuid>().ok().and_then(|id| open.get(&(kind, id)));
            let Some(item) = item else {
                cells.problem("id", "no unit that this file ends has this open: remove the row");
                continue;
            };
            match self.successor(&code) {
                Ok(to) => {
                    named.insert((kind, item.id), to);
                }
                Err(what) => cells.problem("unit", format!("`{code}`: {what}")),
            }
        }
        named
    }

    /// Returns the unit with this code if it can succeed: it exists today, and nothing ends it.
    fn successor(&self, code: &str) -> Result<&unit::Model, String> {
        let unit = self.rules.units.by_code(code).ok_or("there is no unit with this code")?;
        if self.open.codes.contains_key(&unit.id) || !is_on(unit, china_day(self.now)) || unit.valid_to.is_some() {
            return Err("this unit ends too, or is not in force today: name another".to_owned());
        }
        Ok(unit)
    }
}

const HINT: &str = "Name the successor with --successor CODE, or one for each line with --successors FILE, or leave the \
                    work where it is with --leave-open.";
