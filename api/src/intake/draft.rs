//! Drafts a submission: routes it, and builds its rows, clocks, first event and signed receipt. All CPU-intensive work
//! happens here, outside the transaction and in parallel with other requests.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{HazardId, ReportId, UnitId};
use domain::photo::{PhotoParent, PhotoStage};
use domain::place;
use domain::policy::RuleVersion;
use domain::refusal::{Code, Refusal};
use domain::report::{Event, Reception, Report, ReportSource, receive};
use entity::batch::InsertSet;
use entity::{JsonList, report};
use sea_orm::IntoActiveModel;
use uuid::Uuid;

use super::submission::{Checked, Submission, Times, check_ids, flags, shown_capture};
use crate::app::App;
use crate::caller::{Caller, Who};
use crate::error::{ApiError, ApiResult};
use crate::hazard::service::findings::classification_before_review;
use crate::hazard::service::registering::{self, HazardEntry, HazardOrigin};
use crate::identity::authorship::{NextSlot, WrittenBy};
use crate::identity::devices::DeviceSigner;
use crate::identity::{Naming, receipt, secrets};
use crate::journal::{AppendContext, Author, NewEvent, Stream, append_to};
use crate::photo::{Announcement, expected_of};
use crate::policy::clocks;
use crate::policy::route::{RouteRequest, route};
use crate::policy::routing::Routing;
use crate::policy::rulebook::RuleBook;
use crate::report::{todos, unassigned};
use domain::time::china_day;

/// When a submission arrived.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    /// When the server received the submission.
    pub at: DateTime<Utc>,
    /// How many boundaries later than the first one the report becomes visible (see [`Reception::later`]).
    pub later: u8,
}

/// A drafted submission, ready to be inserted as part of a batch.
#[derive(Clone)]
pub(crate) struct Item {
    /// The caller who sent the request.
    pub caller: Caller,
    /// The owner of the device key that signed the submission, if it is signed.
    pub signer: Option<DeviceSigner>,
    /// The validated submission.
    pub checked: Checked,
    /// When the server received the submission, and when it becomes visible.
    pub arrival: Arrival,
    /// The version of the rule book with which it was drafted.
    pub rules: RuleVersion,
    /// The draft to insert if the submission is new, or the error with which a new submission is rejected. A replay is
    /// answered from the stored report in either case.
    pub draft: ApiResult<Arc<Draft>>,
    /// The slot of the author with which the limit of the day was judged; `None` for an anonymous report.
    pub slot: Option<NextSlot>,
}

impl Item {
    /// Drafts a submission with the given rule book. An error is kept in `draft` instead of being returned, because the
    /// submission may be a replay.
    #[must_use]
    pub(crate) fn new(
        app: &App,
        rules: &RuleBook,
        caller: Caller,
        signer: Option<DeviceSigner>,
        checked: Checked,
        arrival: Arrival,
    ) -> Self {
        let draft = may_submit(&caller, signer.as_ref(), checked.submission.naming)
            .and_then(|()| draft(app, rules, &checked, arrival))
            .map(Arc::new);
        Self { caller, signer, checked, arrival, rules: rules.version, draft, slot: None }
    }

    /// Returns the draft for the given rule book; drafts again only if the version has changed since.
    ///
    /// # Errors
    /// The error with which a new submission is rejected.
    pub(crate) fn drafted(&self, app: &App, rules: &RuleBook) -> ApiResult<Arc<Draft>> {
        let limited = |error: &ApiError| error.refusal().code == Code::RateLimited;
        if self.rules == rules.version || self.draft.as_ref().is_err_and(limited) {
            return self.draft.clone();
        }
        may_submit(&self.caller, self.signer.as_ref(), self.checked.submission.naming)?;
        draft(app, rules, &self.checked, self.arrival).map(Arc::new)
    }

    /// Determines the authorship record to store, from the naming mode and the login or the device signature.
    #[must_use]
    pub(crate) fn written_by(&self) -> WrittenBy<'_> {
        let naming = self.checked.submission.naming;
        match (&self.caller.who, &self.signer) {
            _ if naming == Naming::Anonymous => WrittenBy::Anonymous,
            (Who::Reporter(person), _) | (_, Some(DeviceSigner::Person(person))) => match naming {
                Naming::Named => WrittenBy::Named(person),
                Naming::Confidential | Naming::Anonymous => WrittenBy::Confidential(person),
            },
            (_, Some(DeviceSigner::Device(device))) => match naming {
                Naming::Named => WrittenBy::NamedByDevice(device),
                Naming::Confidential | Naming::Anonymous => WrittenBy::ConfidentialByDevice(device),
            },
            (_, None) => WrittenBy::Anonymous, // `may_submit` has rejected every other case
        }
    }
}

/// A fully built report that has not been inserted yet.
pub(crate) struct Draft {
    /// The row of table `report`, including the receipt signature.
    pub row: report::Model,
    /// How many reports one author may submit in 24 hours.
    pub a_day: ReportsADay,
    /// The accused units, which are barred from the report together with the units below them.
    pub accused: Vec<UnitId>,
    /// The dependent rows, which are inserted after the report row and not read back: the sealed secret, the photos,
    /// the clocks, the first event and, for an emergency, the hazard.
    pub rest: InsertSet,
}

/// The maximum number of named reports of one author within 24 hours, by the policy of the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReportsADay {
    /// For most authors.
    pub ordinary: u64,
    /// For information reporters and the desks of hotlines.
    pub on_duty: u64,
}

/// Authorizes the caller: a `NAMED` or `CONFIDENTIAL` report requires a login as a reporter or a device signature; an
/// anonymous one requires neither. Officers can submit only anonymously.
fn may_submit(caller: &Caller, signer: Option<&DeviceSigner>, naming: Naming) -> ApiResult<()> {
    match (naming, &caller.who) {
        (Naming::Anonymous, _) | (_, Who::Reporter(_)) => Ok(()),
        (_, Who::Nobody | Who::FollowUp(_)) if signer.is_some() => Ok(()),
        (_, Who::Nobody | Who::FollowUp(_)) => Err(Code::Unauthenticated.into()),
        (_, Who::Officer(_)) => Err(Code::Forbidden.into()),
    }
}

fn draft(app: &App, rules: &RuleBook, checked: &Checked, arrival: Arrival) -> ApiResult<Draft> {
    let now = arrival.at;
    let sent = &checked.submission;
    check_ids(sent)?;
    let accused = accused(sent, rules)?;
    let day = china_day(now);
    let routing = routed(rules, sent, day, &accused)?;
    let area = routing.area.or_else(|| rules.unit(routing.review_unit).map(|unit| unit.area_id));
    let policy = rules.handling(area, day)?;
    let timing = match area {
        Some(area) => rules.timing(area, now)?,
        None => return Err(Code::TryLater.into()),
    };
    let reception = Reception {
        id: ReportId(Uuid::new_v4()),
        source: ReportSource::Public,
        emergency: sent.emergency.then(|| HazardId(Uuid::new_v4())),
        review_unit: routing.review_unit,
        received_at: now,
        is_accusing: !accused.is_empty(),
        later: arrival.later,
    };
    let (report, received) = receive(&reception, policy, &timing);
    let veiled = reception.veiled(policy);
    let times = Times {
        received_at: now,
        veiled,
        captured_at: shown_capture(sent.secret.captured_at, policy.veil(sent.emergency)),
    };
    let mut row = row(checked, &report, &routing, &times, rules)?;
    let (kid, signature) = receipt::sign(&app.keys, &receipt::claims_of(&row, sent.id))?;
    row.receipt_kid = kid;
    row.receipt_sig = signature.to_vec();
    let mut rest = rest(app, checked, &report, &received, now, rules)?;
    registering::add(&mut rest, hazard(rules, &row, !accused.is_empty(), now)?.into_iter().collect())?;
    unassigned::add(&mut rest, &row, &routing)?;
    todos::add(&mut rest, &row, &report, unassigned::is_unassigned(&routing))?;
    let a_day = ReportsADay { ordinary: policy.reports_a_day.into(), on_duty: policy.reports_a_day_on_duty.into() };
    Ok(Draft { row, a_day, accused, rest })
}

fn routed(rules: &RuleBook, sent: &Submission, day: NaiveDate, accused: &[UnitId]) -> ApiResult<Routing> {
    let (point, category) = (sent.pin.point(), sent.category.as_deref());
    // Whether somebody in that unit is free to review it is asked of all reports that wait (`hazard::service::assigning`).
    route(rules, &RouteRequest { point, category, emergency: sent.emergency, day, accused, without_reviewer: &[] })
}

/// Returns the unit that the report accuses, if any. A unit that has ended meanwhile can still be accused.
///
/// # Errors
/// `INVALID_INPUT` for a unit that never existed here: without a word, the author would believe that it is recused.
fn accused(sent: &Submission, rules: &RuleBook) -> ApiResult<Vec<UnitId>> {
    match sent.accused {
        Some(unit) if rules.unit(unit).is_none() => Err(Refusal::invalid(
            "input.accusedUnitId",
            "未找到被反映的单位，请重新选择。",
            "The accused unit does not exist. Choose another one.",
        )
        .into()),
        accused => Ok(accused.into_iter().collect()),
    }
}

fn rest(
    app: &App,
    checked: &Checked,
    report: &Report,
    received: &Event,
    now: DateTime<Utc>,
    rules: &RuleBook,
) -> ApiResult<InsertSet> {
    let (mut inserts, stream) = (InsertSet::default(), Stream::Report(report.id));
    let sent = &checked.submission;
    secrets::add_secret(&mut inserts, &app.keys, report.id, &sent.secret, sent.on_behalf_of.as_ref())?;
    let announced = Announcement {
        parent_kind: PhotoParent::Report,
        parent_id: report.id.0,
        stage: PhotoStage::Before,
        photos: sent.photos.clone(),
    };
    let photos = expected_of(vec![announced], now)?;
    inserts.add(photos.into_iter().map(IntoActiveModel::into_active_model).collect())?;
    inserts.add(report.clocks.iter().map(|clock| clocks::to_row(stream, clock)).collect())?;
    let (author, at) = (Author::default(), report.shown_at);
    let heading = AppendContext { stream, after: 0, author, at, rules: rules.version };
    // The receipt that the author holds signs the same hash.
    let event = NewEvent::from_domain_with(received, "content_hash", &hex::encode(checked.hash.0))?;
    append_to(&mut inserts, vec![(heading, vec![event])])?;
    Ok(inserts)
}

fn row(
    checked: &Checked,
    report: &Report,
    routing: &Routing,
    times: &Times,
    rules: &RuleBook,
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
        flags: JsonList(flags(sent, routing, times).into_iter().map(ToOwned::to_owned).collect()),
        received_at: times.received_at,
        shown_at: times.veiled.shown_at,
        visible_from: times.veiled.visible_from,
        captured_at: times.captured_at,
        area_id: routing.area,
        area_path: routing.area_path.clone(),
        review_unit: report.review_unit,
        routing: serde_json::to_string(routing).map_err(ApiError::internal)?,
        reviewed_by: None,
        amendments: 0,
        hazard_id: report.hazard,
        receipt_kid: String::new(),
        receipt_sig: Vec::new(),
        rule_version: rules.version,
        has_code: true,
    })
}

/// Decides on the hazard that an emergency report registers immediately; `None` for other reports.
fn hazard(
    rules: &RuleBook,
    row: &report::Model,
    is_accusing: bool,
    now: DateTime<Utc>,
) -> ApiResult<Option<HazardEntry>> {
    let Some(id) = row.hazard_id else { return Ok(None) };
    let filed = classification_before_review(rules, row.category.as_deref(), china_day(now));
    let origin = HazardOrigin { report: row, filed, for_duty: !is_accusing };
    registering::decide(rules, origin, id, Author::default(), now).map(Some)
}
