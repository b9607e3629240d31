//! Submitting: a slice of submissions, one transaction, each answered after the commit.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::content::Digest;
use domain::id::{HazardId, ReportId, UnitId};
use domain::photo::{PhotoParent, PhotoStage};
use domain::place;
use domain::refusal::Code;
use domain::report::{Event, Reception, Report, ReportSource, receive};
use entity::report;
use futures::FutureExt;
use sea_orm::{DatabaseTransaction, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::replay::{self, Accepted};
use super::submission::{Checked, Secret, Submission, check, flags, shown_capture};
use crate::app::App;
use crate::caller::{Caller, Who};
use crate::error::{ApiError, ApiResult};
use crate::hazard::service::findings::unseen;
use crate::hazard::service::registering::{Origin, enter, timing};
use crate::identity::authorship::{self, WrittenBy};
use crate::identity::{Naming, bars, receipt, secrets};
use crate::journal::{Author, Heading, NewEvent, Stream, append_all};
use crate::photo::{Announcement, announce_all};
use crate::policy::clocks;
use crate::policy::routing::{Routing, route};
use crate::policy::rulebook::{RuleBook, china_day};
use crate::retry::retry;

/// Takes submissions and answers each: what is good is kept, whatever its neighbours are.
///
/// # Errors
/// Only when nothing could be written at all: `TRY_LATER`. What is wrong with one is its own answer.
pub async fn submit(app: &App, caller: &Caller, items: Vec<Submission>) -> ApiResult<Vec<ApiResult<Accepted>>> {
    let checked: Vec<ApiResult<Checked>> = items.into_iter().map(check).collect();
    let good: Vec<Checked> = checked.iter().filter_map(|item| item.as_ref().ok().cloned()).collect();
    let mut answers = retry(|| attempt(app, caller, &good).boxed()).await?.into_iter();
    Ok(checked
        .into_iter()
        .map(|item| match item {
            Ok(_) => answers.next().unwrap_or_else(|| Err(ApiError::accident("a submission was not answered"))),
            Err(error) => Err(error),
        })
        .collect())
}

/// Whoever wants to be known must be logged in; nobody has to be. Asked of what is new alone: what is here already is
/// answered whoever asks, so that a phone whose login has ended learns that its report was received.
fn may_submit(caller: &Caller, naming: Naming) -> ApiResult<()> {
    match (naming, &caller.who) {
        (Naming::Anonymous, _) | (_, Who::Reporter(_)) => Ok(()),
        (_, Who::Nobody | Who::FollowUp(_)) => Err(Code::Unauthenticated.into()),
        (_, Who::Officer(_)) => Err(Code::Forbidden.into()),
    }
}

async fn attempt(app: &App, caller: &Caller, items: &[Checked]) -> ApiResult<Vec<ApiResult<Accepted>>> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let txn = app.begin_write().await?;
    let keys: Vec<Digest> = items.iter().map(|item| item.key).collect();
    let known = replay::stored(&txn, &keys).await?;
    let mut rows: HashMap<Digest, report::Model> = HashMap::new();
    for row in known {
        rows.insert(key_of(&row)?, row);
    }
    let rules = app.rules(&txn).await?;
    let (drafts, refused) = draft_new(app, &rules, caller, items, &rows);
    write(app, &txn, &rules, caller, &drafts).await?;
    let new: HashSet<Digest> = drafts.iter().map(|draft| draft.checked.key).collect();
    rows.extend(drafts.iter().map(|draft| (draft.checked.key, draft.row.clone())));
    let mut told = HashSet::new();
    let mut answers = Vec::with_capacity(items.len());
    for item in items {
        let Some(row) = rows.get(&item.key) else {
            let why = refused.get(&item.key).cloned();
            answers.push(Err(why.unwrap_or_else(|| ApiError::accident("a submission was not decided"))));
            continue;
        };
        let mut answer = replay::answer(app, &txn, caller, (row, item)).await;
        if let Ok(accepted) = &mut answer {
            accepted.replayed = !(new.contains(&item.key) && told.insert(item.key));
        }
        answers.push(answer);
    }
    if new.is_empty() {
        txn.rollback().await?; // nothing to write: nothing to flush
    } else {
        app.commit(txn).await?;
    }
    Ok(answers)
}

fn key_of(row: &report::Model) -> ApiResult<Digest> {
    row.submission_key.as_slice().try_into().map(Digest).map_err(ApiError::accident)
}

/// The reports that are new, one a submission id, and why others cannot be written.
fn draft_new<'a>(
    app: &App,
    rules: &RuleBook,
    caller: &Caller,
    items: &'a [Checked],
    known: &HashMap<Digest, report::Model>,
) -> (Vec<Draft<'a>>, HashMap<Digest, ApiError>) {
    let (mut drafts, mut refused): (Vec<Draft<'a>>, _) = (Vec::new(), HashMap::new());
    let now = app.now();
    for item in items {
        if known.contains_key(&item.key) || drafts.iter().any(|draft| draft.checked.key == item.key) {
            continue;
        }
        match may_submit(caller, item.submission.naming).and_then(|()| draft(app, rules, item, now)) {
            Ok(draft) => drafts.push(draft),
            Err(error) => drop(refused.insert(item.key, error)),
        }
    }
    (drafts, refused)
}

/// A report that is about to be written.
struct Draft<'a> {
    checked: &'a Checked,
    row: report::Model,
    report: Report,
    event: Event,
    barred: Vec<UnitId>,
}

fn draft<'a>(app: &App, rules: &RuleBook, checked: &'a Checked, now: DateTime<Utc>) -> ApiResult<Draft<'a>> {
    let sent = &checked.submission;
    let barred: Vec<UnitId> = sent.accused.into_iter().filter(|unit| rules.unit(*unit).is_some()).collect();
    let day = china_day(now);
    let routing = route(rules, sent.pin.point(), sent.category.as_deref(), day, &barred)?;
    let area = routing.area.or_else(|| rules.unit(routing.review_unit).map(|unit| unit.area_id));
    let policy = rules.handling(area, day)?;
    let timing = match area {
        Some(area) => timing(rules, area, now)?,
        None => return Err(Code::TryLater.into()),
    };
    let reception = Reception {
        id: ReportId(Uuid::new_v4()),
        source: ReportSource::Public,
        emergency: sent.emergency.then(|| HazardId(Uuid::new_v4())),
        review_unit: routing.review_unit,
        received_at: now,
    };
    let (report, event) = receive(&reception, policy, &timing);
    let mut row = row(checked, &report, &routing, (now, rules))?;
    let (kid, signature) = receipt::sign(&app.keys, &replay::claims(&row, sent.id))?;
    row.receipt_kid = kid;
    row.receipt_sig = signature.to_vec();
    Ok(Draft { checked, row, report, event, barred })
}

fn row(
    checked: &Checked,
    report: &Report,
    routing: &Routing,
    (now, rules): (DateTime<Utc>, &RuleBook),
) -> ApiResult<report::Model> {
    let sent = &checked.submission;
    let point = sent.pin.point();
    Ok(report::Model {
        id: report.id,
        submission_key: checked.key.0.to_vec(),
        content_hash: checked.hash.0.to_vec(),
        source: report.source,
        status: report.status,
        version: report.version,
        text: sent.text.clone(),
        category: sent.category.clone(),
        category_known: routing.category_known,
        crs: sent.pin.crs(),
        given_lng_e7: i64::from(sent.pin.lng_e7()),
        given_lat_e7: i64::from(sent.pin.lat_e7()),
        lng_e7: i64::from(point.lng_e7()),
        lat_e7: i64::from(point.lat_e7()),
        cell: place::cell(point),
        accuracy_metres: sent.accuracy_metres,
        place_source: sent.place_source.clone(),
        address: sent.address.clone(),
        emergency: sent.emergency,
        contact_consent: sent.contact_consent,
        flags: serde_json::to_string(&flags(sent, routing, now)).map_err(ApiError::accident)?,
        received_at: now,
        shown_at: report.shown_at,
        captured_at: shown_capture(sent.secret.captured_at, sent.emergency),
        area_id: routing.area,
        area_path: routing.area_path.clone(),
        review_unit: report.review_unit,
        routing: serde_json::to_string(routing).map_err(ApiError::accident)?,
        reviewed_by: None,
        hazard_id: report.hazard,
        receipt_kid: String::new(),
        receipt_sig: Vec::new(),
        rule_version: rules.version,
    })
}

/// Writes the drafts: one statement a table, whatever their number; then the hazards of emergencies.
async fn write(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    caller: &Caller,
    drafts: &[Draft<'_>],
) -> ApiResult<()> {
    if drafts.is_empty() {
        return Ok(());
    }
    report::Entity::insert_many(drafts.iter().map(|draft| draft.row.clone().into_active_model()))
        .exec_without_returning(txn)
        .await?;
    write_vault(app, txn, caller, drafts).await?;
    let announced = drafts.iter().map(|draft| Announcement {
        parent_kind: PhotoParent::Report,
        parent_id: draft.row.id.0,
        stage: PhotoStage::Before,
        photos: draft.checked.submission.photos.clone(),
    });
    announce_all(txn, announced.collect(), app.now()).await?;
    let clocks = drafts
        .iter()
        .flat_map(|draft| draft.report.clocks.iter().map(|clock| clocks::to_row(Stream::Report(draft.row.id), clock)));
    entity::clock::Entity::insert_many(clocks.collect::<Vec<_>>()).exec_without_returning(txn).await?;
    let mut streams = Vec::new();
    for draft in drafts {
        streams.push((heading(draft, rules), vec![event(draft)?]));
    }
    append_all(txn, streams).await?;
    for draft in drafts {
        if let Some(hazard) = draft.report.hazard {
            let filed = unseen(rules, draft.row.category.as_deref(), china_day(app.now()));
            enter(app, txn, rules, Origin { report: &draft.row, filed }, (hazard, Author::default())).await?;
        }
    }
    Ok(())
}

async fn write_vault(app: &App, txn: &DatabaseTransaction, caller: &Caller, drafts: &[Draft<'_>]) -> ApiResult<()> {
    let authors: Vec<(ReportId, WrittenBy<'_>)> =
        drafts.iter().map(|draft| (draft.row.id, written_by(caller, draft.checked.submission.naming))).collect();
    authorship::write(txn, &app.keys, &authors).await?;
    let sealed: Vec<(ReportId, &Secret)> =
        drafts.iter().map(|draft| (draft.row.id, &draft.checked.submission.secret)).collect();
    secrets::write_secrets(txn, &app.keys, &sealed).await?;
    let accused: Vec<(ReportId, &[UnitId])> =
        drafts.iter().map(|draft| (draft.row.id, draft.barred.as_slice())).collect();
    bars::bar_all(txn, &app.keys, &accused).await
}

fn written_by(caller: &Caller, naming: Naming) -> WrittenBy<'_> {
    match (naming, &caller.who) {
        (Naming::Named, Who::Reporter(person)) => WrittenBy::Named(person),
        (Naming::Confidential, Who::Reporter(person)) => WrittenBy::Confidential(person),
        _ => WrittenBy::Anonymous,
    }
}

fn heading(draft: &Draft<'_>, rules: &RuleBook) -> Heading {
    Heading {
        stream: Stream::Report(draft.row.id),
        after: 0,
        author: Author::default(),
        at: draft.row.shown_at,
        rules: rules.version,
    }
}

fn event(draft: &Draft<'_>) -> ApiResult<NewEvent> {
    let mut event = NewEvent::of(draft.event.kind(), &draft.event)?;
    event.occurred_at = Some(draft.event.at());
    Ok(event)
}
