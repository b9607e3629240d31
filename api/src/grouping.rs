//! Groups rows by a key. This file imports no other file of the crate, so that every slice can use it.

use std::collections::HashMap;
use std::hash::Hash;

/// Groups values by key. Each group keeps the order of its values.
pub(crate) fn grouped<K: Eq + Hash, V>(pairs: impl IntoIterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}

/// Groups rows by the key that `key` returns for each row, such as the id of its parent.
pub(crate) fn grouped_by<K: Eq + Hash, R>(rows: Vec<R>, key: impl Fn(&R) -> K) -> HashMap<K, Vec<R>> {
    grouped(rows.into_iter().map(|row| (key(&row), row)))
}
