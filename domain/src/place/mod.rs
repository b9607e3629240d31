//! Places: conversion between the clients' four coordinate systems and WGS84, distances, and cells for spatial indexes.
//!
//! A phone sends a place in the coordinate system of its map ([`Pin`]); the server calculates in WGS84 ([`Point`]).
//! Both store integers in units of 10⁻⁷ degree (about 1 cm), so that equal places are equal numbers on every machine.

mod convert;
mod cover;
mod distance;
mod pin;
mod point;

pub use convert::{Degrees, from_wgs84, in_shift_box, to_wgs84};
pub use cover::{cover, square, squares_near};
pub use distance::{cell, distance_metres};
pub use pin::Pin;
pub use point::Point;

coded_enum! {
    /// A coordinate system.
    pub enum Crs {
        /// WGS 84: the system of satellite receivers and of EXIF.
        Wgs84 = "WGS84",
        /// 国家大地坐标系 CGCS2000 (GB 22021): equal to WGS 84 within centimetres.
        Cgcs2000 = "CGCS2000",
        /// 火星坐标系 GCJ-02: the system of other Chinese maps and phones.
        Gcj02 = "GCJ02",
        /// 百度坐标系 BD-09: the system of Baidu maps.
        Bd09 = "BD09",
    }
}
