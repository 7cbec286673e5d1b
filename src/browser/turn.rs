//! Taking turns within one WebAssembly instance, by name: what is left of a lock where the browser has none.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

/// Who waits for a name, first come first served; the front holds it.
type Queue = VecDeque<Weak<dyn Fn()>>;

thread_local! {
    static QUEUES: RefCell<Vec<(String, Queue)>> = const { RefCell::new(Vec::new()) };
}

/// A place in this instance's queue for one name. Dropping it lets the next one have its turn.
pub(super) struct Turn {
    name: String,
    grant: Rc<dyn Fn()>,
}

impl Turn {
    pub(super) fn take(name: &str, grant: impl Fn() + 'static) -> Self {
        let grant: Rc<dyn Fn()> = Rc::new(grant);
        let is_first = QUEUES.with_borrow_mut(|queues| {
            let index = queues.iter().position(|(queued, _)| queued == name).unwrap_or_else(|| {
                queues.push((name.to_owned(), VecDeque::new()));
                queues.len() - 1
            });
            let queue = &mut queues[index].1;
            queue.push_back(Rc::downgrade(&grant));
            queue.len() == 1
        });
        if is_first {
            grant();
        }
        Self { name: name.to_owned(), grant }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = QUEUES.with_borrow_mut(|queues| {
            let index = queues.iter().position(|(name, _)| *name == self.name)?;
            let queue = &mut queues[index].1;
            let place = queue.iter().position(|grant| std::ptr::addr_eq(grant.as_ptr(), Rc::as_ptr(&self.grant)))?;
            queue.remove(place);
            let next = if place == 0 { queue.front().and_then(Weak::upgrade) } else { None };
            if queue.is_empty() {
                queues.remove(index);
            }
            next
        });
        if let Some(grant) = next {
            grant();
        }
    }
}

impl std::fmt::Debug for Turn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Turn").field("name", &self.name).finish_non_exhaustive()
    }
}
