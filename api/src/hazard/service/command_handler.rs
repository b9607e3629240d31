//! Runs one step of a case: checks access, locks the row, decides on fresh state, saves the difference, commits.

use domain::Code;
use domain::access::By;
use domain::event::DomainEvent;
use domain::hazard::{Case, Command, Event, apply};
use domain::id::{AssignmentId, HazardId, NoteId, PostId};
use domain::note::NoteKind;
use domain::refusal::Refusal;
use entity::assignment;
use futures::FutureExt;
use sea_orm::{DatabaseTransaction, EntityTrait};
use serde::Serialize;
use uuid::Uuid;

use super::consequences::consequences;
use super::facts::CaseFacts;
use super::step_input::StepInput;
use crate::app::App;
use crate::caller::{Caller, OfficerCaller};
use crate::error::ApiResult;
use crate::hazard::rows::{self, Loaded};
use crate::hazard::scope;
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::{AppendContext, Author, NewEvent, Stream, append, notes};
use crate::policy::rulebook::RuleBook;
use crate::retry::retry;

/// The values that every step has besides its input. The idempotency key hashes the acting post with the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct StepMeta {
    /// The id of the request. The same id has one effect, however often it is sent.
    #[serde(skip)]
    pub request_id: Uuid,
    /// The post under which the officer acts. `None` lets the server choose one that may act.
    pub as_post: Option<PostId>,
    /// The version of the hazard that the officer saw. `None` skips the check.
    #[serde(skip)]
    pub expected_version: Option<i64>,
}

/// The thing to which a step is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// A hazard.
    Hazard(HazardId),
    /// The hazard of an assignment.
    Assignment(AssignmentId),
}

/// A free text of a step, under the id by which the command names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewNote {
    /// The id of the text.
    pub(super) id: NoteId,
    /// The kind of text.
    pub(super) kind: NoteKind,
    /// The checked text.
    pub(super) text: String,
}

impl NewNote {
    /// Checks a text of 2 to 500 characters and gives it an id.
    ///
    /// # Errors
    /// `INVALID_INPUT` with the name of the field.
    pub(super) fn parse(kind: NoteKind, text: &str, field: &'static str) -> Result<Self, Refusal> {
        Ok(Self { id: NoteId(Uuid::new_v4()), kind, text: notes::reason(text, field)? })
    }
}

/// A command with the free text that it names.
#[derive(Debug, Clone)]
pub(super) struct Proposal {
    /// The command.
    pub(super) command: Command,
    /// The text.
    pub(super) note: Option<NewNote>,
}

impl Proposal {
    /// A command without a text.
    pub(super) const fn of(command: Command) -> Self {
        Self { command, note: None }
    }

    /// A command with the text that explains it.
    pub(super) fn explained(command: Command, note: &NewNote) -> Self {
        Self { command, note: Some(note.clone()) }
    }
}

/// Runs one step of a case. It holds the parts of the request that stay the same in every attempt.
pub(super) struct CommandHandler<'a> {
    /// The app.
    pub(super) app: &'a App,
    /// The caller.
    pub(super) caller: &'a Caller,
    /// The values that every step has.
    pub(super) step: StepMeta,
    /// The name of the mutation, which is part of the idempotency key.
    pub(super) operation: &'static str,
    /// The input, which is part of the idempotency key.
    pub(super) input: StepInput<'a>,
}

impl CommandHandler<'_> {
    /// Runs the step and returns the hazard. `propose` makes the command from the fresh state of the case.
    ///
    /// # Errors
    /// `NOT_FOUND` for a hazard that the caller may not see, `CHANGED_MEANWHILE`, `REQUEST_ID_TAKEN`, and the refusals
    /// of [`domain::hazard::decide`].
    pub(super) async fn execute(
        &self,
        target: Target,
        propose: impl Fn(&Loaded) -> ApiResult<Proposal> + Send + Sync,
    ) -> ApiResult<HazardId> {
        let officer = self.caller.officer()?;
        let request = IdempotencyKey::new(
            &self.caller.request_name(),
            self.step.request_id,
            self.operation,
            &(&self.input, self.step),
        )?;
        retry(|| self.attempt(officer, &request, target, &propose).boxed()).await
    }

    async fn attempt(
        &self,
        officer: &OfficerCaller,
        request: &IdempotencyKey,
        target: Target,
        propose: &(impl Fn(&Loaded) -> ApiResult<Proposal> + Send + Sync),
    ) -> ApiResult<HazardId> {
        let txn = self.app.begin_write().await?;
        let loaded = load_visible(self.app, &txn, officer, target).await?;
        // We look for an earlier result only after we hold the lock: the same request in parallel is then either not
        // yet begun or committed.
        if let Some(id) = request.previous_result(&txn).await? {
            return Ok(HazardId(id));
        }
        let rules = self.app.rules(&txn).await?;
        if self.step.expected_version.is_some_and(|version| version != loaded.case.version) {
            return Err(Code::ChangedMeanwhile.into());
        }
        let proposal = propose(&loaded)?;
        let after = self.decide_and_save(&txn, &rules, officer, loaded, proposal).await?;
        request.record(&txn, after.id.0, self.app.now()).await?;
        self.app.commit(txn).await?;
        Ok(after.id)
    }

    async fn decide_and_save(
        &self,
        txn: &DatabaseTransaction,
        rules: &RuleBook,
        officer: &OfficerCaller,
        before: Loaded,
        proposal: Proposal,
    ) -> ApiResult<Case> {
        let Proposal { command, note } = proposal;
        let facts = CaseFacts::gather(self.app, txn, rules, &before.case, &command).await?;
        let (post, events) = officer.choose(self.step.as_post, |post| {
            let by = By::Officer(post.actor(officer.id));
            let in_area = post.covers(&before.row.area_path);
            facts.decide(self.app, rules, &before.case, command.clone(), by, in_area)
        })?;
        let author = Author::from(By::Officer(post.actor(officer.id)));
        if let Some(NewNote { id, kind, text }) = note {
            let note = notes::Note { id, stream: Stream::Hazard(before.case.id), kind, text, author: post.id };
            notes::write(txn, note, self.app.now()).await?;
        }
        let after = carry_out(self.app, txn, rules, &before.case, &events, author).await?;
        consequences(self.app, txn, rules, &before.case, &after).await?;
        Ok(after)
    }
}

/// Writes events and the rows that they change. Returns the case after the events.
async fn carry_out(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    before: &Case,
    events: &[Event],
    author: Author,
) -> ApiResult<Case> {
    let mut after = before.clone();
    for event in events {
        apply(&mut after, event);
    }
    let new = events.iter().map(NewEvent::from_domain).collect::<ApiResult<_>>()?;
    rows::save(txn, before, &after).await?;
    let context = AppendContext {
        stream: Stream::Hazard(before.id),
        after: before.version,
        author,
        at: if author.officer.is_some() { app.now() } else { events.last().map_or(app.now(), Event::at) },
        rules: rules.version,
    };
    append(txn, context, new).await?;
    Ok(after)
}

/// Locks and returns the case of a target.
///
/// # Errors
/// `NOT_FOUND` if the officer may not see the hazard.
async fn load_visible(
    app: &App,
    txn: &DatabaseTransaction,
    officer: &OfficerCaller,
    target: Target,
) -> ApiResult<Loaded> {
    let id = match target {
        Target::Hazard(id) => id,
        Target::Assignment(id) => {
            assignment::Entity::find_by_id(id).one(txn).await?.map(|row| row.hazard_id).ok_or(Code::NotFound)?
        }
    };
    let loaded = rows::load_locked(txn, id).await?.ok_or(Code::NotFound)?;
    for post in &officer.posts {
        let barred = crate::report::bars::accused(app, txn, id, &[post.unit]).await?;
        if scope::sees(post, &loaded.row, &loaded.case, !barred.is_empty()) {
            return Ok(loaded);
        }
    }
    Err(Code::NotFound.into())
}

/// Decides on and writes a step that no officer asked for under a post: a step of the reporter, or one that follows
/// from another step.
///
/// # Errors
/// The refusals of [`domain::hazard::decide`].
pub(crate) async fn follow(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    case: &Case,
    command: Command,
    by: By,
) -> ApiResult<Case> {
    let facts = CaseFacts::gather(app, txn, rules, case, &command).await?;
    let events = facts.decide(app, rules, case, command, by, true)?;
    let after = carry_out(app, txn, rules, case, &events, Author::from(by)).await?;
    consequences(app, txn, rules, case, &after).await?;
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashed_form_of_what_every_step_has_never_changes() {
        let step = StepMeta { request_id: Uuid::nil(), as_post: Some(PostId(Uuid::nil())), expected_version: Some(3) };
        let expected = r#"{"as_post":"00000000-0000-0000-0000-000000000000"}"#;
        assert_eq!(serde_json_canonicalizer::to_string(&step).unwrap(), expected);
    }
}
