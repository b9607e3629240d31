//! Executes one step of a case: locks the rows, checks access, decides on the locked state, saves the changed rows and
//! the events, and commits.

use domain::Code;
use domain::access::By;
use domain::event::DomainEvent;
use domain::hazard::{Case, Command, Event, apply};
use domain::id::{HazardId, NoteId, PostId};
use domain::note::NoteKind;
use domain::refusal::Refusal;
use domain::time::Moment;
use futures::FutureExt;
use sea_orm::DatabaseTransaction;
use serde::Serialize;
use uuid::Uuid;

use super::consequences::{Change, consequences};
use super::enforcing::preparing::prepare;
use super::facts::{Acting, CaseFacts};
use super::parting;
use super::recurring::register_recurrence;
use super::refused;
use super::step_input::StepInput;
pub(crate) use super::target::Target;
pub(super) use super::target::load_visible;
use crate::app::App;
use crate::caller::{Caller, OfficerCaller};
use crate::error::ApiResult;
use crate::hazard::rows::{self, Loaded};
use crate::hazard::subjects::NewSubject;
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::{AppendContext, Author, NewEvent, Stream, append, notes};
use crate::policy::rulebook::RuleBook;
use crate::report::reading as reports;
use crate::retry::retry;

/// The request metadata shared by all steps. The idempotency key hashes `as_post` together with the input; the skipped
/// fields are not part of the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct StepMeta {
    /// The idempotency key from the client: a repeated request takes effect only once.
    #[serde(skip)]
    pub request_id: Uuid,
    /// The post under which the officer acts. With `None`, the server uses the officer's first post that may act.
    pub as_post: Option<PostId>,
    /// The optimistic lock: the version that the officer last saw. `None` skips the check.
    #[serde(skip)]
    pub expected_version: Option<i64>,
}

/// The validated free text of a step, with the id by which the command references it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewNote {
    /// The id of the future row of table `note`.
    pub(super) id: NoteId,
    /// The note kind, such as a closure opinion.
    pub(super) kind: NoteKind,
    /// The trimmed and validated text.
    pub(super) text: String,
}

impl NewNote {
    /// Validates a text of 2 to 500 characters and generates its id.
    ///
    /// # Errors
    /// `INVALID_INPUT` for `field`.
    pub(super) fn parse(kind: NoteKind, text: &str, field: &'static str) -> Result<Self, Refusal> {
        Ok(Self { id: NoteId(Uuid::new_v4()), kind, text: notes::reason(text, field)? })
    }
}

/// A command together with the notes that it references.
#[derive(Debug, Clone)]
pub(super) struct Proposal {
    /// The command to decide on.
    pub(super) command: Command,
    /// The notes to insert, as many as the command references.
    pub(super) notes: Vec<NewNote>,
    /// The subject 责任单位 that an inspection names.
    pub(super) subject: Option<NewSubject>,
}

impl Proposal {
    /// Wraps a command that references no note.
    pub(super) const fn of(command: Command) -> Self {
        Self { command, notes: Vec::new(), subject: None }
    }

    /// Wraps a command together with the note that explains it.
    pub(super) fn explained(command: Command, note: &NewNote) -> Self {
        Self { command, notes: vec![note.clone()], subject: None }
    }
}

/// Executes one step of a case. The fields are the parts of the request that stay constant across retries.
pub(super) struct CommandHandler<'a> {
    /// The application state.
    pub(super) app: &'a App,
    /// The authenticated caller, who must be an officer.
    pub(super) caller: &'a Caller,
    /// The metadata shared by all steps.
    pub(super) step: StepMeta,
    /// The GraphQL name of the mutation, which is part of the idempotency key.
    pub(super) operation: &'static str,
    /// The input, whose hash is part of the idempotency key.
    pub(super) input: StepInput<'a>,
}

impl CommandHandler<'_> {
    /// Executes the step and returns the hazard id. `propose` builds the command from the locked state of the case,
    /// once per attempt.
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
            self.app,
            &self.caller.request_name(),
            self.step.request_id,
            self.operation,
            &(&self.input, self.step),
        )?;
        let done = retry(|| self.attempt(officer, &request, target, &propose).boxed()).await;
        if let Err(error) = &done {
            refused::record(self.app, officer, self.operation, &self.input, error).await;
        }
        done
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
        // We look up an earlier result only while holding the row lock: a concurrent duplicate of this request has then
        // either committed or not started.
        if let Some(id) = request.previous_result(&txn).await? {
            return Ok(HazardId(id));
        }
        let rules = self.app.rules(&txn).await?;
        if self.step.expected_version.is_some_and(|version| version != loaded.case.version) {
            return Err(Code::ChangedMeanwhile.into());
        }
        let mut proposal = propose(&loaded)?;
        prepare(self.app, &txn, &mut proposal.command, proposal.subject.as_ref()).await?;
        let after = Box::pin(self.decide_and_save(&txn, &rules, officer, loaded, proposal)).await?;
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
        let Proposal { command, notes, subject: _ } = proposal;
        let moment = Moment::exact(self.app.now());
        let mut facts = CaseFacts::gather(self.app, txn, rules, &before.case, &command, Some(officer)).await?;
        if matches!(command, Command::Close { .. }) {
            facts.unreviewed = reports::unreviewed(self.app, txn, officer, before.case.id).await?;
        }
        let (post, events) = officer.choose(self.step.as_post, |post| {
            let by = By::Officer(post.actor(officer.id));
            let in_area = post.covers(&before.row.area_path);
            facts.decide(rules, &before.case, command.clone(), Acting { by, in_area, moment })
        })?;
        let author = Author::from(By::Officer(post.actor(officer.id)));
        for NewNote { id, kind, text } in notes {
            let note = notes::Note { id, stream: Stream::Hazard(before.case.id), kind, text, author: post.id };
            notes::write(txn, note, self.app.now()).await?;
        }
        let after = carry_out(self.app, txn, rules, &before.case, &events, author).await?;
        register_recurrence(self.app, txn, rules, &before, &events, author).await?;
        let change = Change { before: &before.case, after: &after };
        parting::consequences_for(self.app, txn, rules, officer, change, moment).await?;
        Ok(after)
    }
}

/// Applies the events to the case, saves the changed rows, appends the events and returns the new case.
pub(super) async fn carry_out(
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
    let mut stored = before.clone();
    for event in events {
        stored = rows::take_in(txn, &stored, event).await?;
    }
    rows::save(txn, &stored, &after).await?;
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

/// Decides on and executes a step inside the transaction of another one, such as a step that a review triggers. It
/// bypasses the choice of a post and the access check, which the caller has done.
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
    let acting = Acting { by, in_area: true, moment: Moment::exact(app.now()) };
    follow_as(app, txn, rules, case, command, acting).await
}

/// Decides on and executes a step of the reporter, as [`follow`] does. `moment` is the one of the whole step, so that no
/// time of its consequences tells more.
///
/// # Errors
/// The refusals of [`domain::hazard::decide`].
pub(crate) async fn follow_reporter(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    case: &Case,
    command: Command,
    moment: Moment,
) -> ApiResult<Case> {
    follow_as(app, txn, rules, case, command, Acting { by: By::Reporter, in_area: true, moment }).await
}

async fn follow_as(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    case: &Case,
    command: Command,
    acting: Acting,
) -> ApiResult<Case> {
    let facts = CaseFacts::gather(app, txn, rules, case, &command, None).await?;
    let events = facts.decide(rules, case, command, acting)?;
    let after = carry_out(app, txn, rules, case, &events, Author::from(acting.by)).await?;
    consequences(app, txn, rules, Change { before: case, after: &after }, acting.moment).await?;
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
