//! The app's way to push, for handlers.

use crate::{
    delivery::Pusher,
    error::{BoxError, FunctionFailure},
    extract::FromMessage,
    message::Message,
    resources::Resources,
};

impl FromMessage for Pusher {
    async fn from_message(message: &Message) -> Result<Self, BoxError> {
        match message.resources().pusher() {
            Some(pusher) => Ok(pusher.clone()),
            None => Err(FunctionFailure::new("NotConfigured", "the app was built without `.push(…)`").into()),
        }
    }

    fn missing(resources: &Resources) -> Option<String> {
        resources.pusher().is_none().then(|| "Pusher needs `.connections(…)` and `.push(…)`".to_owned())
    }
}
