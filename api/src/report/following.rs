//! Points a report to another hazard, after the hazards were merged 合并, parted or the merge was undone.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::access::By;
use domain::id::HazardId;
use domain::report::{Command, Context, HazardFacts, Receiver, decide};
use sea_orm::DatabaseTransaction;

use super::deadlines::Deadlines;
use super::rows::{self, Loaded};
use crate::app::App;
use crate::error::ApiResult;
use crate::journal::Author;
use crate::policy::rulebook::RuleBook;

/// To which hazard a report goes, and by whose step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Following {
    /// The hazard to which the report points from now on.
    pub hazard: HazardId,
    /// Whether the report goes back, because a merge was undone.
    pub back: bool,
    /// The party that takes the step.
    pub by: By,
    /// The time that the event tells.
    pub at: DateTime<Utc>,
}

/// Points a locked report to another hazard, and appends the event.
pub(crate) async fn follow(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    loaded: &Loaded,
    following: Following,
) -> ApiResult<()> {
    let Following { hazard, back, by, at } = following;
    let Deadlines { policy, timing } = Deadlines::of(rules, &loaded.row, at)?;
    let context = Context {
        now: at,
        by,
        in_area: false,
        own_report: false,
        barred: &BTreeSet::new(),
        hazards: HazardFacts::default(),
        receiver: Receiver::Unknown,
        policy,
        timing,
    };
    let events = decide(&loaded.report, Command::Follow { hazard, back }, &context)?;
    rows::carry_out(app, txn, rules, &loaded.report, &events, Author::from(by)).await.map(drop)
}
