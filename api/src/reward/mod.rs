//! Rewards 举报奖励: awards for the first true report, and their money.

pub mod payer;
