//! Lookups: from versions to records, proven in the published tree.

use super::{Admission, Admitted, Answered, Server, Unanswered};
use crate::sumdb::{
    lookup::{Answer, BatchReply, BatchRequest, IndexBucket, LookupReply},
    proof::inclusions,
    record::{PackageKey, Record},
    store::Store,
    view::{Published, ViewError},
};

/// What is known of a version.
enum Place {
    At(u64),
    Pending,
    Absent,
    Refused(String),
}

impl<S: Store, A: Admission> Server<S, A> {
    /// One record.
    pub(super) async fn lookup(&self, key: &PackageKey) -> Result<Answered, Unanswered> {
        let published = self.view.published().ok_or(Unanswered::NotFound)?;
        let place = self.places(std::slice::from_ref(key), &published)?.pop();
        let index = match place.unwrap_or(Place::Absent) {
            Place::At(index) => index,
            Place::Pending => return Err(Unanswered::Pending),
            Place::Absent => return Err(Unanswered::NotFound),
            Place::Refused(reason) => return Err(Unanswered::Refused(reason)),
        };
        let text = self.view.records(&[index], published.tree.size).await?.remove(&index);
        let text = text.and_then(|text| String::from_utf8(text).ok());
        let text = text.ok_or_else(|| not_its_record(index))?;
        let reply = LookupReply { index, text, checkpoint: published.note.clone() };
        Ok(Answered::text(reply.to_string()))
    }

    /// Many records and one proof.
    pub(super) async fn batch(&self, request: &BatchRequest) -> Result<Answered, Unanswered> {
        let published = self.view.published().ok_or(Unanswered::NotFound)?;
        let tree = published.tree;
        let places = self.places(request.keys(), &published)?;
        let found = places.iter().filter_map(|place| match place {
            Place::At(index) => Some(*index),
            Place::Pending | Place::Absent | Place::Refused(_) => None,
        });
        let mut indexes: Vec<u64> = found.collect();
        indexes.sort_unstable();
        let texts = self.view.records(&indexes, tree.size).await?;
        let spans = inclusions(&indexes, tree.size).unwrap_or_default();
        let proof =
            if spans.is_empty() { Vec::new() } else { self.view.spans(tree, &spans).await? };
        let mut answers = Vec::with_capacity(places.len());
        for (key, place) in request.keys().iter().zip(places) {
            answers.push(match place {
                Place::At(index) => {
                    let text = texts.get(&index).and_then(|text| str::from_utf8(text).ok());
                    let record = text.and_then(|text| Record::parse(text).ok());
                    let record = record.filter(|record| record.key == *key);
                    let record = Box::new(record.ok_or_else(|| not_its_record(index))?);
                    Answer::Found { index, record }
                }
                Place::Pending => Answer::Pending,
                Place::Absent | Place::Refused(_) => Answer::Absent,
            });
        }
        let reply = BatchReply { answers, proof, checkpoint: published.note.clone() };
        Ok(Answered::bytes(reply.encode()))
    }

    /// The versions of all names of one bucket.
    pub(super) fn index(&self, bucket: u16) -> Result<Answered, Unanswered> {
        let published = self.view.published().ok_or(Unanswered::NotFound)?;
        let all = self.view.bucket(bucket)?;
        let mut shown = IndexBucket::default();
        for (key, index) in all.entries().filter(|(_, index)| *index < published.tree.size) {
            shown.insert(key.clone(), index);
        }
        Ok(Answered::text(shown.to_string()))
    }

    fn places(&self, keys: &[PackageKey], published: &Published) -> Result<Vec<Place>, Unanswered> {
        let places = self.view.places(keys)?;
        let place = |(key, place): (&PackageKey, Option<(u64, _)>)| match place {
            Some((index, _)) if index < published.tree.size => Place::At(index),
            Some(_) => Place::Pending,
            None => match self.admission.admit(key) {
                Admitted::Pending => Place::Pending,
                Admitted::Refused(reason) => Place::Refused(reason),
                Admitted::No => Place::Absent,
            },
        };
        Ok(keys.iter().zip(places).map(place).collect())
    }
}

fn not_its_record(index: u64) -> ViewError {
    ViewError::Damaged(format!("record {index} is not the one that the index says"))
}
