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
use crate::identity::bars;
use crate::journal::Author;
use crate::report::rows::Loaded;

impl Attempt<'_> {
    /// Applies the findings of a confirmed report. A report without a hazard that stands registers a new one; the hazard of
    /// an emergency, which was registered before the review, is reclassified if the findings differ, also while another unit
    /// holds it, because the report was referred after the dispatch.
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
            Some(subject) => Some(subjects::find_or_write(app, txn, subject).await?),
            None => None,
        };
        let filed = findings.classify(before.clone(), subject, rules, day)?;
        let Some(own) = own else {
            let origin = HazardOrigin { report: &loaded.row, filed, for_duty: false };
            return enter(app, txn, rules, origin, id, Author::from(by)).await.map(drop);
        };
        if filed == before {
            return Ok(());
        }
        self.check_holder(loaded, own).await?;
        follow(app, txn, rules, own, Command::Classify(filed), by).await.map(drop)
    }

    /// Checks that the unit that holds the hazard may read the report. The new classification would tell it that there is a
    /// report that it does not see 回避.
    async fn check_holder(&self, loaded: &Loaded, own: &Case) -> ApiResult<()> {
        if own.township == loaded.report.review_unit {
            return Ok(());
        }
        let line = [self.rules.units.line(own.township)];
        if bars::barred_units(self.txn, &self.app.keys, loaded.report.id, &line).await?.is_empty() {
            return Ok(());
        }
        let zh = "持有该隐患的单位应回避此报告，不能据此变更隐患归类。请不带归类确认。";
        let en = "The unit that holds the hazard is recused from this report, so the report cannot reclassify the hazard. \
                  Please confirm it without a classification.";
        Err(Refusal::illegal("review.holder_recused").with_text(zh, en).into())
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
