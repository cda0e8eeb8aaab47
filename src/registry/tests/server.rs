//! A registry on loopback: answers by script, remembers what it was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use url::Url;

/// What the server does with one request.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// Sends these bytes and closes.
    Raw(Vec<u8>),
    /// Sends a head, then zeros until the peer has enough.
    Endless(String),
    /// Says nothing.
    Silence,
}

/// A whole answer.
pub(super) fn answer(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    if headers.iter().all(|(name, _)| *name != "content-length") {
        head.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
    }
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    Answer::Raw([head.as_bytes(), b"\r\n", body].concat())
}

/// A packument.
pub(super) fn document(headers: &[(&str, &str)], body: &str) -> Answer {
    answer("200 OK", headers, body)
}

struct Seen {
    script: VecDeque<Answer>,
    requests: Vec<String>,
}

/// A registry that gives the scripted answers in order, the last one for ever.
pub(super) struct Server {
    pub url: Url,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    pub(super) async fn start(script: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let script = script.into_iter().collect();
        let seen = Arc::new(Mutex::new(Seen { script, requests: Vec::new() }));
        tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                while let Ok((socket, _)) = listener.accept().await {
                    tokio::spawn(serve(socket, Arc::clone(&seen)));
                }
            }
        });
        Self { url, seen }
    }

    /// The heads of the requests so far, lower case.
    pub(super) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }

    pub(super) fn count(&self) -> usize {
        self.requests().len()
    }
}

async fn serve(mut socket: TcpStream, seen: Arc<Mutex<Seen>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match socket.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let answer = {
        let mut seen = seen.lock().unwrap();
        seen.requests.push(String::from_utf8_lossy(&head).to_lowercase());
        let last = seen.script.len() == 1;
        if last { seen.script.front().cloned() } else { seen.script.pop_front() }
    };
    match answer {
        Some(Answer::Raw(bytes)) => {
            drop(socket.write_all(&bytes).await);
            drop(socket.shutdown().await);
        }
        Some(Answer::Endless(head)) => {
            drop(socket.write_all(head.as_bytes()).await);
            while socket.write_all(&[b'0'; 4096]).await.is_ok() {}
        }
        Some(Answer::Silence) | None => tokio::time::sleep(Duration::from_mins(10)).await,
    }
}
