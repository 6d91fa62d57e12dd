//! The listeners of the API: unix sockets and TCP ports, served until the daemon stops.

use super::tasks::Tasks;
use super::{RunFault, system};
use crate::config::{Http, Listen};
use crate::serve::{Guard, guarded};
use axum::Router;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tokio::net::{TcpListener, UnixListener, UnixStream};

/// Who may talk to the unix socket: the daemon's user and group.
const SOCKET_MODE: u32 = 0o660;

/// Listens at all places and serves `router` there; TCP ports are guarded.
///
/// # Errors
/// A place is taken, or its folder cannot be written.
pub(super) async fn start(tasks: &Tasks, http: &Http, router: &Router) -> Result<(), RunFault> {
    for place in &http.listen {
        let stop = tasks.stop.clone();
        let (router, closed) = (router.clone(), async move { stop.cancelled().await });
        match place {
            Listen::Unix(path) => {
                let what = format!("the socket {}", path.display());
                let listener = unix(path).await.map_err(system(what))?;
                let served = axum::serve(listener, router).with_graceful_shutdown(closed);
                tasks.spawn("unix socket", async move { report(served.await) });
            }
            Listen::Tcp(address) => {
                let what = format!("the address {address}");
                let listener = TcpListener::bind(address).await.map_err(system(what))?;
                let token = http.token.as_ref().map(|token| token.reveal().into());
                let guard = Guard { loopback: !place.is_public(), token };
                let served =
                    axum::serve(listener, guarded(router, guard)).with_graceful_shutdown(closed);
                tasks.spawn("HTTP port", async move { report(served.await) });
            }
        }
    }
    Ok(())
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

fn report(ended: std::io::Result<()>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a listener failed");
    }
}
