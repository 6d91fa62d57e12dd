//! The listeners of the API: unix sockets and TCP ports, served until the daemon stops.
//!
//! Each listener bears so many connections and no more, and a client that is silent or does not
//! read is let go: strangers may tire a listener, not the daemon, and not the other listeners.

use super::handed::{Handed, Socket};
use super::patient::Patient;
use super::tasks::Tasks;
use super::{RunFault, system};
use crate::config::{Http, Listen};
use crate::serve::{Guard, guarded};
use axum::Router;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Who may talk to the unix socket: the daemon's user and group.
const SOCKET_MODE: u32 = 0o660;

/// Connections that a listener bears at once; more wait in the system's queue. Each may hold a
/// hundred kilobytes.
const CONNECTIONS: usize = 512;

/// Time for the head of a request, and for a kept connection to send its next one.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);

/// Longest head of a request in bytes.
const HEAD_MAX: usize = 32 << 10;

/// Most header lines of a request.
const HEADERS_MAX: usize = 64;

/// Serves `router` at the sockets that were handed over, else at all places that are configured;
/// TCP ports are guarded.
///
/// # Errors
/// A place is taken, or its folder cannot be written.
pub(super) async fn start(
    tasks: &Tasks,
    http: &Http,
    handed: &Handed,
    router: &Router,
) -> Result<(), RunFault> {
    for name in &handed.strange {
        tracing::warn!(name, "a socket that was handed over is not used; only those named api are");
    }
    if !handed.sockets.is_empty() {
        let place = "a socket that was handed over";
        return handed.sockets.iter().try_for_each(|socket| {
            adopt(tasks, http, socket, router.clone()).map_err(system(place))
        });
    }
    for place in &http.listen {
        match place {
            Listen::Unix(path) => {
                let what = format!("the socket {}", path.display());
                let listener = unix(path).await.map_err(system(what))?;
                tasks.spawn("unix socket", accept(tasks.clone(), listener, router.clone()));
            }
            Listen::Tcp(address) => {
                let what = format!("the address {address}");
                let listener = TcpListener::bind(address).await.map_err(system(what))?;
                port(tasks, http, listener, !place.is_public(), router.clone());
            }
        }
    }
    Ok(())
}

/// Serves at a socket that was handed over. It is only borrowed: a house that is left and built
/// anew serves there again.
fn adopt(tasks: &Tasks, http: &Http, socket: &Socket, router: Router) -> std::io::Result<()> {
    match socket {
        Socket::Unix(listener) => {
            let listener = listener.try_clone()?;
            listener.set_nonblocking(true)?;
            let listener = UnixListener::from_std(listener)?;
            tasks.spawn("unix socket", accept(tasks.clone(), listener, router));
        }
        Socket::Tcp(listener) => {
            let listener = listener.try_clone()?;
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            let loopback = address.ip().is_loopback();
            if !loopback && http.token.is_none() {
                let text = "nobody can read from this address without `token_file` in [http]";
                tracing::warn!(%address, "{text}");
            }
            port(tasks, http, TcpListener::from_std(listener)?, loopback, router);
        }
    }
    Ok(())
}

/// Serves at a TCP port behind its guard.
fn port(tasks: &Tasks, http: &Http, listener: TcpListener, loopback: bool, router: Router) {
    let token = http.token.as_ref().map(|token| token.reveal().into());
    let router = guarded(router, Guard { loopback, token });
    tasks.spawn("HTTP port", accept(tasks.clone(), listener, router));
}

/// Takes connections until the daemon stops, never more at once than the listener bears.
async fn accept(tasks: Tasks, mut listener: impl Listener, router: Router) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let stop = tasks.stop.clone();
    let next = async {
        // The semaphore is never closed.
        while let Ok(permit) = Arc::clone(&room).acquire_owned().await {
            let (stream, _) = listener.accept().await;
            let talk = converse(Patient::new(stream), router.clone(), stop.clone(), permit);
            tasks.spawn("connection", talk);
        }
    };
    stop.run_until_cancelled(next).await;
}

/// Answers the requests of one connection; at a stop the one under way is still answered.
async fn converse<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static>(
    stream: Patient<S>,
    router: Router,
    stop: CancellationToken,
    _permit: OwnedSemaphorePermit,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(HEAD_MAX)
        .max_headers(HEADERS_MAX);
    let service = TowerToHyperService::new(router);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a client was let go");
    }
}

/// A listener at `path`; the socket of a daemon that was killed is taken over.
async fn unix(path: &Path) -> std::io::Result<UnixListener> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // The state folder's lock already says that no other daemon runs on it.
    if path.exists() && UnixStream::connect(path).await.is_err() {
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(SOCKET_MODE))?;
    Ok(listener)
}
