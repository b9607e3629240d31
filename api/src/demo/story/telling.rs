//! What every scene tells in the same way: what it is about, a report that is kept, and where it stops.

use crate::demo::files::Scene;
use crate::demo::intake::{How, Picture, Sent, hand_in, send_photo};
use crate::demo::outcome::{Line, StepResult, both};
use crate::demo::person::{Person, at, text};
use crate::demo::stage::Stage;

/// Says what a scene is about.
pub(super) fn announce(stage: &Stage, scene: &Scene, line: &Line) {
    use domain::refusal::Language;
    let place = &scene.place.address;
    stage.teller.scene(&both(
        format!("{}（{place}）", line.text(Language::Chinese)),
        format!("{} ({place})", line.text(Language::English)),
    ));
}

/// Hands a report in, tells its receipt, and sends its photo where there is one.
pub(super) async fn report(stage: &Stage, scene: &Scene, who: &Person, how: How) -> StepResult<Sent> {
    let picture = scene.photo.as_deref().map(|name| Picture::named(stage, name)).transpose()?;
    let sent = hand_in(stage, scene, who, how, picture.as_ref()).await?;
    received(stage, scene, who, &sent)?;
    if let Some(picture) = picture {
        send_photo(stage, scene, who, &sent, picture).await?;
    }
    Ok(sent)
}

/// Tells that a report is kept.
pub(super) fn received(stage: &Stage, scene: &Scene, who: &Person, sent: &Sent) -> StepResult<()> {
    let hash: String = text(&sent.answer, "receipt.contentHash")?.chars().take(12).collect();
    let (name, naming) = (who.named(stage.language()), at(&sent.input, "naming").as_str().unwrap_or_default());
    let line = both(
        format!(
            "{name} 上报（{naming}，位置为 GCJ02）：“{}”，已受理保存并返回签名回执（内容摘要 {hash}…）",
            scene.text
        ),
        format!(
            "{name} reports ({naming}, place in GCJ02): “{}”; the server stores it and returns a \
             signed receipt (content hash {hash}…)",
            scene.text
        ),
    );
    stage.teller.step(&scene.id, stage.now(), &line);
    Ok(())
}

/// A step that a later version plays on from here.
pub(super) fn later(stage: &Stage, scene: &Scene, zh: &str, en: &str) {
    let line = both(
        format!("（演示到此为止：{zh}功能将在后续版本提供）"),
        format!("(the scene ends here: {en} will follow in a later version)"),
    );
    stage.teller.step(&scene.id, stage.now(), &line);
}
