//! The scenes. Each breaks alone: the others go on.

mod departments;
mod desk;
mod emergencies;
mod wall;

use super::files::{Scene, scenes};
use super::intake::{How, Picture, Sent, hand_in, send_photo};
use super::person::{Person, at, text};
use super::stage::Stage;
use super::teller::{Broken, Line, Told, both};

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

async fn act(stage: &Stage, scene: &Scene, all: &[Scene]) -> Told<()> {
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
        other => Err(Broken::because(format!("nobody knows how to play `{other}`"))),
    }
}

/// Says what a scene is about.
fn announce(stage: &Stage, scene: &Scene, line: &Line) {
    use domain::refusal::Language;
    let place = &scene.place.address;
    stage.teller.scene(&both(
        format!("{}（{place}）", line.text(Language::Chinese)),
        format!("{} ({place})", line.text(Language::English)),
    ));
}

/// Hands a report in, tells its receipt, and sends its photo where there is one.
async fn report(stage: &Stage, scene: &Scene, who: &Person, how: How) -> Told<Sent> {
    let picture = scene.photo.as_deref().map(|name| Picture::named(stage, name)).transpose()?;
    let sent = hand_in(stage, scene, who, how, picture.as_ref()).await?;
    received(stage, scene, who, &sent)?;
    if let Some(picture) = picture {
        send_photo(stage, scene, who, &sent, picture).await?;
    }
    Ok(sent)
}

/// Tells that a report is kept.
fn received(stage: &Stage, scene: &Scene, who: &Person, sent: &Sent) -> Told<()> {
    let hash: String = text(&sent.answer, "receipt.contentHash")?.chars().take(12).collect();
    let (name, naming) = (who.named(stage.language()), at(&sent.input, "naming").as_str().unwrap_or_default());
    let line = both(
        format!("{name} 上报（{naming}，位置为 GCJ02）：“{}”，已落盘并返回签名回执（内容摘要 {hash}…）", scene.text),
        format!(
            "{name} reports ({naming}, place in GCJ02): “{}”; kept on disk and answered with a signed receipt (content {hash}…)",
            scene.text
        ),
    );
    stage.teller.step(&scene.id, stage.now(), &line);
    Ok(())
}

/// A step that a later version plays on from here.
fn later(stage: &Stage, scene: &Scene, zh: &str, en: &str) {
    let line = both(
        format!("（演示到此：{zh}尚未建成，随后续版本）"),
        format!("(played up to here: {en} comes with a later version)"),
    );
    stage.teller.step(&scene.id, stage.now(), &line);
}
