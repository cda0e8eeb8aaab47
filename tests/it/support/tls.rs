//! A registry behind TLS: decrypts, asks the registry, encrypts what it says.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    path::PathBuf,
    sync::Arc,
    thread,
};

use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};

use super::registry::Registry;

/// A request's head is shorter.
const MAX_HEAD: usize = 64 << 10;

/// A file of `fixtures/tls`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls").join(name)
}

/// Whom the front speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clients {
    All,
    /// Those with a certificate of the authority.
    Certified,
}

/// Speaks TLS for a registry until the process ends; returns the URL.
pub(crate) fn front(registry: &Registry, clients: Clients) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let config = Arc::new(config(clients));
    let behind = registry.url().replace("http://", "").trim_end_matches('/').to_owned();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, behind) = (Arc::clone(&config), behind.clone());
            // A client that does not trust us hangs up; that is what the tests are about.
            thread::spawn(move || serve(config, stream, &behind).ok());
        }
    });
    url
}

fn config(clients: Clients) -> ServerConfig {
    let chain = vec![CertificateDer::from_pem_file(fixture("registry.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(fixture("registry.key")).unwrap();
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        Clients::All => builder.with_no_client_auth(),
        Clients::Certified => builder.with_client_cert_verifier(verifier(provider)),
    };
    builder.with_single_cert(chain, key).unwrap()
}

fn verifier(provider: Arc<rustls::crypto::CryptoProvider>) -> Arc<dyn ClientCertVerifier> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(fixture("authority.pem")).unwrap()).unwrap();
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap()
}

/// One request a connection.
fn serve(config: Arc<ServerConfig>, stream: TcpStream, behind: &str) -> io::Result<()> {
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut secure = StreamOwned::new(connection, stream);
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && head.len() < MAX_HEAD {
        secure.read_exact(&mut byte)?;
        head.extend(byte);
    }
    let mut plain = TcpStream::connect(behind)?;
    plain.write_all(&head)?;
    plain.shutdown(Shutdown::Write)?;
    let mut answer = Vec::new();
    plain.read_to_end(&mut answer)?;
    let text = String::from_utf8_lossy(&answer).into_owned();
    assert!(text.starts_with("HTTP/1.1 "), "{text}");
    let status = answer.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    secure.write_all(&answer[..status])?;
    secure.write_all(b"connection: close\r\n")?;
    secure.write_all(&answer[status..])?;
    secure.conn.send_close_notify();
    secure.flush()
}

/// The text of a fixture, as a setting holds it.
pub(crate) fn text(name: &str) -> String {
    fs::read_to_string(fixture(name)).unwrap()
}
