//! A text that is still being found out, so that nobody waits for it before it is read.

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, LazyLock},
    thread,
};

/// A text that another thread may be finding out; whoever reads it first waits for it.
///
/// It compares and shows as the text; clones share it.
#[derive(Clone)]
pub struct PendingText(Arc<LazyLock<String, Finding>>);

type Finding = Box<dyn FnOnce() -> String + Send>;

impl PendingText {
    /// Finds the text out on a thread of its own, beginning now; empty where `find` panics.
    pub fn spawn(find: impl FnOnce() -> String + Send + 'static) -> Self {
        let finding = thread::spawn(find);
        Self::later(move || finding.join().unwrap_or_default())
    }

    /// What `change` makes of the text, once it is read.
    #[must_use]
    pub fn map(&self, change: impl FnOnce(&str) -> String + Send + 'static) -> Self {
        let text = self.clone();
        Self::later(move || change(&text))
    }

    fn later(find: impl FnOnce() -> String + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(find))))
    }
}

impl Deref for PendingText {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.as_str()
    }
}

impl From<String> for PendingText {
    fn from(text: String) -> Self {
        Self::later(move || text)
    }
}

impl From<&str> for PendingText {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Default for PendingText {
    fn default() -> Self {
        String::new().into()
    }
}

impl PartialEq for PendingText {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for PendingText {}

impl fmt::Debug for PendingText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for PendingText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn nobody_waits_for_a_text_before_it_is_read() {
        let (tell, told) = mpsc::channel::<String>();
        let text = PendingText::spawn(move || told.recv().unwrap_or_default());
        let shouted = text.map(str::to_uppercase);
        let clone = text.clone();
        tell.send("v20.1.0".to_owned()).unwrap();
        assert_eq!((&*shouted, &*text), ("V20.1.0", "v20.1.0"));
        assert_eq!(clone, text);
        assert_eq!(format!("{text:?}"), "\"v20.1.0\"");
    }
}
