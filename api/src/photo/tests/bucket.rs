//! Tests the S3 store against an in-process S3 server that verifies signatures and policies.

use std::collections::HashSet;
use std::net::TcpListener as Socket;

use chrono::{DateTime, TimeDelta};
use domain::photo::PhotoStatus;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;

use super::scene::{Form, PUBLIC_URL, Scene, Turning, form, has_canary, mac, phone_photo};
use crate::config::Config;
use crate::photo::open;
use crate::photo::store::{KeyPrefix, PhotoStore, StoreError};
use crate::photo::{complete, plan};

/// Starts an S3 server with the bucket `photos` and returns its URL.
async fn server(files: &TempDir) -> String {
    std::fs::create_dir(files.path().join("photos")).unwrap();
    let mut builder = S3ServiceBuilder::new(FileSystem::new(files.path()).unwrap());
    builder.set_auth(SimpleAuth::from_single("under-test", "not-a-secret"));
    let service = builder.build();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
    format!("http://{address}")
}

fn settings<'a>(endpoint: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![
        ("S3_ENDPOINT", endpoint),
        ("S3_BUCKET", "photos"),
        ("S3_REGION", "test-1"),
        ("S3_ACCESS_KEY", "under-test"),
        ("S3_SECRET_KEY", "not-a-secret"),
        ("S3_PREFIX", "demo/"),
    ];
    all.retain(|(key, _)| !changes.iter().any(|(changed, _)| changed == key));
    all.extend(changes);
    all
}

async fn post(plan_url: &str, fields: &[(&str, &str)], file: &[u8]) -> u16 {
    let Form { media_type, body } = form(fields.iter().copied(), file);
    let request = reqwest::Client::new().post(plan_url).header("content-type", media_type).body(body);
    request.send().await.unwrap().status().as_u16()
}

#[actix_web::test]
async fn a_photo_in_a_bucket_is_sent_by_its_form_and_served() {
    let files = TempDir::new().unwrap();
    let endpoint = server(&files).await;
    let scene = Scene::with(&settings(&endpoint, &[])).await;
    let original = phone_photo("wall-before.jpg");
    let announced = scene.announce(&original, "image/jpeg").await;

    let plan = plan(&scene.app, announced.id).await.unwrap();
    let fields: Vec<(&str, &str)> =
        plan.form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(
        plan.form.fields["key"].starts_with("demo/incoming/") && plan.form.fields["success_action_status"] == "204"
    );
    let forged: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, if *name == "key" { "demo/shown/ab/c" } else { *value })).collect();
    assert!((400..500).contains(&post(&plan.form.url, &forged, &original).await), "another key");
    assert!((400..500).contains(&post(&plan.form.url, &fields, &original[1..]).await), "another size");
    let other: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, if *name == "Content-Type" { "text/html" } else { *value }))
        .collect();
    assert!((400..500).contains(&post(&plan.form.url, &other, &original).await), "another type");
    assert_eq!(post(&plan.form.url, &fields, &original).await, 204);

    let photo = complete(&scene.app, announced.id, &Turning).await.unwrap().photo;
    assert_eq!(photo.status, PhotoStatus::Verified);
    assert!(matches!(scene.app.photos.read(&plan.form.fields["key"][5..], 1 << 20).await, Err(StoreError::Absent)));
    for key in [photo.display_key, photo.thumbnail_key, photo.original_key] {
        assert!(!has_canary(&scene.app.photos.read(&key.unwrap(), 1 << 20).await.unwrap()));
    }
}

#[actix_web::test]
async fn objects_are_read_in_parts() {
    let files = TempDir::new().unwrap();
    let endpoint = server(&files).await;
    Scene::with(&settings(&endpoint, &[])).await.is_read_in_parts().await;
}

#[actix_web::test]
async fn objects_are_kept_read_removed_and_swept() {
    let files = TempDir::new().unwrap();
    let endpoint = server(&files).await;
    let scene = Scene::with(&settings(&endpoint, &[])).await;
    let photos = &scene.app.photos;
    let [young, kept] = [KeyPrefix::Incoming.fresh_key(), KeyPrefix::Incoming.fresh_key()];
    for key in [&young, &kept] {
        photos.write(key, "image/jpeg", b"12345".to_vec()).await.unwrap();
    }
    assert_eq!(photos.read(&young, 5).await.unwrap(), b"12345");
    assert!(matches!(photos.read(&young, 4).await, Err(StoreError::TooLarge)));
    assert!(matches!(photos.read("incoming/../x", 4).await, Err(StoreError::BadKey)));

    let now = scene.app.now();
    assert_eq!(photos.sweep(now - TimeDelta::hours(1), &HashSet::new()).await.unwrap(), 0);
    assert_eq!(photos.sweep(now + TimeDelta::hours(1), &HashSet::from([kept.clone()])).await.unwrap(), 1);
    assert!(matches!(photos.read(&young, 5).await, Err(StoreError::Absent)));
    photos.remove(&kept).await.unwrap();
    photos.remove(&kept).await.unwrap();
}

#[actix_web::test]
async fn plans_name_the_public_endpoint() {
    let files = TempDir::new().unwrap();
    let endpoint = server(&files).await;
    for (path_style, url) in [("true", "https://s3.public/photos"), ("false", "https://photos.s3.public")] {
        let changes = [("S3_PUBLIC_ENDPOINT", "https://s3.public/"), ("S3_PATH_STYLE", path_style)];
        let config = Config::from_values(
            settings(&endpoint, &changes).into_iter().map(|(key, value)| (key.into(), value.into())).collect(),
        )
        .unwrap();
        let signer = crate::photo::signer::UrlSigner::new(mac(), PUBLIC_URL);
        let bucket = crate::photo::bucket::Bucket::new(&config, signer).unwrap();
        let (key, now) = (KeyPrefix::Incoming.fresh_key(), DateTime::UNIX_EPOCH);
        let plan = bucket.plan(&key, "image/png", 7, now).await.unwrap();
        assert_eq!(plan.url, url);
    }
}

#[actix_web::test]
async fn wrong_settings_are_named_at_the_start() {
    let files = TempDir::new().unwrap();
    let endpoint = server(&files).await;
    let closed = format!("http://{}", Socket::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    for (change, named) in [
        (("S3_BUCKET", "elsewhere"), "CHUISHAO_S3_BUCKET"),
        (("S3_SECRET_KEY", "wrong"), "CHUISHAO_S3_SECRET_KEY"),
        (("S3_SECRET_KEY", ""), "CHUISHAO_S3_SECRET_KEY"),
        (("S3_ACCESS_KEY", ""), "CHUISHAO_S3_ACCESS_KEY"),
        (("S3_ENDPOINT", closed.as_str()), "CHUISHAO_S3_ENDPOINT"),
        (("S3_PREFIX", "a/../b"), "CHUISHAO_S3_PREFIX"),
    ] {
        let values = settings(&endpoint, &[change]).into_iter().map(|(key, value)| (key.into(), value.into()));
        let error = open(&Config::from_values(values.collect()).unwrap(), PUBLIC_URL, mac()).await.err().unwrap();
        assert!(error.0.contains(named), "{change:?}: {error}");
        assert!(!error.0.contains("not-a-secret"));
    }
}
