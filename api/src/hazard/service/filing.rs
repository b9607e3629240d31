//! Files the hazard of a confirmed report in the ledger: registers a new one, or classifies the own one again.

use domain::Code;
use domain::access::{Action, By};
use domain::hazard::{Case, Command, End};
use domain::id::HazardId;
use domain::refusal::Refusal;
use domain::time::china_day;
use entity::hazard;
use sea_orm::{EntityTrait, QueryFilter};

use super::command_handler::follow;
use super::findings::{ReviewFindings, classification_before_review, classification_of};
use super::registering::{HazardOrigin, enter};
use super::review::Attempt;
use crate::error::ApiResult;
use crate::hazard::{scope, subjects};
use crate::journal::Author;
use crate::report::rows::Loaded;

impl Attempt<'_> {
    /// Applies the findings of a confirmed report. A report without a hazard that stands registers a new one; the hazard of
    /// an emergency, which was registered before the review, is reclassified if the findings differ. What another unit
    /// holds is filed by that unit.
    pub(super) async fn file(
        &self,
        loaded: &Loaded,
        findings: &ReviewFindings,
        own: Option<&Case>,
        id: HazardId,
        by: By,
    ) -> ApiResult<()> {
        let (app, txn, rules) = (self.app, self.txn, self.rules);
        self.check_recurrence(findings.recurrence_of).await?;
        let day = china_day(app.now());
        let before = own.map_or_else(
            || classification_before_review(rules, loaded.row.category.as_deref(), day),
            classification_of,
        );
        let subject = match &findings.subject {
            Some(subject) => Some(subjects::write(app, txn, subject).await?),
            None => None,
        };
        let filed = findings.classify(before.clone(), subject, rules, day)?;
        let Some(own) = own else {
            let origin = HazardOrigin { report: &loaded.row, filed };
            return enter(app, txn, rules, origin, id, Author::from(by)).await.map(drop);
        };
        if filed == before || own.township != loaded.report.review_unit {
            return Ok(());
        }
        follow(app, txn, rules, own, Command::Classify(filed), by).await.map(drop)
    }

    /// Checks that the recurring hazard exists, is visible to the officer and is closed.
    async fn check_recurrence(&self, hazard: Option<HazardId>) -> ApiResult<()> {
        let Some(id) = hazard else { return Ok(()) };
        let visible = scope::visible(self.app, self.officer, Action::ReadHazard);
        let row = hazard::Entity::find_by_id(id).filter(visible).one(self.txn).await?;
        let row = row.ok_or_else(|| Refusal::new(Code::NotFound).with_field("input.recurrenceOf"))?;
        if row.end_kind == Some(End::Closed) {
            return Ok(());
        }
        Err(Refusal::illegal("recurrence.closed").with_field("input.recurrenceOf").into())
    }
}
