//! State that the app was built with.

use std::any::type_name;

use crate::{
    error::{BoxError, FunctionFailure},
    extract::FromMessage,
    message::Message,
    resources::Resources,
};

/// A clone of the value given to [`AppBuilder::state`](crate::AppBuilder::state); one per type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State<S>(pub S);

impl<S: Clone + Send + Sync + 'static> FromMessage for State<S> {
    async fn from_message(message: &Message) -> Result<Self, BoxError> {
        match message.resources().state::<S>() {
            Some(state) => Ok(Self(state.clone())),
            None => Err(FunctionFailure::new("NotConfigured", needs::<S>()).into()),
        }
    }

    fn missing(resources: &Resources) -> Option<String> {
        resources.state::<S>().is_none().then(needs::<S>)
    }
}

fn needs<S>() -> String {
    format!("State<{0}> needs `.state(…)` with a value of type {0}", type_name::<S>())
}
