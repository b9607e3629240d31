//! The proof from outside: one binary, one file a word.
#![cfg(test)]

mod assignment;
mod backup;
mod callback;
mod clock;
mod death;
mod demo;
mod device;
mod disk;
mod door;
mod harness;
mod hazard;
mod import;
mod intake;
mod journal;
mod lane;
mod language;
mod lies;
mod likeness;
mod load;
mod notice;
mod photo;
mod proxy;
mod report;
mod request;
mod resumable;
mod review;
mod reward;
mod schema;
mod scope;
mod secrecy;
mod server;
mod settings;
mod statements;
mod turn;
mod upload;
