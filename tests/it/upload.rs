//! Photos on bad networks: what has come whole is kept, whoever still waits for the answer.

use std::fmt::Write;

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::Handlers;
use tests::waiting::until;
use tests::world::import;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// The request by which a phone sends a photo by this plan.
fn form(plan: &Value, file: &[u8]) -> (String, Vec<u8>) {
    let url = reqwest::Url::parse(plan["url"].as_str().unwrap()).unwrap();
    let mut fields = String::new();
    for field in plan["fields"].as_array().unwrap() {
        let (name, value) = (field["name"].as_str().unwrap(), field["value"].as_str().unwrap());
        write!(fields, "--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").unwrap();
    }
    fields += "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\
               Content-Type: image/jpeg\r\n\r\n";
    let body = [fields.as_bytes(), file, b"\r\n--edge--\r\n"].concat();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=edge\r\nContent-Length: {}\r\n\r\n",
        url.path(),
        body.len()
    );
    let address = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    (address, [head.as_bytes(), &body].concat())
}

/// The phone hangs up with the last byte; what it sent is there.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_photo_whose_sender_hangs_up_is_kept(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let handlers = Handlers::log_in(&app).await;
    let report = tests::people::Person::stranger(&app).reports("ANONYMOUS").await;
    let hazard = handlers.clerk.confirms(&report).await;
    let [assignment] = handlers.leader.blows(&hazard, &["520115-housing"]).await.try_into().unwrap();
    let photo = include_bytes!("../../api/data/demo/photos/wall-after.jpg");
    for _ in 0..5 {
        let (id, plan) = handlers.worker.announces_photo(&assignment).await;
        let (address, request) = form(&plan, photo);
        let mut phone = TcpStream::connect(address).await.unwrap();
        phone.write_all(&request).await.unwrap();
        drop(phone);

        let complete = "mutation($id: UUID!) { completeWorkPhoto(photoId: $id) { status } }";
        until("a verified photo", async || {
            let answer = handlers.worker.asks(complete, json!({ "id": id })).await;
            if answer.code().is_none() {
                Ok(answer.text("completeWorkPhoto.status").to_owned())
            } else {
                Err(answer.body)
            }
        })
        .await;
    }
}
