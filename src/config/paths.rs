//! Where the configuration, the state and the socket lie when nobody says so.
//!
//! A configuration in `/etc` stands for the whole machine: then the state lies in
//! `/var/lib/wiredesk` and the socket in `/run/wiredesk`, also for a person who only reads; any
//! other configuration is a person's own and keeps to the home folder. What systemd sets wins.

use std::path::{Path, PathBuf};

/// The environment as pairs.
pub(super) type Env = [(String, String)];

/// The configuration to read: the one that is asked for, else `$WIREDESK_CONFIG`, else the first
/// that exists of `./wiredesk.toml`, `~/.config/wiredesk/wiredesk.toml` and
/// `/etc/wiredesk/wiredesk.toml`.
pub(super) fn config_file(asked: Option<&Path>, env: &Env) -> Option<PathBuf> {
    if let Some(path) = asked.map(Path::to_owned).or_else(|| var(env, "WIREDESK_CONFIG")) {
        return Some(path);
    }
    let own = home(env, "XDG_CONFIG_HOME", ".config").map(|dir| dir.join("wiredesk/wiredesk.toml"));
    [Some("wiredesk.toml".into()), own, Some("/etc/wiredesk/wiredesk.toml".into())]
        .into_iter()
        .flatten()
        .find(|path| path.is_file())
}

/// The state folder for the configuration at `config`.
pub(super) fn state_dir(config: &Path, env: &Env) -> PathBuf {
    let own = || home(env, "XDG_STATE_HOME", ".local/state").map(|dir| dir.join("wiredesk"));
    let machine = || config.starts_with("/etc").then(|| "/var/lib/wiredesk".into());
    systemd(env, "STATE_DIRECTORY").or_else(machine).or_else(own).unwrap_or_else(|| "state".into())
}

/// The folder of sockets with a relative path.
pub(super) fn socket_dir(config: &Path, state_dir: &Path, env: &Env) -> PathBuf {
    let machine = || config.starts_with("/etc").then(|| "/run/wiredesk".into());
    systemd(env, "RUNTIME_DIRECTORY").or_else(machine).unwrap_or_else(|| state_dir.to_owned())
}

/// The folder in `name`, else `under` in the home folder.
fn home(env: &Env, name: &str, under: &str) -> Option<PathBuf> {
    let absolute = var(env, name).filter(|path| path.is_absolute());
    absolute.or_else(|| Some(var(env, "HOME")?.join(under)))
}

/// The first of the folders that systemd lists in a variable (`RuntimeDirectory=` in systemd.exec).
fn systemd(env: &Env, name: &str) -> Option<PathBuf> {
    let list = var(env, name)?;
    Some(list.to_str()?.split(':').next()?.into())
}

fn var(env: &Env, name: &str) -> Option<PathBuf> {
    let (_, value) = env.iter().find(|(n, value)| n == name && !value.is_empty())?;
    Some(value.into())
}
