//! Places, as clients send them.

use async_graphql::InputObject;
use domain::place::{Crs, Pin};
use domain::refusal::Refusal;

/// A place with its coordinate system: WGS84 from a satellite receiver, GCJ02 from Amap or Tencent, BD09 from Baidu,
/// CGCS2000 from Tianditu.
#[derive(Debug, Clone, Copy, InputObject)]
pub(crate) struct PlaceInput {
    /// The longitude, in degrees east.
    pub lng: f64,
    /// The latitude, in degrees north.
    pub lat: f64,
    /// The coordinate system. It has no default, because a wrong guess would shift the place by about 500 metres.
    pub crs: Crs,
}

impl PlaceInput {
    /// Returns the place as a pin of the domain.
    ///
    /// # Errors
    /// `INVALID_INPUT` if the coordinates are not on the earth.
    pub(crate) fn pin(&self) -> Result<Pin, Refusal> {
        Pin::parse(self.crs, self.lng, self.lat)
    }
}
