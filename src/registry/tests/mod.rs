//! The pool against registries on loopback.

mod server;

use std::{
    io::Read as _,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use url::Url;

use self::server::{Answer, Server, answer, document};
use super::*;
use crate::config::credentials::{Authorization, Secret};
use crate::{
    error::Explain as _,
    event::{Event, Reporter, Silent},
};

const BODY: &str = r#"{"name":"a"}"#;

fn options(url: &Url, cache: &Path) -> PoolOptions {
    let mut options = PoolOptions::new(url.clone(), cache.to_path_buf());
    let instant = Duration::from_millis(1);
    options.retry = Retry { retries: 2, factor: 1, shortest: instant, longest: instant };
    options
}

/// A registry and a pool of it alone.
struct Bench {
    server: Server,
    cache: tempfile::TempDir,
}

impl Bench {
    async fn new(script: impl IntoIterator<Item = Answer>) -> Self {
        Self { server: Server::start(script).await, cache: tempfile::tempdir().unwrap() }
    }

    /// A new run over the same cache.
    fn pool(&self, change: impl FnOnce(&mut PoolOptions)) -> Arc<Pool> {
        let mut options = options(&self.server.url, self.cache.path());
        change(&mut options);
        Pool::new(&options, Arc::new(Silent)).unwrap()
    }

    /// Fetches `a` in a run of its own.
    async fn run(&self, mode: CacheMode) -> Result<PackumentAnswer, FetchError> {
        let pool = self.pool(|options| options.mode = mode);
        let found = pool.packument("a", Form::Full).await;
        pool.flush().await;
        found
    }
}

fn with_mirrors(options: &mut PoolOptions, mirrors: &[&Server], fallthrough: Fallthrough) {
    options.pool = std::iter::once(Target::Direct)
        .chain(mirrors.iter().map(|mirror| Target::Mirror(mirror.url.clone())))
        .map(|target| PoolEntry { target, fallthrough, weight: 1.0 })
        .collect();
}

/// A seed under which `name` goes to the configured registry first.
fn direct_first(options: &mut PoolOptions, name: &str) {
    let seeds = (0..=u8::MAX).map(|byte| [byte; 32]);
    for seed in seeds {
        options.seed = seed;
        let pool = Pool::new(options, Arc::new(Silent)).unwrap();
        if pool.registry_for(name).registries[0].as_str() == options.registry.as_str() {
            return;
        }
    }
    panic!("no seed found");
}

fn name(answer: &PackumentAnswer) -> Option<&str> {
    answer.packument.name()
}

fn tarball_request(url: &Url, path: &str) -> TarballRequest {
    TarballRequest {
        name: "a".into(),
        version: "1.0.0".into(),
        url: url.join(path).unwrap(),
        privacy: Privacy::Public,
        avoid: Vec::new(),
    }
}

struct Token(Url);

impl CredentialSource for Token {
    fn for_url(&self, url: &Url) -> Option<Authorization> {
        (url.origin() == self.0.origin()).then(|| Authorization::Bearer(Secret::new("s3cret")))
    }
}

#[tokio::test]
async fn packument_fresh_is_not_asked_again() {
    let bench = Bench::new([document(&[("cache-control", "max-age=300")], BODY)]).await;
    assert_eq!(bench.run(CacheMode::Online).await.unwrap().origin, Origin::Fetched);
    let second = bench.run(CacheMode::Online).await.unwrap();
    assert_eq!((second.origin, name(&second)), (Origin::Cached, Some("a")));
    assert_eq!(bench.server.count(), 1);
}

#[tokio::test]
async fn packument_stale_is_asked_with_its_validators_and_confirmed() {
    let headers = [("etag", "\"v1\""), ("last-modified", "Wed, 15 Jul 2026 12:00:00 GMT")];
    let zero = [headers[0], headers[1], ("cache-control", "max-age=0")];
    let bench = Bench::new([document(&zero, BODY), answer("304 Not Modified", &[], "")]).await;
    bench.run(CacheMode::Online).await.unwrap();
    let second = bench.run(CacheMode::Online).await.unwrap();
    assert_eq!((second.origin, name(&second)), (Origin::Revalidated, Some("a")));
    let head = &bench.server.requests()[1];
    assert!(head.contains("if-none-match: \"v1\""), "{head}");
    assert!(head.contains("if-modified-since: wed, 15 jul 2026 12:00:00 gmt"), "{head}");
}

#[tokio::test]
async fn packument_prefer_online_asks_although_fresh() {
    let fresh = [("etag", "\"v1\""), ("cache-control", "max-age=300")];
    let bench = Bench::new([document(&fresh, BODY), document(&fresh, r#"{"new":1}"#)]).await;
    bench.run(CacheMode::Online).await.unwrap();
    let second = bench.run(CacheMode::PreferOnline).await.unwrap();
    assert_eq!(second.packument.raw_field("new").unwrap(), b"1".as_slice());
}

#[tokio::test]
async fn packument_304_nobody_asked_for_is_fetched_plainly() {
    let bench = Bench::new([answer("304 Not Modified", &[], ""), document(&[], BODY)]).await;
    assert_eq!(name(&bench.run(CacheMode::Online).await.unwrap()), Some("a"));
    assert!(bench.server.requests()[1].contains("cache-control: no-cache"));
}

#[tokio::test]
async fn packument_offline_uses_stale_or_fails_with_npms_text() {
    let bench = Bench::new([document(&[("cache-control", "max-age=0")], BODY)]).await;
    let error = bench.run(CacheMode::Offline).await.unwrap_err();
    assert_eq!(error.code_text(), "ENOTCACHED");
    assert!(error.to_string().contains("cache mode is 'only-if-cached' but no cached response"));
    bench.run(CacheMode::PreferOffline).await.unwrap();
    for mode in [CacheMode::Offline, CacheMode::PreferOffline] {
        assert_eq!(bench.run(mode).await.unwrap().origin, Origin::Cached);
    }
    assert_eq!(bench.server.count(), 1);
}

#[tokio::test]
async fn packument_damaged_cache_is_fetched_again() {
    let bench = Bench::new([document(&[("cache-control", "max-age=300")], BODY)]).await;
    bench.run(CacheMode::Online).await.unwrap();
    let mut folder = bench.cache.path().join("packuments");
    while folder.is_dir() {
        folder = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    }
    let mut bytes = std::fs::read(&folder).unwrap();
    bytes[70] ^= 1;
    std::fs::write(&folder, bytes).unwrap();
    assert_eq!(bench.run(CacheMode::Online).await.unwrap().origin, Origin::Fetched);
    assert_eq!(bench.server.count(), 2);
}

#[tokio::test]
async fn packument_outage_falls_back_to_the_stale_copy() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{";
    let cut = Answer::Raw(head.into());
    let bench = Bench::new([document(&[("etag", "\"v1\"")], BODY), cut]).await;
    bench.run(CacheMode::Online).await.unwrap();
    assert_eq!(bench.run(CacheMode::Online).await.unwrap().origin, Origin::Stale);
}

#[tokio::test]
async fn packument_transient_fault_is_tried_again() {
    let bench = Bench::new([
        answer("503 Service Unavailable", &[], ""),
        Answer::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{".to_vec()),
        document(&[], BODY),
    ])
    .await;
    assert_eq!(name(&bench.run(CacheMode::Online).await.unwrap()), Some("a"));
}

#[tokio::test]
async fn packument_truncated_body_is_an_error() {
    let bench =
        Bench::new([Answer::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{}".to_vec())])
            .await;
    let error = bench.run(CacheMode::Online).await.unwrap_err();
    assert_eq!((error.code_text().as_str(), bench.server.count()), ("ECONNRESET", 3));
}

#[tokio::test]
async fn packument_404_and_403_are_not_tried_again() {
    let bench = Bench::new([
        answer("404 Not Found", &[], r#"{"error":"gone"}"#),
        answer("403 Forbidden", &[], r#"{"error":"blocked: too young"}"#),
    ])
    .await;
    let error = bench.run(CacheMode::Online).await.unwrap_err();
    let url = bench.server.url.as_str();
    assert_eq!(error.to_string(), format!("404 Not Found - GET {url}a - gone"));
    assert_eq!((error.code_text().as_str(), error.package()), ("E404", Some("a".into())));
    let error = bench.run(CacheMode::Online).await.unwrap_err();
    assert!(error.to_string().ends_with("blocked: too young"));
    assert_eq!(bench.server.count(), 2);
}

#[tokio::test]
async fn packument_page_is_called_a_portal() {
    let page = "<!doctype html><title>Log in</title>";
    for headers in [&[("content-type", "text/html; charset=utf-8")][..], &[]] {
        let bench = Bench::new([document(headers, page)]).await;
        let error = bench.run(CacheMode::Online).await.unwrap_err();
        assert!(error.to_string().contains("captive portal or proxy answered text/html"));
        assert_eq!(bench.server.count(), 1);
    }
}

#[tokio::test]
async fn packument_oversized_body_stops_early() {
    let head = "HTTP/1.1 200 OK\r\n\r\n{".to_owned();
    let bench = Bench::new([Answer::Endless(head)]).await;
    let pool = bench.pool(|options| options.limits.packument = 100_000);
    let error = pool.packument("a", Form::Full).await.unwrap_err();
    assert_eq!((error.code_text().as_str(), bench.server.count()), ("ETOOLARGE", 1));
}

#[tokio::test]
async fn packument_fifty_callers_ask_once() {
    let bench = Bench::new([document(&[], BODY)]).await;
    let pool = bench.pool(|_| {});
    let callers = (0..50).map(|_| {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { pool.packument("a", Form::Full).await.is_ok() })
    });
    for caller in callers.collect::<Vec<_>>() {
        assert!(caller.await.unwrap());
    }
    assert_eq!(bench.server.count(), 1);
}

#[tokio::test]
async fn packument_request_is_npms() {
    let bench = Bench::new([document(&[], BODY)]).await;
    let pool = bench.pool(|options| {
        options.headers = vec![("npm-command".into(), "ci".into())];
        options.user_agent = "npm/11.0.0 denpm/0".into();
    });
    pool.packument("@s/a", Form::Abbreviated).await.unwrap();
    let head = bench.server.requests().remove(0);
    assert!(head.starts_with("get /@s%2fa http/1.1"), "{head}");
    assert!(head.contains("accept: application/vnd.npm.install-v1+json; q=1.0"), "{head}");
    assert!(head.contains("user-agent: npm/11.0.0 denpm/0"), "{head}");
    assert!(head.contains("npm-command: ci") && head.contains("accept-encoding: gzip"), "{head}");
    assert!(!head.contains("pacote") && !head.contains("authorization"), "{head}");
}

#[tokio::test]
async fn pool_fails_over_to_the_next_registry() {
    for (status, fallthrough) in [
        ("404 Not Found", Fallthrough::NotFoundOnly),
        ("503 Service Unavailable", Fallthrough::AnyError),
        ("403 Forbidden", Fallthrough::AnyError),
    ] {
        let bench = Bench::new([answer(status, &[], "")]).await;
        let mirror = Server::start([document(&[], BODY)]).await;
        let pool = bench.pool(|options| {
            with_mirrors(options, &[&mirror], fallthrough);
            direct_first(options, "a");
        });
        let found = pool.packument("a", Form::Full).await.unwrap();
        assert_eq!(found.registry.as_str(), mirror.url.as_str());
        assert_eq!((bench.server.count(), mirror.count()), (1, 1), "{status}");
    }
}

#[tokio::test]
async fn pool_gatekeepers_refusal_is_final() {
    for (status, asked) in [("403 Forbidden", 1), ("503 Service Unavailable", 3)] {
        let bench = Bench::new([answer(status, &[], "")]).await;
        let mirror = Server::start([document(&[], BODY)]).await;
        let pool = bench.pool(|options| {
            with_mirrors(options, &[&mirror], Fallthrough::NotFoundOnly);
            direct_first(options, "a");
        });
        assert!(pool.packument("a", Form::Full).await.is_err());
        assert_eq!((bench.server.count(), mirror.count()), (asked, 0), "{status}");
    }
}

#[tokio::test]
async fn pool_when_all_fail_names_each() {
    let bench = Bench::new([answer("404 Not Found", &[], "")]).await;
    let mirror = Server::start([answer("500 Internal Server Error", &[], "")]).await;
    let pool = bench.pool(|options| with_mirrors(options, &[&mirror], Fallthrough::AnyError));
    let error = pool.packument("a", Form::Full).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains(bench.server.url.as_str()) && text.contains(mirror.url.as_str()));
    assert_eq!(error.code_text(), "E500");
}

#[tokio::test]
async fn pool_dead_registry_costs_one_timeout() {
    let bench = Bench::new([Answer::Silence]).await;
    let mirror = Server::start([document(&[], BODY)]).await;
    let pool = bench.pool(|options| {
        with_mirrors(options, &[&mirror], Fallthrough::AnyError);
        options.timeouts.head = Duration::from_millis(50);
        options.max_sockets = 1;
    });
    let names = (0..40).map(|number| format!("package-{number}"));
    let fetches = names.map(|name| {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { pool.packument(&name, Form::Full).await.is_ok() })
    });
    for fetch in fetches.collect::<Vec<_>>() {
        assert!(fetch.await.unwrap());
    }
    assert_eq!((bench.server.count(), mirror.count()), (1, 40));
}

#[tokio::test]
async fn pool_private_names_are_asked_of_their_registry_only() {
    let bench = Bench::new([document(&[], BODY)]).await;
    let mirror = Server::start([document(&[], BODY)]).await;
    let own = Server::start([answer("404 Not Found", &[], "")]).await;
    let pool = bench.pool(|options| {
        with_mirrors(options, &[&mirror], Fallthrough::AnyError);
        options.scopes.insert("@corp".into(), own.url.clone());
    });
    assert_eq!(pool.registry_for("@corp/a").privacy, Privacy::Private);
    assert!(pool.packument("@corp/a", Form::Full).await.unwrap_err().is_not_found());
    let mut request = tarball_request(&own.url, "@corp/a/-/a-1.0.0.tgz");
    request.name = "@corp/a".into();
    assert!(pool.tarball(&request).await.is_err());
    assert_eq!((bench.server.count(), mirror.count(), own.count()), (0, 0, 2));
}

#[tokio::test]
async fn pool_registry_with_credential_stands_alone() {
    let bench = Bench::new([answer("404 Not Found", &[], "")]).await;
    let mirror = Server::start([document(&[], BODY)]).await;
    let pool = bench.pool(|options| {
        with_mirrors(options, &[&mirror], Fallthrough::AnyError);
        options.credentials = Arc::new(Token(options.registry.clone()));
    });
    assert!(pool.packument("a", Form::Full).await.is_err());
    assert_eq!(mirror.count(), 0);
    assert!(bench.server.requests()[0].contains("authorization: bearer s3cret"));
}

#[tokio::test]
async fn redirect_to_another_port_carries_no_credential() {
    let other = Server::start([document(&[], BODY)]).await;
    let location = other.url.join("elsewhere").unwrap();
    let bench = Bench::new([answer("302 Found", &[("location", location.as_str())], "")]).await;
    let pool = bench.pool(|options| {
        options.credentials = Arc::new(Token(options.registry.clone()));
        options.headers = vec![("npm-session".into(), "0123".into())];
    });
    pool.packument("a", Form::Full).await.unwrap();
    assert!(bench.server.requests()[0].contains("npm-session"));
    let head = &other.requests()[0];
    assert!(!head.contains("authorization") && !head.contains("npm-session"), "{head}");
}

#[tokio::test]
async fn redirect_loop_ends() {
    let bench = Bench::new([answer("302 Found", &[("location", "/a")], "")]).await;
    let error = bench.run(CacheMode::Online).await.unwrap_err();
    assert_eq!((error.code_text().as_str(), bench.server.count()), ("EINVALIDRESPONSE", 11));
}

#[tokio::test]
async fn tarball_small_is_buffered_and_large_is_streamed() {
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|number| number.to_le_bytes()[1]).collect();
    let bench = Bench::new([answer("200 OK", &[], &bytes)]).await;
    let request = tarball_request(&bench.server.url, "a/-/a-1.0.0.tgz");
    let whole = bench.pool(|_| {}).tarball(&request).await.unwrap();
    assert!(matches!(&whole.body, Body::Buffered(body) if body.as_ref() == bytes));
    let pool = bench.pool(|options| options.limits.buffered = 1000);
    let Tarball { body, content_length, .. } = pool.tarball(&request).await.unwrap();
    assert_eq!(content_length, Some(3_000_000));
    let Body::Streamed(mut reader) = body else { panic!("not streamed") };
    let reading = tokio::task::spawn_blocking(move || {
        let mut all = Vec::new();
        reader.read_to_end(&mut all).map(|_| all)
    });
    assert!(reading.await.unwrap().unwrap() == bytes);
}

#[tokio::test]
async fn tarball_avoids_the_registry_whose_bytes_were_wrong() {
    let bench = Bench::new([answer("200 OK", &[], "bad")]).await;
    let mirror = Server::start([answer("200 OK", &[], "good")]).await;
    let pool = bench.pool(|options| {
        with_mirrors(options, &[&mirror], Fallthrough::AnyError);
        direct_first(options, "a");
    });
    let mut request = tarball_request(&bench.server.url, "a/-/a-1.0.0.tgz");
    let first = pool.tarball(&request).await.unwrap();
    assert_eq!(first.source.as_str(), bench.server.url.as_str());
    request.avoid.push(first.source);
    let second = pool.tarball(&request).await.unwrap();
    assert!(matches!(&second.body, Body::Buffered(body) if body.as_ref() == b"good"));
    assert!(mirror.requests()[0].starts_with("get /a/-/a-1.0.0.tgz "));
}

#[tokio::test]
async fn tarball_elsewhere_gets_no_credential_of_the_registry() {
    let bench = Bench::new([document(&[], BODY)]).await;
    let other = Server::start([answer("200 OK", &[], "bytes")]).await;
    let pool =
        bench.pool(|options| options.credentials = Arc::new(Token(options.registry.clone())));
    pool.tarball(&tarball_request(&other.url, "files/a.tgz")).await.unwrap();
    assert!(!other.requests()[0].contains("authorization"));
}

#[tokio::test]
async fn document_and_post_reach_the_registry_named() {
    let bench = Bench::new([document(&[], r#"{"keys":[]}"#)]).await;
    let pool = bench.pool(|_| {});
    let registry = pool.registry_for("a").registries.remove(0);
    let keys = pool.document(&registry, "/-/npm/v1/keys", 1000).await.unwrap();
    assert_eq!(keys.as_ref(), br#"{"keys":[]}"#);
    pool.post(&registry, "-/npm/v1/security/advisories/bulk", "{}".into(), 1000).await.unwrap();
    let requests = bench.server.requests();
    assert!(requests[0].starts_with("get /-/npm/v1/keys "));
    assert!(requests[1].starts_with("post /-/npm/v1/security/advisories/bulk "));
}

#[tokio::test]
async fn pool_single_dead_registry_is_given_up_for_all() {
    let bench = Bench::new([Answer::Silence]).await;
    let pool = bench.pool(|options| {
        options.timeouts.head = Duration::from_millis(20);
        options.max_sockets = 1;
    });
    for name in ["a", "b", "c"] {
        let error = pool.packument(name, Form::Full).await.unwrap_err();
        assert_eq!((error.code_text().as_str(), error.package()), ("ETIMEDOUT", Some(name.into())));
    }
    assert_eq!(bench.server.count(), 3, "the tries of the first name, none of the others");
}

#[tokio::test]
async fn packument_gzip_is_decoded_and_bounded_after_decoding() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let body = format!("{{\"name\":\"{}\"}}", "a".repeat(100_000));
    std::io::Write::write_all(&mut gzip, body.as_bytes()).unwrap();
    let packed = gzip.finish().unwrap();
    let bench = Bench::new([answer("200 OK", &[("content-encoding", "gzip")], packed)]).await;
    let found = bench.run(CacheMode::Online).await.unwrap();
    assert_eq!(name(&found).map(str::len), Some(100_000));
    let pool = bench.pool(|options| options.limits.packument = 50_000);
    let error = pool.packument("b", Form::Full).await.unwrap_err();
    assert_eq!(error.code_text(), "ETOOLARGE");
}

#[derive(Default)]
struct Log(Mutex<Vec<(u16, bool)>>);

impl Reporter for Log {
    fn event(&self, event: Event) {
        if let Event::Request { status, cached, .. } = event {
            self.0.lock().unwrap().push((status, cached));
        }
    }
}

#[tokio::test]
async fn every_exchange_is_reported() {
    let bench = Bench::new([answer("503 Service Unavailable", &[], ""), document(&[], BODY)]).await;
    let log = Arc::new(Log::default());
    let reporter: Arc<dyn Reporter> = Arc::<Log>::clone(&log);
    let pool = Pool::new(&options(&bench.server.url, bench.cache.path()), reporter).unwrap();
    pool.packument("a", Form::Full).await.unwrap();
    assert_eq!(*log.0.lock().unwrap(), [(503, false), (200, false)]);
}
