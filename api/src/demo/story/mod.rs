//! The scenes. Each breaks alone: the others go on.

mod departments;
mod desk;
mod emergencies;
mod telling;
mod wall;

use super::files::{Scene, scenes};
use super::outcome::{Broken, StepResult};
use super::stage::Stage;

/// Plays every scene; what does not do what it says is told and counted.
pub(super) async fn play(stage: &Stage) {
    let scenes = match scenes() {
        Ok(scenes) => scenes,
        Err(broken) => return stage.teller.broke("scenes", stage.now(), &broken),
    };
    for scene in &scenes {
        if let Err(broken) = act(stage, scene, &scenes).await {
            stage.teller.broke(&scene.id, stage.now(), &broken);
        }
    }
}

async fn act(stage: &Stage, scene: &Scene, all: &[Scene]) -> StepResult<()> {
    match scene.id.as_str() {
        "wall" => {
            let again = all.iter().find(|other| other.id == "wall-again");
            wall::play(stage, scene, again.ok_or_else(|| Broken::because("no scene wall-again"))?).await
        }
        "wall-again" => Ok(()), // plays inside the first: it is the same wall
        "slope" => emergencies::slope(stage, scene).await,
        "dike" => emergencies::dike(stage, scene).await,
        "flood" => emergencies::flood(stage, scene).await,
        "forest" => emergencies::forest(stage, scene).await,
        "eatery" => departments::eatery(stage, scene).await,
        "scenic" => departments::scenic(stage, scene).await,
        "site" => departments::site(stage, scene).await,
        "ebike" => desk::ebike(stage, scene).await,
        "outside" => desk::outside(stage, scene).await,
        "noise" => desk::noise(stage, scene).await,
        other => Err(Broken::because(format!("the scene `{other}` is unknown"))),
    }
}
