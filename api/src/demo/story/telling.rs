//! The parts that all scenes share: the title, the report, and the note at an early end.

use crate::demo::files::DemoScene;
use crate::demo::intake::{How, Picture, SubmittedReport, send_photo, submit};
use crate::demo::outcome::{BilingualText, StepResult, both};
use crate::demo::person::{DemoPerson, at, text};
use crate::demo::stage::Stage;

/// Prints the title of a scene.
pub(super) fn announce(stage: &Stage, scene: &DemoScene, line: &BilingualText) {
    use domain::refusal::Language;
    let place = &scene.place.address;
    stage.teller.scene(&both(
        format!("{}（{place}）", line.text(Language::Chinese)),
        format!("{} ({place})", line.text(Language::English)),
    ));
}

/// Submits a report, prints its receipt, and uploads the photo if the scene has one.
pub(super) async fn report(
    stage: &Stage,
    scene: &DemoScene,
    who: &DemoPerson,
    how: How,
) -> StepResult<SubmittedReport> {
    let picture = scene.photo.as_deref().map(|name| Picture::named(stage, name)).transpose()?;
    let sent = submit(stage, scene, who, how, picture.as_ref()).await?;
    received(stage, scene, who, &sent)?;
    if let Some(picture) = picture {
        send_photo(stage, scene, who, &sent, picture).await?;
    }
    Ok(sent)
}

/// Prints that a report was stored.
pub(super) fn received(stage: &Stage, scene: &DemoScene, who: &DemoPerson, sent: &SubmittedReport) -> StepResult<()> {
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

/// Prints that the scene ends here, because its next step is not implemented yet.
pub(super) fn later(stage: &Stage, scene: &DemoScene, zh: &str, en: &str) {
    let line = both(
        format!("（演示到此为止：{zh}功能将在后续版本提供）"),
        format!("(the scene ends here: {en} will follow in a later version)"),
    );
    stage.teller.step(&scene.id, stage.now(), &line);
}
