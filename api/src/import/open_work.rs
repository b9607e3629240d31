//! The open work of units: what would be stranded if they ended. Long because each kind of work is found by its own rows.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::award::AwardStatus;
use domain::clock::ClockKind;
use domain::hazard::{AssignmentStatus, End, Part};
use domain::id::UnitId;
use domain::incident::IncidentStatus;
use domain::policy::HandlingPolicy;
use domain::report::ReportStatus;
use domain::staff::Role;
use domain::time::{china_day_end, earlier};
use domain::todo::TodoKind;
use entity::{assignment, award, hazard, incident, policy, post, report, todo};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::error::{ApiError, ApiResult};
use crate::journal::Stream;
use crate::policy::clocks;

/// The maximum number of ids that are shown.
const SHOWN: usize = 500;

/// The statuses of assignments on which no work goes on.
const DONE: [AssignmentStatus; 3] =
    [AssignmentStatus::Accepted, AssignmentStatus::SentBack, AssignmentStatus::Cancelled];

/// The kinds of open work, in the order in which they are shown and taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WorkKind {
    /// A report that waits for its review.
    Report,
    /// A hazard that is open, that may still be reopened, or whose follow-ups are outstanding.
    Hazard,
    /// An assignment on which work goes on.
    Assignment,
    /// A send-back of an assignment on which the unit has to decide, of a hazard that it does not hold.
    Decision,
    /// A whistle of a hazard that the unit does not hold, which it has to approve, or whose units it has to name, or
    /// a rating on which it has to rule.
    Whistle,
    /// What a unit has to do because a hazard is a major one, or suspected to be one, and that it does not hold.
    Major,
    /// A request for the suspension of a hazard on which the unit has to decide, and that it does not hold.
    Suspension,
    /// An award that has not ended.
    Award,
    /// An incident of which the unit owes situation reports.
    Incident,
    /// An incident of which the unit receives situation reports: it is open, or one of them awaits its acknowledgement.
    Reception,
    /// A post that has not ended.
    Post,
}

impl WorkKind {
    /// All kinds.
    pub(super) const ALL: [Self; 11] = [
        Self::Report,
        Self::Hazard,
        Self::Assignment,
        Self::Decision,
        Self::Whistle,
        Self::Suspension,
        Self::Major,
        Self::Award,
        Self::Incident,
        Self::Reception,
        Self::Post,
    ];

    /// Returns the word for this kind in a file of successors.
    #[must_use]
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Hazard => "hazard",
            Self::Assignment => "assignment",
            Self::Decision => "decision",
            Self::Whistle => "whistle",
            Self::Major => "major",
            Self::Suspension => "suspension",
            Self::Award => "award",
            Self::Incident => "incident",
            Self::Reception => "reception",
            Self::Post => "post",
        }
    }
}

/// A piece of open work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpenItem {
    /// The unit that has it.
    pub(super) unit: UnitId,
    /// What it is.
    pub(super) kind: WorkKind,
    /// Its id.
    pub(super) id: Uuid,
    /// The hazard of an assignment, of a decision or of an incident, whose id is that of its assignment; otherwise the id itself.
    pub(super) on: Uuid,
    /// The role of a post.
    pub(super) role: Option<Role>,
    /// Whether an assignment leads or supports.
    pub(super) part: Option<Part>,
}

/// The open work of some units.
#[derive(Debug, Default)]
pub(super) struct OpenWork {
    /// The pieces, by kind.
    pub(super) items: Vec<OpenItem>,
    /// The codes of the units.
    pub(super) codes: BTreeMap<UnitId, String>,
}

impl OpenWork {
    /// Finds the open work of these units on `today`. A report behind the time veil is not among it: nobody may learn that
    /// it exists.
    pub(super) async fn of<C: ConnectionTrait>(
        txn: &C,
        units: BTreeMap<UnitId, String>,
        now: DateTime<Utc>,
        today: NaiveDate,
    ) -> ApiResult<Self> {
        let ids: Vec<UnitId> = units.keys().copied().collect();
        let mut work = Self { items: Vec::new(), codes: units };
        if ids.is_empty() {
            return Ok(work);
        }
        let reports = report::Entity::find()
            .filter(report::COLUMN.review_unit.is_in(ids.clone()))
            .filter(report::COLUMN.status.eq(ReportStatus::Received))
            .filter(report::visible(now))
            .order_by_asc(report::COLUMN.id);
        for row in reports.all(txn).await? {
            work.add(WorkKind::Report, row.review_unit, row.id.0);
        }
        let hazards = hazard::Entity::find()
            .filter(hazard::COLUMN.township_unit.is_in(ids.clone()))
            .filter(may_go_on(txn, now).await?)
            .order_by_asc(hazard::COLUMN.id);
        for row in hazards.all(txn).await? {
            work.add(WorkKind::Hazard, row.township_unit, row.id.0);
        }
        work.add_assignments(txn, &ids).await?;
        work.add_decisions(txn, &ids).await?;
        work.add_whistles(txn, &ids).await?;
        work.add_majors(txn, &ids).await?;
        work.add_suspensions(txn, &ids).await?;
        let awards = award::Entity::find()
            .filter(award::COLUMN.unit_id.is_in(ids.clone()))
            .filter(award::COLUMN.status.is_not_in([AwardStatus::Paid, AwardStatus::Rejected, AwardStatus::Forfeited]))
            .order_by_asc(award::COLUMN.id);
        for row in awards.all(txn).await? {
            work.add(WorkKind::Award, row.unit_id, row.id.0);
        }
        work.add_incidents(txn, &ids).await?;
        work.add_posts(txn, &ids, today).await?;
        Ok(work)
    }

    fn add(&mut self, kind: WorkKind, unit: UnitId, id: Uuid) {
        self.items.push(OpenItem { unit, kind, id, on: id, role: None, part: None });
    }

    async fn add_assignments<C: ConnectionTrait>(&mut self, txn: &C, ids: &[UnitId]) -> ApiResult<()> {
        let rows = assignment::Entity::find()
            .filter(assignment::COLUMN.unit_id.is_in(ids.to_vec()))
            .filter(assignment::COLUMN.status.is_not_in(DONE))
            .order_by_asc(assignment::COLUMN.id)
            .all(txn)
            .await?;
        for row in rows {
            // One by one, because the ids of all of them may be more than a statement takes.
            let of = hazard::Entity::find_by_id(row.hazard_id).one(txn).await?;
            if of.is_some_and(|of| of.end_kind.is_none() && of.round == row.round) {
                let (unit, kind, id, on) = (row.unit_id, WorkKind::Assignment, row.id.0, row.hazard_id.0);
                self.items.push(OpenItem { unit, kind, id, on, role: None, part: Some(row.part) });
            }
        }
        Ok(())
    }

    /// Few send-backs await a decision at a time, and an index finds them.
    async fn add_decisions<C: ConnectionTrait>(&mut self, txn: &C, ids: &[UnitId]) -> ApiResult<()> {
        let rows = assignment::Entity::find()
            .filter(assignment::COLUMN.status.eq(AssignmentStatus::SendBackAsked))
            .order_by_asc(assignment::COLUMN.id)
            .all(txn)
            .await?;
        for row in rows {
            let clocks = clocks::load(txn, Stream::Hazard(row.hazard_id)).await?;
            let is_decision = |kind| matches!(kind, ClockKind::AnswerSendBack | ClockKind::Rule);
            let mut owners = clocks
                .iter()
                .filter(|clock| clock.is_open() && clock.key.assignment == Some(row.id) && is_decision(clock.key.kind))
                .map(|clock| clock.key.owner_unit);
            let Some(unit) = owners.next().filter(|owner| ids.contains(owner)) else { continue };
            let of = hazard::Entity::find_by_id(row.hazard_id).one(txn).await?;
            if of.is_some_and(|of| of.township_unit != unit) {
                let (kind, id, on) = (WorkKind::Decision, row.id.0, row.hazard_id.0);
                self.items.push(OpenItem { unit, kind, id, on, role: None, part: None });
            }
        }
        Ok(())
    }

    /// The todos of the units show them, by the index of their owners.
    async fn add_whistles<C: ConnectionTrait>(&mut self, txn: &C, ids: &[UnitId]) -> ApiResult<()> {
        let rows = todo::Entity::find()
            .filter(todo::COLUMN.owner_unit.is_in(ids.to_vec()))
            .filter(todo::COLUMN.kind.is_in([TodoKind::ApproveWhistle, TodoKind::NameUnits, TodoKind::RuleOnRating]))
            .order_by_asc(todo::COLUMN.hazard_id)
            .all(txn)
            .await?;
        for row in rows {
            let Some(id) = row.hazard_id else { continue };
            let of = hazard::Entity::find_by_id(id).one(txn).await?;
            let is_known = self.items.iter().any(|item| item.kind == WorkKind::Whistle && item.id == id.0);
            if !is_known && of.is_some_and(|of| of.township_unit != row.owner_unit) {
                self.add(WorkKind::Whistle, row.owner_unit, id.0);
            }
        }
        Ok(())
    }

    /// Few hazards are major ones, and an index finds them by the unit that judges. What it listed, it judged as a rule.
    async fn add_majors<C: ConnectionTrait>(&mut self, txn: &C, ids: &[UnitId]) -> ApiResult<()> {
        let rows = hazard::Entity::find()
            .filter(hazard::COLUMN.judging_unit.is_in(ids.to_vec()))
            .filter(hazard::COLUMN.end_kind.is_null())
            .order_by_asc(hazard::COLUMN.id);
        for row in rows.all(txn).await? {
            if let Some(unit) = row.judging_unit.filter(|unit| *unit != row.township_unit) {
                self.add(WorkKind::Major, unit, row.id.0);
            }
        }
        Ok(())
    }

    /// Few requests for suspensions await a decision at a time, and an index finds them.
    async fn add_suspensions<C: ConnectionTrait>(&mut self, txn: &C, ids: &[UnitId]) -> ApiResult<()> {
        let rows = hazard::Entity::find()
            .filter(hazard::COLUMN.suspension_request.is_not_null())
            .filter(hazard::COLUMN.end_kind.is_null())
            .order_by_asc(hazard::COLUMN.id)
            .all(txn)
            .await?;
        for row in rows {
            let clocks = clocks::load(txn, Stream::Hazard(row.id)).await?;
            let mut decisions =
                clocks.iter().filter(|clock| clock.is_open() && clock.key.kind == ClockKind::DecideSuspension);
            let owner = decisions.next().map(|clock| clock.key.owner_unit);
            if let Some(unit) = owner.filter(|owner| ids.contains(owner) && *owner != row.township_unit) {
                self.add(WorkKind::Suspension, unit, row.id.0);
            }
        }
        Ok(())
    }

    async fn add_incidents<C: ConnectionTrait>(&mut self, txn: &C, ids: &[UnitId]) -> ApiResult<()> {
        let open = || incident::COLUMN.status.eq(IncidentStatus::Open);
        let sent = incident::Entity::find().filter(incident::COLUMN.unit_id.is_in(ids.to_vec())).filter(open());
        for row in sent.order_by_asc(incident::COLUMN.id).all(txn).await? {
            self.add_incident(WorkKind::Incident, row.unit_id, &row);
        }
        let waits = Condition::any().add(open()).add(incident::COLUMN.unreceived.eq(true));
        let received = incident::Entity::find().filter(incident::COLUMN.receiver_unit.is_in(ids.to_vec()));
        for row in received.filter(waits).order_by_asc(incident::COLUMN.id).all(txn).await? {
            self.add_incident(WorkKind::Reception, row.receiver_unit, &row);
        }
        Ok(())
    }

    fn add_incident(&mut self, kind: WorkKind, unit: UnitId, row: &incident::Model) {
        let on = row.hazard_id.map_or(row.id.0, |hazard| hazard.0);
        self.items.push(OpenItem { unit, kind, id: row.id.0, on, role: None, part: None });
    }

    async fn add_posts<C: ConnectionTrait>(&mut self, txn: &C, ids: &[UnitId], today: NaiveDate) -> ApiResult<()> {
        let goes_on = Condition::any().add(post::COLUMN.valid_to.is_null()).add(post::COLUMN.valid_to.gt(today));
        let posts = post::Entity::find().filter(post::COLUMN.unit_id.is_in(ids.to_vec())).filter(goes_on);
        for row in posts.order_by_asc(post::COLUMN.id).all(txn).await? {
            let (kind, id) = (WorkKind::Post, row.id.0);
            self.items.push(OpenItem { unit: row.unit_id, kind, id, on: id, role: Some(row.role), part: None });
        }
        Ok(())
    }

    /// Checks whether there is none.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// Returns the condition for hazards that are open, that are to be followed up, or so lately closed that they may be reopened. The callback window ends
/// with the day in China ([`domain::hazard::Case::in_callback_window`]).
async fn may_go_on<C: ConnectionTrait>(txn: &C, now: DateTime<Utc>) -> ApiResult<Condition> {
    let documents = policy::Entity::find().filter(policy::COLUMN.kind.eq("handling")).all(txn).await?;
    let mut days = 0;
    for row in documents {
        let body: HandlingPolicy = serde_json::from_str(&row.body).map_err(ApiError::internal)?;
        days = days.max(body.callback_days);
    }
    let since = earlier(china_day_end(now), TimeDelta::days(i64::from(days) + 1));
    let lately = Condition::all().add(hazard::COLUMN.end_kind.eq(End::Closed)).add(hazard::COLUMN.closed_at.gt(since));
    let open = Condition::any().add(hazard::COLUMN.end_kind.is_null());
    Ok(open.add(lately).add(hazard::to_be_followed_up()))
}

/// The list of open work: for each unit how many of each kind, then every piece in the form of a file of successors.
impl fmt::Display for OpenWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, code) in &self.codes {
            let of = |kind: WorkKind| self.items.iter().filter(move |item| item.unit == *unit && item.kind == kind);
            let counts = WorkKind::ALL.iter().map(|kind| (kind.word(), of(*kind).count()));
            let counts: Vec<String> =
                counts.filter(|(_, count)| *count > 0).map(|(word, count)| format!("{count} {word}(s)")).collect();
            if !counts.is_empty() {
                writeln!(f, "open in {code}: {}", counts.join(", "))?;
            }
        }
        writeln!(f, "kind,id,unit")?;
        for item in self.items.iter().take(SHOWN) {
            writeln!(f, "{},{},", item.kind.word(), item.id)?;
        }
        if self.items.len() > SHOWN {
            writeln!(f, "… and {} more", self.items.len() - SHOWN)?;
        }
        Ok(())
    }
}
