//! Places: the four coordinate systems at the door, WGS84 inside; distances; cells.
coded_enum! { /// x
pub enum Crs { /// x
 Wgs84 = "WGS84", /// x
 Gcj02 = "GCJ02" } }
