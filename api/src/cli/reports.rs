//! `chuishao reports` shows the operator what no officer can see: reports that no unit may review.

use std::process::ExitCode;

use chrono::SecondsFormat;
use clap::Subcommand;

use crate::config::Config;
use crate::console::{now, print};
use crate::report::unassigned::{Waiting, waiting};
use crate::start::{self, StartError};

/// The subcommands of `chuishao reports`.
#[derive(Debug, Subcommand)]
pub(super) enum ReportsCommand {
    /// Lists the reports that wait because each unit that may review them is recused 待指定受理单位: the id, since when, and
    /// the area. Import a unit that may review them, such as a command centre above; the server then assigns them itself.
    Unassigned,
}

pub(super) async fn run(config: &Config, command: &ReportsCommand) -> Result<ExitCode, StartError> {
    match command {
        ReportsCommand::Unassigned => {
            let database = start::ready_database(config).await?;
            let reports = waiting(&database.read, now()).await?;
            if reports.is_empty() {
                print("no report waits for a unit that may review it");
            }
            for Waiting { report_id, since, area } in reports {
                let area = area.as_deref().unwrap_or("(outside every area)");
                print(&format!("{report_id}\t{}\t{area}", since.to_rfc3339_opts(SecondsFormat::Secs, true)));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
