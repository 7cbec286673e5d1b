/// A payload type that knows the name of its event, so that a handler subscribes by type alone.
///
/// ```
/// use everwire_protocol::Message;
///
/// struct OrderUpdated {
///     id: u32,
/// }
///
/// impl Message for OrderUpdated {
///     const NAME: &'static str = "order.updated";
/// }
/// # let order = OrderUpdated { id: 7 };
/// # assert_eq!(order.id, 7);
/// ```
pub trait Message {
    /// The string at `action` (or `type`) of the JSON message. Compared byte for byte.
    const NAME: &'static str;
}
