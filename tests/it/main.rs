//! The proof from outside: one binary, one file a word.
#![cfg(test)]

mod harness;
mod tidy;
