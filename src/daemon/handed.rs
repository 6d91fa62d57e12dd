//! [`Handed`]: sockets that a service manager opened before the daemon started (socket activation,
//! `sd_listen_fds(3)`). They take the place of `listen` in `[http]`, outlive a restart of the daemon
//! and keep who connects meanwhile waiting instead of refusing him.

use super::{RunFault, system};
use listenfd::ListenFd;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;

/// The name of our sockets, `FileDescriptorName=` in the unit.
const NAME: &str = "api";

/// The variable that names the sockets, by colons apart.
const NAMES: &str = "LISTEN_FDNAMES";

/// Sockets that were handed over; none where nobody did.
#[derive(Debug, Default)]
pub struct Handed {
    pub(super) sockets: Vec<Socket>,
    /// The names of others, which nobody here serves.
    pub(super) strange: Vec<String>,
}

/// One of them, already listening.
#[derive(Debug)]
pub(super) enum Socket {
    Unix(UnixListener),
    Tcp(TcpListener),
}

impl Handed {
    /// The sockets that the environment speaks of, which it then does no more. To be called before
    /// any thread is started, because the environment belongs to all of them.
    ///
    /// # Errors
    /// What was handed over is no listening socket, and its number says which.
    pub fn take() -> Result<Self, RunFault> {
        let names = std::env::var(NAMES).ok();
        let mut open = ListenFd::from_env();
        let mut handed = Self::default();
        for number in 0..open.len() {
            match name(names.as_deref(), number) {
                Some(name) if name != NAME => handed.strange.push(name.to_owned()),
                _ => handed.sockets.extend(take(&mut open, number)?),
            }
        }
        Ok(handed)
    }
}

/// The name of a socket, where they have names.
fn name(names: Option<&str>, number: usize) -> Option<&str> {
    names.filter(|names| !names.is_empty())?.split(':').nth(number)
}

fn take(open: &mut ListenFd, number: usize) -> Result<Option<Socket>, RunFault> {
    // What is no socket of one kind stays and may be one of the other.
    if let Ok(Some(socket)) = open.take_unix_listener(number) {
        return Ok(Some(Socket::Unix(socket)));
    }
    let what = format!("socket {number} that the service manager hands over");
    let socket = open.take_tcp_listener(number).map_err(system(what))?;
    Ok(socket.map(Socket::Tcp))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_optional() {
        let check = |names: Option<&str>, number, expect| assert_eq!(name(names, number), expect);
        check(None, 0, None);
        check(Some(""), 0, None);
        check(Some("api:api:other"), 2, Some("other"));
        check(Some("api"), 1, None);
    }
}
