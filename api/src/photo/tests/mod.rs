//! The slice from outside its files: a server's parts without a server.

mod bucket;
mod darkroom;
mod http;
mod scene;
mod showing;
mod story;
