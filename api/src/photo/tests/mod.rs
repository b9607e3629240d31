//! Tests of the photo slice through its module interface: the parts of a server without an HTTP listener.

mod bucket;
mod darkroom;
mod http;
mod scene;
mod showing;
mod story;
