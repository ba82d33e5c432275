//! Paging: limit, offset and cursor, always over (created, id).

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

/// The direction of a list, by creation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Oldest first.
    Ascending,
    /// Newest first: the contract's default.
    #[default]
    Descending,
}

/// Which part of a list is wanted. Sizes are 1 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The first rows.
    Limit(u64),
    /// A numbered page, from 1.
    Offset {
        /// The page's number, from 1.
        number: u64,
        /// Rows on a page.
        size: u64,
    },
    /// The rows after a known one.
    Cursor {
        /// The last row of the page before; the first page has none.
        after: Option<Uuid>,
        /// Rows on a page.
        size: u64,
    },
}

impl Page {
    /// How many rows a page holds at most.
    pub fn size(self) -> u64 {
        match self {
            Self::Limit(size) | Self::Offset { size, .. } | Self::Cursor { size, .. } => size,
        }
    }
}

/// One page of rows, and what is known of the rest.
#[derive(Clone, Debug)]
pub struct Slice<T> {
    /// The page's rows, in order.
    pub rows: Vec<T>,
    /// Rows in the whole list; counted for offset pages only.
    pub total: Option<u64>,
    /// Whether rows follow; known for cursor pages only.
    pub more: bool,
}

impl<T> Slice<T> {
    /// The same page with each row turned into another form.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Slice<U> {
        Slice {
            rows: self.rows.into_iter().map(turn).collect(),
            total: self.total,
            more: self.more,
        }
    }
}

/// Reads one page of `select`, ordered by creation and id.
///
/// # Errors
/// When the database fails.
pub async fn read<E, C>(
    connection: &C,
    select: Select<E>,
    created: E::Column,
    id: E::Column,
    page: Page,
    direction: Direction,
) -> crate::Result<Slice<E::Model>>
where
    E: EntityTrait,
    E::Model: Send + Sync,
    C: sea_orm::ConnectionTrait,
{
    let order = match direction {
        Direction::Ascending => Order::Asc,
        Direction::Descending => Order::Desc,
    };
    let ordered = select
        .clone()
        .order_by(created, order.clone())
        .order_by(id, order);
    match page {
        Page::Limit(limit) => {
            let rows = ordered.limit(limit).all(connection).await?;
            Ok(Slice {
                rows,
                total: None,
                more: false,
            })
        }
        Page::Offset { number, size } => {
            let rows = ordered
                .limit(size)
                .offset((number - 1) * size)
                .all(connection)
                .await?;
            let total = count(connection, select).await?;
            Ok(Slice {
                rows,
                total: Some(total),
                more: false,
            })
        }
        Page::Cursor { after, size } => {
            let after = match after {
                Some(after) => {
                    Some(position(connection, select.clone(), created, id, after).await?)
                }
                None => None,
            };
            let from = match after {
                // The row before is gone: nothing can be said to come after it.
                Some(None) => {
                    return Ok(Slice {
                        rows: Vec::new(),
                        total: None,
                        more: false,
                    });
                }
                Some(Some((at, after))) => {
                    ordered.filter(beyond::<E>(created, id, at, after, direction))
                }
                None => ordered,
            };
            let mut rows = from.limit(size + 1).all(connection).await?;
            let more = rows.len() as u64 > size;
            rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
            Ok(Slice {
                rows,
                total: None,
                more,
            })
        }
    }
}

/// Like [`read`], for lists that are too long to be counted.
///
/// # Errors
/// When the database fails.
pub async fn read_uncounted<E, C>(
    connection: &C,
    select: Select<E>,
    created: E::Column,
    id: E::Column,
    page: Page,
    direction: Direction,
) -> crate::Result<Slice<E::Model>>
where
    E: EntityTrait,
    E::Model: Send + Sync,
    C: sea_orm::ConnectionTrait,
{
    let Page::Offset { number, size } = page else {
        return read(connection, select, created, id, page, direction).await;
    };
    let order = match direction {
        Direction::Ascending => Order::Asc,
        Direction::Descending => Order::Desc,
    };
    let rows = select
        .order_by(created, order.clone())
        .order_by(id, order)
        .limit(size)
        .offset((number - 1) * size)
        .all(connection)
        .await?;
    Ok(Slice {
        rows,
        total: None,
        more: false,
    })
}

async fn count<E, C>(connection: &C, select: Select<E>) -> crate::Result<u64>
where
    E: EntityTrait,
    E::Model: Send + Sync,
    C: sea_orm::ConnectionTrait,
{
    Ok(select.count(connection).await?)
}

async fn position<E, C>(
    connection: &C,
    select: Select<E>,
    created: E::Column,
    id: E::Column,
    after: Uuid,
) -> crate::Result<Option<(chrono::DateTime<chrono::Utc>, Uuid)>>
where
    E: EntityTrait,
    C: sea_orm::ConnectionTrait,
{
    Ok(select
        .select_only()
        .column(created)
        .filter(id.eq(after))
        .into_tuple::<chrono::DateTime<chrono::Utc>>()
        .one(connection)
        .await?
        .map(|at| (at, after)))
}

fn beyond<E: EntityTrait>(
    created: E::Column,
    id: E::Column,
    at: chrono::DateTime<chrono::Utc>,
    after: Uuid,
    direction: Direction,
) -> Condition {
    let (later, tie) = match direction {
        Direction::Ascending => (created.gt(at), id.gt(after)),
        Direction::Descending => (created.lt(at), id.lt(after)),
    };
    Condition::any()
        .add(later)
        .add(Condition::all().add(created.eq(at)).add(tie))
}
