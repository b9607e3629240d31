//! GraphQL mutations of incidents. Each resolver converts the input, calls the service and wraps the result.

use async_graphql::{Context, Object, SimpleObject};
use domain::id::SituationReportId;

use super::Incident;
use super::input::{
    AcknowledgeSituationReportInput, CorrectSituationReportInput, OpenIncidentInput, SendSituationReportInput, step,
};
use super::report::SituationReport;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::incident::opening::{self, Wanted};
use crate::incident::{reading, service};

macro_rules! payload {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(SimpleObject)]
        pub(crate) struct $name {
            /// The incident after the step.
            incident: Option<Incident>,
            /// The situation report that the step sent or acknowledged.
            situation_report: Option<SituationReport>,
        }

        impl $name {
            async fn of(ctx: &Context<'_>, id: SituationReportId) -> Result<Self, ApiError> {
                let (incident, report) = reading::report(app(ctx), caller(ctx), id).await?;
                Ok(Self { incident: Some(Incident(incident)), situation_report: Some(SituationReport(report)) })
            }
        }
    };
}

payload! {
    /// The result of `openIncident`.
    OpenIncidentPayload
}

payload! {
    /// The result of `sendSituationReport`.
    SendSituationReportPayload
}

payload! {
    /// The result of `correctSituationReport`.
    CorrectSituationReportPayload
}

payload! {
    /// The result of `acknowledgeSituationReport`.
    AcknowledgeSituationReportPayload
}

/// The mutations of incidents.
#[derive(Debug, Default)]
pub(crate) struct IncidentMutation;

#[Object]
impl IncidentMutation {
    /// Opens an incident with its initial report 初报, from a hazard that the unit of the caller handles, or without one. Village
    /// officers, clerks and leaders of townships and departments, and command centres may do this for their unit. Another officer of
    /// the unit, in a role that the policy names, signs the report; the policy lets some roles sign their own.
    ///
    /// Refusals: `NOT_FOUND`, `FORBIDDEN` (`incident.handled`), `NOT_YOUR_OWN` (`incident.sign_own`), `UNIT_BARRED`, `INVALID_INPUT`
    /// for the signer (`incident.signer`, `incident.signed_by`) and for the times (`incident.times_in_order`,
    /// `incident.times_not_ahead`, `incident.times_not_long_ago`, `incident.happened_at`, `incident.phoned_at`), `ILLEGAL_MOVE`
    /// (`incident.receiver`, `incident.open_once`, `incident.hazard_merged`, `incident.hazard_cancelled`).
    async fn open_incident(
        &self,
        ctx: &Context<'_>,
        input: OpenIncidentInput,
    ) -> Result<OpenIncidentPayload, ApiError> {
        let step = step(input.request_id, input.as_post, None);
        let wanted = Wanted { hazard: input.hazard_id, receiver: input.receiver_unit_id, report: input.report.into() };
        let id = opening::open(app(ctx), caller(ctx), step, wanted).await?;
        OpenIncidentPayload::of(ctx, id).await
    }

    /// Sends an update 续报 or the final report 终报, which ends the incident. Only officers of the unit that opened it may do this, in
    /// the same roles.
    ///
    /// Refusals: those of `openIncident` for the report, and `ILLEGAL_MOVE` (`incident.ended`, `incident.initial_once`,
    /// `incident.at_most`), `INVALID_INPUT` (`incident.happened_by_correction`).
    async fn send_situation_report(
        &self,
        ctx: &Context<'_>,
        input: SendSituationReportInput,
    ) -> Result<SendSituationReportPayload, ApiError> {
        let step = step(input.request_id, input.as_post, input.expected_version);
        let (incident, kind, report) = (input.incident_id, input.kind, input.report.into());
        let id = service::send(app(ctx), caller(ctx), step, incident, kind, report).await?;
        SendSituationReportPayload::of(ctx, id).await
    }

    /// Corrects a situation report 更正: sends a whole report that takes its place. Both stay and name each other. The correction is
    /// judged as if it had been sent in place of the first report, and keeps every late mark. Only officers of the unit that sent it
    /// may do this, in the same roles, also after the final report.
    ///
    /// Refusals: those of `openIncident` for the report, and `ILLEGAL_MOVE` (`incident.corrects_what_stands`,
    /// `incident.corrections`, `incident.at_most`), `INVALID_INPUT` (`incident.happened_by_correction`).
    async fn correct_situation_report(
        &self,
        ctx: &Context<'_>,
        input: CorrectSituationReportInput,
    ) -> Result<CorrectSituationReportPayload, ApiError> {
        let step = step(input.request_id, input.as_post, input.expected_version);
        let (corrects, report) = (input.situation_report_id, input.report.into());
        let id = service::correct(app(ctx), caller(ctx), step, corrects, &input.reason, report).await?;
        CorrectSituationReportPayload::of(ctx, id).await
    }

    /// Acknowledges a situation report 签收, once. Only officers of the receiving unit may do this, in a role that the policy names,
    /// and not the officers who wrote or signed it.
    ///
    /// Refusals: `NOT_FOUND`, `FORBIDDEN` (`incident.acknowledged_by`), `NOT_YOUR_OWN` (`incident.another_person`), `ILLEGAL_MOVE`
    /// (`incident.acknowledged`, `incident.corrected`).
    async fn acknowledge_situation_report(
        &self,
        ctx: &Context<'_>,
        input: AcknowledgeSituationReportInput,
    ) -> Result<AcknowledgeSituationReportPayload, ApiError> {
        let step = step(input.request_id, input.as_post, input.expected_version);
        let id = service::acknowledge(app(ctx), caller(ctx), step, input.situation_report_id).await?;
        AcknowledgeSituationReportPayload::of(ctx, id).await
    }
}
