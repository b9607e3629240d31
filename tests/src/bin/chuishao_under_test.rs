//! The server as the tests run it.

fn main() {}
