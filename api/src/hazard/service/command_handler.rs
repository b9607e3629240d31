//! The walk that every step of a case takes: see it, lock it, decide on fresh state, save the difference, commit.

use domain::Code;
use domain::access::By;
use domain::event::DomainEvent;
use domain::hazard::{Case, Command, Event, apply};
use domain::id::{AssignmentId, HazardId, NoteId, PostId};
use domain::note::NoteKind;
use entity::assignment;
use futures::FutureExt;
use sea_orm::{DatabaseTransaction, EntityTrait};
use serde::Serialize;
use uuid::Uuid;

use super::consequences::consequences;
use super::facts::Facts;
use crate::app::App;
use crate::caller::{Caller, OfficerCaller};
use crate::error::ApiResult;
use crate::hazard::rows::{self, Loaded};
use crate::hazard::scope;
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::{AppendContext, Author, NewEvent, Stream, append, notes};
use crate::policy::rulebook::RuleBook;
use crate::retry::retry;

/// What comes with every step: the request's id, which post acts, which version the form was filled in on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct StepMeta {
    /// The same id twice has one effect.
    #[serde(skip)]
    pub request_id: Uuid,
    /// The post that acts, where the officer has several and says which.
    pub as_post: Option<PostId>,
    /// The version of the hazard that the officer saw, where the form names it.
    #[serde(skip)]
    pub expected_version: Option<i64>,
}

/// What a step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Target {
    /// A hazard.
    Hazard(HazardId),
    /// The hazard of an assignment.
    Assignment(AssignmentId),
}

/// A command with the free texts that it names.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    /// What is asked for.
    pub command: Command,
    /// The texts, under the ids that the command names them by.
    pub notes: Vec<(NoteId, NoteKind, String)>,
}

impl Proposal {
    /// A command without texts.
    #[must_use]
    pub(crate) const fn of(command: Command) -> Self {
        Self { command, notes: Vec::new() }
    }
}

/// A fresh id for a text.
#[must_use]
pub(crate) fn note_id() -> NoteId {
    NoteId(Uuid::new_v4())
}

/// Everything about the request that does not change between tries.
pub(crate) struct CommandHandler<'a, I: Serialize + Sync> {
    /// The app.
    pub app: &'a App,
    /// Who asks.
    pub caller: &'a Caller,
    /// The step.
    pub step: StepMeta,
    /// The name of the mutation.
    pub operation: &'static str,
    /// Its input, for the request's hash.
    pub input: &'a I,
}

impl<I: Serialize + Sync> std::fmt::Debug for CommandHandler<'_, I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommandHandler").field("operation", &self.operation).finish_non_exhaustive()
    }
}

impl<I: Serialize + Sync> CommandHandler<'_, I> {
    /// Takes one step and answers the hazard. `draft` makes the command from the case as it stands.
    ///
    /// # Errors
    /// Why it may not be; `NOT_FOUND` for a hazard that the caller may not see.
    pub(crate) async fn execute(
        &self,
        target: Target,
        draft: impl Fn(&Loaded) -> ApiResult<Proposal> + Send + Sync,
    ) -> ApiResult<HazardId> {
        let officer = self.caller.officer()?;
        let request = IdempotencyKey::new(
            &self.caller.request_name(),
            self.step.request_id,
            self.operation,
            &(self.input, self.step),
        )?;
        retry(|| self.attempt(officer, &request, target, &draft).boxed()).await
    }

    async fn attempt(
        &self,
        officer: &OfficerCaller,
        request: &IdempotencyKey,
        target: Target,
        draft: &(impl Fn(&Loaded) -> ApiResult<Proposal> + Send + Sync),
    ) -> ApiResult<HazardId> {
        let txn = self.app.begin_write().await?;
        let loaded = seen(self.app, &txn, officer, target).await?;
        // After the lock: the same request at the same moment has either not begun or is done.
        if let Some(id) = request.previous_result(&txn).await? {
            return Ok(HazardId(id));
        }
        let rules = self.app.rules(&txn).await?;
        if self.step.expected_version.is_some_and(|version| version != loaded.case.version) {
            return Err(Code::ChangedMeanwhile.into());
        }
        let draft = draft(&loaded)?;
        let after = self.decide_and_save(&txn, &rules, officer, loaded, draft).await?;
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
        draft: Proposal,
    ) -> ApiResult<Case> {
        let facts = Facts::gather(self.app, txn, rules, &before.case, &draft.command).await?;
        let (post, events) = officer.choose(self.step.as_post, |post| {
            let by = By::Officer(post.actor(officer.id));
            let in_area = post.covers(&before.row.area_path);
            facts.decide(self.app, rules, &before.case, draft.command.clone(), (by, in_area))
        })?;
        let author = Author { officer: Some(officer.id), post: Some(post.id) };
        for (id, kind, text) in draft.notes {
            let note = notes::Note { id, stream: Stream::Hazard(before.case.id), kind, text, author: post.id };
            notes::write(txn, note, self.app.now()).await?;
        }
        let after = carry_out(self.app, txn, rules, &before.case, &events, author).await?;
        consequences(self.app, txn, rules, &before.case, &after).await?;
        Ok(after)
    }
}

/// Writes events and what they change; the case after them.
///
/// # Errors
/// When the database is not answering.
pub(crate) async fn carry_out(
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
    let heading = AppendContext {
        stream: Stream::Hazard(before.id),
        after: before.version,
        author,
        at: if author.officer.is_some() { app.now() } else { events.last().map_or(app.now(), Event::at) },
        rules: rules.version,
    };
    append(txn, heading, new).await?;
    Ok(after)
}

/// The case, locked, if the officer may see it.
///
/// # Errors
/// `NOT_FOUND` if not.
pub(crate) async fn seen(
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

/// Decides and writes a step that nobody's post takes: the reporter's, or one that follows from another.
///
/// # Errors
/// Why it may not be.
pub(crate) async fn follow(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    case: &Case,
    command: Command,
    by: By,
) -> ApiResult<Case> {
    let facts = Facts::gather(app, txn, rules, case, &command).await?;
    let events = facts.decide(app, rules, case, command, (by, true))?;
    let author = match by {
        By::Officer(actor) => Author { officer: Some(actor.officer), post: Some(actor.post) },
        By::Reporter | By::System => Author::default(),
    };
    let after = carry_out(app, txn, rules, case, &events, author).await?;
    consequences(app, txn, rules, case, &after).await?;
    Ok(after)
}
