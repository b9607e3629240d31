//! Places: the four coordinate systems at the door, WGS84 inside; distances; cells.
