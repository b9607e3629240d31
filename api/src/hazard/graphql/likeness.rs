//! GraphQL type of similar photos.

use async_graphql::{Context, Object};
use domain::photo::LikenessReason;
use entity::report;

use super::Hazard;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::hazard::service::likeness::{Similar, similar};
use crate::photo::graphql::Photo;
use crate::report::graphql::Report;

/// The GraphQL object that wraps a pair of similar photos.
pub(crate) struct SimilarPhoto(pub Similar);

impl SimilarPhoto {
    /// Resolves the photos similar to a report's photos, for the `similar` field of `Report`.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, or `FORBIDDEN` for a member of the public.
    pub(crate) async fn of(ctx: &Context<'_>, report: &report::Model) -> Result<Vec<Self>, ApiError> {
        Ok(similar(app(ctx), caller(ctx), report).await?.into_iter().map(Self).collect())
    }
}

/// A photo that is similar to a photo of a report: a copy, possibly reduced, recompressed or brightened, or a picture
/// of the same place. It is a hint for the officer who reviews the report and has no effect of its own.
#[Object]
impl SimilarPhoto {
    /// The photo of this report.
    async fn photo(&self) -> Photo {
        Photo::shown(self.0.pair.mine.clone())
    }

    /// The photo that is similar to it.
    async fn other_photo(&self) -> Photo {
        Photo::shown(self.0.pair.other.clone())
    }

    /// The report to which the other photo belongs; null if that photo shows work.
    async fn report(&self) -> Option<Report> {
        self.0.report.clone().map(Report)
    }

    /// The hazard to which the other report points, or whose work the other photo shows; null if none exists or the
    /// caller may not see it.
    async fn hazard(&self) -> Option<Hazard> {
        self.0.hazard.clone().map(Hazard)
    }

    /// The number of bits, of 64, in which the fingerprints of the two photos differ: 0 to 8. Unrelated photos differ
    /// in about 32.
    async fn bits(&self) -> u32 {
        self.0.pair.bits
    }

    /// The distance between the two places, in metres.
    async fn metres(&self) -> u32 {
        self.0.metres
    }

    /// The time between the arrivals of the two photos, in hours.
    async fn hours(&self) -> u32 {
        self.0.hours
    }

    /// The reasons why the photo is shown, at most 4.
    async fn reasons(&self) -> &[LikenessReason] {
        &self.0.reasons
    }
}
