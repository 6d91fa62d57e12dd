//! A small ext4 file system of our own on a loop device.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted file system; unmounted and deleted when dropped.
pub(crate) struct Volume {
    image: PathBuf,
    pub(crate) root: PathBuf,
}

impl Volume {
    /// A new file system of so many MiB.
    ///
    /// # Errors
    /// The machine does not allow it; says why.
    pub(crate) fn new(dir: &Path, mib: u64) -> Result<Self, String> {
        let volume = Self { image: dir.join("image"), root: dir.join("mounted") };
        std::fs::create_dir_all(&volume.root).unwrap();
        std::fs::File::create(&volume.image).unwrap().set_len(mib << 20).unwrap();
        tool("mkfs.ext4", &["-q", "-F", volume.image.to_str().unwrap()])?;
        volume.mount()?;
        Ok(volume)
    }

    pub(crate) fn mount(&self) -> Result<(), String> {
        tool("mount", &["-o", "loop", self.image.to_str().unwrap(), self.root.to_str().unwrap()])
    }

    pub(crate) fn unmount(&self) -> Result<(), String> {
        tool("umount", &[self.root.to_str().unwrap()])
    }

    /// Ends the file system as a power cut does: what is not on the disk yet, the journal
    /// included, never will be (`EXT4_IOC_SHUTDOWN` with `NOLOGFLUSH`).
    pub(crate) fn cut(&self) -> Result<(), String> {
        let script = "import fcntl, os, struct, sys\n\
            fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))";
        tool("python3", &["-c", script, self.root.to_str().unwrap()])
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        drop(self.unmount());
        drop(std::fs::remove_file(&self.image));
    }
}

fn tool(name: &str, args: &[&str]) -> Result<(), String> {
    let output = Command::new(name).args(args).output().map_err(|e| format!("{name}: {e}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("{name}: {}", text.trim())) }
}

/// Runs a test on a volume, or says why it is skipped.
pub(crate) fn with(name: &str, mib: u64, test: impl FnOnce(&Volume)) {
    let dir = crate::scratch(name);
    match Volume::new(&dir, mib).and_then(|volume| volume.cut_works(name).map(|()| volume)) {
        Ok(volume) => test(&volume),
        Err(why) => println!("crash {name}: SKIPPED, this machine does not allow it: {why}"),
    }
    std::fs::remove_dir_all(dir).unwrap();
}

impl Volume {
    fn cut_works(&self, name: &str) -> Result<(), String> {
        if name != "power" {
            return Ok(());
        }
        self.cut()?;
        self.unmount()?;
        self.mount()
    }
}
