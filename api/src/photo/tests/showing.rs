//! What the holder of a photo link may see, and what GraphQL exposes of a photo.

use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web;
use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use chrono::TimeDelta;
use domain::refusal::Language;
use entity::photo;
use serde_json::json;
use uuid::Uuid;

use super::scene::{PUBLIC_URL, Scene, has_canary, phone_photo, runner, runner_behind};
use crate::admission::{AdmissionControl, Priority};
use crate::caller::Caller;
use crate::photo::graphql::{Photo, UploadPlan};
use crate::photo::links::{Version, link};
use crate::photo::plan;
use crate::task_runner::TaskRunner;

impl Scene {
    async fn get(&self, link: &str) -> (StatusCode, Option<String>, web::Bytes) {
        self.get_from(runner(), link).await
    }

    /// Sends the request through the given task runner.
    async fn get_from(&self, runner: TaskRunner, link: &str) -> (StatusCode, Option<String>, web::Bytes) {
        let app = actix_web::App::new()
            .app_data(web::Data::new(self.app.clone()))
            .app_data(web::Data::new(runner))
            .configure(crate::photo::routes);
        let path = link.trim_start_matches(PUBLIC_URL);
        let answer = call_service(&init_service(app).await, TestRequest::get().uri(path).to_request()).await;
        let header = |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let sniffing = header("x-content-type-options").zip(header("cache-control")).map(|both| format!("{both:?}"));
        (answer.status(), sniffing, read_body(answer).await)
    }
}

#[actix_web::test]
async fn a_link_shows_one_version_for_ten_minutes() {
    let scene = Scene::on_disk().await;
    let original = phone_photo("eatery-after.jpg");
    let announced = scene.announce(&original, "image/jpeg").await;
    let (signer, now) = (scene.app.photos.signer(), scene.app.now());
    let display = link(signer, announced.id, Version::Display, now);
    assert_eq!(scene.get(&display).await.0, StatusCode::NOT_FOUND, "not yet verified");
    scene.send(&announced, &original).await;
    scene.complete(&announced).await.unwrap();

    let (status, headers, bytes) = scene.get(&display).await;
    assert_eq!(status, StatusCode::OK);
    assert!(bytes.starts_with(&[0xFF, 0xD8]) && !has_canary(&bytes));
    assert!(headers.unwrap().contains("nosniff\", \"private, max-age="));
    let small = scene.get(&link(signer, announced.id, Version::Thumbnail, now)).await.2;
    assert!(small.len() < bytes.len());

    let ended = link(signer, announced.id, Version::Display, now - TimeDelta::minutes(10));
    let other = display.replace("/display", "/thumbnail");
    let longer = display.replace("ends=", "ends=9");
    let stranger = display.replace(&announced.id.to_string(), &Uuid::new_v4().to_string());
    let bare = display.split('?').next().unwrap();
    for (link, status, code) in [
        (ended.as_str(), 403, "FORBIDDEN"),
        (&other, 404, "NOT_FOUND"),
        (&longer, 404, "NOT_FOUND"),
        (&stranger, 404, "NOT_FOUND"),
        (bare, 404, "NOT_FOUND"),
        ("/photos/x/original?ends=1&mac=1", 404, "NOT_FOUND"),
    ] {
        let (answered, _, body) = scene.get(link).await;
        assert_eq!(answered.as_u16(), status, "{link}");
        assert!(String::from_utf8_lossy(&body).contains(code), "{link}");
    }
}

#[actix_web::test]
async fn a_large_photo_is_shown_whole_although_it_is_read_in_parts() {
    let scene = Scene::on_disk().await;
    scene.is_read_in_parts().await;
    let original = phone_photo("eatery-after.jpg");
    let announced = scene.announce(&original, "image/jpeg").await;
    scene.send(&announced, &original).await;
    let key = scene.complete(&announced).await.unwrap().photo.display_key.unwrap();
    let display = link(scene.app.photos.signer(), announced.id, Version::Display, scene.app.now());
    for bytes in [1, 128 * 1024, 128 * 1024 + 1, 1_000_003] {
        let large: Vec<u8> = (0_u32..).flat_map(u32::to_be_bytes).take(bytes).collect();
        scene.app.photos.write(&key, "image/jpeg", large.clone()).await.unwrap();
        let (status, _, shown) = scene.get(&display).await;
        assert_eq!(status, StatusCode::OK);
        assert!(shown == large, "{bytes} bytes");
    }
}

#[actix_web::test]
async fn what_is_shown_is_fetched_at_the_desk() {
    let scene = Scene::on_disk().await;
    let original = phone_photo("eatery-after.jpg");
    let announced = scene.announce(&original, "image/jpeg").await;
    scene.send(&announced, &original).await;
    scene.complete(&announced).await.unwrap();
    let link = link(scene.app.photos.signer(), announced.id, Version::Thumbnail, scene.app.now());
    let admission = AdmissionControl::new(1, 0);
    let _only_place = admission.of(Priority::Live).enter().await.unwrap();
    let (status, _, body) = scene.get_from(runner_behind(admission), &link).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(String::from_utf8_lossy(&body).contains("TRY_LATER"));
    assert_eq!(scene.get(&link).await.0, StatusCode::OK);
}

struct Query(photo::Model, std::sync::Mutex<Option<UploadPlan>>);

#[Object]
impl Query {
    async fn photo(&self) -> Photo {
        Photo::shown(self.0.clone())
    }

    async fn plan(&self) -> Option<UploadPlan> {
        self.1.lock().unwrap().take()
    }
}

async fn ask(scene: &Scene, photo: photo::Model, plan: Option<UploadPlan>, language: Language) -> serde_json::Value {
    let schema = Schema::build(Query(photo, plan.into()), EmptyMutation, EmptySubscription)
        .data(scene.app.clone())
        .data(Caller::nobody(language))
        .finish();
    let answer = schema
        .execute(
            "{ photo { id clientId stage status whatToDo width height displayUrl thumbnailUrl }
               plan { url method fileField endsAt fields { name value } } }",
        )
        .await;
    assert!(answer.errors.is_empty(), "{:?}", answer.errors);
    answer.data.into_json().unwrap()
}

#[actix_web::test]
async fn graphql_shows_nothing_before_it_is_verified() {
    let scene = Scene::on_disk().await;
    let original = phone_photo("wall-before.jpg");
    let announced = scene.announce(&original, "image/jpeg").await;
    let plan = plan(&scene.app, announced.id).await.unwrap();
    let before = ask(&scene, announced.clone(), Some(plan.into()), Language::Chinese).await;
    assert_eq!(before["photo"]["status"], "EXPECTED");
    assert_eq!([&before["photo"]["displayUrl"], &before["photo"]["whatToDo"]], [&json!(null), &json!(null)]);
    assert_eq!(before["plan"]["method"], "POST");
    assert_eq!(before["plan"]["fields"].as_array().unwrap().len(), 4);

    scene.send(&announced, b"something else").await;
    let rejected = scene.complete(&announced).await.unwrap().photo;
    let english = ask(&scene, rejected.clone(), None, Language::English).await;
    assert!(english["photo"]["whatToDo"].as_str().unwrap().contains("Send the same photo again"));
    let chinese = ask(&scene, rejected, None, Language::Chinese).await;
    assert!(chinese["photo"]["whatToDo"].as_str().unwrap().contains("重新上传"));

    scene.send(&announced, &original).await;
    let verified = scene.complete(&announced).await.unwrap().photo;
    let after = ask(&scene, verified, None, Language::English).await;
    for link in ["displayUrl", "thumbnailUrl"] {
        assert_eq!(scene.get(after["photo"][link].as_str().unwrap()).await.0, StatusCode::OK);
    }
}
