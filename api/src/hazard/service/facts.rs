//! Loads the facts that a decision on a case needs beyond the case itself: unit kinds, recusals 回避, the duty list
//! entry, the photos of the work, and who still acts in the units.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::access::By;
use domain::hazard::enforcement::Enforce;
use domain::hazard::{Case, Command, Context, DutyFacts, Event, WorkPhoto, decide};
use domain::id::{AssignmentId, PhotoId, ReportId, UnitId};
use domain::photo::PhotoStatus;
use domain::staff::UnitKind;
use domain::time::{Moment, china_day};
use entity::{photo, unit};
use sea_orm::{DatabaseTransaction, EntityTrait, QueryFilter};

use super::{responsible, staffing};
use crate::app::App;
use crate::caller::OfficerCaller;
use crate::error::ApiResult;
use crate::policy::rulebook::RuleBook;
use crate::policy::units::is_on;
use crate::report::bars;

/// Who takes a step, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Acting {
    /// The party that issues the command.
    pub(super) by: By,
    /// Whether the hazard lies in the area of the acting post, or below it.
    pub(super) in_area: bool,
    /// The moment of the step; a reporter's is told at a boundary of the time veil.
    pub(super) moment: Moment,
}

/// The facts for one decision. Facts that the command does not need stay empty.
pub(super) struct CaseFacts {
    units: BTreeMap<UnitId, UnitKind>,
    ended: BTreeSet<UnitId>,
    holder_left: bool,
    other_unit_accepts: bool,
    centres: Vec<UnitId>,
    responsible: Vec<UnitId>,
    officer_units: BTreeSet<UnitId>,
    barred: BTreeSet<UnitId>,
    duty: Option<DutyFacts>,
    photos: BTreeMap<PhotoId, WorkPhoto>,
    /// A report that awaits its review. Only the step that closes a hazard asks for it.
    pub(super) unreviewed: Option<ReportId>,
}

impl CaseFacts {
    /// Loads the facts that the command needs, in the transaction that holds the row lock. `officer` is the officer who
    /// issues the command; a bar that they may not know of is not among the facts.
    pub(super) async fn gather(
        app: &App,
        txn: &DatabaseTransaction,
        rules: &RuleBook,
        case: &Case,
        command: &Command,
        officer: Option<&OfficerCaller>,
    ) -> ApiResult<Self> {
        let day = china_day(app.now());
        let named = units_of(case, command);
        let mut facts = Self {
            units: named.iter().filter_map(|id| Some((*id, in_force(rules, *id, day)?.kind))).collect(),
            ended: ended_units(rules, case, day),
            holder_left: false,
            other_unit_accepts: true,
            centres: rules.units.centres_above(&rules.areas, case.area, day).iter().map(|unit| unit.id).collect(),
            responsible: responsible::departments(app, txn, rules, case, command, day).await?,
            officer_units: officer.iter().flat_map(|officer| &officer.posts).map(|post| post.unit).collect(),
            barred: BTreeSet::new(),
            duty: None,
            photos: BTreeMap::new(),
            unreviewed: None,
        };
        facts.look(txn, rules, case, command, day).await?;
        if let Command::AskSuspension(_) | Command::GrantSuspension { .. } | Command::RefuseSuspension { .. } = command
        {
            // A centre that does not see the hazard cannot decide. If that is each one, the nearest one has it.
            let hidden = bars::hidden_from(app, txn, rules, case.id, &facts.centres).await?;
            let seeing: Vec<UnitId> = facts.centres.iter().copied().filter(|unit| !hidden.contains(unit)).collect();
            facts.centres = if seeing.is_empty() { facts.centres } else { seeing };
        }
        if !named.is_empty() {
            if let Some(officer) = officer {
                facts.barred = bars::barred_from(app, txn, rules, officer, case.id, &named).await?;
            }
            facts.duty = rules
                .duty_for(case.area, case.category.as_deref(), day)
                .map(|duty| DutyFacts { township_may_lead: duty.township_may_lead });
        }
        Ok(facts)
    }

    /// Loads who still acts in the units of the case, and the photos.
    #[expect(clippy::too_many_lines, reason = "one arm for each command")]
    async fn look(
        &mut self,
        txn: &DatabaseTransaction,
        rules: &RuleBook,
        case: &Case,
        command: &Command,
        day: NaiveDate,
    ) -> ApiResult<()> {
        let of = |assignment: &AssignmentId| case.assignment(*assignment);
        // We match exhaustively, because a new command may depend on who still acts in the units, or on photos.
        match command {
            Command::Claim { assignment } | Command::Release { assignment, .. } => {
                self.holder_left = staffing::holder_left(txn, of(assignment), day).await?;
            }
            Command::Finish { assignment, .. } => self.photos = photos_of(txn, &[*assignment]).await?,
            Command::Enforce(Enforce::Inspect(said)) if !said.photos.is_empty() => {
                let of_case: Vec<AssignmentId> = case.assignments.iter().map(|one| one.id).collect();
                self.photos = photos_of(txn, &of_case).await?;
            }
            Command::Accept { assignment, .. } => {
                self.photos = photos_of(txn, &[*assignment]).await?;
                self.other_unit_accepts = staffing::other_unit_accepts(txn, rules, case, of(assignment), day).await?;
            }
            Command::Rework { assignment, .. } => {
                self.other_unit_accepts = staffing::other_unit_accepts(txn, rules, case, of(assignment), day).await?;
            }
            Command::Classify(_)
            | Command::Enforce(_)
            | Command::Climb
            | Command::Major(_)
            | Command::Supervise { .. }
            | Command::AcknowledgeSupervision { .. }
            | Command::Dispatch { .. }
            | Command::Blow { .. }
            | Command::BlowThroughCentre { .. }
            | Command::ApproveWhistle { .. }
            | Command::RefuseWhistle { .. }
            | Command::WithdrawWhistle { .. }
            | Command::NameUnits { .. }
            | Command::RateAnswer { .. }
            | Command::ObjectToRating { .. }
            | Command::RuleOnRating { .. }
            | Command::JudgeWhistle { .. }
            | Command::TakeBack { .. }
            | Command::AskSendBack { .. }
            | Command::WithdrawSendBack { .. }
            | Command::AcceptSendBack { .. }
            | Command::RefuseSendBack { .. }
            | Command::Rule { .. }
            | Command::Sign { .. }
            | Command::HandOver { .. }
            | Command::CheckIn { .. }
            | Command::AskExtension { .. }
            | Command::GrantExtension { .. }
            | Command::RefuseExtension { .. }
            | Command::AskSuspension(_)
            | Command::GrantSuspension { .. }
            | Command::RefuseSuspension { .. }
            | Command::Resume { .. }
            | Command::FollowUp { .. }
            | Command::Close { .. }
            | Command::Reopen { .. }
            | Command::Cancel { .. }
            | Command::Transfer { .. } => {}
        }
        Ok(())
    }

    /// Decides on a command, with the policy and the timing rules of the hazard's area.
    pub(super) fn decide(
        &self,
        rules: &RuleBook,
        case: &Case,
        command: Command,
        acting: Acting,
    ) -> ApiResult<Vec<Event>> {
        Ok(decide(case, command, &self.context(rules, case, acting)?)?)
    }

    /// Returns the context of a decision, with the policy and the timing rules of the hazard's area.
    pub(super) fn context<'a>(&'a self, rules: &'a RuleBook, case: &Case, acting: Acting) -> ApiResult<Context<'a>> {
        let now = acting.moment.told;
        Ok(Context {
            now,
            exact: acting.moment.exact,
            by: acting.by,
            in_area: acting.in_area,
            policy: rules.handling(Some(case.area), china_day(now))?,
            timing: rules.timing(case.area, now)?,
            units: &self.units,
            ended: &self.ended,
            holder_left: self.holder_left,
            other_unit_accepts: self.other_unit_accepts,
            centres: &self.centres,
            responsible: &self.responsible,
            officer_units: &self.officer_units,
            barred: &self.barred,
            duty: self.duty,
            photos: &self.photos,
            unreviewed: self.unreviewed,
        })
    }
}

/// Returns the units to which a command gives work.
#[expect(clippy::too_many_lines, reason = "one line for each command")]
fn units_of(case: &Case, command: &Command) -> Vec<UnitId> {
    match command {
        Command::Dispatch { lead, supports }
        | Command::Blow { lead, supports, .. }
        | Command::NameUnits { lead, supports, .. } => {
            std::iter::once(lead).chain(supports).map(|task| task.unit).collect()
        }
        Command::ApproveWhistle { whistle, .. } => {
            let request = case.whistle_requests.iter().find(|request| request.whistle == *whistle);
            request.iter().flat_map(|request| &request.asked).map(|new| new.unit).collect()
        }
        Command::TakeBack { new_lead, .. } => new_lead.iter().map(|task| task.unit).collect(),
        Command::AskSendBack { proposed, .. } => proposed.iter().copied().collect(),
        Command::AcceptSendBack { instead, .. } | Command::Rule { instead, .. } => {
            instead.new_lead.iter().chain(&instead.supports).map(|task| task.unit).collect()
        }
        Command::AskSuspension(terms) => terms.responsible.iter().map(|post| post.unit).collect(),
        // We match exhaustively, because a new command that names units would be refused until they are named here.
        Command::Classify(_)
        | Command::Enforce(_)
        | Command::Climb
        | Command::Major(_)
        | Command::Supervise { .. }
        | Command::AcknowledgeSupervision { .. }
        | Command::BlowThroughCentre { .. }
        | Command::RateAnswer { .. }
        | Command::ObjectToRating { .. }
        | Command::RuleOnRating { .. }
        | Command::JudgeWhistle { .. }
        | Command::RefuseWhistle { .. }
        | Command::WithdrawWhistle { .. }
        | Command::WithdrawSendBack { .. }
        | Command::RefuseSendBack { .. }
        | Command::Sign { .. }
        | Command::Claim { .. }
        | Command::Release { .. }
        | Command::HandOver { .. }
        | Command::CheckIn { .. }
        | Command::Finish { .. }
        | Command::AskExtension { .. }
        | Command::GrantExtension { .. }
        | Command::RefuseExtension { .. }
        | Command::GrantSuspension { .. }
        | Command::RefuseSuspension { .. }
        | Command::Resume { .. }
        | Command::FollowUp { .. }
        | Command::Accept { .. }
        | Command::Rework { .. }
        | Command::Close { .. }
        | Command::Reopen { .. }
        | Command::Cancel { .. }
        | Command::Transfer { .. } => Vec::new(),
    }
}

fn in_force(rules: &RuleBook, id: UnitId, day: NaiveDate) -> Option<&unit::Model> {
    rules.unit(id).filter(|unit| is_on(unit, day))
}

/// Returns the units of the case that do not exist today.
fn ended_units(rules: &RuleBook, case: &Case, day: NaiveDate) -> BTreeSet<UnitId> {
    let of_assignments = case.assignments.iter().flat_map(|one| std::iter::once(one.unit).chain(one.given_by));
    let asked = case.whistle_requests.iter().map(|request| request.unit);
    let of_whistles = asked.chain(case.whistles.iter().map(|whistle| whistle.blown_by_unit));
    let suspended = case.suspension.iter().map(|suspension| suspension.asked);
    let responsible = suspended.chain(case.suspension_request).map(|asked| asked.responsible_unit);
    let all = std::iter::once(case.township).chain(of_assignments).chain(of_whistles).chain(responsible);
    all.filter(|id| in_force(rules, *id, day).is_none()).collect()
}

async fn photos_of(txn: &DatabaseTransaction, assignments: &[AssignmentId]) -> ApiResult<BTreeMap<PhotoId, WorkPhoto>> {
    let of_work = photo::COLUMN.parent_id.is_in(assignments.iter().map(|assignment| assignment.0));
    let rows = photo::Entity::find().filter(of_work).all(txn).await?;
    let photo = |row: &photo::Model| WorkPhoto {
        stage: row.stage,
        announced_at: row.created_at,
        is_verified: row.status == PhotoStatus::Verified,
    };
    Ok(rows.iter().map(|row| (row.id, photo(row))).collect())
}
