//! Photos that are alike, as the published schema shows them.

use async_graphql::{Context, Object};
use domain::photo::LikenessReason;
use entity::report;

use super::Hazard;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::hazard::service::likeness::{Similar, similar};
use crate::photo::graphql::Photo;
use crate::report::graphql::Report;

/// A photo that is like one of a report.
pub struct SimilarPhoto(pub Similar);

impl SimilarPhoto {
    /// Returns the photos that are like those of a report, for the object of the report.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, or `FORBIDDEN` for a member of the public.
    pub async fn of(ctx: &Context<'_>, report: &report::Model) -> Result<Vec<Self>, ApiError> {
        Ok(similar(app(ctx), caller(ctx), report).await?.into_iter().map(Self).collect())
    }
}

/// A photo that is like one of a report: a copy, made smaller, recompressed or brighter, or taken from the same place.
/// It is a hint for whoever reviews, and decides nothing.
#[Object]
impl SimilarPhoto {
    /// The photo of this report.
    async fn photo(&self) -> Photo {
        Photo(self.0.pair.mine.clone())
    }

    /// The photo that is like it.
    async fn other_photo(&self) -> Photo {
        Photo(self.0.pair.other.clone())
    }

    /// The report that the other photo belongs to; null where it shows work.
    async fn report(&self) -> Option<Report> {
        self.0.report.clone().map(Report)
    }

    /// The hazard that the other report points to, or whose work the other photo shows; null where there is none that
    /// you may see.
    async fn hazard(&self) -> Option<Hazard> {
        self.0.hazard.clone().map(Hazard)
    }

    /// In how many of 64 bits the two differ: 0 to 8. Other photos differ in about 32.
    async fn bits(&self) -> u32 {
        self.0.pair.bits
    }

    /// How far apart the two places are, in metres.
    async fn metres(&self) -> u32 {
        self.0.metres
    }

    /// How far apart the two came, in hours.
    async fn hours(&self) -> u32 {
        self.0.hours
    }

    /// Why it is shown, at most 4.
    async fn reasons(&self) -> &[LikenessReason] {
        &self.0.reasons
    }
}
