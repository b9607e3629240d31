//! The rules, tested from outside: a table of every status and command, one test for each rule, and random histories.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly")]

mod acceptors;
mod access_table;
mod approving;
mod award_history;
mod award_rules;
mod case_history;
mod case_rules;
mod ended;
mod extending;
mod following_up;
mod history;
mod inspections;
mod matter_history;
mod merging;
mod merging_table;
mod number;
mod onward;
mod outcome_table;
mod payee;
mod rating;
mod report_history;
mod report_rules;
mod roster;
mod scene;
mod sending_back;
mod status_table;
mod stored_events;
mod succession;
mod supervision;
mod suspending;
mod taking_back;
mod todos;
mod turns;
mod workflow_page;
mod written;
