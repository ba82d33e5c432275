//! Keys that don't exist, and the nearest ones that do.

use std::collections::BTreeMap;
use std::path::Path;

use figment::Profile;
use figment::value::{Dict, Map, Value};

/// Below this likeness (0 to 1) a suggestion would puzzle more than help.
const MIN_LIKENESS: f64 = 0.6;

/// A line for each unknown key of a file.
pub fn in_file(
    data: &Map<Profile, Dict>,
    path: &Path,
    known: &BTreeMap<String, Value>,
) -> Vec<String> {
    let mut lines = Vec::new();
    for dict in data.values() {
        walk("", dict, known, &mut |key| {
            let place = path.display().to_string();
            lines.push(line(
                &format!("`{key}`"),
                &place,
                key,
                |key| format!("`{key}`"),
                known,
            ));
        });
    }
    lines
}

fn walk(prefix: &str, dict: &Dict, known: &BTreeMap<String, Value>, report: &mut impl FnMut(&str)) {
    for (name, value) in dict {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        let table = format!("{key}.");
        let is_table = known.keys().any(|known| known.starts_with(&table));
        match value {
            _ if known.contains_key(&key) => {}
            // A plain value where a table belongs is a type error, told later and better.
            Value::Dict(_, inner) if is_table || !inner.is_empty() => {
                walk(&key, inner, known, report);
            }
            _ if is_table => {}
            _ => report(&key),
        }
    }
}

/// Says that `key` doesn't exist, where it was written, and which one may have been meant.
pub fn line(
    written: &str,
    place: &str,
    key: &str,
    spell: impl Fn(&str) -> String,
    known: &BTreeMap<String, Value>,
) -> String {
    let hint = nearest(key, known).map_or_else(
        || "`keystead config` lists every key".to_owned(),
        |near| format!("did you mean {}?", spell(near)),
    );
    format!("unknown key {written} in {place}: {hint}")
}

/// The known key most like `key`, by its whole name or by its last part.
fn nearest<'a>(key: &str, known: &'a BTreeMap<String, Value>) -> Option<&'a str> {
    let last = |key: &'_ str| key.rsplit('.').next().unwrap_or_default().to_owned();
    known
        .keys()
        .map(|candidate| {
            let whole = strsim::normalized_damerau_levenshtein(key, candidate);
            // `listen` at the top level means one of the `….listen`: nearly as good as the whole name.
            let part = strsim::normalized_damerau_levenshtein(&last(key), &last(candidate)) * 0.9;
            // Of equal last parts, the one whose whole name is nearer wins.
            (candidate.as_str(), whole.max(part) + whole * 0.01)
        })
        .filter(|(_, likeness)| *likeness >= MIN_LIKENESS)
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(candidate, _)| candidate)
}
