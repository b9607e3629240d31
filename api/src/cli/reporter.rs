//! `chuishao reporter`: who is an information reporter 信息报告员, and where.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Subcommand;

use crate::config::Config;
use crate::console::{now, print};
use crate::identity::appointment::{NewAppointment, appoint, dismiss};
use crate::start::{self, StartError};

/// What is done.
#[derive(Debug, Subcommand)]
pub(super) enum ReporterCommand {
    /// Appoints somebody over an area, where true reports are their duty and earn no award. They may report elsewhere as
    /// anybody. A new appointment replaces the one before.
    Appoint {
        /// Mobile number by which they log in; kept in the vault only.
        #[arg(long)]
        phone: String,
        /// Code of the area: their duty is there and in all areas below.
        #[arg(long)]
        area: String,
        /// First day on which it no longer holds, as 2027-01-31. Without it: until they are dismissed.
        #[arg(long)]
        until: Option<NaiveDate>,
    },
    /// Ends an appointment.
    Dismiss {
        /// Their mobile number.
        #[arg(long)]
        phone: String,
    },
}

pub(super) async fn run(config: &Config, command: ReporterCommand) -> Result<ExitCode, StartError> {
    let (database, keys) = (start::ready_database(config).await?, start::keys(config)?);
    match command {
        ReporterCommand::Appoint { phone, area, until } => {
            appoint(&database, &keys, &NewAppointment { phone, area_code: area, until }, now()).await?;
            print("appointed");
        }
        ReporterCommand::Dismiss { phone } => {
            dismiss(&database, &keys, &phone, now()).await?;
            print("dismissed");
        }
    }
    Ok(ExitCode::SUCCESS)
}
