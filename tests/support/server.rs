//! [`Server`]: listens, records, answers.

use super::answer::{Answer, Step};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use wiredesk::model::Link;

/// Requests longer than this are none of ours.
const REQUEST_MAX: usize = 64 * 1024;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// `GET`.
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    /// Names in lower case, values as sent.
    pub(crate) headers: Vec<(String, String)>,
    /// What came behind the head.
    pub(crate) body: Vec<u8>,
    /// Which connection of the server it came on, from 0.
    pub(crate) connection: u64,
    /// When it was complete.
    pub(crate) at: Instant,
}

impl Asked {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

type Script = dyn Fn(&Asked) -> Answer + Send + Sync;

/// A server on a free port of 127.0.0.1. Stops listening when dropped.
pub(crate) struct Server {
    address: SocketAddr,
    secure: bool,
    shared: Arc<Shared>,
}

struct Shared {
    script: Box<Script>,
    tls: Option<Arc<ServerConfig>>,
    asked: Mutex<Vec<Asked>>,
    connections: AtomicU64,
    sent: AtomicU64,
    over: AtomicBool,
}

impl Server {
    /// A server that answers each request as `script` says.
    pub(crate) fn start(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::on("127.0.0.1:0", script).unwrap()
    }

    /// The same at another address; `None` where this machine has none like it.
    pub(crate) fn on(
        address: &str,
        script: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Option<Self> {
        Some(Self::listen(TcpListener::bind(address).ok()?, Box::new(script), None))
    }

    /// The same with TLS.
    pub(crate) fn secure(
        tls: Arc<ServerConfig>,
        script: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::listen(listener, Box::new(script), Some(tls))
    }

    fn listen(listener: TcpListener, script: Box<Script>, tls: Option<Arc<ServerConfig>>) -> Self {
        let address = listener.local_addr().unwrap();
        let secure = tls.is_some();
        let shared = Arc::new(Shared {
            script,
            tls,
            asked: Mutex::default(),
            connections: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            over: AtomicBool::new(false),
        });
        let all = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if all.over.load(Ordering::Relaxed) {
                    return;
                }
                let (all, number) =
                    (Arc::clone(&all), all.connections.fetch_add(1, Ordering::Relaxed));
                thread::spawn(move || all.serve(stream.unwrap(), number));
            }
        });
        Self { address, secure, shared }
    }

    /// The link of a path on this server.
    pub(crate) fn link(&self, path: &str) -> Link {
        let scheme = if self.secure { "https" } else { "http" };
        Link::parse(&format!("{scheme}://{}{path}", self.address), None).unwrap()
    }

    /// The port that it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// All requests so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// The paths of all requests so far.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }

    /// Connections so far, also those on which nothing was asked.
    pub(crate) fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Bytes that were given to sockets so far.
    pub(crate) fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream, number: u64) {
        // Whoever asks may hang up at any moment: that ends the connection and nothing else.
        drop(match &self.tls {
            None => self.talk(&mut &stream, &stream, number),
            Some(config) => {
                let session = ServerConnection::new(Arc::clone(config)).unwrap();
                let raw = stream.try_clone().unwrap();
                self.talk(&mut StreamOwned::new(session, stream), &raw, number)
            }
        });
    }

    fn talk(
        &self,
        stream: &mut (impl Read + Write),
        raw: &TcpStream,
        number: u64,
    ) -> io::Result<()> {
        while let Some(asked) = read_request(stream, number)? {
            let steps = (self.script)(&asked).into_steps();
            self.asked.lock().unwrap().push(asked);
            for step in steps {
                if !self.act(step, stream, raw)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Does one step; false where the connection has ended.
    fn act(&self, step: Step, stream: &mut impl Write, raw: &TcpStream) -> io::Result<bool> {
        match step {
            Step::Send(bytes) => self.send(stream, &bytes)?,
            Step::Pause(length) => thread::sleep(length),
            Step::Forever(bytes, pause) => loop {
                self.send(stream, &bytes)?;
                thread::sleep(pause);
            },
            Step::Close => return Ok(false),
            Step::HalfClose => raw.shutdown(Shutdown::Write)?,
            Step::Wait => {
                raw.set_read_timeout(Some(Duration::from_mins(1)))?;
                let mut rest = raw;
                drop(rest.read(&mut [0; 64]));
            }
            Step::Reset => {
                // What was sent should arrive first.
                thread::sleep(Duration::from_millis(30));
                SockRef::from(raw).set_linger(Some(Duration::ZERO))?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn send(&self, stream: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
        stream.write_all(bytes)?;
        stream.flush()?;
        self.sent.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}

fn read_request(stream: &mut impl Read, connection: u64) -> io::Result<Option<Asked>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > REQUEST_MAX || stream.read(&mut byte)? == 0 {
            return Ok(None);
        }
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let mut lines = text.lines();
    let mut words = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    stream.read_exact(&mut body)?;
    Ok(Some(Asked {
        method: words.next().unwrap_or_default(),
        path: words.next().unwrap_or_default(),
        headers,
        body,
        connection,
        at: Instant::now(),
    }))
}
