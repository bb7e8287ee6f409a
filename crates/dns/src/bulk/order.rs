//! Results in the order of the input: those that came early wait for those before them.

use std::collections::BTreeMap;

use netwhy_report::dns::BulkResult;

/// The results that wait.
#[derive(Debug, Default)]
pub(super) struct Order {
    next: u64,
    waiting: BTreeMap<u64, BulkResult>,
}

impl Order {
    /// Takes the result for a place, and hands on what is now in order.
    pub(super) fn put(&mut self, place: u64, result: BulkResult, mut emit: impl FnMut(BulkResult)) {
        self.waiting.insert(place, result);
        while let Some(result) = self.waiting.remove(&self.next) {
            self.next += 1;
            emit(result);
        }
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }
}
