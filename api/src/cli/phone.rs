//! The mobile number of a command: as an option, or from a file, because other users of the host can read the options of
//! every process.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;

use crate::start::{self, StartError};

/// The mobile number of a person.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct PhoneOption {
    /// The mobile number used for the login. It is stored encrypted. Other users of this host can see it while the
    /// command runs; `--phone-file` hides it.
    #[arg(long)]
    phone: Option<String>,
    /// A file that contains the mobile number; `-` reads it from standard input.
    #[arg(long, value_name = "FILE")]
    phone_file: Option<PathBuf>,
}

impl PhoneOption {
    /// Returns the number as it was written.
    ///
    /// # Errors
    /// An error that names the file if it cannot be read.
    pub(super) fn read(self) -> Result<String, StartError> {
        let Some(file) = self.phone_file else { return Ok(self.phone.unwrap_or_default()) };
        let mut text = String::new();
        let read = if file.as_os_str() == "-" {
            std::io::stdin().read_to_string(&mut text)
        } else {
            std::fs::File::open(&file).and_then(|mut opened| opened.read_to_string(&mut text))
        };
        read.map_err(start::io("the file with the mobile number cannot be read"))?;
        Ok(text.trim().to_owned())
    }
}
