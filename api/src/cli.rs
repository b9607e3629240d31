//! The command line: parses the arguments with `clap`, loads the settings, and runs the command.

mod phone;
mod reporter;
mod reports;
mod successors;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::SecondsFormat;
use clap::{Parser, Subcommand};

use self::phone::PhoneOption;
use self::reporter::ReporterCommand;
use self::reports::ReportsCommand;
use self::successors::Successors;
use crate::backup::{BackupOptions, RestoreOptions};
use crate::config::Config;
use crate::console::{now, print, shutdown_signal};
use crate::identity::Keys;
use crate::identity::codes::operator;
use crate::identity::officer_numbers::VaultPhones;
use crate::import::{NamedFile, import_with_consequences, rerouting};
use crate::policy::import::file::ImportSource;
use crate::policy::import::{Mode, RuleKind};
use crate::staff::service::{NewOfficer, PostSpec};
use crate::start::{self, StartError};
use crate::{backup, demo, private, schema, server, staff, telemetry};

/// Chuishao 吹哨: citizens report hazards, townships blow the whistle, departments respond on site.
#[derive(Debug, Parser)]
#[command(name = "chuishao", version, long_about = None)]
pub(crate) struct Cli {
    /// Settings file in TOML. Environment variables (CHUISHAO_…) take precedence.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: CliCommand,
}

#[derive(Debug, Subcommand)]
enum CliCommand {
    /// Runs the server until it receives SIGTERM or SIGINT.
    Serve,
    /// Creates a sample district, plays the whole workflow through the public API, and serves the result.
    Demo(#[command(flatten)] demo::DemoOptions),
    /// Applies pending migrations to the database.
    Migrate,
    /// Prints the GraphQL schema.
    Schema,
    /// Prints all settings with their purpose, unit and value, and until when the calendar is complete.
    Config,
    /// Creates or rotates the keys, which are stored outside the database.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Imports rules from a file, or shows what the import would change.
    Import {
        /// The kind of data in the file.
        #[arg(value_parser = ["areas", "units", "codes", "categories", "duties", "calendar", "policies", "officers", "posts", "roster"])]
        kind: String,
        /// The file: GeoJSON for areas, TOML for policies, CSV (UTF-8 or GB18030) for the rest.
        file: PathBuf,
        /// Shows what would change, without changing it.
        #[arg(long)]
        dry_run: bool,
        /// With a dry run of duties: writes the hazards of the last 90 days that would have had another lead into this
        /// file (CSV).
        #[arg(long, value_name = "FILE", requires = "dry_run")]
        cases: Option<PathBuf>,
        /// Who takes over the work of units that a file of units ends.
        #[command(flatten)]
        successors: Successors,
    },
    /// Manages officers.
    #[command(subcommand)]
    Officer(OfficerCommand),
    /// Manages information reporters 信息报告员.
    #[command(subcommand)]
    Reporter(ReporterCommand),
    /// Shows reports that no officer can see.
    #[command(subcommand)]
    Reports(ReportsCommand),
    /// Backs up all rows and photos while the server runs, or separately the keys.
    Backup(#[command(flatten)] BackupOptions),
    /// Restores a backup into an empty database and photo store after verifying it completely.
    Restore(#[command(flatten)] RestoreOptions),
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Creates all keys once. Keep a copy elsewhere: without the keys, no reporter can be paid or contacted.
    Make,
    /// Adds new keys for access tokens and receipts. The old keys still verify existing ones.
    Rotate,
}

#[derive(Debug, Subcommand)]
enum OfficerCommand {
    /// Adds an officer with posts.
    Add {
        /// The staff number.
        #[arg(long)]
        staff_no: String,
        /// The name, which colleagues see.
        #[arg(long)]
        name: String,
        /// The code of the unit.
        #[arg(long)]
        unit: String,
        #[command(flatten)]
        phone: PhoneOption,
        /// A post in the form `ROLE@AREA_CODE`. The option can be repeated.
        #[arg(long = "post", required = true)]
        posts: Vec<PostSpec>,
    },
    /// Prints a code with which an officer can log in once, within half an hour. Tell it to nobody else. The journal
    /// records that it was issued.
    Code {
        /// The staff number.
        staff_no: String,
    },
}

/// Runs the program and returns its exit code: 2 if the settings are invalid or the command fails.
#[must_use]
pub fn main() -> ExitCode {
    private::create_privately();
    let cli = Cli::parse();
    let environment = std::env::vars_os();
    let config = match Config::load(cli.config.as_deref(), environment) {
        Ok(config) => config,
        Err(error) => return refuse(&StartError::Setting(error)),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return refuse(&StartError::Io { what: "the runtime cannot be started".into(), cause }),
    };
    match runtime.block_on(run(cli.command, config)) {
        Ok(code) => code,
        Err(error) => refuse(&error),
    }
}

fn refuse(error: &StartError) -> ExitCode {
    let mut out = std::io::stderr().lock();
    let _nobody_reads = writeln!(out, "chuishao: {error}");
    ExitCode::from(2)
}

async fn run(command: CliCommand, config: Config) -> Result<ExitCode, StartError> {
    match command {
        CliCommand::Serve => serve(config).await,
        CliCommand::Demo(options) => demo::run(&config, &options).await,
        CliCommand::Migrate => {
            start::database(&config).await?.migrate().await?;
            print("the database schema is up to date");
            Ok(ExitCode::SUCCESS)
        }
        CliCommand::Schema => {
            print(schema::sdl().trim_end());
            Ok(ExitCode::SUCCESS)
        }
        CliCommand::Config => {
            print(config.describe().trim_end());
            if let Some(end) = start::calendar_end(&config).await {
                print(&format!("\n{end}"));
            }
            Ok(ExitCode::SUCCESS)
        }
        CliCommand::Keys(command) => keys(&config, &command),
        CliCommand::Import { kind, file, dry_run: true, cases, .. } if kind == RuleKind::Duties.word() => {
            import_duties_as_if(&config, &file, cases.as_deref()).await
        }
        CliCommand::Import { cases: Some(_), .. } => {
            Err(StartError::Other("--cases belongs to a dry run of duties".to_owned()))
        }
        CliCommand::Import { kind, file, dry_run, successors, .. } => {
            let mode = if dry_run { Mode::DryRun } else { Mode::Write };
            Box::pin(import(&config, &kind, &file, mode, &successors)).await
        }
        CliCommand::Officer(command) => officer(&config, command).await,
        CliCommand::Reporter(command) => reporter::run(&config, command).await,
        CliCommand::Reports(command) => reports::run(&config, &command).await,
        CliCommand::Backup(options) => backup::make(&config, &options).await,
        CliCommand::Restore(options) => backup::restore(&config, &options).await,
    }
}

fn keys(config: &Config, command: &KeysCommand) -> Result<ExitCode, StartError> {
    let folder = config.keys_folder();
    match command {
        KeysCommand::Make => Keys::make(&folder).map(drop)?,
        KeysCommand::Rotate => Keys::add_signers(&folder).map(drop)?,
    }
    print(&format!("the keys are in {}", folder.display()));
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: Config) -> Result<ExitCode, StartError> {
    telemetry::log(&config);
    let _held = if config.is_sqlite() { Some(start::hold(&config.folders.data)?) } else { None };
    let listeners = start::listeners(&config)?;
    let bound = listeners.clients.local_addr().map_err(start::io("listening"))?;
    let operators = listeners.operators.as_ref().map(std::net::TcpListener::local_addr).transpose();
    let operators = operators.map_err(start::io("listening"))?;
    let sender = start::sender(&config);
    let app = start::open(config, bound, sender).await?;
    let stop = shutdown_signal(); // before anybody is answered
    let mut running = server::start(app, listeners).map_err(start::io("the server cannot start"))?;
    if let Some(operators) = operators {
        print(&format!("metrics on http://{operators}/metrics"));
    }
    print(&format!("listening on http://{bound}"));
    let ended = tokio::select! {
        ended = running.ended() => Some(ended),
        () = stop => None,
    };
    running.stop().await;
    match ended {
        Some(Err(cause)) => Err(StartError::Io { what: "the server ended".into(), cause }),
        _ => Ok(ExitCode::SUCCESS),
    }
}

async fn import(
    config: &Config,
    kind: &str,
    file: &Path,
    mode: Mode,
    successors: &Successors,
) -> Result<ExitCode, StartError> {
    let name = file.display().to_string();
    let bytes = successors::read(file)?;
    let wish = successors.wish()?;
    let database = start::ready_database(config).await?;
    let file = NamedFile { name: &name, bytes: &bytes };
    let said = Box::pin(import_with_consequences(config, &database, kind, mode, file, wish)).await?;
    print(said.trim_end());
    Ok(ExitCode::SUCCESS)
}

async fn import_duties_as_if(config: &Config, file: &Path, cases: Option<&Path>) -> Result<ExitCode, StartError> {
    let name = file.display().to_string();
    let bytes = successors::read(file)?;
    let database = start::ready_database(config).await?;
    let said = rerouting::dry_run(&database, ImportSource::new(&name, &bytes), now(), cases).await?;
    print(said.trim_end());
    Ok(ExitCode::SUCCESS)
}

async fn officer(config: &Config, command: OfficerCommand) -> Result<ExitCode, StartError> {
    let (database, keys) = (start::ready_database(config).await?, start::keys(config)?);
    match command {
        OfficerCommand::Add { staff_no, name, unit, phone, posts } => {
            let new = NewOfficer { staff_no, name, unit_code: unit, phone: phone.read()?, posts };
            let row = staff::service::add(&database, new, &VaultPhones(&keys), now()).await?;
            print(&format!("added: {}", row.id));
        }
        OfficerCommand::Code { staff_no } => {
            let code = operator::issue(&database, &keys, &staff_no, now()).await?;
            print(&format!("login code for {staff_no}: {}", code.digits));
            print(&format!("valid once, until {}", code.ends_at.to_rfc3339_opts(SecondsFormat::Secs, true)));
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
