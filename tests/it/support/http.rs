//! A loopback HTTP/1.1 server that can also answer badly.
//!
//! Written by hand because half of its work is what a server library prevents: bodies
//! shorter than announced, connections that stall or close without a word.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// The largest request body that is read.
const MAX_BODY_BYTES: u64 = 16 << 20;

/// How often a stalled connection looks whether anyone still waits for it.
const STALL_POLL: Duration = Duration::from_millis(20);

/// One request; header names are lower case.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query, percent-encoding left as sent.
    pub(crate) target: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A header's value, or the empty string.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Reads the next request of a connection; `None` when the peer closed it.
    fn read(stream: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split_whitespace().map(str::to_owned);
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err(io::Error::other("no request line"));
        };
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let mut request = Self { method, target, headers, body: Vec::new() };
        let length = request.header("content-length").parse().unwrap_or(0).min(MAX_BODY_BYTES);
        stream.take(length).read_to_end(&mut request.body)?;
        Ok(Some(request))
    }
}

/// How the bytes of an answer reach the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As announced.
    Whole,
    /// Half of the announced body, then the connection closes.
    Truncated,
    /// Half of the announced body, then silence until the client gives up.
    Stalled,
    /// The connection closes without a byte.
    Dropped,
    /// Header after header, without an end.
    EndlessHead,
    /// The body, and then more of it without an end; no length is announced.
    Endless,
    /// A byte at a time, with a pause after each.
    Trickled,
    /// The whole body, and a length that promises twice as much.
    Short,
    /// Bytes that are no HTTP.
    Noise,
}

/// What the handler wants sent.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) manner: Manner,
    pub(crate) delay: Duration,
}

impl Answer {
    /// A whole answer at once.
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type", content_type.to_owned())],
            body: body.into(),
            manner: Manner::Whole,
            delay: Duration::ZERO,
        }
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn head(&self) -> String {
        let mut lines = vec![format!("HTTP/1.1 {} {}", self.status, reason(self.status))];
        lines.extend(self.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        // RFC 9110 §8.6: a 304 has no body, and its length would be the other answer's.
        if self.status != 304 {
            lines.push(format!("content-length: {}", self.body.len()));
        }
        lines.join("\r\n") + "\r\n\r\n"
    }
}

/// The server; it stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    crowd: Arc<Crowd>,
}

/// How many requests wait for their answers.
#[derive(Debug, Default)]
struct Crowd {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Crowd {
    /// Waits among the others.
    fn wait(&self, delay: Duration) {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        thread::sleep(delay);
        self.now.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Server {
    /// Listens on a free loopback port; `handler` makes the handler once the URL is known.
    pub(crate) fn start<H>(handler: impl FnOnce(&str) -> H) -> Self
    where
        H: Fn(&Request) -> Answer + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let handler = Arc::new(handler(&url(address)));
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let crowd = Arc::<Crowd>::default();
        let crowded = Arc::clone(&crowd);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let (handler, stopped) = (Arc::clone(&handler), Arc::clone(&stopped));
                let crowd = Arc::clone(&crowded);
                // A client that hangs up is part of what is tested: its errors are no news.
                thread::spawn(move || converse(&stream, &*handler, &stopped, &crowd).ok());
            }
        });
        Self { address, stop, crowd }
    }

    /// The most requests that waited for their answers at once, since this was last asked.
    pub(crate) fn most_at_once(&self) -> usize {
        self.crowd.most.swap(0, Ordering::Relaxed)
    }

    /// The root URL, with a slash at its end.
    pub(crate) fn url(&self) -> String {
        url(self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the accepting thread so that it sees the flag.
        TcpStream::connect(self.address).ok();
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}/")
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        304 => "Not Modified",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        410 => "Gone",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}

/// Answers the requests of one connection until either side ends it.
fn converse(
    stream: &TcpStream,
    handler: &dyn Fn(&Request) -> Answer,
    stop: &AtomicBool,
    crowd: &Crowd,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while let Some(request) = Request::read(&mut reader)? {
        let answer = handler(&request);
        crowd.wait(answer.delay);
        if answer.manner == Manner::Dropped {
            return Ok(());
        }
        match answer.manner {
            Manner::EndlessHead => {
                return endless(writer, b"HTTP/1.1 200 OK\r\n", b"x-more: yes\r\n");
            }
            Manner::Endless => {
                let head =
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"readme\":\"";
                return endless(writer, head, &vec![b'x'; 64 << 10]);
            }
            Manner::Noise => {
                return writer.write_all(b"\x16\x03\x01\x00\x02nothing like HTTP\r\n\r\n");
            }
            Manner::Short => {
                let length = format!("content-length: {}", answer.body.len());
                let twice = format!("content-length: {}", 2 * answer.body.len() + 1);
                writer.write_all(answer.head().replace(&length, &twice).as_bytes())?;
                return writer.write_all(&answer.body);
            }
            _ => writer.write_all(answer.head().as_bytes())?,
        }
        let (first, rest) = answer.body.split_at(answer.body.len() / 2);
        writer.write_all(first)?;
        match answer.manner {
            Manner::Whole => writer.write_all(rest)?,
            Manner::Stalled => return wait_for_the_end(stream, stop),
            Manner::Trickled => {
                for byte in rest {
                    writer.write_all(&[*byte])?;
                    thread::sleep(STALL_POLL);
                }
            }
            _ => return Ok(()),
        }
        if request.header("connection").eq_ignore_ascii_case("close") {
            return Ok(());
        }
    }
    Ok(())
}

/// Writes `first`, and then `again` for as long as anybody reads.
fn endless(mut writer: &TcpStream, first: &[u8], again: &[u8]) -> io::Result<()> {
    writer.write_all(first)?;
    loop {
        writer.write_all(again)?;
    }
}

/// Holds a connection open until the client closes it or the server stops.
fn wait_for_the_end(mut stream: &TcpStream, stop: &AtomicBool) -> io::Result<()> {
    stream.set_read_timeout(Some(STALL_POLL))?;
    let mut byte = [0];
    while !stop.load(Ordering::Relaxed) {
        match stream.read(&mut byte) {
            Ok(0) => break,
            Err(error)
                if !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
            {
                return Err(error);
            }
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}
