//! Where the API listens: `unix:PATH` or `ADDRESS:PORT`.

use serde::{Serialize, Serializer};
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Longest path of a unix socket in bytes (`sun_path` of `sockaddr_un`, its closing zero included,
/// has 108 on Linux).
const SOCKET_PATH_MAX: usize = 107;

/// One place to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// A unix socket at this absolute path.
    Unix(PathBuf),
    /// A TCP port.
    Tcp(SocketAddr),
}

impl Listen {
    /// The place that `text` spells; a relative socket path counts from `dir`.
    ///
    /// # Errors
    /// In words: it is neither `unix:PATH` nor `ADDRESS:PORT`, or the path is too long.
    pub(super) fn parse(text: &str, dir: &Path) -> Result<Self, String> {
        let Some(path) = text.strip_prefix("unix:") else {
            return text
                .parse()
                .map(Self::Tcp)
                .map_err(|_| format!("`{text}` is no place to listen"));
        };
        let path = dir.join(path);
        let path = std::path::absolute(&path).unwrap_or(path);
        if path.as_os_str().len() > SOCKET_PATH_MAX {
            return Err(format!(
                "the socket path {} has more than {SOCKET_PATH_MAX} bytes",
                path.display()
            ));
        }
        Ok(Self::Unix(path))
    }

    /// True where programs of other machines can connect.
    pub fn is_public(&self) -> bool {
        matches!(self, Self::Tcp(address) if !address.ip().is_loopback())
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp(address) => address.fmt(f),
        }
    }
}

impl Serialize for Listen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
