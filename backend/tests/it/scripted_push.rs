//! A push that answers from a script, and remembers.

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
};

use everwire_backend::{BoxFuture, Connection, Push, PushOutcome};

/// Answers each connection from its own list; when that is used up, `Delivered`.
#[derive(Debug, Default)]
pub(crate) struct ScriptedPush {
    script: Mutex<HashMap<String, VecDeque<PushOutcome>>>,
    posts: Mutex<Vec<(String, String)>>,
}

impl ScriptedPush {
    pub(crate) fn answers(self, id: &str, outcomes: impl IntoIterator<Item = PushOutcome>) -> Self {
        self.script.lock().unwrap().insert(id.to_owned(), outcomes.into_iter().collect());
        self
    }

    /// Connection id and payload of every post.
    pub(crate) fn posts(&self) -> Vec<(String, String)> {
        self.posts.lock().unwrap().clone()
    }

    pub(crate) fn posts_to(&self, id: &str) -> usize {
        self.posts().iter().filter(|(to, _)| to == id).count()
    }
}

impl Push for ScriptedPush {
    fn post<'a>(&'a self, connection: &'a Connection, payload: bytes::Bytes) -> BoxFuture<'a, PushOutcome> {
        let payload = String::from_utf8(payload.to_vec()).unwrap();
        self.posts.lock().unwrap().push((connection.id.clone(), payload));
        let scripted = self.script.lock().unwrap().get_mut(&connection.id).and_then(VecDeque::pop_front);
        Box::pin(std::future::ready(scripted.unwrap_or(PushOutcome::Delivered)))
    }
}
