//! `POST /photos/incoming` accepts exactly the planned file, and only once.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web;
use chrono::TimeDelta;
use domain::limits::PHOTO_BYTES_MAX;
use serde_json::Value;

use super::scene::{Form, Scene, form, runner, runner_behind};
use crate::admission::{AdmissionControl, Priority};
use crate::photo::store::{KeyPrefix, UploadPlan};
use crate::task_runner::TaskRunner;

const BYTES: &[u8] = b"eleven bytes of a photo, or more than that";

async fn plan(scene: &Scene) -> UploadPlan {
    let (key, now) = (KeyPrefix::Incoming.fresh_key(), scene.app.now());
    scene.app.photos.plan(&key, "image/jpeg", BYTES.len() as u64, now).await.unwrap()
}

/// Posts a form and returns the status and the error code.
async fn send(scene: &Scene, form: Form) -> (StatusCode, String) {
    send_to(scene, runner(), form).await
}

/// Posts a form through the given task runner.
async fn send_to(scene: &Scene, runner: TaskRunner, form: Form) -> (StatusCode, String) {
    let app = actix_web::App::new()
        .app_data(web::Data::new(scene.app.clone()))
        .app_data(web::Data::new(runner))
        .configure(crate::photo::routes);
    let request = TestRequest::post()
        .uri("/photos/incoming")
        .insert_header((CONTENT_TYPE, form.media_type))
        .insert_header((ACCEPT_LANGUAGE, "en-GB,zh;q=0.5"))
        .set_payload(form.body)
        .to_request();
    let answer = call_service(&init_service(app).await, request).await;
    let status = answer.status();
    let body: Value = serde_json::from_slice(&read_body(answer).await).unwrap_or_default();
    assert!(status.is_success() || body["errors"][0]["message"].as_str().unwrap().is_ascii(), "{body}");
    (status, body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned())
}

fn filled(fields: &BTreeMap<String, String>, file: &[u8]) -> Form {
    form(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())), file)
}

#[actix_web::test]
async fn a_planned_photo_comes_in_once() {
    let scene = Scene::on_disk().await;
    let plan = plan(&scene).await;
    assert_eq!(plan.url, "http://phones.test/photos/incoming");
    assert_eq!(plan.ends_at, scene.app.now().max(plan.ends_at));
    assert_eq!(send(&scene, filled(&plan.fields, BYTES)).await.0, StatusCode::NO_CONTENT);
    assert_eq!(scene.app.photos.read(&plan.fields["key"], 100).await.unwrap(), BYTES);

    let again = send(&scene, filled(&plan.fields, BYTES)).await;
    assert_eq!(again, (StatusCode::CONFLICT, "ILLEGAL_MOVE".into()));
    assert_eq!(scene.files("parts").len(), 0);
}

#[actix_web::test]
async fn of_two_at_once_one_comes_in() {
    let scene = Scene::on_disk().await;
    let plan = plan(&scene).await;
    let form = filled(&plan.fields, BYTES);
    let both = futures::join!(send(&scene, form.clone()), send(&scene, form));
    let mut statuses = [both.0.0, both.1.0];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::NO_CONTENT, StatusCode::CONFLICT]);
}

#[actix_web::test]
async fn what_came_is_kept_at_the_desk() {
    let scene = Scene::on_disk().await;
    let plan = plan(&scene).await;
    let admission = AdmissionControl::new(1, 0);
    let only_place = admission.of(Priority::Live).enter().await.unwrap();
    let refused = send_to(&scene, runner_behind(admission), filled(&plan.fields, BYTES)).await;
    assert_eq!(refused, (StatusCode::SERVICE_UNAVAILABLE, "TRY_LATER".into()));
    drop(only_place);
    assert_eq!(send(&scene, filled(&plan.fields, BYTES)).await.0, StatusCode::NO_CONTENT);
}

#[actix_web::test]
async fn nothing_else_than_planned_comes_in() {
    let scene = Scene::on_disk().await;
    let plan = plan(&scene).await;
    let with = |name: &str, value: &str| {
        let mut fields = plan.fields.clone();
        fields.insert(name.into(), value.into());
        filled(&fields, BYTES)
    };
    let without = |name: &str| {
        let mut fields = plan.fields.clone();
        fields.remove(name);
        filled(&fields, BYTES)
    };
    let policy = &plan.fields["policy"];
    let other = KeyPrefix::Incoming.fresh_key();
    for (form, status, code) in [
        (with("policy", &policy.replacen('a', "b", 1)), 403, "FORBIDDEN"),
        (with("signature", &"0".repeat(64)), 403, "FORBIDDEN"),
        (with("signature", "short"), 403, "FORBIDDEN"),
        (with("key", &other), 403, "FORBIDDEN"),
        (with("key", "incoming/../../etc"), 403, "FORBIDDEN"),
        (with("Content-Type", "image/png"), 415, "UNSUPPORTED_MEDIA"),
        (without("key"), 400, "INVALID_INPUT"),
        (without("policy"), 400, "INVALID_INPUT"),
        (without("signature"), 400, "INVALID_INPUT"),
        (without("Content-Type"), 400, "INVALID_INPUT"),
        (with("note", &"x".repeat(5_000)), 413, "TOO_LARGE"),
        (filled(&plan.fields, &[BYTES, b"x"].concat()), 413, "TOO_LARGE"),
        (filled(&plan.fields, &vec![7; 3 << 20]), 413, "TOO_LARGE"),
        (filled(&plan.fields, &BYTES[1..]), 400, "INVALID_INPUT"),
        (
            Form { media_type: "multipart/form-data; boundary=edge".into(), body: b"--edge\r\n".to_vec() },
            400,
            "INVALID_INPUT",
        ),
        (Form { media_type: "application/json".into(), body: b"{}".to_vec() }, 415, "UNSUPPORTED_MEDIA"),
    ] {
        let answer = send(&scene, form).await;
        assert_eq!((answer.0.as_u16(), answer.1.as_str()), (status, code));
    }
    let mut cut = filled(&plan.fields, BYTES);
    cut.body.truncate(cut.body.len() - 20);
    assert_eq!(send(&scene, cut).await, (StatusCode::BAD_REQUEST, "INVALID_INPUT".into()));
    assert_eq!((scene.files("incoming").len(), scene.files("parts").len()), (0, 0));
}

/// A plan from before the disk filled up does not help.
#[actix_web::test]
async fn a_form_that_would_take_the_reserve_is_refused_before_its_file() {
    let scene = Scene::with(&[("PHOTO_RESERVE_MIB", "1073741824")]).await;
    let plan = scene.app.photos.plan(&KeyPrefix::Incoming.fresh_key(), "image/jpeg", 5, scene.app.now()).await.unwrap();
    let refused = send(&scene, filled(&plan.fields, b"12345")).await;
    assert_eq!(refused, (StatusCode::SERVICE_UNAVAILABLE, "TRY_LATER".into()));
    assert_eq!((scene.files("incoming").len(), scene.files("parts").len()), (0, 0));
}

/// Photos that arrive together share the room that is free.
#[actix_web::test]
async fn a_form_finds_no_room_that_others_have_set_aside() {
    let scene = Scene::with(&[("PHOTO_RESERVE_MIB", "1")]).await;
    let plan = plan(&scene).await;
    let others = scene.app.photo_room.set_aside(1 << 60);
    let refused = send(&scene, filled(&plan.fields, BYTES)).await;
    assert_eq!(refused, (StatusCode::SERVICE_UNAVAILABLE, "TRY_LATER".into()));
    drop(others);
    assert_eq!(send(&scene, filled(&plan.fields, BYTES)).await.0, StatusCode::NO_CONTENT);
    assert_eq!(scene.app.photo_room.all(), 0);
}

#[actix_web::test]
async fn a_plan_ends() {
    let scene = Scene::on_disk().await;
    let long_ago = scene.app.now() - TimeDelta::minutes(16);
    let plan = scene.app.photos.plan(&KeyPrefix::Incoming.fresh_key(), "image/jpeg", 5, long_ago).await.unwrap();
    assert_eq!(send(&scene, filled(&plan.fields, b"12345")).await, (StatusCode::FORBIDDEN, "FORBIDDEN".into()));
}

#[actix_web::test]
async fn a_policy_opens_no_other_room() {
    let scene = Scene::on_disk().await;
    let plan = scene.app.photos.plan(&KeyPrefix::Shown.fresh_key(), "image/jpeg", 5, scene.app.now()).await.unwrap();
    assert_eq!(send(&scene, filled(&plan.fields, b"12345")).await, (StatusCode::FORBIDDEN, "FORBIDDEN".into()));
}

#[actix_web::test]
async fn a_large_photo_comes_in() {
    let scene = Scene::on_disk().await;
    let bytes = vec![9; usize::try_from(PHOTO_BYTES_MAX).unwrap()];
    let plan = scene
        .app
        .photos
        .plan(&KeyPrefix::Incoming.fresh_key(), "image/jpeg", PHOTO_BYTES_MAX, scene.app.now())
        .await
        .unwrap();
    assert_eq!(send(&scene, filled(&plan.fields, &bytes)).await.0, StatusCode::NO_CONTENT);
}

#[actix_web::test]
async fn a_refused_client_still_reads_why_and_a_cut_leaves_nothing() {
    use tokio::io::AsyncWriteExt;

    let scene = Scene::on_disk().await;
    let plan = plan(&scene).await;
    let (app, runner) = (scene.app.clone(), runner());
    let server = actix_web::HttpServer::new(move || {
        actix_web::App::new()
            .app_data(web::Data::new(app.clone()))
            .app_data(web::Data::new(runner.clone()))
            .configure(crate::photo::routes)
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let address = server.addrs()[0];
    let running = server.run();
    let handle = running.handle();
    actix_web::rt::spawn(running);

    let Form { media_type, body } = filled(&plan.fields, &vec![7; 8 << 20]);
    let request = reqwest::Client::new().post(format!("http://{address}/photos/incoming"));
    let answer = request.header("content-type", media_type).body(body).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 413);

    let Form { media_type, body } = filled(&plan.fields, BYTES);
    let head = format!(
        "POST /photos/incoming HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut cut = tokio::net::TcpStream::connect(address).await.unwrap();
    cut.write_all(head.as_bytes()).await.unwrap();
    cut.write_all(&body[..body.len() - 25]).await.unwrap();
    let is_set_aside = async {
        while scene.app.photo_room.all() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), is_set_aside).await.expect("room is set aside for it");
    drop(cut);
    handle.stop(true).await;
    assert_eq!(scene.app.photo_room.all(), 0);
    assert_eq!((scene.files("incoming").len(), scene.files("parts").len()), (0, 0));
}
