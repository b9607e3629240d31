//! The history of the schema, for both SQLite and PostgreSQL.
//!
//! A migration imports nothing from the other crates: names are literals, and a migration that has been published never
//! changes. SQLite can hardly alter a table afterwards, so each table is created complete, with its checks and foreign
//! keys.

use sea_orm_migration::prelude::*;

mod m20261124_000001_rules;
mod m20261124_000002_staff;
mod m20261124_000003_vault;
mod m20261124_000004_reports;
mod m20261124_000005_hazards;
mod m20261124_000006_awards;
mod m20261124_000007_journal;
mod m20261130_000020_assignment_clocks;
mod m20261130_000030_callback_of_a_hazard;
mod m20261130_000040_veil;
mod m20261130_000050_logins;
mod m20261130_000070_amendments;
mod m20261130_000080_unassigned;
mod m20261130_000090_recount;
mod m20261130_000100_money;
mod m20261130_000110_merging;
mod m20261130_000120_numbers;
mod m20261130_000130_callback_events;
mod m20261130_000140_succession;
mod m20261130_000160_guesses;
mod m20261130_000170_order_of_steps;
mod m20261130_000180_clock_terms;
mod m20261130_000181_awaiting_closure;
mod m20261130_000182_extension;
mod m20261130_000190_send_backs;
mod m20261130_000200_todos;
mod m20261130_000205_sweep;
mod m20261130_000210_roster;
mod m20261130_000220_supervision;
mod m20261130_000221_ladder;
mod m20261130_000230_suspensions;
mod m20261130_000231_follow_ups;
mod m20261130_000240_whistles;
mod m20261130_000250_major;
mod m20261130_000260_inspections;
mod m20261201_000270_incidents;
mod words;

/// Applies and reverts the migrations in their order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_rules::Migration),
            Box::new(m20261124_000002_staff::Migration),
            Box::new(m20261124_000003_vault::Migration),
            Box::new(m20261124_000004_reports::Migration),
            Box::new(m20261124_000005_hazards::Migration),
            Box::new(m20261124_000006_awards::Migration),
            Box::new(m20261124_000007_journal::Migration),
            Box::new(m20261130_000020_assignment_clocks::Migration),
            Box::new(m20261130_000030_callback_of_a_hazard::Migration),
            Box::new(m20261130_000040_veil::Migration),
            Box::new(m20261130_000050_logins::Migration),
            Box::new(m20261130_000070_amendments::Migration),
            Box::new(m20261130_000080_unassigned::Migration),
            Box::new(m20261130_000090_recount::Migration),
            Box::new(m20261130_000100_money::Migration),
            Box::new(m20261130_000110_merging::Migration),
            Box::new(m20261130_000120_numbers::Migration),
            Box::new(m20261130_000130_callback_events::Migration),
            Box::new(m20261130_000140_succession::Migration),
            Box::new(m20261130_000160_guesses::Migration),
            Box::new(m20261130_000170_order_of_steps::Migration),
            Box::new(m20261130_000180_clock_terms::Migration),
            Box::new(m20261130_000181_awaiting_closure::Migration),
            Box::new(m20261130_000182_extension::Migration),
            Box::new(m20261130_000190_send_backs::Migration),
            Box::new(m20261130_000200_todos::Migration),
            Box::new(m20261130_000205_sweep::Migration),
            Box::new(m20261130_000210_roster::Migration),
            Box::new(m20261130_000220_supervision::Migration),
            Box::new(m20261130_000221_ladder::Migration),
            Box::new(m20261130_000230_suspensions::Migration),
            Box::new(m20261130_000231_follow_ups::Migration),
            Box::new(m20261130_000240_whistles::Migration),
            Box::new(m20261130_000250_major::Migration),
            Box::new(m20261130_000260_inspections::Migration),
            Box::new(m20261201_000270_incidents::Migration),
        ]
    }
}
