//! The limits of texts, lists, photos and places: one table, in one place (formats.md, "Limits").

/// Characters of a report's text, at least.
pub const REPORT_TEXT_MIN: usize = 1;
/// Characters of a report's text, at most.
pub const REPORT_TEXT_MAX: usize = 2_000;
/// Characters of a message, at most.
pub const MESSAGE_MAX: usize = 500;
/// Characters of a reason, at least.
pub const REASON_MIN: usize = 2;
/// Characters of a reason, at most.
pub const REASON_MAX: usize = 500;
/// Characters of an address, at most.
pub const ADDRESS_MAX: usize = 200;
/// Photos of one report, or of one finished assignment.
pub const PHOTOS_MAX: usize = 9;
/// Bytes of one photo.
pub const PHOTO_BYTES_MAX: u64 = 15 * 1024 * 1024;
/// Pixels of one photo: bounded before it is decoded.
pub const PHOTO_PIXELS_MAX: u64 = 50_000_000;
/// Longer side of one photo, in pixels: what a JPEG can say.
pub const PHOTO_SIDE_MAX: u32 = 65_535;
/// Longer side of the version that is shown, in pixels.
pub const PHOTO_DISPLAY_SIDE: u32 = 2_048;
/// Longer side of the thumbnail, in pixels.
pub const PHOTO_THUMBNAIL_SIDE: u32 = 320;
/// Rows of a page, at most.
pub const PAGE_MAX: u64 = 100;
/// Items of a list input, at most.
pub const LIST_MAX: usize = 100;
/// Submissions that `submitReports` takes at once.
pub const SUBMIT_MAX: usize = 20;
/// Bytes of a GraphQL request's body.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// Characters of a GraphQL document.
pub const DOCUMENT_CHARS_MAX: usize = 64 * 1024;
/// Depth of a GraphQL document.
pub const DEPTH_MAX: usize = 15;
/// Complexity of a GraphQL document: page size × child.
pub const COMPLEXITY_MAX: usize = 10_000;
/// Aliases in a GraphQL document.
pub const ALIASES_MAX: usize = 30;
/// Root fields of a query.
pub const ROOT_FIELDS_MAX: usize = 10;
/// Root fields of a mutation.
pub const MUTATION_ROOT_FIELDS_MAX: usize = 1;
/// Directives in a GraphQL document.
pub const DIRECTIVES_MAX: usize = 10;
/// Seconds until an answer is given up.
pub const DEADLINE_SECONDS: u64 = 10;
/// Requests worked on at once.
pub const IN_FLIGHT_MAX: usize = 256;
/// Requests that wait for their turn.
pub const QUEUE_MAX: usize = 512;
