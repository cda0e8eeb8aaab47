//! A server on loopback: every path, nothing beyond what is published, bounds.

use std::{future::pending, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::sumdb::{
    lookup::{Answer, BatchReply, IndexBucket, LookupReply, bucket_of},
    record::PackageKey,
    sequencer::tests::{entries, identity, memory, open, record, signer},
    sequencer::{Entry, Profile, init},
    tile::{Bundle, Layout, Resource, Tile},
    view::Identity,
};

/// A log of `size` records, served until the test ends.
async fn served(size: u64) -> (SocketAddr, Arc<View<impl Store>>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = memory();
    init(&store, &identity(), &[signer()]).await.unwrap();
    let mut sequencer = open(store, &dir.path().join("index")).await;
    sequencer.add(&entries(0..size)).await.unwrap();
    let view = Arc::clone(sequencer.view());
    let address = listen(Server::new(Arc::clone(&view), NoAdmission).router()).await;
    (address, view, dir)
}

async fn listen(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = axum::serve(Bounded::new(listener), router);
    tokio::spawn(async move { server.with_graceful_shutdown(pending()).await });
    address
}

/// One request, the words of HTTP by hand; the status and the body.
async fn ask(address: SocketAddr, head: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let head = format!(
        "{head} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that refuses the head need not read the body.
    let _refused = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer).await;
    let text = String::from_utf8_lossy(&answer);
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    (status, end.map_or(Vec::new(), |end| answer[end + 4..].to_vec()))
}

#[tokio::test]
async fn lookups_and_batches_are_proven_in_the_published_tree() {
    let (address, view, _dir) = served(700).await;
    let (note, tree) = {
        let published = view.published().unwrap();
        (published.note.clone(), published.tree)
    };
    assert_eq!(ask(address, "GET /checkpoint", b"").await, (200, note.to_string().into_bytes()));
    let (status, body) = ask(address, "GET /lookup/npm/p255@1.0.0", b"").await;
    let reply = LookupReply::parse(&body).unwrap();
    assert_eq!((status, reply.index, reply.text), (200, 255, record(255).to_string()));
    assert_eq!(ask(address, "GET /lookup/npm/p700@1.0.0", b"").await.0, 404);

    let keys: Vec<_> = [699, 3, 5000, 256].map(|number| record(number).key).to_vec();
    let request = BatchRequest::new(keys).unwrap();
    let (status, body) = ask(address, "POST /batch", request.to_string().as_bytes()).await;
    assert_eq!(status, 200);
    let reply = BatchReply::decode(&request, &body).unwrap();
    assert_eq!(reply.verify(tree), Ok(()));
    assert_eq!(reply.answers[2], Answer::Absent);
    let found = Answer::Found { index: 3, record: Box::new(record(3)) };
    assert_eq!(reply.answers[1], found);

    let key = record(42).key;
    let path = IndexBucket::path(bucket_of(key.namespace(), key.name()));
    let (_, body) = ask(address, &format!("GET /{path}"), b"").await;
    assert_eq!(IndexBucket::parse(&body).unwrap().get(&key), Some(42));
}

#[tokio::test]
async fn files_of_both_layouts_are_those_of_the_published_tree_and_no_others() {
    let (address, view, _dir) = served(700).await;
    let size = view.published().unwrap().tree.size;
    for layout in [Layout::C2sp, Layout::Go] {
        for tile in Tile::new_in(0, size) {
            let path = layout.path(Resource::Tile(tile));
            let (status, body) = ask(address, &format!("GET /{path}"), b"").await;
            assert_eq!((status, body.len()), (200, tile.len_bytes()), "{path}");
        }
        for bundle in Bundle::new_in(0, size) {
            let path = layout.path(Resource::Bundle(bundle));
            let (status, body) = ask(address, &format!("GET /{path}"), b"").await;
            let records = bundle.decode(layout, &body).unwrap();
            assert_eq!((status, records.len()), (200, usize::from(bundle.width())), "{path}");
        }
    }
    // Narrower tiles of the same tree are cut from what is there, wider ones are not there.
    for (path, expected) in [
        ("tile/0/002.p/188", 200),
        ("tile/0/002.p/7", 200),
        ("tile/0/000.p/7", 200),
        ("tile/entries/002.p/7", 200),
        ("tile/0/002.p/189", 404),
        ("tile/0/002", 404),
        ("tile/0/003", 404),
        ("tile/1/000", 404),
        ("tile/entries/002.p/189", 404),
        ("tile/8/0/x001/000", 404),
        (".state/head", 404),
        ("staging/x", 404),
        ("../key", 404),
    ] {
        assert_eq!(ask(address, &format!("GET /{path}"), b"").await.0, expected, "{path}");
    }
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let (address, _, _dir) = served(3).await;
    assert_eq!(ask(address, "POST /batch", b"npm a\n").await.0, 400);
    assert_eq!(ask(address, "POST /checkpoint", b"").await.0, 405);
    assert_eq!(ask(address, "DELETE /checkpoint", b"").await.0, 405);
    assert_eq!(ask(address, "GET /supported", b"").await.0, 200);
    let long = vec![b'x'; MAX_BODY + 1];
    assert_eq!(ask(address, "POST /batch", &long).await.0, 413);
}

/// Answers as its first letter says.
struct ByName;

impl Admission for ByName {
    fn admit(&self, key: &PackageKey) -> Admitted {
        match key.name() {
            "pending" => Admitted::Pending,
            "refused" => Admitted::Refused("two digests\n".to_owned()),
            _ => Admitted::No,
        }
    }
}

#[tokio::test]
async fn what_is_being_fetched_is_pending_and_what_was_refused_says_why() {
    let (_, view, _dir) = served(3).await;
    let address = listen(Server::new(view, ByName).router()).await;
    assert_eq!(ask(address, "GET /lookup/npm/pending@1.0.0", b"").await.0, 202);
    assert_eq!(ask(address, "GET /lookup/npm/absent@1.0.0", b"").await.0, 404);
    let (status, body) = ask(address, "GET /lookup/npm/refused@1.0.0", b"").await;
    assert_eq!((status, body), (409, b"two digests\n".to_vec()));
    let keys = ["pending", "refused"].map(|name| PackageKey::new("npm", name, "1.0.0").unwrap());
    let request = BatchRequest::new(keys.to_vec()).unwrap();
    let (_, body) = ask(address, "POST /batch", request.to_string().as_bytes()).await;
    let reply = BatchReply::decode(&request, &body).unwrap();
    assert_eq!(reply.answers, [Answer::Pending, Answer::Absent]);
}

#[tokio::test]
async fn a_log_of_modules_answers_as_gos_does() {
    let dir = tempfile::tempdir().unwrap();
    let store = memory();
    let identity = Identity { profile: Profile::GoModules, ..identity() };
    init(&store, &identity, &[signer()]).await.unwrap();
    let mut sequencer = open(store, &dir.path().join("index")).await;
    let text = b"example.com/m v1.0.0 h1:x=\nexample.com/m v1.0.0/go.mod h1:y=\n";
    let entry = Entry::text(Profile::GoModules, text).unwrap();
    sequencer.add(&[entry]).await.unwrap();
    let address = listen(Server::new(Arc::clone(sequencer.view()), NoAdmission).router()).await;
    let (status, body) = ask(address, "GET /lookup/example.com/m@v1.0.0", b"").await;
    let reply = LookupReply::parse(&body).unwrap();
    assert_eq!((status, reply.index, reply.text.as_bytes()), (200, 0, text.as_slice()));
    assert_eq!(ask(address, "GET /latest", b"").await.0, 200);
    let (_, body) = ask(address, "GET /tile/8/data/000.p/1", b"").await;
    assert_eq!(body, [text.as_slice(), b"\n"].concat());
}

#[tokio::test]
async fn who_sends_a_request_byte_by_byte_is_cut_off_and_others_are_served() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(|| async { "answered" });
    let bounded = Bounded::with_patience(listener, Duration::from_millis(300));
    let served = tokio::spawn(async move { axum::serve(bounded, router).await });
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: log.example\r\nX: ").await.unwrap();
    let mut quick = TcpStream::connect(address).await.unwrap();
    let mut cut_off = false;
    for _ in 0..1000 {
        cut_off |= slow.write_all(b"x").await.is_err();
        let mut byte = [0];
        let read = tokio::time::timeout(Duration::from_millis(20), slow.read(&mut byte)).await;
        cut_off |= matches!(read, Ok(Ok(0) | Err(_)));
        if cut_off {
            break;
        }
        // One that asks again and again keeps its connection.
        quick.write_all(b"GET / HTTP/1.1\r\nHost: log.example\r\n\r\n").await.unwrap();
        let mut answer = [0; 512];
        let length = quick.read(&mut answer).await.unwrap();
        assert!(String::from_utf8_lossy(&answer[..length]).contains("answered"));
    }
    assert!(cut_off);
    served.abort();
}
