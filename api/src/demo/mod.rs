//! `chuishao demo`: sets up a server with demonstration data and plays the whole story through the public GraphQL API.
//!
//! | file | content |
//! |---|---|
//! | `world` | the settings, a temporary folder, the district, the running server |
//! | `files` | the files inside the binary: scenes, photos, officers |
//! | `codes` | the sender that keeps one-time codes for the players |
//! | `person` | a player: an HTTP client of the server, logged in or anonymous |
//! | `outcome` | the result of a step, and texts in two languages |
//! | `stage` | creates the players, and reads hazards as an onlooker to verify them |
//! | `intake`, `review`, `work`, `award` | the steps of the players |
//! | `story` | the scenes |
//! | `teller` | prints one line for each step, in either language |
//!
//! The story uses only the API. After each step it reads the affected object back and compares it with the expected
//! state. A step with an unexpected effect ends its scene, and `demo --once` then exits with an error.

mod award;
mod codes;
mod files;
mod governing;
mod intake;
mod options;
mod outcome;
mod person;
mod review;
mod sending_back;
mod stage;
mod steps;
mod story;
mod teller;
mod work;
mod world;

use std::pin::pin;
use std::process::ExitCode;

pub(crate) use self::options::DemoOptions;
use self::stage::Stage;
use self::teller::Teller;
use self::world::DemoWorld;
use crate::config::Config;
use crate::console::{print, shutdown_signal};
use crate::server::{self, Listeners};
use crate::start::{self, StartError};

/// Plays the story. Then returns with `--once`; otherwise serves until SIGTERM or SIGINT.
pub(crate) async fn run(config: &Config, options: &DemoOptions) -> Result<ExitCode, StartError> {
    let teller = Teller::new(options.language);
    let world = DemoWorld::make(config, options).await?;
    teller.opening(&world);
    let (app, listener, codes, _folder) = (world.app, world.listener, world.codes, world.folder);
    let mut stop = pin!(shutdown_signal());
    let running = server::start(app.clone(), Listeners { clients: listener, operators: None })
        .map_err(start::io("the server cannot start"))?;
    let stage = Stage::new(app, codes, teller);
    let stopped = tokio::select! {
        () = story::play(&stage) => false,
        () = &mut stop => true,
    };
    let code = stage.teller.verdict(stopped);
    if !stopped && !options.once {
        for line in stage.how_to_go_on() {
            print(&line);
        }
        stage.codes.start_printing();
        stop.await;
    }
    running.stop().await;
    Ok(code)
}
