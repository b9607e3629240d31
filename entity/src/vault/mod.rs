//! The vault tables, which store identities as ciphertexts and keyed hashes. Only the slice `identity` may use them.

pub mod authorship;
pub mod consent;
pub mod device;
pub mod officer_login;
pub mod one_time_code;
pub mod past_officer_login;
pub mod payee;
pub mod person;
pub mod photo_evidence;
pub mod refresh_token;
pub mod report_bar;
pub mod report_secret;
pub mod session;
