//! All limits in one table: texts, lists, photos, GraphQL documents and request load.

/// Minimum length of a report text, in characters.
pub const REPORT_TEXT_MIN: usize = 1;
/// Maximum length of a report text, in characters.
pub const REPORT_TEXT_MAX: usize = 2_000;
/// Minimum length of a reason that an officer gives, in characters.
pub const REASON_MIN: usize = 2;
/// Maximum length of a reason that an officer gives, in characters.
pub const REASON_MAX: usize = 500;
/// Maximum length of an address, in characters.
pub const ADDRESS_MAX: usize = 200;
/// Maximum number of amendments 补充 per report.
pub const AMENDMENTS_MAX: u32 = 20;
/// Maximum accuracy of a place, in metres: half of the circumference of the Earth. A larger one is lowered to it.
pub const ACCURACY_METRES_MAX: u32 = 20_040_000;
/// Maximum length of a category code and of a media type, in characters. Longer category codes are truncated.
pub const CODE_MAX: usize = 100;
/// Maximum length of the word that says where a place comes from, in characters. Longer words are truncated.
pub const SOURCE_MAX: usize = 40;
/// Maximum number of photos per report and per finished assignment.
pub const PHOTOS_MAX: usize = 9;
/// Maximum file size of one photo, in bytes.
pub const PHOTO_BYTES_MAX: u64 = 15 * 1024 * 1024;
/// Maximum number of pixels of one photo. It is checked against the file header before the photo is decoded.
pub const PHOTO_PIXELS_MAX: u64 = 50_000_000;
/// Maximum length of the longer side of one photo, in pixels: the maximum of the JPEG format.
pub const PHOTO_SIDE_MAX: u32 = 65_535;
/// Maximum length of the longer side of the display version, in pixels. Smaller photos are not enlarged.
pub const PHOTO_DISPLAY_SIDE: u32 = 2_048;
/// Maximum length of the longer side of the thumbnail, in pixels. Smaller photos are not enlarged.
pub const PHOTO_THUMBNAIL_SIDE: u32 = 320;
/// Maximum page size of a list query, in rows.
pub const PAGE_MAX: u64 = 100;
/// Maximum number of items in a list argument.
pub const LIST_MAX: usize = 100;
/// Number of assignments of one hazard, in all rounds, from which on units are added only if nobody works on it.
pub const ASSIGNMENTS_MAX: usize = 200;
/// Maximum number of submissions in one `submitReports` mutation.
pub const SUBMIT_MAX: usize = 20;
/// Maximum size of a GraphQL request body, in bytes.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// Maximum length of a GraphQL document, in characters.
pub const DOCUMENT_CHARS_MAX: usize = 64 * 1024;
/// Maximum nesting depth of a GraphQL document.
pub const DEPTH_MAX: usize = 15;
/// Maximum nesting of brackets in a GraphQL document, those of values and types included, which is checked before the
/// document is parsed, and maximum nesting of its fragments.
pub const NESTING_MAX: usize = 64;
/// Maximum complexity of a GraphQL document, and maximum number of its fields and fragments, each counted wherever it is
/// used. The complexity of a list is its page size times the complexity of one
/// item.
pub const COMPLEXITY_MAX: usize = 10_000;
/// Maximum number of aliases in a GraphQL document.
pub const ALIASES_MAX: usize = 30;
/// Maximum number of root fields of a query.
pub const ROOT_FIELDS_MAX: usize = 10;
/// Maximum number of root fields of a mutation.
pub const MUTATION_ROOT_FIELDS_MAX: usize = 1;
/// Maximum number of directives in a GraphQL document.
pub const DIRECTIVES_MAX: usize = 10;
/// Maximum number of arguments of one field or directive.
pub const ARGUMENTS_MAX: usize = 100;
/// Maximum number of variables that an operation declares.
pub const VARIABLES_MAX: usize = 100;
/// Maximum size of the arguments of a GraphQL document in bytes, with each variable written out wherever it is mentioned:
/// what a body could hold without variables.
pub const VALUES_BYTES_MAX: usize = BODY_BYTES_MAX;
/// Maximum number of errors that are reported for a GraphQL document that is not executed.
pub const DOCUMENT_ERRORS_MAX: usize = 100;
/// Seconds after which a request times out.
pub const DEADLINE_SECONDS: u64 = 10;
/// Maximum number of requests in progress at the same time.
pub const IN_FLIGHT_MAX: usize = 256;
/// Maximum number of requests that wait for admission.
pub const QUEUE_MAX: usize = 512;
/// Maximum number of situation reports 信息报告 of one incident, without corrections of the last ones.
pub const SITUATION_REPORTS_MAX: usize = 100;
/// Maximum number of corrections 更正 of one situation report.
pub const CORRECTIONS_MAX: usize = 10;
/// Maximum length of the longest text of a situation report, in characters. The others are shorter or as long.
pub const SITUATION_TEXT_MAX: usize = 2_000;
/// Maximum number of casualties of one kind in a situation report.
pub const CASUALTIES_MAX: u32 = 1_000_000;
