//! Imports units, and lets successors 承接单位 take over the open work of those that end 撤并.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use domain::id::{AwardId, HazardId, PostId, ReportId, UnitId};
use domain::inheritance::Inheritance;
use domain::policy::RuleVersion;
use domain::refusal::Refusal;
use domain::staff::UnitKind;
use domain::time::china_day;
use entity::{event, post, revision, unit};
use sea_orm::ActiveValue::Set;
use sea_orm::{DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use uuid::Uuid;

use super::open_work::{OpenItem, OpenWork, WorkKind};
use super::streams::Recording;
use crate::database::Database;
use crate::error::ApiResult;
use crate::journal::{AppendContext, Author, NewEvent, Stream, append};
use crate::policy::import::file::ImportSource;
use crate::policy::import::problem::Problems;
use crate::policy::import::table::{Columns, CsvTable};
use crate::policy::import::{Mode, RuleKind, first_rules, import_within, units};
use crate::policy::units::{Units, is_on};
use crate::staff::rows::fits;

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
/// Everything is one transaction; a dry run takes it back.
pub(super) async fn import(
    db: &Database,
    source: ImportSource,
    mode: Mode,
    now: DateTime<Utc>,
    wish: &Wish,
) -> ApiResult<String> {
    if mode == Mode::Write {
        first_rules(db, now).await?;
    }
    let txn = db.begin_write().await?;
    let mut difference = import_within(&txn, RuleKind::Units, source.clone(), now).await?;
    let all = Units::build(unit::Entity::find().all(&txn).await?);
    let ended = units::ends(&source).into_iter().filter_map(|code| all.by_code(&code));
    let ended: BTreeMap<UnitId, String> = ended.map(|unit| (unit.id, unit.code.clone())).collect();
    let open = OpenWork::of(&txn, ended, now, china_day(now)).await?;
    let ends_now = difference.changed.iter().any(|change| change.fields.iter().any(|field| field.name == "valid_to"));
    let succession = Succession { units: &all, open: &open, now };
    let followed = succession.follow(&txn, wish, ends_now && mode == Mode::Write).await?;
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
    units: &'a Units,
    open: &'a OpenWork,
    now: DateTime<Utc>,
}

/// The event of a post whose unit has a successor.
#[derive(Serialize)]
struct PostInherited {
    post: PostId,
    from: UnitId,
    to: UnitId,
}

impl Succession<'_> {
    /// Does what was said about the open work, and returns what has been done or has to be said.
    async fn follow(&self, txn: &DatabaseTransaction, wish: &Wish, must_say: bool) -> ApiResult<String> {
        if self.open.is_empty() {
            return Ok(String::new());
        }
        let successors = match wish {
            Wish::NotSaid if must_say => return Err(self.unsaid()),
            Wish::NotSaid => return Ok(format!("{}{HINT}\n", self.open)),
            Wish::LeaveOpen => return Ok(format!("{}it stays open\n", self.open)),
            Wish::One(code) => self.one(code)?,
            Wish::Each { name, bytes } => self.each(name, bytes)?,
        };
        let rules = RuleVersion(revision::Entity::newest(txn).await?);
        let recording = Recording { at: self.now, rules };
        let mut counts: BTreeMap<WorkKind, usize> = BTreeMap::new();
        for (item, to) in self.open.items.iter().zip(successors) {
            self.take_over(txn, recording, *item, to).await?;
            *counts.entry(item.kind).or_default() += 1;
        }
        let counts: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {}(s)", kind.word())).collect();
        Ok(format!("taken over by successors: {}\n", counts.join(", ")))
    }

    fn unsaid(&self) -> crate::error::ApiError {
        let zh = format!("文件撤销的单位仍有未完成的工作：\n{}未导入任何内容。请指定承接单位。", self.open);
        let en = format!("The file ends units that have open work; nothing was imported:\n{}{HINT}", self.open);
        Refusal::invalid("file", zh, en).into()
    }

    /// Returns the one successor for every piece of open work.
    fn one(&self, code: &str) -> ApiResult<Vec<UnitId>> {
        let wrong =
            |what: String| Refusal::invalid("successor", format!("“{code}”：{what}"), format!("`{code}`: {what}"));
        let to = self.successor(code).map_err(wrong)?;
        for item in &self.open.items {
            check_fits(*item, to).map_err(|what| wrong(format!("{what}; use --successors with a file")))?;
        }
        Ok(vec![to.id; self.open.items.len()])
    }

    /// Returns the successor of each piece of open work according to a file.
    fn each(&self, name: &str, bytes: &[u8]) -> ApiResult<Vec<UnitId>> {
        let source = ImportSource::new(name, bytes);
        source.check()?;
        let mut problems = Problems::default();
        let named = self.named(&source, &mut problems);
        let mut successors = Vec::with_capacity(self.open.items.len());
        for item in &self.open.items {
            match named.get(&(item.kind, item.id)) {
                Some(to) => successors.push(*to),
                None => problems.file(format!("it names no successor for {},{}", item.kind.word(), item.id)),
            }
        }
        problems.refuse(name)?;
        Ok(successors)
    }

    fn named(&self, source: &ImportSource, problems: &mut Problems) -> BTreeMap<(WorkKind, Uuid), UnitId> {
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
            match self.successor(&code).and_then(|to| check_fits(*item, to).map(|()| to.id)) {
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
        let unit = self.units.by_code(code).ok_or("there is no unit with this code")?;
        if self.open.codes.contains_key(&unit.id) || !is_on(unit, china_day(self.now)) || unit.valid_to.is_some() {
            return Err("this unit ends too, or is not in force today: name another".to_owned());
        }
        Ok(unit)
    }

    async fn take_over(
        &self,
        txn: &DatabaseTransaction,
        recording: Recording,
        item: OpenItem,
        to: UnitId,
    ) -> ApiResult<()> {
        let inheritance = Inheritance { from: item.unit, to, at: self.now };
        match item.kind {
            WorkKind::Report => {
                recording.report(txn, ReportId(item.id), |report, _| Ok(inheritance.of_report(report))).await?;
            }
            WorkKind::Hazard => {
                recording.case(txn, HazardId(item.id), |case| Ok(inheritance.of_case(case, true, &[]))).await?;
            }
            WorkKind::Assignment => {
                let assignment = [domain::id::AssignmentId(item.id)];
                let decide = |case: &domain::hazard::Case| Ok(inheritance.of_case(case, false, &assignment));
                recording.case(txn, HazardId(item.on), decide).await?;
            }
            WorkKind::Award => {
                recording.award(txn, AwardId(item.id), |award, _| Ok(inheritance.of_award(award))).await?;
            }
            WorkKind::Post => move_post(txn, recording, PostId(item.id), inheritance).await?,
        }
        Ok(())
    }
}

const HINT: &str = "Name the successor with --successor CODE, or one for each line with --successors FILE, or leave the \
                    work where it is with --leave-open.";

/// Checks that a unit can take over a piece of work.
fn check_fits(item: OpenItem, to: &unit::Model) -> Result<(), String> {
    let fit = match item.kind {
        WorkKind::Report | WorkKind::Hazard => matches!(to.kind, UnitKind::Township | UnitKind::CommandCentre),
        WorkKind::Assignment | WorkKind::Award => true,
        WorkKind::Post => item.role.is_none_or(|role| fits(role, to.kind)),
    };
    let (kind, word) = (to.kind.code(), item.kind.word());
    if fit { Ok(()) } else { Err(format!("a unit of kind {kind} cannot take over {word},{}", item.id)) }
}

async fn move_post(
    txn: &DatabaseTransaction,
    recording: Recording,
    id: PostId,
    inheritance: Inheritance,
) -> ApiResult<()> {
    let Inheritance { from, to, at } = inheritance;
    let row = post::ActiveModel { id: Set(id), unit_id: Set(to), ..Default::default() };
    post::Entity::update(row).exec_without_returning(txn).await?;
    let stream = Stream::Staff(id.0);
    let newest = event::Entity::find()
        .filter(event::COLUMN.stream.eq(stream.to_string()))
        .order_by_desc(event::COLUMN.stream_version)
        .one(txn)
        .await?;
    let after = newest.map_or(0, |event| event.stream_version);
    let context = AppendContext { stream, after, author: Author::default(), at, rules: recording.rules };
    let inherited = PostInherited { post: id, from, to };
    append(txn, context, vec![NewEvent::encode("POST_INHERITED", &inherited)?]).await?;
    Ok(())
}
