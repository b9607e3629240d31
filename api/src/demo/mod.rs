//! `chuishao demo`: a fresh world from real input, in which the whole story is played through the public GraphQL API.
//!
//! | file | what |
//! |---|---|
//! | `world` | settings, a temporary folder, the district, the running server |
//! | `files` | what the binary carries: scenes, photos, officers |
//! | `codes` | the sender that keeps one-time codes for the players |
//! | `person` | somebody who talks to the server over HTTP, and nothing else |
//! | `outcome` | what a step gives, or why it broke; texts in two languages |
//! | `stage` | who plays, where, and what an onlooker sees |
//! | `intake`, `review`, `work`, `award` | what the players do, step by step |
//! | `story` | the scenes |
//! | `teller` | one line for each step, in two languages |
//!
//! Nothing here reaches into the server: what a step did is read back through the API and compared with what it says.
//! A step whose outcome is another breaks its scene, and `demo --once` then ends with an error.

mod award;
mod codes;
mod files;
mod intake;
mod options;
mod outcome;
mod person;
mod review;
mod stage;
mod steps;
mod story;
mod teller;
mod work;
mod world;

use std::process::ExitCode;

pub(crate) use self::options::Options;
use self::stage::Stage;
use self::teller::Teller;
use self::world::World;
use crate::config::Config;
use crate::console::{print, shutdown_signal};
use crate::server;
use crate::start::{self, StartError};

/// Plays the story, then serves until it is told to stop.
///
/// # Errors
/// When there can be no such world: settings, folder, database, port.
pub(crate) async fn run(config: &Config, options: &Options) -> Result<ExitCode, StartError> {
    let teller = Teller::new(options.language);
    let world = World::make(config, options).await?;
    teller.opening(&world);
    let (app, listener, codes, _folder) = (world.app, world.listener, world.codes, world.folder);
    let running = server::start(app.clone(), listener).map_err(start::io("the server cannot start"))?;
    let stage = Stage::new(app, codes, teller);
    let stopped = tokio::select! {
        () = story::play(&stage) => false,
        () = shutdown_signal() => true,
    };
    let code = stage.teller.verdict(stopped);
    if !stopped && !options.once {
        for line in stage.how_to_go_on() {
            print(&line);
        }
        stage.codes.speak();
        shutdown_signal().await;
    }
    running.stop().await;
    Ok(code)
}
