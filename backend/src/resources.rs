//! What an app was built with and handlers may ask for.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
};

use crate::delivery::Pusher;

/// What an app was built with: its states and its way to push.
#[derive(Default)]
pub struct Resources {
    states: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    pusher: Option<Pusher>,
}

impl Resources {
    pub(crate) fn insert_state<S: Clone + Send + Sync + 'static>(&mut self, state: S) {
        self.states.insert(TypeId::of::<S>(), Box::new(state));
    }

    pub(crate) fn set_pusher(&mut self, pusher: Pusher) {
        self.pusher = Some(pusher);
    }

    /// The state of type `S`, if the app has one.
    #[must_use]
    pub fn state<S: 'static>(&self) -> Option<&S> {
        self.states.get(&TypeId::of::<S>())?.downcast_ref()
    }

    /// The app's way to push, if it has one.
    #[must_use]
    pub fn pusher(&self) -> Option<&Pusher> {
        self.pusher.as_ref()
    }
}

impl fmt::Debug for Resources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resources").field("states", &self.states.len()).field("pusher", &self.pusher.is_some()).finish()
    }
}
