//! The proof from outside: one binary, one file a word.
#![cfg(test)]

mod door;
mod harness;
mod hazard;
mod intake;
mod notice;
mod review;
mod reward;
mod tidy;
