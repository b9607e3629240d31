//! GraphQL inputs of the intake mutations. `super::sent` reads those of the submissions from the values as they were
//! sent.

use std::fmt;

use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use domain::id::{ReportId, UnitId};
use domain::place::Crs;
use uuid::Uuid;

use crate::identity::Naming;
use crate::place::PlaceInput;

/// A report as a phone sends it. The phone can prepare it without a network, and must not change it after the user has
/// pressed "send". The server judges each report by itself, value by value: a value of another form is refused with
/// `INVALID_INPUT` and its path in `field`, and the other reports of a `submitReports` call are not affected.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SubmitReportInput {
    /// A random UUID (version 4) that the phone creates; other versions are refused. The same submission sent many times
    /// gives one report and the same receipt. Keep the id secret: every client that knows it counts as the author of the
    /// submission.
    pub submission_id: Uuid,
    /// The observation in words, 1 to 2,000 characters.
    pub text: String,
    /// The code of the category, from `categories`; omitted if the reporter does not know it. An unknown code is stored
    /// and flagged.
    pub category: Option<String>,
    /// The place of the report.
    pub place: ReportPlaceInput,
    /// The place of the phone, which the server stores only in encrypted form.
    pub device_place: Option<PlaceInput>,
    /// The time of the observation, by the phone's clock, with its offset from UTC. A wrong clock is flagged but never
    /// leads to a refusal.
    pub captured_at: Option<DateTime<Utc>>,
    /// The time at which the user pressed "send", by the phone's clock.
    pub queued_at: Option<DateTime<Utc>>,
    /// The photos that will follow by `preparePhoto`, at most 9. The report is valid without them.
    #[graphql(default)]
    pub photos: Vec<ExpectedPhotoInput>,
    /// Whether people are in danger now. The township may then act before the review.
    #[graphql(default)]
    pub emergency: bool,
    /// The id of the unit that the report accuses, if any. The report is never routed to that unit and never shown to
    /// it.
    pub accused_unit_id: Option<UnitId>,
    /// Whether officers may contact the reporter through the system, without learning the name.
    #[graphql(default)]
    pub contact_consent: bool,
    /// How the reporter wants to be known. Officers who handle the report never learn it.
    pub naming: Naming,
    /// The person on whose behalf the report is submitted 代报, such as a neighbour without a phone or a caller of a
    /// hotline. Officers who handle the report never learn it. An award belongs to that person; no award is given if
    /// either of the two only did their duty. It is not allowed with `ANONYMOUS`. The report still belongs to the
    /// caller, who can follow its progress.
    pub on_behalf_of: Option<OnBehalfOfInput>,
    /// The phone's signature, with which `NAMED` and `CONFIDENTIAL` need no login, because reports may wait on the
    /// phone for longer than the login lasts. Send the request without an expired token.
    pub device: Option<DeviceSignatureInput>,
}

/// The person on whose behalf a report is submitted 代报. The server encrypts this at once and shows it to no officer.
#[derive(Clone, InputObject)]
pub(crate) struct OnBehalfOfInput {
    /// The name of the person, 2 to 50 characters.
    pub name: String,
    /// The mobile number of the person.
    pub phone: String,
}

impl fmt::Debug for OnBehalfOfInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnBehalfOfInput").finish_non_exhaustive()
    }
}

/// A phone's signature of a submission. The signed text has three lines, without a line break after the last:
/// `chuishao/device/1`, the submission id in lower case, and `contentHash` as in the receipt.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct DeviceSignatureInput {
    /// The public Ed25519 key of the phone: 32 bytes in base64. The phone registers it by `registerDevice`, before or
    /// after the submission.
    pub public_key: String,
    /// The signature: 64 bytes in base64.
    pub signature: String,
}

/// A place with its coordinate system, its accuracy and its address.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ReportPlaceInput {
    /// The longitude, in degrees east.
    pub lng: f64,
    /// The latitude, in degrees north.
    pub lat: f64,
    /// The coordinate system. It has no default, because a wrong guess would shift the place by about 500 metres.
    pub crs: Crs,
    /// The accuracy of the place, in metres. A fraction is rounded up, and a huge value is lowered.
    pub accuracy_metres: Option<i32>,
    /// The source of the place: `device`, `map_pick`, `exif` or `geocode`; other words are stored as they are.
    pub source: Option<String>,
    /// The address in words, at most 200 characters.
    pub address: Option<String>,
}

/// A photo that the phone will send later.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ExpectedPhotoInput {
    /// A random UUID (version 4) that the phone creates for each photo, other than the submission id. Pass it as `photoId` to `preparePhoto` and `completePhoto`.
    pub id: Uuid,
    /// The SHA-256 of the whole file, as 64 hexadecimal digits.
    pub sha256: String,
    /// The size of the whole file in bytes, at most 15 MiB.
    pub bytes: i32,
    /// The media type: `image/jpeg`, `image/png` or `image/webp`. A photo of another type, or of a wrong size, is
    /// `REJECTED` at once; the report is accepted without it.
    pub media_type: String,
}

/// The input of `amendReport` 补充: an addition by the author of a report.
#[derive(Debug, InputObject)]
pub(crate) struct AmendReportInput {
    /// The id of the report.
    pub report_id: ReportId,
    /// The text to add, 1 to 2,000 characters.
    pub text: String,
    /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect only once.
    pub request_id: Uuid,
}

/// The input of `withdrawReport` 撤回.
#[derive(Debug, InputObject)]
pub(crate) struct WithdrawReportInput {
    /// The id of the report.
    pub report_id: ReportId,
    /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect only once.
    pub request_id: Uuid,
}

/// The input of `giveIdentity`: the person who collects the award of a report. The server encrypts it at once and shows
/// it to no officer who handles the report.
#[derive(InputObject)]
pub(crate) struct GiveIdentityInput {
    /// The id of the report.
    pub report_id: ReportId,
    /// The name of the recipient, as on the identity card.
    pub name: String,
    /// The mobile number of the recipient.
    pub phone: String,
    /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect only once.
    pub request_id: Uuid,
}

/// The input of `preparePhoto` and `completePhoto`: a photo of a submission.
#[derive(Debug, Clone, Copy, InputObject)]
pub(crate) struct SubmissionPhotoInput {
    /// The id of the submission.
    pub submission_id: Uuid,
    /// The id that the phone gave the photo.
    pub photo_id: Uuid,
}
