//! Review 审核 of reports: confirm 属实, merge 合并, unfounded 不属实, refer 转办, out of scope 不予受理.
//!
//! A step here touches a report, then hazards, then an award, locked in that order.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::Code;
use domain::access::By;
use domain::clock::Timing;
use domain::hazard::{Axes, CancelReason, Case, Command as CaseCommand, Registration, register};
use domain::id::{HazardId, NoteId, ReportId, SubjectId, UnitId};
use domain::policy::ProposeAt;
use domain::report::{Channel, Command, Context, Event, HazardFacts, decide};
use futures::FutureExt;
use sea_orm::DatabaseTransaction;
use serde::Serialize;
use uuid::Uuid;

use super::walk::{Step, choose, follow, note_id};
use crate::app::App;
use crate::caller::{Caller, OfficerCaller, PostHeld};
use crate::error::ApiResult;
use crate::hazard::rows::{self, Site};
use crate::hazard::{scope, subjects};
use crate::identity;
use crate::journal::requests::Asked;
use crate::journal::{Author, Heading, NewEvent, Stream, append, notes};
use crate::policy::rulebook::{RuleBook, china_day};
use crate::report::rows::Loaded;
use crate::report::{self, reading};
use crate::retry::retry;
use crate::reward;

/// What is known of a hazard when its report is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Findings {
    /// The category, where the phone's was none or wrong.
    pub category: Option<String>,
    /// Axes that differ from what the category presets.
    pub axes: Axes,
    /// Whether it may be a major one 疑似重大.
    pub suspected_major: bool,
    /// Who is responsible for it 责任单位.
    pub subject: Option<subjects::NewSubject>,
    /// The closed hazard that came back.
    pub recurrence_of: Option<HazardId>,
}

/// What a review says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Finding {
    /// 属实.
    Confirm(Box<Findings>),
    /// 合并 into this hazard.
    Merge(HazardId),
    /// 不属实.
    Unfounded,
    /// 转办.
    Refer {
        /// To this unit.
        to: Option<UnitId>,
        /// Through this channel.
        channel: Option<Channel>,
    },
    /// 不予受理, with the channel that is right.
    OutOfScope(Channel),
}

impl Finding {
    const fn operation(&self) -> &'static str {
        match self {
            Self::Confirm(_) => "confirmReport",
            Self::Merge(_) => "mergeReport",
            Self::Unfounded => "findUnfounded",
            Self::Refer { .. } => "referReport",
            Self::OutOfScope(_) => "declareOutOfScope",
        }
    }

    /// Why the hazard that came with an emergency is struck, if it is.
    const fn strikes(&self) -> Option<CancelReason> {
        match self {
            Self::Confirm(_) => None,
            Self::Merge(_) => Some(CancelReason::Duplicate),
            Self::Unfounded => Some(CancelReason::Unfounded),
            Self::Refer { .. } => Some(CancelReason::Referred),
            Self::OutOfScope(_) => Some(CancelReason::OutOfScope),
        }
    }

    fn command(&self, hazard: HazardId, note: NoteId) -> Command {
        match self {
            Self::Confirm(_) => Command::Confirm { hazard },
            Self::Merge(hazard) => Command::Merge { hazard: *hazard },
            Self::Unfounded => Command::Unfounded { note },
            Self::Refer { to, channel } => Command::Refer { to: *to, channel: *channel, note },
            Self::OutOfScope(channel) => Command::OutOfScope { channel: *channel, note },
        }
    }
}

/// Reviews a report.
///
/// # Errors
/// Why it may not be; `NOT_YOUR_OWN` for its author, `NOT_FOUND` for a report or hazard that the caller may not see.
pub async fn review(
    app: &App,
    caller: &Caller,
    step: Step,
    id: ReportId,
    (finding, reason): (Finding, String),
) -> ApiResult<ReportId> {
    let officer = caller.officer()?;
    let reason = notes::reason(&reason, "input.reason")?;
    let asked =
        Asked::new(&caller.request_name(), step.request_id, finding.operation(), &(id, &finding, &reason, step))?;
    let new = HazardId(Uuid::new_v4());
    let work = Review { app, officer, step, finding: &finding, reason: &reason, new };
    retry(|| work.attempt(&asked, id).boxed()).await
}

/// A review that may be tried again.
struct Review<'a> {
    app: &'a App,
    officer: &'a OfficerCaller,
    step: Step,
    finding: &'a Finding,
    reason: &'a str,
    new: HazardId,
}

impl Review<'_> {
    async fn attempt(&self, asked: &Asked, id: ReportId) -> ApiResult<ReportId> {
        let txn = self.app.begin_write().await?;
        let loaded = reading::seen_locked(self.app, &txn, self.officer, id).await?;
        if asked.served(&txn).await?.is_some() {
            return Ok(id);
        }
        let rules = self.app.rules(&txn).await?;
        let work = Work { app: self.app, txn: &txn, rules: &rules, officer: self.officer, step: self.step };
        work.review(&loaded, self.finding, self.new, self.reason).await?;
        asked.note(&txn, id.0, self.app.now()).await?;
        self.app.commit(txn).await?;
        Ok(id)
    }
}

struct Work<'a> {
    app: &'a App,
    txn: &'a DatabaseTransaction,
    rules: &'a RuleBook,
    officer: &'a OfficerCaller,
    step: Step,
}

impl Work<'_> {
    async fn review(&self, loaded: &Loaded, finding: &Finding, new: HazardId, reason: &str) -> ApiResult<()> {
        let (app, txn, rules) = (self.app, self.txn, self.rules);
        let id = loaded.report.id;
        if self.step.expected_version.is_some_and(|version| version != loaded.report.version) {
            return Err(Code::ChangedMeanwhile.into());
        }
        let hazard = loaded.report.hazard.unwrap_or(new);
        let hazards = self.lock_hazards(loaded, finding).await?;
        let note = note_id();
        let (post, events) = self.decide(loaded, finding, (hazard, note), &hazards).await?;
        let author = Author { officer: Some(self.officer.id), post: Some(post.id) };
        let text = notes::Note {
            id: note,
            stream: Stream::Report(id),
            kind: "REVIEW",
            text: reason.to_owned(),
            author: post.id,
        };
        notes::write(txn, text, app.now()).await?;
        if let (Finding::Confirm(findings), None) = (finding, hazards.own.as_ref()) {
            self.register(loaded, findings, hazard, author).await?;
        }
        let after = report::rows::carry_out(app, txn, rules, &loaded.report, (&events, author)).await?;
        if let (Some(own), Some(reason)) = (&hazards.own, finding.strikes()) {
            let cancel = CaseCommand::Cancel { reason, note: Some(note) };
            follow(app, txn, rules, own, cancel, By::Officer(scope::actor(self.officer, post))).await?;
        }
        let Some(hazard) = after.hazard.filter(|_| after.status != domain::report::ReportStatus::Unfounded) else {
            return Ok(());
        };
        match rows::load_locked(txn, hazard).await? {
            Some(case) => propose_award(app, txn, rules, &case.case, ProposeAt::Verified).await,
            None => Ok(()),
        }
    }

    /// The hazards that the step touches, locked in the order of their ids.
    async fn lock_hazards(&self, loaded: &Loaded, finding: &Finding) -> ApiResult<Locked> {
        let target = if let Finding::Merge(target) = finding { Some(*target) } else { None };
        let wanted: BTreeSet<HazardId> = loaded.report.hazard.into_iter().chain(target).collect();
        let mut locked = Locked::default();
        for id in wanted {
            let found = rows::load_locked(self.txn, id).await?.ok_or(Code::NotFound)?;
            if Some(id) == loaded.report.hazard {
                locked.own = Some(found.case.clone());
            }
            if Some(id) == target {
                let visible = self.officer.posts.iter().any(|post| scope::sees(post, &found.row, &found.case, false));
                locked.named = Some(found.case).filter(|_| visible);
                if locked.named.is_none() {
                    return Err(Code::NotFound.into());
                }
            }
        }
        Ok(locked)
    }

    async fn decide(
        &self,
        loaded: &Loaded,
        finding: &Finding,
        (hazard, note): (HazardId, NoteId),
        hazards: &Locked,
    ) -> ApiResult<(&PostHeld, Vec<Event>)> {
        let own_report = identity::same_person(self.app, self.txn, self.officer.id, loaded.report.id).await?;
        let named: Vec<UnitId> = match finding {
            Finding::Refer { to: Some(unit), .. } => vec![*unit],
            _ => Vec::new(),
        };
        let barred: BTreeSet<UnitId> = identity::bars::barred_units(self.txn, &self.app.keys, loaded.report.id, &named)
            .await?
            .into_iter()
            .collect();
        let named_case = hazards.named.as_ref().or(hazards.own.as_ref());
        let facts = HazardFacts {
            own_dispatched: hazards.own.as_ref().is_some_and(Case::is_dispatched),
            named_cancelled: named_case.is_some_and(|case| case.end == Some(domain::hazard::End::Cancelled)),
        };
        choose(self.step.as_post, self.officer, |post| {
            let context = Context {
                now: self.app.now(),
                by: By::Officer(scope::actor(self.officer, post)),
                in_area: scope::in_area(&loaded.row.area_path, post),
                own_report,
                barred: &barred,
                hazards: facts,
            };
            Ok(decide(&loaded.report, finding.command(hazard, note), &context)?)
        })
    }

    async fn register(&self, loaded: &Loaded, findings: &Findings, id: HazardId, author: Author) -> ApiResult<()> {
        let subject = match &findings.subject {
            Some(subject) => Some(subjects::write(self.app, self.txn, subject).await?),
            None => None,
        };
        let origin = Origin {
            report: &loaded.row,
            category: findings.category.clone().or_else(|| loaded.row.category.clone()),
            axes: findings.axes.clone(),
            suspected_major: findings.suspected_major,
            subject,
            recurrence_of: findings.recurrence_of,
        };
        enter(self.app, self.txn, self.rules, origin, (id, author)).await.map(|_| ())
    }
}

/// The hazards of a review, locked.
#[derive(Default)]
struct Locked {
    /// The one that came with an emergency.
    own: Option<Case>,
    /// The one that the review names.
    named: Option<Case>,
}

/// What a new entry of the ledger rests on.
pub struct Origin<'a> {
    /// The report.
    pub report: &'a entity::report::Model,
    /// Its category.
    pub category: Option<String>,
    /// Axes that differ from what the category presets.
    pub axes: Axes,
    /// 疑似重大.
    pub suspected_major: bool,
    /// 责任单位.
    pub subject: Option<SubjectId>,
    /// What came back.
    pub recurrence_of: Option<HazardId>,
}

impl std::fmt::Debug for Origin<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Origin").field("report", &self.report.id).finish_non_exhaustive()
    }
}

/// Enters a hazard into the ledger. The unit that reviews the report answers for it.
///
/// # Errors
/// `INVALID_INPUT` for a category or a code that the catalogue of today does not have.
pub async fn enter(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    origin: Origin<'_>,
    (id, author): (HazardId, Author),
) -> ApiResult<Case> {
    let (now, row) = (app.now(), origin.report);
    let day = china_day(now);
    let area = row.area_id.or_else(|| rules.unit(row.review_unit).map(|unit| unit.area_id)).ok_or(Code::NotFound)?;
    let registration = Registration {
        id,
        suspected_major: origin.suspected_major,
        axes: preset(rules, origin.category.as_deref(), origin.axes, now)?,
        category: origin.category.filter(|code| rules.category(code, day).is_some()),
        subject: origin.subject,
        area,
        township: row.review_unit,
        duty_post: None,
        emergency: row.emergency,
        recurrence_of: origin.recurrence_of,
    };
    let policy = rules.handling(Some(area), day)?;
    let timing = timing(rules, area, now)?;
    let (case, event) = register(registration, now, policy, &timing);
    let site = Site {
        point: report::rows::point_of(row.lng_e7, row.lat_e7)?,
        address: row.address.clone(),
        area_path: row.area_path.clone(),
    };
    rows::insert(txn, &case, site, (event.at(), rules.version)).await?;
    let mut new = NewEvent::of(event.kind(), &event)?;
    new.occurred_at = Some(event.at());
    let at = if author.officer.is_some() { now } else { event.at() };
    let heading = Heading { stream: Stream::Hazard(id), after: 0, author, at, rules: rules.version };
    append(txn, heading, vec![new]).await?;
    Ok(case)
}

/// How clocks are set at a place.
///
/// # Errors
/// When there is no policy for it.
pub fn timing(rules: &RuleBook, area: domain::id::AreaId, now: DateTime<Utc>) -> ApiResult<Timing<'_>> {
    let day = china_day(now);
    Ok(Timing {
        calendar: rules.calendar(Some(area), day),
        warn_percent: rules.handling(Some(area), day)?.warn_percent,
        rule_version: rules.version,
    })
}

/// The axes that the category presets, where the review says nothing else.
fn preset(rules: &RuleBook, category: Option<&str>, given: Axes, now: DateTime<Utc>) -> ApiResult<Axes> {
    let day = china_day(now);
    let known = category.and_then(|code| rules.category(code, day));
    let lists = [
        ("place_kind", &given.place_kind, "input.axes.placeKind"),
        ("industry", &given.industry, "input.axes.industry"),
        ("disaster_kind", &given.disaster_kind, "input.axes.disasterKind"),
    ];
    for (list, code, field) in lists {
        if code.as_ref().is_some_and(|code| !rules.has_code(list, code, day)) {
            let refusal = domain::Refusal::invalid(field, "代码表中没有这个代码。", "The code list has no such code.");
            return Err(refusal.into());
        }
    }
    Ok(Axes {
        place_kind: given.place_kind.or_else(|| known.and_then(|row| row.place_kind.clone())),
        industry: given.industry.or_else(|| known.and_then(|row| row.industry.clone())),
        disaster_kind: given.disaster_kind.or_else(|| known.and_then(|row| row.disaster_kind.clone())),
    })
}

/// Proposes the award of a hazard, or moves it to the first true report, where the policy says that it is time.
///
/// # Errors
/// When the database is not answering.
pub async fn propose_award(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    case: &Case,
    moment: ProposeAt,
) -> ApiResult<()> {
    let day = china_day(app.now());
    let policy = rules.award(Some(case.area), day)?;
    if policy.propose_at != moment {
        return Ok(());
    }
    let reports = report::rows::true_reports(txn, case.id).await?;
    let Some(first) = reports.first() else { return Ok(()) };
    if policy.exclude_own_duty && identity::own_duty_excluded(app, txn, first.id, &first.area_path).await? {
        return Ok(());
    }
    let verifiers = first.reviewed_by.into_iter().collect();
    let facts = reward::service::Facts {
        hazard: case.id,
        report: first.id,
        unit: first.review_unit,
        area: case.area,
        amount: policy.amount(case.level),
        proposed_by: first.reviewed_by,
        verifiers,
        basis: policy.basis.clone(),
    };
    reward::service::propose(app, txn, rules, facts).await
}
