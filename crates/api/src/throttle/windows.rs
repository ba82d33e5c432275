//! Counters in bounded memory: the keys seen last are remembered, those not seen for long go.

use std::collections::HashMap;

/// What a key is hashed to.
type Key = [u8; 32];

/// How often a key was seen in the window of this number.
#[derive(Clone, Copy, Debug)]
struct Slot {
    number: i64,
    count: u32,
}

/// Two generations of counters. When the young one is full it becomes the old one, and the old one
/// is forgotten: a key goes after at least `capacity` other keys were seen, and no key costs more
/// than two look-ups.
#[derive(Debug)]
pub struct Windows {
    capacity: usize,
    young: HashMap<Key, Slot>,
    old: HashMap<Key, Slot>,
}

impl Windows {
    /// Room for this many keys at least, and twice as many at most.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    /// Counts a key in the window of this number, and says how often it was seen there.
    pub fn hit(&mut self, key: Key, number: i64) -> u32 {
        let known = self.young.get(&key).copied();
        let known = known.or_else(|| self.old.remove(&key));
        let before = known.filter(|slot| slot.number == number);
        let count = before.map_or(0, |slot| slot.count).saturating_add(1);
        self.young.insert(key, Slot { number, count });
        if self.young.len() > self.capacity {
            self.old = std::mem::take(&mut self.young);
        }
        count
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}
