//! A bounded pipe from the async side to a thread that reads: back-pressure by bytes.
//!
//! The reader blocks on a condition variable, never on the async runtime, so it cannot
//! panic or stall a worker wherever it is used.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use bytes::{Buf, Bytes};
use tokio::sync::Notify;

use super::error::FetchError;

/// The writer waits while this many bytes are unread.
const CAPACITY: usize = 1 << 20;

#[derive(Debug, Default)]
struct State {
    chunks: VecDeque<Bytes>,
    queued: usize,
    end: Option<Result<(), FetchError>>,
    reader_gone: bool,
}

#[derive(Debug, Default)]
struct Pipe {
    state: Mutex<State>,
    readable: Condvar,
    writable: Notify,
}

impl Pipe {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The two ends of a new pipe.
pub(super) fn pipe() -> (ByteWriter, ByteReader) {
    let pipe = Arc::new(Pipe::default());
    (ByteWriter(Arc::clone(&pipe)), ByteReader { pipe, current: Bytes::new() })
}

/// The async end.
#[derive(Debug)]
pub(super) struct ByteWriter(Arc<Pipe>);

/// The reader was dropped; nobody wants the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReaderGone;

impl ByteWriter {
    /// Hands over `chunk`, waiting while the pipe is full.
    pub(super) async fn write(&self, chunk: Bytes) -> Result<(), ReaderGone> {
        loop {
            {
                let mut state = self.0.state();
                if state.reader_gone {
                    return Err(ReaderGone);
                }
                if state.queued < CAPACITY {
                    state.queued += chunk.len();
                    state.chunks.push_back(chunk);
                    self.0.readable.notify_one();
                    return Ok(());
                }
            }
            // A wake-up between the check and here is kept as a permit.
            self.0.writable.notified().await;
        }
    }

    /// Ends the stream; without this the reader sees an error, not an end.
    pub(super) fn finish(self, end: Result<(), FetchError>) {
        self.0.state().end = Some(end);
    }
}

impl Drop for ByteWriter {
    fn drop(&mut self) {
        self.0.state().end.get_or_insert_with(|| Err(FetchError::Abandoned));
        self.0.readable.notify_one();
    }
}

/// The blocking end: an [`io::Read`] whose errors carry the [`FetchError`].
#[derive(Debug)]
pub struct ByteReader {
    pipe: Arc<Pipe>,
    current: Bytes,
}

impl ByteReader {
    /// The next piece of the body, as large as it arrived; `None` at the end. Blocks.
    ///
    /// # Errors
    ///
    /// The [`FetchError`] that cut the transfer.
    pub fn next_chunk(&mut self) -> Result<Option<Bytes>, FetchError> {
        if self.current.has_remaining() {
            return Ok(Some(std::mem::take(&mut self.current)));
        }
        let mut state = self.pipe.state();
        loop {
            if let Some(chunk) = state.chunks.pop_front() {
                state.queued = state.queued.saturating_sub(chunk.len());
                self.pipe.writable.notify_one();
                return Ok(Some(chunk));
            }
            if let Some(end) = &state.end {
                return end.clone().map(|()| None);
            }
            state = self.pipe.readable.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl io::Read for ByteReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.current.has_remaining() {
            match self.next_chunk().map_err(io::Error::other)? {
                Some(chunk) => self.current = chunk,
                None => return Ok(0),
            }
        }
        let length = self.current.len().min(buffer.len());
        self.current.copy_to_slice(buffer.get_mut(..length).unwrap_or_default());
        Ok(length)
    }
}

impl Drop for ByteReader {
    fn drop(&mut self) {
        self.pipe.state().reader_gone = true;
        self.pipe.writable.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[tokio::test(flavor = "multi_thread")]
    async fn pipe_carries_more_than_its_capacity_in_order() {
        let (writer, mut reader) = pipe();
        let reading = tokio::task::spawn_blocking(move || {
            let mut all = Vec::new();
            reader.read_to_end(&mut all).map(|_| all)
        });
        let mut sent = Vec::new();
        for number in 0..64_u8 {
            let chunk = vec![number; 100_000];
            sent.extend_from_slice(&chunk);
            writer.write(chunk.into()).await.unwrap();
        }
        writer.finish(Ok(()));
        assert!(reading.await.unwrap().unwrap() == sent);
    }

    #[tokio::test]
    async fn pipe_abandoned_writer_is_an_error_not_an_end() {
        let (writer, mut reader) = pipe();
        writer.write(Bytes::from_static(b"half")).await.unwrap();
        drop(writer);
        let mut all = Vec::new();
        assert!(reader.read_to_end(&mut all).is_err());
        assert_eq!(all, b"half");
    }

    #[tokio::test]
    async fn pipe_without_reader_stops_the_writer() {
        let (writer, reader) = pipe();
        writer.write(vec![0; CAPACITY].into()).await.unwrap();
        drop(reader);
        assert_eq!(writer.write(Bytes::from_static(b"x")).await, Err(ReaderGone));
    }
}
