//! The inputs of case steps, in the form in which the idempotency key hashes them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::hazard::{
    CancelReason, FollowUpResult, Grades, InterimMeasure, Measure, ObjectionOutcome, OpenWork, ResumeCause,
    RulingOutcome, SendBackReason, WhistleFault,
};
use domain::id::{AssignmentId, HazardId, PhotoId, PostId, SupervisionId, UnitId, WhistleId};
use domain::place::Pin;
use domain::policy::Rung;
use domain::time::without_leap_second;
use serde::Serialize;

use super::enforcing::input::EnforceInput;

/// The units that a dispatch or a whistle assigns to a hazard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct AskedUnits {
    /// The unit that leads 主责.
    pub lead: UnitId,
    /// The units that support 协办.
    pub supports: Vec<UnitId>,
}

/// Where and when a worker performed a step on site.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OnTheSpot {
    /// The reported position of the worker.
    pub pin: Pin,
    /// When the step was performed, if the phone was offline at that moment and submits it later.
    pub occurred_at: Option<DateTime<Utc>>,
}

impl OnTheSpot {
    /// The place and the time as the phone sends them.
    pub(crate) fn new(pin: Pin, occurred_at: Option<DateTime<Utc>>) -> Self {
        Self { pin, occurred_at: occurred_at.map(without_leap_second) }
    }
}

/// The result of a finished assignment 办结. The idempotency key hashes this struct as JSON, so renaming a field would
/// invalidate stored keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct FinishedWork {
    /// The measure taken 治理方式.
    pub measure: Measure,
    /// The photos of the finished work, which must have been announced for the same assignment.
    pub photos: Vec<PhotoId>,
    /// An optional remark of 2 to 500 characters.
    pub remark: Option<String>,
}

/// The step input that the idempotency key hashes: the bare value, or a JSON array, without the variant name. Because
/// the hashes of executed requests are stored, the JSON form of a published step must never change; otherwise a request
/// repeated after an update is rejected with `REQUEST_ID_TAKEN`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum StepInput<'a> {
    /// A step on an assignment that takes no reason: sign or claim.
    Assignment(AssignmentId),
    /// A step on an assignment with a reason: release, accept, send to rework, grant or refuse more time.
    ReasonedAssignment(AssignmentId, &'a str),
    /// An assignment taken back: the assignment, the unit that leads instead, and the reason.
    TakeBack(AssignmentId, Option<UnitId>, &'a str),
    /// A request for more time: the assignment, the day and the reason.
    AskExtension(AssignmentId, NaiveDate, &'a str),
    /// A send-back: the assignment, the reason code, the proposed unit and the basis.
    SendBack(AssignmentId, SendBackReason, Option<UnitId>, &'a str),
    /// An accepted send-back: the assignment, the unit that leads instead, the units that support, and the reason.
    AcceptSendBack(AssignmentId, Option<UnitId>, &'a [UnitId], &'a str),
    /// A ruling: the assignment, the outcome, the unit that leads instead, the units that support, and the reason.
    Rule(AssignmentId, RulingOutcome, Option<UnitId>, &'a [UnitId], &'a str),
    /// A rung that is set by hand: the hazard, the assignment, the rung and the reason.
    Supervise(HazardId, Option<AssignmentId>, Rung, &'a str),
    /// A step on a supervision that takes no reason.
    Supervision(SupervisionId),
    /// A step of enforcement.
    Enforce(EnforceInput<'a>),
    /// A handover: the assignment, the new post and the reason.
    HandOver(AssignmentId, PostId, &'a str),
    /// A check-in: the assignment, the longitude and latitude of the worker in 10⁻⁷ degrees, the time, and the reason
    /// for being too far away.
    CheckIn(AssignmentId, i32, i32, Option<DateTime<Utc>>, Option<&'a str>),
    /// A finished assignment: the assignment, the longitude and latitude of the worker in 10⁻⁷ degrees, the time and
    /// the result.
    Finish(AssignmentId, i32, i32, Option<DateTime<Utc>>, &'a FinishedWork),
    /// A dispatch: the hazard and the units.
    Dispatch(HazardId, &'a AskedUnits),
    /// A whistle: the hazard, the whistle type code, the units and the reason.
    Blow(HazardId, &'a str, &'a AskedUnits, &'a str),
    /// A whistle whose units the command centre names: the hazard, the whistle type code and the reason.
    BlowThroughCentre(HazardId, &'a str, &'a str),
    /// An approval of a whistle: the hazard, the whistle and the opinion.
    DecideWhistle(HazardId, WhistleId, &'a str),
    /// A refusal of a whistle: the hazard, the whistle, the reason code and the reason.
    RefuseWhistle(HazardId, WhistleId, WhistleFault, &'a str),
    /// A whistle that is withdrawn: the hazard and the whistle.
    WithdrawWhistle(HazardId, WhistleId),
    /// The units of a whistle: the hazard, the whistle and the units.
    NameUnits(HazardId, WhistleId, &'a AskedUnits),
    /// A rating: the assignment, the grades and the reason.
    Rate(AssignmentId, Grades, Option<&'a str>),
    /// A ruling on an objection to a rating: the assignment, the outcome and the reason.
    RuleOnRating(AssignmentId, ObjectionOutcome, &'a str),
    /// A suspicion of a major hazard: the hazard, the reason and the new facts.
    SuspectMajor(HazardId, [Option<&'a str>; 2]),
    /// A confirmed major hazard: the hazard, the standard, the clause and the opinion.
    ConfirmMajor(HazardId, &'a str, [&'a str; 2]),
    /// The plan of a major hazard: the hazard, the amount, the last day, the reason and the ten texts.
    PlanMajor(HazardId, i64, NaiveDate, Vec<&'a str>),
    /// A listing: the hazard, the day of the publication, the limit and the reason.
    ListMajor(HazardId, NaiveDate, NaiveDate, &'a str),
    /// A delisting: the hazard, the day of the publication and the reason.
    DelistMajor(HazardId, NaiveDate, &'a str),
    /// An acceptance on the spot: the hazard, the longitude and latitude of the officer in 10⁻⁷ degrees, the opinion, and the
    /// reason for being too far away.
    AcceptMajor(HazardId, i32, i32, [Option<&'a str>; 2]),
    /// An interim measure that is ordered: the hazard, the measure, whether danger is imminent, and the reason.
    OrderMeasure(HazardId, InterimMeasure, bool, &'a str),
    /// An interim measure that is carried out or lifted: the hazard, the measure and the reason.
    Measure(HazardId, InterimMeasure, &'a str),
    /// A request for a suspension: the hazard, the post of the responsible leader, the review date, and the three texts:
    /// the reason, the interim control and the exit condition.
    AskSuspension(HazardId, PostId, NaiveDate, [&'a str; 3]),
    /// A step on a hazard with a reason: grant or refuse a suspension.
    ReasonedHazard(HazardId, &'a str),
    /// A suspended hazard that comes back: the hazard, why, and the reason in words.
    Resume(HazardId, ResumeCause, &'a str),
    /// A follow-up: the hazard, what it found, the longitude and latitude of the officer in 10⁻⁷ degrees, and the words.
    FollowUp(HazardId, FollowUpResult, Option<(i32, i32)>, &'a str),
    /// A closure, reopening or cancellation: the hazard, which of the three, and the reason.
    End(HazardId, Ending, &'a str),
    /// A cancellation as a duplicate: the hazard, the one that stands, and the reason.
    Merge(HazardId, HazardId, &'a str),
    /// A merge: the hazard, the one that stands, what becomes of the open work, and the reason.
    MergeHazards(HazardId, HazardId, OpenWork, &'a str),
    /// A step on a hazard with a reason: the undoing of a merge, and steps of a major hazard that need no more.
    Unmerge(HazardId, &'a str),
}

impl<'a> StepInput<'a> {
    pub(super) const fn check_in(id: AssignmentId, spot: &OnTheSpot, far_reason: Option<&'a str>) -> Self {
        Self::CheckIn(id, spot.pin.lng_e7(), spot.pin.lat_e7(), spot.occurred_at, far_reason)
    }

    pub(super) const fn finish(id: AssignmentId, spot: &OnTheSpot, work: &'a FinishedWork) -> Self {
        Self::Finish(id, spot.pin.lng_e7(), spot.pin.lat_e7(), spot.occurred_at, work)
    }
}

/// Distinguishes `closeHazard`, `reopenHazard` and `cancelHazard` in the hashed input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Ending {
    /// The mutation `closeHazard`.
    Close,
    /// The mutation `reopenHazard`.
    Reopen,
    /// The mutation `cancelHazard`, with its cause.
    Cancel(CancelReason),
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use domain::hazard::RatingGrade;
    use domain::place::Crs;
    use uuid::Uuid;

    use super::*;

    const ID: &str = "00000000-0000-0000-0000-000000000001";
    const OTHER: &str = "00000000-0000-0000-0000-000000000002";

    fn assert_hashed_as(expected: &str, input: &StepInput<'_>) {
        let hashed = serde_json_canonicalizer::to_string(input).unwrap();
        assert_eq!(hashed.replace(ID, "1").replace(OTHER, "2"), expected, "{input:?}");
    }

    #[test]
    fn the_hashed_form_of_a_step_on_an_assignment_never_changes() {
        let (id, other) = (AssignmentId(Uuid::from_u128(1)), Uuid::from_u128(2));
        assert_hashed_as(r#""1""#, &StepInput::Assignment(id));
        assert_hashed_as(r#"["1","理由"]"#, &StepInput::ReasonedAssignment(id, "理由"));
        assert_hashed_as(r#"["1","2","理由"]"#, &StepInput::HandOver(id, PostId(other), "理由"));
        assert_hashed_as(r#"["1","2","理由"]"#, &StepInput::TakeBack(id, Some(UnitId(other)), "理由"));
        assert_hashed_as(r#"["1",null,"理由"]"#, &StepInput::TakeBack(id, None, "理由"));
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        assert_hashed_as(r#"["1","2026-03-01","理由"]"#, &StepInput::AskExtension(id, day, "理由"));
        let send_back = StepInput::SendBack(id, SendBackReason::NotOurDuty, Some(UnitId(other)), "理由");
        assert_hashed_as(r#"["1","NOT_OUR_DUTY","2","理由"]"#, &send_back);
        let units = [UnitId(other)];
        let accepted = StepInput::AcceptSendBack(id, Some(UnitId(other)), &units, "理由");
        assert_hashed_as(r#"["1","2",["2"],"理由"]"#, &accepted);
        assert_hashed_as(
            r#"["1","STAYS",null,[],"理由"]"#,
            &StepInput::Rule(id, RulingOutcome::Stays, None, &[], "理由"),
        );
        let grades = Grades { on_time: RatingGrade::Good, in_place: RatingGrade::Fair, effective: RatingGrade::Poor };
        let expected = r#"["1",{"effective":"POOR","in_place":"FAIR","on_time":"GOOD"},"理由"]"#;
        assert_hashed_as(expected, &StepInput::Rate(id, grades, Some("理由")));
        let ruled = StepInput::RuleOnRating(id, ObjectionOutcome::Struck, "理由");
        assert_hashed_as(r#"["1","STRUCK","理由"]"#, &ruled);
        let pin = Pin::parse(Crs::Wgs84, 120.5, 31.25).unwrap();
        let earlier = Utc.with_ymd_and_hms(2026, 3, 1, 8, 0, 0).unwrap();
        let spot = OnTheSpot { pin, occurred_at: Some(earlier) };
        let expected = r#"["1",1205000000,312500000,"2026-03-01T08:00:00Z","理由"]"#;
        assert_hashed_as(expected, &StepInput::check_in(id, &spot, Some("理由")));
        let spot = OnTheSpot { occurred_at: None, ..spot };
        assert_hashed_as(r#"["1",1205000000,312500000,null,null]"#, &StepInput::check_in(id, &spot, None));
        let work = FinishedWork { measure: Measure::FixedOnSpot, photos: vec![PhotoId(other)], remark: None };
        let expected = r#"["1",1205000000,312500000,null,{"measure":"FIXED_ON_SPOT","photos":["2"],"remark":null}]"#;
        assert_hashed_as(expected, &StepInput::finish(id, &spot, &work));
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "one row for each step")]
    fn the_hashed_form_of_a_step_on_a_hazard_never_changes() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let id = HazardId(one);
        let units = AskedUnits { lead: UnitId(one), supports: vec![UnitId(two)] };
        assert_hashed_as(r#"["1",{"lead":"1","supports":["2"]}]"#, &StepInput::Dispatch(id, &units));
        let expected = r#"["1","JOINT",{"lead":"1","supports":["2"]},"理由"]"#;
        assert_hashed_as(expected, &StepInput::Blow(id, "JOINT", &units, "理由"));
        let whistle = WhistleId(two);
        assert_hashed_as(r#"["1","JOINT","理由"]"#, &StepInput::BlowThroughCentre(id, "JOINT", "理由"));
        assert_hashed_as(r#"["1","2","理由"]"#, &StepInput::DecideWhistle(id, whistle, "理由"));
        let refused = StepInput::RefuseWhistle(id, whistle, WhistleFault::OwnDuty, "理由");
        assert_hashed_as(r#"["1","2","OWN_DUTY","理由"]"#, &refused);
        assert_hashed_as(r#"["1","2"]"#, &StepInput::WithdrawWhistle(id, whistle));
        let expected = r#"["1","2",{"lead":"1","supports":["2"]}]"#;
        assert_hashed_as(expected, &StepInput::NameUnits(id, whistle, &units));
        assert_hashed_as(r#"["1","Close","理由"]"#, &StepInput::End(id, Ending::Close, "理由"));
        assert_hashed_as(r#"["1","Reopen","理由"]"#, &StepInput::End(id, Ending::Reopen, "理由"));
        let cancel = Ending::Cancel(CancelReason::Duplicate);
        assert_hashed_as(r#"["1",{"Cancel":"DUPLICATE"},"理由"]"#, &StepInput::End(id, cancel, "理由"));
        assert_hashed_as(r#"["1","2","理由"]"#, &StepInput::Merge(id, HazardId(two), "理由"));
        let expected = r#"["1","2","CARRY","理由"]"#;
        assert_hashed_as(expected, &StepInput::MergeHazards(id, HazardId(two), OpenWork::Carry, "理由"));
        assert_hashed_as(r#"["1","理由"]"#, &StepInput::Unmerge(id, "理由"));
        let day = NaiveDate::from_ymd_opt(2027, 3, 1).unwrap();
        assert_hashed_as(r#"["1",["理由",null]]"#, &StepInput::SuspectMajor(id, [Some("理由"), None]));
        assert_hashed_as(r#"["1","FIRE",["条款","意见"]]"#, &StepInput::ConfirmMajor(id, "FIRE", ["条款", "意见"]));
        let plan = StepInput::PlanMajor(id, 5, day, vec!["理由", "责任"]);
        assert_hashed_as(r#"["1",5,"2027-03-01",["理由","责任"]]"#, &plan);
        assert_hashed_as(r#"["1","2027-03-01","2027-03-01","理由"]"#, &StepInput::ListMajor(id, day, day, "理由"));
        assert_hashed_as(r#"["1","2027-03-01","理由"]"#, &StepInput::DelistMajor(id, day, "理由"));
        assert_hashed_as(r#"["1",5,6,["意见",null]]"#, &StepInput::AcceptMajor(id, 5, 6, [Some("意见"), None]));
        let order = StepInput::OrderMeasure(id, InterimMeasure::CutPower, true, "理由");
        assert_hashed_as(r#"["1","CUT_POWER",true,"理由"]"#, &order);
        assert_hashed_as(r#"["1","EVACUATE","理由"]"#, &StepInput::Measure(id, InterimMeasure::Evacuate, "理由"));
        let asked = StepInput::AskSuspension(id, PostId(two), day, ["理由", "管控", "条件"]);
        assert_hashed_as(r#"["1","2","2027-03-01",["理由","管控","条件"]]"#, &asked);
        assert_hashed_as(r#"["1","理由"]"#, &StepInput::ReasonedHazard(id, "理由"));
        assert_hashed_as(r#"["1","EXIT_MET","理由"]"#, &StepInput::Resume(id, ResumeCause::ExitMet, "理由"));
        let held = StepInput::FollowUp(id, FollowUpResult::Holds, Some((1_205_000_000, 312_500_000)), "理由");
        assert_hashed_as(r#"["1","HOLDS",[1205000000,312500000],"理由"]"#, &held);
        let back = StepInput::FollowUp(id, FollowUpResult::CameBack, None, "理由");
        assert_hashed_as(r#"["1","CAME_BACK",null,"理由"]"#, &back);
        let supervise = |assignment| StepInput::Supervise(id, assignment, Rung::Notice, "理由");
        assert_hashed_as(r#"["1",null,"NOTICE","理由"]"#, &supervise(None));
        assert_hashed_as(r#"["1","2","NOTICE","理由"]"#, &supervise(Some(AssignmentId(two))));
        assert_hashed_as(r#""1""#, &StepInput::Supervision(SupervisionId(one)));
    }
}
