//! The inputs of the steps of enforcement, in the form in which the idempotency key hashes them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::hazard::enforcement::OrderKind;
use domain::id::{HazardId, InspectionId, OrderId, PenaltyId, PhotoId};
use domain::money::Fen;
use serde::Serialize;

use crate::hazard::subjects::NewSubject;

/// What an inspection found. The idempotency key hashes this struct as JSON, so renaming a field would invalidate stored keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NewInspection {
    /// When the inspection took place.
    pub inspected_at: DateTime<Utc>,
    /// The number of the certificate of the second officer.
    pub second_officer: Option<String>,
    /// The subject that was inspected.
    pub subject: Option<NewSubject>,
    /// The photos.
    pub photos: Vec<PhotoId>,
    /// The record that this one corrects.
    pub corrects: Option<InspectionId>,
    /// The findings, 2 to 500 characters.
    pub findings: String,
}

/// An order that is issued. The idempotency key hashes this struct as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NewOrder {
    /// The inspection on which it is based.
    pub inspection: InspectionId,
    /// What it demands.
    pub kind: OrderKind,
    /// The last day on which the subject may obey.
    pub until: Option<NaiveDate>,
    /// What is ordered, 2 to 500 characters.
    pub text: String,
}

/// A penalty that is recorded. The idempotency key hashes this struct as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NewPenalty {
    /// The inspection on which it is based.
    pub inspection: InspectionId,
    /// The open order that it ends.
    pub order: Option<OrderId>,
    /// The number of the decision.
    pub document: String,
    /// The fine; 0 for a penalty without one.
    pub fine: Fen,
    /// The day of the decision.
    pub decided_on: NaiveDate,
    /// The article and the facts, 2 to 500 characters.
    pub basis: String,
}

/// The input of a step of enforcement: the bare values, as [`super::super::step_input::StepInput`] has them. The JSON form of a
/// published step never changes.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(in crate::hazard::service) enum EnforceInput<'a> {
    /// An inspection: the hazard, the longitude and latitude of the officer in 10⁻⁷ degrees, and what was found.
    Inspect(HazardId, i32, i32, &'a NewInspection),
    /// An order.
    Order(&'a NewOrder),
    /// A re-inspection: the order, the record of the inspection, and whether the order was met.
    Reinspect(OrderId, InspectionId, bool),
    /// A revoked order and the reason.
    Revoke(OrderId, &'a str),
    /// A penalty.
    Penalise(&'a NewPenalty),
    /// A payment: the penalty and the day.
    Pay(PenaltyId, NaiveDate),
    /// A voided penalty and the reason.
    Void(PenaltyId, &'a str),
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use uuid::Uuid;

    use super::*;

    const ID: &str = "00000000-0000-0000-0000-000000000001";

    fn assert_hashed_as(expected: &str, input: &EnforceInput<'_>) {
        let hashed = serde_json_canonicalizer::to_string(input).unwrap();
        assert_eq!(hashed.replace(ID, "1"), expected, "{input:?}");
    }

    #[test]
    fn the_hashed_form_of_a_step_of_enforcement_never_changes() {
        let one = Uuid::from_u128(1);
        let (inspection, order, penalty) = (InspectionId(one), OrderId(one), PenaltyId(one));
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let new = NewInspection {
            inspected_at: Utc.with_ymd_and_hms(2026, 3, 1, 8, 0, 0).unwrap(),
            second_officer: Some("GZ-0042".to_owned()),
            subject: None,
            photos: vec![PhotoId(one)],
            corrects: Some(inspection),
            findings: "情况".to_owned(),
        };
        assert_hashed_as(
            r#"["1",1205000000,312500000,{"corrects":"1","findings":"情况","inspected_at":"2026-03-01T08:00:00Z","photos":["1"],"second_officer":"GZ-0042","subject":null}]"#,
            &EnforceInput::Inspect(HazardId(one), 1_205_000_000, 312_500_000, &new),
        );
        let new = NewOrder { inspection, kind: OrderKind::StopWork, until: Some(day), text: "停业".to_owned() };
        assert_hashed_as(
            r#"{"inspection":"1","kind":"STOP_WORK","text":"停业","until":"2026-03-01"}"#,
            &EnforceInput::Order(&new),
        );
        assert_hashed_as(r#"["1","1",true]"#, &EnforceInput::Reinspect(order, inspection, true));
        assert_hashed_as(r#"["1","理由"]"#, &EnforceInput::Revoke(order, "理由"));
        let new = NewPenalty {
            inspection,
            order: None,
            document: "罚〔2026〕1号".to_owned(),
            fine: Fen(500),
            decided_on: day,
            basis: "依据".to_owned(),
        };
        assert_hashed_as(
            r#"{"basis":"依据","decided_on":"2026-03-01","document":"罚〔2026〕1号","fine":500,"inspection":"1","order":null}"#,
            &EnforceInput::Penalise(&new),
        );
        assert_hashed_as(r#"["1","2026-03-01"]"#, &EnforceInput::Pay(penalty, day));
        assert_hashed_as(r#"["1","理由"]"#, &EnforceInput::Void(penalty, "理由"));
    }
}
