//! Select lists for joined rows: every column of a table, under a prefix.

use sea_orm::{EntityTrait, IdenStatic, Iterable};

/// `l.id AS l_id, l.key AS l_key, …`: the columns of `E`, read from alias `alias` and named so
/// that `Model::from_query_result(row, "l_")` finds them.
pub fn columns<E: EntityTrait>(alias: &str) -> String {
    let mut list = String::new();
    for column in E::Column::iter() {
        if !list.is_empty() {
            list.push_str(", ");
        }
        let name = column.as_str();
        list.push_str(&format!("{alias}.{name} AS {alias}_{name}"));
    }
    list
}
