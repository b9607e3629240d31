//! The proof from outside: one binary, one file a word.
#![cfg(test)]

mod demo;
mod door;
mod harness;
mod hazard;
mod intake;
mod journal;
mod lane;
mod language;
mod likeness;
mod notice;
mod photo;
mod request;
mod review;
mod reward;
mod schema;
mod secrecy;
mod settings;
mod statements;
mod tidy;
