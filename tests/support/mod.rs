//! A web server of our own on loopback that answers byte by byte as a test says: slow, cut, endless,
//! wrong in length, with or without TLS. It keeps a record of everything that it was asked.
//!
//! Plain threads and blocking sockets: a fault is easiest to serve where nothing is clever.

#![allow(dead_code, unused_imports, reason = "each test crate uses another part of the server")]

mod answer;
pub(crate) mod hub;
mod server;
pub(crate) mod tls;

pub(crate) use answer::{Answer, Step};
pub(crate) use server::{Asked, Server};
