//! New ids, out of a seed that the platform draws once.

use schema::{AnnotationId, CheckId, ColumnId, IndexId, KeyId, NamespaceId, ReferenceId, TableId, TypeId};
use uuid::Uuid;

/// A source of ids. The seed must come from a cryptographic source of randomness: two editors with different seeds
/// never make the same id.
#[derive(Debug, Clone)]
pub struct IdSource {
    lanes: (u64, u64),
}

impl IdSource {
    /// A source for one editor session.
    pub fn new(seed: u128) -> Self {
        let high = u64::try_from(seed >> 64).unwrap_or_default();
        let low = u64::try_from(seed & u128::from(u64::MAX)).unwrap_or_default();
        Self { lanes: (high, low) }
    }

    fn uuid(&mut self) -> Uuid {
        let (high, low) = (split_mix(&mut self.lanes.0), split_mix(&mut self.lanes.1));
        let mut bytes = Uuid::from_u64_pair(high, low).into_bytes();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Uuid::from_bytes(bytes)
    }

    /// An id for a namespace.
    pub fn namespace(&mut self) -> NamespaceId {
        NamespaceId(self.uuid())
    }

    /// An id for a table.
    pub fn table(&mut self) -> TableId {
        TableId(self.uuid())
    }

    /// An id for a column.
    pub fn column(&mut self) -> ColumnId {
        ColumnId(self.uuid())
    }

    /// An id for a key.
    pub fn key(&mut self) -> KeyId {
        KeyId(self.uuid())
    }

    /// An id for a check.
    pub fn check(&mut self) -> CheckId {
        CheckId(self.uuid())
    }

    /// An id for an index.
    pub fn index(&mut self) -> IndexId {
        IndexId(self.uuid())
    }

    /// An id for a reference.
    pub fn reference(&mut self) -> ReferenceId {
        ReferenceId(self.uuid())
    }

    /// An id for a type.
    pub fn user_type(&mut self) -> TypeId {
        TypeId(self.uuid())
    }

    /// An id for a group or note.
    pub fn annotation(&mut self) -> AnnotationId {
        AnnotationId(self.uuid())
    }

    /// An id for a label of an enum.
    pub fn label(&mut self) -> Uuid {
        self.uuid()
    }

    /// An id for a commit.
    pub fn commit(&mut self) -> Uuid {
        self.uuid()
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): a bijection of a counter, so a lane never repeats.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
