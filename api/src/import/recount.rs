//! Counts deadlines again after an import has changed the calendar 调休: of reports, hazards and awards alike, with an
//! event for each. The work is done in small transactions, and any process can go on with it.

use std::fmt;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::clock::{Clock, ClockChange, ClockKind, ClockState};
use domain::id::{AreaId, AwardId, HazardId, ReportId};
use domain::recount::{Calendars, Recount, recount};
use domain::time::{Calendar, Span, china_day};
use domain::{award, hazard, report};
use entity::clock;
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::streams::Recording;
use crate::database::Database;
use crate::error::ApiResult;
use crate::policy::recounting::{self, CalendarChange};
use crate::policy::rulebook::RuleBook;
use crate::policy::rulebook_cache::RuleBookCache;

/// The number of streams whose clocks are counted again in one transaction.
const CHUNK: u64 = 100;

/// How many clocks were counted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Recounts {
    /// The clocks whose due time changed.
    pub(crate) changed: usize,
    /// The clocks whose due time stays, because their span is not known.
    pub(crate) unknown: usize,
}

impl fmt::Display for Recounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} running clock(s) have a new due time", self.changed)?;
        if self.unknown > 0 {
            write!(f, "; {} kept theirs, because the rules no longer say from which span it follows", self.unknown)?;
        }
        Ok(())
    }
}

impl Recounts {
    const fn add(&mut self, more: Self) {
        self.changed += more.changed;
        self.unknown += more.unknown;
    }
}

/// Counts all clocks again that a change of the calendar has left behind.
pub(crate) async fn run(db: &Database, now: DateTime<Utc>) -> ApiResult<Recounts> {
    let (books, mut done) = (RuleBookCache::default(), Recounts::default());
    while chunk(db, &books, now, &mut done).await? {}
    Ok(done)
}

/// Counts the clocks of the next streams again. Returns whether there may be more.
async fn chunk(db: &Database, books: &RuleBookCache, now: DateTime<Utc>, done: &mut Recounts) -> ApiResult<bool> {
    if entity::clock_recount::Entity::find().limit(1).one(&db.read).await?.is_none() {
        return Ok(false); // without a write transaction, because this is asked often
    }
    let txn = db.begin_write().await?;
    let Some(change) = recounting::oldest_locked(&txn).await? else { return Ok(false) };
    let rules = books.current(&txn).await?;
    let streams = streams(&txn, &change).await?;
    let mut chunk = Recounts::default();
    for stream in &streams {
        Recounting { rules: &rules, change: &change, now }.stream(&txn, stream, &mut chunk).await?;
    }
    recounting::set_done(&txn, change.version, streams.last().cloned()).await?;
    txn.commit().await?;
    done.add(chunk);
    Ok(true)
}

/// Returns the next streams that have a clock whose span crosses the changed days, and that runs or may run again with the
/// due time that it has ([`domain::hazard::Case::may_run`]).
async fn streams(txn: &DatabaseTransaction, change: &CalendarChange) -> ApiResult<Vec<String>> {
    let in_china = |day: chrono::NaiveDate| day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(8);
    let first = change.changed.first().copied().map(in_china).unwrap_or_default();
    let last = change.changed.last().copied().map(in_china).unwrap_or_default() + TimeDelta::days(1);
    let may_run = Condition::any()
        .add(clock::COLUMN.state.is_in([ClockState::Running, ClockState::Paused]))
        .add(clock::COLUMN.kind.is_in([ClockKind::Finish, ClockKind::Dispatch]));
    Ok(clock::Entity::find()
        .select_only()
        .column(clock::Column::Stream)
        .distinct()
        .filter(may_run)
        .filter(clock::COLUMN.due.gte(first))
        .filter(clock::COLUMN.start.lt(last))
        .filter(clock::COLUMN.rule_version.lt(change.version))
        .filter(clock::COLUMN.stream.gt(change.done_to.as_str()))
        .order_by_asc(clock::COLUMN.stream)
        .limit(CHUNK)
        .into_tuple()
        .all(txn)
        .await?)
}

struct Recounting<'a> {
    rules: &'a RuleBook,
    change: &'a CalendarChange,
    now: DateTime<Utc>,
}

impl Recounting<'_> {
    async fn stream(&self, txn: &DatabaseTransaction, stream: &str, done: &mut Recounts) -> ApiResult<()> {
        let Some((word, Ok(id))) = stream.split_once(':').map(|(word, id)| (word, id.parse::<Uuid>())) else {
            return Ok(());
        };
        let recording = Recording { at: self.now, rules: self.rules.version };
        match word {
            "report" => {
                let decide = |report: &report::Report, row: &entity::report::Model, at: DateTime<Utc>| {
                    let mut found = Recounts::default();
                    let running: Vec<&Clock> = report.clocks.iter().filter(|clock| clock.is_open()).collect();
                    let clocks = self.clocks(running, row.area_id, &mut found);
                    if row.visible_from <= self.now {
                        done.add(found); // nobody may learn how many reports are still behind the time veil
                    }
                    Ok((!clocks.is_empty()).then_some(report::Event::Recounted { at, clocks }))
                };
                recording.report(txn, ReportId(id), decide).await?;
            }
            "hazard" => {
                let decide = |case: &hazard::Case, at: DateTime<Utc>| {
                    let may_run: Vec<&Clock> = case.clocks.iter().filter(|clock| case.may_run(clock)).collect();
                    let clocks = self.clocks(may_run, Some(case.area), done);
                    Ok((!clocks.is_empty()).then_some(hazard::Event::Recounted { at, clocks }))
                };
                recording.case(txn, HazardId(id), decide).await?;
            }
            "award" => {
                let decide = |award: &award::Award, area: AreaId, at: DateTime<Utc>| {
                    let running: Vec<&Clock> = award.clocks.iter().filter(|clock| clock.is_open()).collect();
                    let clocks = self.clocks(running, Some(area), done);
                    Ok((!clocks.is_empty()).then_some(award::Event::Recounted { at, clocks }))
                };
                recording.award(txn, AwardId(id), decide).await?;
            }
            _ => {}
        }
        Ok(())
    }

    fn clocks(&self, clocks: Vec<&Clock>, area: Option<AreaId>, done: &mut Recounts) -> Vec<ClockChange> {
        let older = |clock: &&Clock| {
            let in_calendar_days = clock.key.kind == ClockKind::Collect;
            !in_calendar_days && clock.rule_version < self.change.version
        };
        let mut changes = Vec::new();
        for clock in clocks.into_iter().filter(older) {
            let day = china_day(clock.counted_from());
            let hours = &self.rules.calendar(area, day).hours;
            let calendar = |days: &recounting::Days| Calendar { days: days.clone(), hours: hours.clone() };
            let (before, after) = (calendar(&self.change.before), calendar(&self.change.after));
            let calendars = Calendars { before: &before, after: &after, changed: &self.change.changed };
            match recount(clock, &self.spans(clock, area), calendars) {
                Recount::Same => {}
                Recount::Unknown => done.unknown += 1,
                Recount::Changed(recounted) => {
                    done.changed += 1;
                    changes.push(ClockChange::Recounted(recounted));
                }
            }
        }
        changes
    }

    /// Returns the spans that the clock can have been given by the policies of its place and its first day.
    fn spans(&self, clock: &Clock, area: Option<AreaId>) -> Vec<Span> {
        let day = china_day(clock.counted_from());
        match clock.key.kind {
            ClockKind::ReviewAward | ClockKind::ApproveAward | ClockKind::Pay => {
                self.rules.award(area, day).map(|policy| vec![policy.step]).unwrap_or_default()
            }
            // What is counted in calendar days, or by the wall clock.
            ClockKind::Collect | ClockKind::AcknowledgeSituationReport | ClockKind::NextSituationReport => Vec::new(),
            ClockKind::Review
            | ClockKind::Dispatch
            | ClockKind::Sign
            | ClockKind::CheckIn
            | ClockKind::Finish
            | ClockKind::ApproveWhistle
            | ClockKind::NameUnits
            | ClockKind::RateAnswer
            | ClockKind::RuleOnRating
            | ClockKind::Extend
            | ClockKind::AnswerSendBack
            | ClockKind::Rule
            | ClockKind::DecideSuspension
            | ClockKind::ReviewSuspension
            | ClockKind::FollowUp
            | ClockKind::Acknowledge
            | ClockKind::Reinspect
            | ClockKind::JudgeMajor
            | ClockKind::PlanMajor
            | ClockKind::Delist
            | ClockKind::AcceptMajor
            | ClockKind::ConsentMajor
            | ClockKind::Evacuate
            | ClockKind::StopUse
            | ClockKind::CutPower
            | ClockKind::Accept
            | ClockKind::Close => {
                self.rules.handling(area, day).map(|policy| policy.spans(clock.key.kind)).unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests;
