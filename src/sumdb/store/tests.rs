//! Every store by the same rules; a store that does not compare is found out.

use std::{path::Path, sync::Arc};

use object_store::memory::InMemory;

use super::*;

async fn keeps_the_rules(store: &impl Store) {
    assert_eq!(store.get("tile/0/000", 9).await.unwrap(), None);
    store.put("tile/0/000", b"bytes".to_vec()).await.unwrap();
    store.put("tile/0/000", b"bytes".to_vec()).await.unwrap();
    store.put("tile/0/x001/000", b"more".to_vec()).await.unwrap();
    assert_eq!(store.get("tile/0/000", 5).await.unwrap().unwrap(), b"bytes");
    assert!(store.get("tile/0/000", 4).await.is_err());
    assert_eq!(store.list("tile/0").await.unwrap(), ["000"]);
    assert_eq!(store.list("nowhere").await.unwrap(), [""; 0]);
    store.remove("tile/0/000").await.unwrap();
    store.remove("tile/0/000").await.unwrap();
    assert_eq!(store.get("tile/0/000", 5).await.unwrap(), None);

    let Swap::Won(first) = store.swap(".state/head", None, b"1".to_vec()).await.unwrap() else {
        panic!("lost a race against nobody");
    };
    assert_eq!(store.swap(".state/head", None, b"2".to_vec()).await.unwrap(), Swap::Lost);
    let (bytes, read) = store.versioned(".state/head", 9).await.unwrap().unwrap();
    assert_eq!(bytes, b"1");
    assert!(matches!(
        store.swap(".state/head", Some(&read), b"2".to_vec()).await.unwrap(),
        Swap::Won(_)
    ));
    assert_eq!(store.swap(".state/head", Some(&first), b"3".to_vec()).await.unwrap(), Swap::Lost);
    probe(store, ".state/probe").await.unwrap();
    assert_eq!(store.get(".state/probe", 9).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_folder_keeps_the_rules_and_leaves_no_temporary_files() {
    let dir = tempfile::tempdir().unwrap();
    keeps_the_rules(&DirectoryStore::new(dir.path().join("log"))).await;
    let state: Vec<_> = std::fs::read_dir(dir.path().join("log/.state")).unwrap().collect();
    assert_eq!(state.len(), 2, "{state:?}");
}

#[tokio::test]
async fn an_object_store_keeps_the_rules() {
    keeps_the_rules(&BucketStore::new(Arc::new(InMemory::new()), "logs/one")).await;
    keeps_the_rules(&BucketStore::new(Arc::new(InMemory::new()), "")).await;
}

/// A store that looks first and writes then, as some servers do.
struct LookThenWrite(BucketStore);

impl Store for LookThenWrite {
    async fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(path, limit).await
    }

    async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.0.put(path, bytes).await
    }

    async fn versioned(
        &self,
        path: &str,
        limit: u64,
    ) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        self.0.versioned(path, limit).await
    }

    async fn swap(
        &self,
        path: &str,
        known: Option<&Version>,
        bytes: Vec<u8>,
    ) -> Result<Swap, StoreError> {
        let found = self.0.versioned(path, 1 << 20).await?.map(|(_, version)| version);
        if found.as_ref() != known {
            return Ok(Swap::Lost);
        }
        tokio::task::yield_now().await;
        self.0.put(path, bytes).await?;
        let (_, version) = self.0.versioned(path, 1 << 20).await?.unwrap();
        Ok(Swap::Won(version))
    }

    async fn remove(&self, path: &str) -> Result<(), StoreError> {
        self.0.remove(path).await
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        self.0.list(folder).await
    }
}

#[tokio::test]
async fn a_store_that_lets_several_writers_win_is_refused() {
    let store = LookThenWrite(BucketStore::new(Arc::new(InMemory::new()), ""));
    let refused = probe(&store, "probe").await;
    assert!(matches!(refused, Err(NotAtomic::Winners { winners: 2.. })), "{refused:?}");
}

#[test]
fn an_address_is_a_folder_or_a_bucket() {
    let base = Path::new("/base");
    let parse = |address: &str| Location::parse(address, base).ok();
    let bucket = |bucket: &str, prefix: &str| {
        Some(Location::Bucket { bucket: bucket.into(), prefix: prefix.into() })
    };
    assert_eq!(parse("log"), Some(Location::Folder(base.join("log"))));
    assert_eq!(parse("s3://b"), bucket("b", ""));
    assert_eq!(parse("s3://b/one/two/"), bucket("b", "one/two"));
    for wrong in ["", "s3://", "s3:///x", "https://log.example"] {
        assert_eq!(parse(wrong), None, "{wrong}");
    }
}
