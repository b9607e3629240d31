//! The steps of major hazards 重大事故隐患: suspicion and judgement, the plan, the listing, the way to the closure, and interim
//! measures.

use chrono::NaiveDate;
use domain::hazard::major::Plan;
use domain::hazard::{Command, InterimMeasure, MajorCommand};
use domain::id::{HazardId, NoteId};
use domain::money::Fen;
use domain::note::NoteKind;
use domain::place::Pin;
use domain::refusal::Refusal;

use super::command_handler::{CommandHandler, NewNote, Proposal, StepMeta, Target};
use super::step_input::StepInput;
use super::working::distance;
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;

/// Who takes the step, on which hazard.
#[derive(Clone, Copy)]
pub(crate) struct Step<'a> {
    /// The application state.
    pub app: &'a App,
    /// The caller.
    pub caller: &'a Caller,
    /// The metadata shared by all steps.
    pub meta: StepMeta,
    /// The hazard.
    pub hazard: HazardId,
}

impl Step<'_> {
    /// Executes a command that only needs its notes.
    async fn take(
        self,
        operation: &'static str,
        input: StepInput<'_>,
        notes: Vec<NewNote>,
        command: MajorCommand,
    ) -> ApiResult<HazardId> {
        let Self { app, caller, meta: step, hazard } = self;
        CommandHandler { app, caller, step, operation, input }
            .execute(Target::Hazard(hazard), |_| {
                Ok(Proposal { notes: notes.clone(), ..Proposal::of(Command::Major(command.clone())) })
            })
            .await
    }

    /// Executes a command that needs a reason and no more.
    async fn explain(
        self,
        operation: &'static str,
        kind: NoteKind,
        reason: &str,
        command: impl FnOnce(NoteId) -> MajorCommand,
    ) -> ApiResult<HazardId> {
        let note = NewNote::parse(kind, reason, "input.reason")?;
        let command = command(note.id);
        self.take(operation, StepInput::Unmerge(self.hazard, &note.text), vec![note.clone()], command).await
    }

    /// Suspects a major hazard 疑似重大.
    ///
    /// # Errors
    /// `INVALID_INPUT` without new facts, if an earlier suspicion was refused.
    pub(crate) async fn suspect(self, reason: &str, new_facts: Option<&str>) -> ApiResult<HazardId> {
        let note = NewNote::parse(NoteKind::MajorSuspicion, reason, "input.reason")?;
        let parse = |text| NewNote::parse(NoteKind::MajorSuspicion, text, "input.newFacts");
        let facts = new_facts.map(parse).transpose()?;
        let command =
            MajorCommand::Suspect { note: note.id, new_facts: facts.as_ref().map(|facts| facts.id), reviewed: false };
        let texts = [Some(note.text.as_str()), facts.as_ref().map(|facts| facts.text.as_str())];
        let input = StepInput::SuspectMajor(self.hazard, texts);
        let notes = std::iter::once(note.clone()).chain(facts.clone()).collect();
        self.take("suspectMajor", input, notes, command).await
    }

    /// Withdraws a suspicion 撤回.
    pub(crate) async fn withdraw(self, reason: &str) -> ApiResult<HazardId> {
        let command = |note| MajorCommand::Withdraw { note };
        self.explain("withdrawMajorSuspicion", NoteKind::MajorSuspicion, reason, command).await
    }

    /// Confirms a major hazard 判定为重大.
    pub(crate) async fn confirm(self, standard: &str, clause: &str, reason: &str) -> ApiResult<HazardId> {
        let note = NewNote::parse(NoteKind::MajorJudgement, reason, "input.reason")?;
        let clause = NewNote::parse(NoteKind::MajorClause, clause, "input.clause")?;
        let command = MajorCommand::Confirm { standard: standard.to_owned(), clause: clause.id, note: note.id };
        let input = StepInput::ConfirmMajor(self.hazard, standard, [&clause.text, &note.text]);
        self.take("confirmMajor", input, vec![note.clone(), clause.clone()], command).await
    }

    /// Refuses a suspicion 不构成重大.
    pub(crate) async fn refuse(self, reason: &str) -> ApiResult<HazardId> {
        let command = |note| MajorCommand::Refuse { note };
        self.explain("refuseMajor", NoteKind::MajorJudgement, reason, command).await
    }

    /// Lists a major hazard 挂牌督办.
    pub(crate) async fn list(self, published_on: NaiveDate, until: NaiveDate, reason: &str) -> ApiResult<HazardId> {
        let note = NewNote::parse(NoteKind::MajorListing, reason, "input.reason")?;
        let command = MajorCommand::List { published_on, until, note: note.id };
        let input = StepInput::ListMajor(self.hazard, published_on, until, &note.text);
        self.take("listMajor", input, vec![note.clone()], command).await
    }

    /// Delists it 摘牌.
    pub(crate) async fn delist(self, published_on: NaiveDate, reason: &str) -> ApiResult<HazardId> {
        let note = NewNote::parse(NoteKind::MajorListing, reason, "input.reason")?;
        let command = MajorCommand::Delist { published_on, note: note.id };
        let input = StepInput::DelistMajor(self.hazard, published_on, &note.text);
        self.take("delistMajor", input, vec![note.clone()], command).await
    }

    /// Accepts the work on the spot 现场验收.
    ///
    /// # Errors
    /// `TOO_FAR` if the place is too far from the hazard and no reason is given.
    pub(crate) async fn accept_on_site(self, pin: Pin, far_reason: Option<&str>, reason: &str) -> ApiResult<HazardId> {
        let note = NewNote::parse(NoteKind::MajorRelease, reason, "input.reason")?;
        let far = far_reason.map(|text| NewNote::parse(NoteKind::FarReason, text, "input.farReason")).transpose()?;
        let texts = [Some(note.text.as_str()), far.as_ref().map(|far| far.text.as_str())];
        let input = StepInput::AcceptMajor(self.hazard, pin.lng_e7(), pin.lat_e7(), texts);
        let Self { app, caller, meta: step, hazard } = self;
        CommandHandler { app, caller, step, operation: "acceptMajorOnSite", input }
            .execute(Target::Hazard(hazard), |loaded| {
                let distance_metres = distance(loaded, &pin)?;
                let far_reason = far.as_ref().map(|far| far.id);
                let command = MajorCommand::AcceptOnSite { distance_metres, far_reason, note: note.id };
                let notes = std::iter::once(note.clone()).chain(far.clone()).collect();
                Ok(Proposal { notes, ..Proposal::of(Command::Major(command)) })
            })
            .await
    }

    /// Consents to the closure 同意销号.
    pub(crate) async fn consent(self, reason: &str) -> ApiResult<HazardId> {
        self.explain("consentToClose", NoteKind::MajorRelease, reason, |note| MajorCommand::Consent { note }).await
    }

    /// Orders an interim measure 临时措施.
    pub(crate) async fn order(self, measure: InterimMeasure, at_once: bool, reason: &str) -> ApiResult<HazardId> {
        let note = NewNote::parse(NoteKind::InterimMeasure, reason, "input.reason")?;
        let command = MajorCommand::OrderMeasure { measure, at_once, note: note.id };
        let input = StepInput::OrderMeasure(self.hazard, measure, at_once, &note.text);
        self.take("orderInterimMeasure", input, vec![note.clone()], command).await
    }

    /// Reports that an interim measure was carried out.
    pub(crate) async fn carry_out(self, measure: InterimMeasure, reason: &str) -> ApiResult<HazardId> {
        let note = NewNote::parse(NoteKind::InterimMeasure, reason, "input.reason")?;
        let command = MajorCommand::TakeMeasure { measure, note: note.id };
        let input = StepInput::Measure(self.hazard, measure, &note.text);
        self.take("takeInterimMeasure", input, vec![note.clone()], command).await
    }

    /// Lifts an interim measure 解除.
    pub(crate) async fn lift(self, measure: InterimMeasure, reason: &str) -> ApiResult<HazardId> {
        let note = NewNote::parse(NoteKind::InterimMeasure, reason, "input.reason")?;
        let command = MajorCommand::LiftMeasure { measure, note: note.id };
        let input = StepInput::Measure(self.hazard, measure, &note.text);
        self.take("liftInterimMeasure", input, vec![note.clone()], command).await
    }

    /// Sets the five elements 五落实 and the plan 治理方案, or a new version of them.
    pub(crate) async fn set_plan(self, said: &PlanSaid<'_>, reason: &str) -> ApiResult<HazardId> {
        let note = NewNote::parse(NoteKind::MajorPlan, reason, "input.reason")?;
        let mut notes = vec![note.clone()];
        let mut part = |text: &str, field: &'static str| -> Result<NoteId, Refusal> {
            let part = NewNote::parse(NoteKind::MajorPlan, text, field)?;
            let id = part.id;
            notes.push(part);
            Ok(id)
        };
        let plan = Plan {
            responsibility: part(said.responsibility, "input.responsibility")?,
            measures: part(said.measures, "input.measures")?,
            funds: part(said.funds, "input.funds")?,
            amount: Fen(said.amount),
            until: said.until,
            emergency_plan: part(said.emergency_plan, "input.emergencyPlan")?,
            goals: part(said.goals, "input.goals")?,
            methods: part(said.methods, "input.methods")?,
            resources: part(said.resources, "input.resources")?,
            organisation: part(said.organisation, "input.organisation")?,
            schedule: part(said.schedule, "input.schedule")?,
            safety: part(said.safety, "input.safety")?,
        };
        let texts = notes.iter().map(|note| note.text.as_str()).collect();
        let input = StepInput::PlanMajor(self.hazard, said.amount, said.until, texts);
        self.take("setMajorPlan", input, notes.clone(), MajorCommand::SetPlan { plan, note: note.id }).await
    }
}

/// The plan, as an officer enters it.
#[derive(Clone, Copy)]
pub(crate) struct PlanSaid<'a> {
    /// 责任.
    pub responsibility: &'a str,
    /// 措施.
    pub measures: &'a str,
    /// 资金.
    pub funds: &'a str,
    /// The amount, in fen.
    pub amount: i64,
    /// 时限.
    pub until: NaiveDate,
    /// 预案.
    pub emergency_plan: &'a str,
    /// 目标和任务.
    pub goals: &'a str,
    /// 方法和措施.
    pub methods: &'a str,
    /// 经费和物资.
    pub resources: &'a str,
    /// 机构和人员.
    pub organisation: &'a str,
    /// 时限和要求.
    pub schedule: &'a str,
    /// 安全措施和应急预案.
    pub safety: &'a str,
}
