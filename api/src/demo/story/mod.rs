//! The scenes. If one fails, the others still run.

mod departments;
mod desk;
mod emergencies;
mod ladder;
mod telling;
mod wall;

use super::files::{DemoScene, scenes};
use super::outcome::{Broken, StepResult};
use super::stage::Stage;

/// Plays every scene. Prints and counts the failures.
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

async fn act(stage: &Stage, scene: &DemoScene, all: &[DemoScene]) -> StepResult<()> {
    match scene.id.as_str() {
        "wall" => {
            let again = all.iter().find(|other| other.id == "wall-again");
            wall::play(stage, scene, again.ok_or_else(|| Broken::because("no scene wall-again"))?).await
        }
        "wall-again" => Ok(()), // is part of "wall", because it reports the same wall
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
        "market" => ladder::market(stage, scene).await,
        other => Err(Broken::because(format!("the scene `{other}` is unknown"))),
    }
}
