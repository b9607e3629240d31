//! `chuishao reporter` appoints and dismisses information reporters 信息报告员.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Subcommand;

use super::phone::PhoneOption;
use crate::config::Config;
use crate::console::{now, print};
use crate::identity::appointment::{NewAppointment, appoint, dismiss};
use crate::start::{self, StartError};

/// The subcommands of `chuishao reporter`.
#[derive(Debug, Subcommand)]
pub(super) enum ReporterCommand {
    /// Appoints a person for an area. True reports in that area are then part of their duty and earn no award; elsewhere
    /// they report as any citizen. A new appointment replaces the previous one.
    Appoint {
        #[command(flatten)]
        phone: PhoneOption,
        /// The code of the area. The duty covers this area and all areas below it.
        #[arg(long)]
        area: String,
        /// The first day on which the appointment no longer holds, such as 2027-01-31. If omitted, it holds until dismissal.
        #[arg(long)]
        until: Option<NaiveDate>,
    },
    /// Ends an appointment.
    Dismiss {
        #[command(flatten)]
        phone: PhoneOption,
    },
}

pub(super) async fn run(config: &Config, command: ReporterCommand) -> Result<ExitCode, StartError> {
    let (database, keys) = (start::ready_database(config).await?, start::keys(config)?);
    match command {
        ReporterCommand::Appoint { phone, area, until } => {
            let new = NewAppointment { phone: phone.read()?, area_code: area, until };
            appoint(&database, &keys, &new, now()).await?;
            print("appointed");
        }
        ReporterCommand::Dismiss { phone } => {
            dismiss(&database, &keys, &phone.read()?, now()).await?;
            print("dismissed");
        }
    }
    Ok(ExitCode::SUCCESS)
}
