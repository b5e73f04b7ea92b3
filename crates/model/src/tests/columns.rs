use crate::{Bits, CHUNK, CellError, CellRef, CellValue, Chunk, Column, Kind, Texts, pack_flags};

const KINDS: [Kind; 8] =
    [Kind::Text, Kind::Number, Kind::Flag, Kind::Time, Kind::Choice, Kind::Choices, Kind::Links, Kind::Values];

/// Numbers by chance, the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// A value of a list: nothing, an error or a text.
    fn value(&mut self, n: u32) -> CellValue {
        match self.below(5) {
            0 if n > 0 => CellValue::Empty,
            1 => CellValue::Error(CellError::Failed),
            _ => CellValue::Text(format!("value {n}")),
        }
    }

    fn cell(&mut self, kind: Kind) -> CellValue {
        if self.below(4) == 0 {
            return CellValue::Empty;
        }
        let number = self.below(1_000) as u32 + 1;
        match kind {
            Kind::Text => CellValue::Text("text ".repeat(number as usize % 40 + 1)),
            Kind::Number => CellValue::Number(f64::from(number) / 8.0),
            Kind::Flag => CellValue::Flag(true),
            Kind::Time => CellValue::Time(i64::from(number) - 500),
            Kind::Choice => CellValue::Choice(number),
            Kind::Choices => CellValue::Choices((1..=number % 5 + 1).collect()),
            Kind::Links => CellValue::Links((0..=number % 5).collect()),
            Kind::Values => CellValue::Values((0..=number % 5).map(|n| self.value(n)).collect()),
        }
    }
}

#[test]
fn columns_hold_what_plain_lists_hold() {
    for kind in KINDS {
        let (mut column, mut plain, mut chance) = (Column::new(kind), vec![CellValue::Empty; 9_000], Chance(5));
        for step in 0..20_000 {
            // Some rows over and over, so that replaced texts and lists are folded away.
            let row = if step % 3 == 0 { chance.below(9_000) } else { chance.below(40) } as usize;
            let cell = chance.cell(kind);
            column.set(row, cell.view());
            plain[row] = cell;
        }
        for (row, cell) in plain.iter().enumerate() {
            assert_eq!(column.cell(row), cell.view(), "{kind:?} at {row}");
        }
        assert_eq!(column.cell(100_000), CellRef::Empty);
        assert!(column.chunks().iter().all(|chunk| chunk.kind() == kind && chunk.len() <= CHUNK));
    }
}

#[test]
fn cells_of_another_kind_clear() {
    for kind in KINDS {
        for other in KINDS.into_iter().filter(|other| *other != kind) {
            let (mut chunk, mut chance) = (Chunk::new(kind), Chance(3));
            let mut filled = |kind| loop {
                let cell = chance.cell(kind);
                if !cell.is_empty() {
                    return cell;
                }
            };
            chunk.set(2, filled(kind).view());
            assert!(!chunk.cell(2).is_empty());
            chunk.set(2, filled(other).view());
            assert_eq!(chunk.cell(2), CellRef::Empty, "{other:?} in {kind:?}");
            assert_eq!((chunk.len(), chunk.cell(0)), (3, CellRef::Empty));
        }
    }
}

#[test]
fn bits_are_the_same_from_words_as_one_by_one() {
    let mut bits = Bits::default();
    for row in [0, 5, 63, 64, 200] {
        bits.set(row, true);
    }
    let words = bits.words().to_vec();
    assert_eq!(Bits::from_words(words.clone()), bits);
    assert_eq!(Bits::from_words([words, vec![0, 0]].concat()), bits, "zeros at the end are not held");
    assert_eq!(Bits::from_words(vec![0; 9]), Bits::default());
    assert_eq!((bits.count(), bits.ones().collect::<Vec<_>>()), (5, vec![0, 5, 63, 64, 200]));
}

#[test]
fn flags_are_packed_in_their_order() {
    for bit in 0..64 {
        let mut flags = [0; 64];
        flags[bit] = 1;
        assert_eq!(pack_flags(&flags), 1 << bit);
        let others = flags.map(|flag| 1 - flag);
        assert_eq!(pack_flags(&others), !(1 << bit));
    }
    assert_eq!((pack_flags(&[0; 64]), pack_flags(&[1; 64])), (0, u64::MAX));
}

/// Rows may share their text, as a constant in all rows does; writing to one leaves the others alone.
#[test]
fn texts_made_from_parts_may_share_and_be_written() {
    let mut texts = Texts::from_parts("same other".to_owned(), vec![(0, 4), (0, 4), (0, 0), (5, 5)]);
    assert_eq!([0, 1, 2, 3, 4].map(|row| texts.get(row)), [Some("same"), Some("same"), None, Some("other"), None]);
    let long = "x".repeat(70_000);
    texts.set(0, Some(&long));
    texts.set(0, Some("short"));
    texts.set(3, None);
    texts.set(6, Some("new"));
    assert_eq!(
        [0, 1, 2, 3, 5, 6].map(|row| texts.get(row)),
        [Some("short"), Some("same"), None, None, None, Some("new")]
    );
    assert_eq!(texts.len(), 7);
    assert!(texts.arena().len() < 1_000, "what is no longer shown is folded away");
}
