//! Writes a batch of submissions in one transaction, with a bounded number of statements, and decides on the result of
//! each.

use std::collections::HashMap;
use std::sync::Arc;

use domain::content::Digest;
use domain::id::{ReportId, UnitId};
use domain::refusal::Refusal;
use entity::batch::{self, InsertSet};
use entity::report;
use sea_orm::{ConnectionTrait, DatabaseTransaction, IntoActiveModel, Statement};

use super::draft::{Draft, Item};
use super::limit::{self, Placed};
use super::replay::{self, Kept};
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::identity::authorship::{self, Authorship, NewAuthorship};
use crate::identity::bars;

/// Inserts the new submissions of a batch in one transaction, and returns one result per submission, in input order.
///
/// # Errors
/// `TRY_LATER`, a conflict that the caller retries, or an internal error; nothing is then committed. The error of a
/// single submission is its own result.
pub(crate) async fn attempt(app: &App, items: &[Item]) -> ApiResult<Vec<ApiResult<Kept>>> {
    let mut over = HashMap::new();
    loop {
        match write(app, items, &over).await? {
            Written::Committed(answers) => return Ok(answers),
            Written::Over(more) => over.extend(more), // at least one, so that this ends
        }
    }
}

/// The outcome of one transaction.
enum Written {
    Committed(Vec<ApiResult<Kept>>),
    /// The transaction was rolled back, because these new submissions are above the limit of their authors.
    Over(HashMap<Digest, Refusal>),
}

/// Does what [`attempt`] says, without the submissions that are known to be over the limit.
async fn write(app: &App, items: &[Item], over: &HashMap<Digest, Refusal>) -> ApiResult<Written> {
    let limited = |item: &Item| over.get(&item.checked.key).map_or(Ok(()), |refusal| Err(refusal.clone().into()));
    let (mut new, mut refused) = sorted(items, |item| limited(item).and_then(|()| item.draft.clone()));
    // The statement is built before the transaction begins, on the assumption that all submissions are new and the
    // rules are unchanged, and rebuilt only if that fails.
    let mut rest = Some(rest_of(app, &new)?);
    let txn = app.begin_batch().await?;
    let rules = app.rules(&txn).await?;
    if items.iter().any(|item| item.rules != rules.version) {
        (new, refused) = sorted(items, |item| limited(item).and_then(|()| item.drafted(app, &rules)));
        rest = None;
    }
    let drafted = new.len();
    let known = insert_reports(&txn, items, &mut new).await?;
    let rest = rest.filter(|_| new.len() == drafted).map_or_else(|| rest_of(app, &new), Ok)?;
    let slots = write_rest(app, &txn, &new, rest).await?;
    let over = limit::over(app, &txn, placed(&new, &slots)).await?;
    if !over.is_empty() {
        txn.rollback().await?;
        return Ok(Written::Over(over));
    }
    let mut outcomes = Outcomes { known, authors: HashMap::new(), new: &new, refused };
    outcomes.authors = authorship::authors_of(&txn, &app.keys, outcomes.replayed(items)).await?;
    let answers = outcomes.answers(items);
    if new.is_empty() {
        txn.rollback().await?; // nothing was inserted, so no flush is needed
    } else {
        app.commit(txn).await?;
    }
    Ok(Written::Committed(answers))
}

fn placed<'a>(new: &HashMap<Digest, New<'a>>, slots: &HashMap<ReportId, u64>) -> Vec<Placed<'a>> {
    let placed = |one: &New<'a>| {
        let slot = *slots.get(&one.draft.row.id)?;
        Some(Placed { item: one.item, slot, a_day: one.draft.a_day })
    };
    new.values().filter_map(placed).collect()
}

/// A submission that is presumably new: the first in the batch with its id.
struct New<'a> {
    item: &'a Item,
    draft: Arc<Draft>,
}

/// The first acceptable submission per submission key, and the errors of the submissions that are rejected unless they
/// are replays.
type Sorted<'a> = (HashMap<Digest, New<'a>>, HashMap<Digest, ApiError>);

fn sorted(items: &[Item], drafted: impl Fn(&Item) -> ApiResult<Arc<Draft>>) -> Sorted<'_> {
    let (mut new, mut refused) = Sorted::default();
    for item in items {
        if new.contains_key(&item.checked.key) {
            continue;
        }
        match drafted(item) {
            Ok(draft) => drop(new.insert(item.checked.key, New { item, draft })),
            Err(error) => drop(refused.insert(item.checked.key, error)),
        }
    }
    (new, refused)
}

/// Sorts the new submissions by submission key. All writers insert in this order, so that transactions with overlapping
/// submissions block one another but cannot deadlock.
fn in_order<'m, 'a>(new: &'m HashMap<Digest, New<'a>>) -> Vec<&'m New<'a>> {
    let mut all: Vec<&New<'_>> = new.values().collect();
    all.sort_unstable_by_key(|one| one.item.checked.key.0);
    all
}

/// Inserts the report rows, skipping those whose submission key already exists, and retains only the inserted ones in
/// `new`. Returns the reports that were stored before, by submission key, and queries them only if there may be any.
async fn insert_reports(
    txn: &DatabaseTransaction,
    items: &[Item],
    new: &mut HashMap<Digest, New<'_>>,
) -> ApiResult<HashMap<Digest, report::Model>> {
    let rows = in_order(new).iter().map(|one| one.draft.row.clone().into_active_model()).collect();
    let written = batch::insert_new(txn, rows, report::Column::SubmissionKey).await?;
    let mut known = HashMap::new();
    let undrafted = items.iter().any(|item| !new.contains_key(&item.checked.key));
    if written < new.len() as u64 || undrafted {
        for row in replay::stored(txn, items.iter().map(|item| item.checked.key)).await? {
            known.insert(row.submission_key.as_slice().try_into().map(Digest).map_err(ApiError::internal)?, row);
        }
        new.retain(|key, one| known.get(key).is_some_and(|row: &report::Model| row.id == one.draft.row.id));
        known.retain(|key, _| !new.contains_key(key));
    }
    Ok(known)
}

/// Builds the statement that inserts the dependent rows of the new reports; `None` if no report is new.
fn rest_of(app: &App, new: &HashMap<Digest, New<'_>>) -> ApiResult<Option<Statement>> {
    let mut inserts = InsertSet::default();
    for one in in_order(new) {
        inserts.add_all(&one.draft.rest);
    }
    Ok(inserts.into_statement(app.db().get_database_backend())?)
}

/// Inserts the authorship records, the barred units and the dependent rows of the new reports. Returns the slots of their
/// authors that the reports got.
async fn write_rest(
    app: &App,
    txn: &DatabaseTransaction,
    new: &HashMap<Digest, New<'_>>,
    rest: Option<Statement>,
) -> ApiResult<HashMap<ReportId, u64>> {
    let Some(rest) = rest else { return Ok(HashMap::new()) };
    let new = in_order(new);
    let authors: Vec<NewAuthorship<'_>> = new
        .iter()
        .map(|one| {
            let first_free = one.item.slot.map(|slot| slot.first_free);
            NewAuthorship { report: one.draft.row.id, by: one.item.written_by(), first_free }
        })
        .collect();
    let slots = authorship::write_from(txn, &app.keys, &authors).await?;
    let accused: Vec<(ReportId, &[UnitId])> =
        new.iter().map(|one| (one.draft.row.id, one.draft.accused.as_slice())).collect();
    bars::bar_all(txn, &app.keys, &accused).await?;
    txn.execute_raw(rest).await?;
    Ok(slots)
}

/// The outcome of the batch, from which each result is derived.
struct Outcomes<'a> {
    /// The reports that were stored before this transaction.
    known: HashMap<Digest, report::Model>,
    /// The authors of those reports, and of the reports that occur more than once in the batch.
    authors: HashMap<ReportId, Authorship>,
    /// The reports that this transaction inserted.
    new: &'a HashMap<Digest, New<'a>>,
    /// The errors of the rejected submissions.
    refused: HashMap<Digest, ApiError>,
}

impl Outcomes<'_> {
    /// Returns the ids of the reports whose author a replay check needs: those stored before, and those that occur
    /// again in the batch.
    fn replayed(&self, items: &[Item]) -> Vec<ReportId> {
        let again = items.iter().filter(|item| !self.is_first(item));
        let again = again.filter_map(|item| self.new.get(&item.checked.key)).map(|one| one.draft.row.id);
        self.known.values().map(|row| row.id).chain(again).collect()
    }

    fn is_first(&self, item: &Item) -> bool {
        self.new.get(&item.checked.key).is_some_and(|one| std::ptr::eq(one.item, item))
    }

    fn answers(&mut self, items: &[Item]) -> Vec<ApiResult<Kept>> {
        items.iter().map(|item| self.answer(item)).collect()
    }

    fn answer(&self, item: &Item) -> ApiResult<Kept> {
        let key = &item.checked.key;
        let row = self.new.get(key).map(|one| &one.draft.row).or_else(|| self.known.get(key));
        let Some(row) = row else {
            let why = self.refused.get(key).cloned();
            return Err(why.unwrap_or_else(|| ApiError::internal("a submission was not decided")));
        };
        if self.is_first(item) {
            return Ok(Kept { row: row.clone(), tells_code: true, replayed: false });
        }
        let author = self.authors.get(&row.id);
        replay::check(row, item, author)?;
        let tells_code = replay::tells_code(row, &item.caller, author);
        Ok(Kept { row: row.clone(), tells_code, replayed: true })
    }
}
