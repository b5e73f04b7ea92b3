use std::sync::Arc;

use events::{Body, CellChange, Change, RecordCells, RecordChange, TableChange};
use model::{
    Actor, BaseId, BaseNo, CHUNK, CellValue, Door, Field, FieldId, FieldKind, FieldNo, FormulaOptions, FormulaType,
    NumberOptions, Ordinal, RecordId, Schema, Table, TableId, TableNo, Timestamp,
};

use super::{Values, View};
use crate::BaseImage;
use testkit::Chance;

const TABLE: TableNo = TableNo(1);
const NUMBER: FieldNo = FieldNo(1);
const TEXT: FieldNo = FieldNo(2);
/// A chunk and a bit.
const ROWS: u32 = CHUNK as u32 + 100;
/// Seconds of a day.
const DAY: i64 = 86_400;

fn field(no: u32, name: &str, kind: FieldKind) -> Arc<Field> {
    Arc::new(Field::new(FieldNo(no), FieldId::ordered(0, u64::from(no)), name.to_owned(), None, kind))
}

fn formula(no: u32, text: &str, result: FormulaType) -> Arc<Field> {
    let options =
        FormulaOptions { formula: text.to_owned(), references: Vec::new(), result, valid: true, watched: Vec::new() };
    field(no, &format!("f{no}"), FieldKind::Formula(options))
}

fn table() -> Table {
    let fields = vec![
        field(2, "t", FieldKind::SingleLineText),
        field(1, "n", FieldKind::Number(NumberOptions { precision: 2 })),
        formula(3, "{n}*2", FormulaType::Number),
        formula(4, "{f3}+{n}", FormulaType::Number),
        formula(5, "IF({f4}>150, UPPER({t})&' '&{f4})", FormulaType::Text),
        formula(6, "DATESTR(LAST_MODIFIED_TIME())&' '&{f3}", FormulaType::Text),
        formula(7, "10/{n}", FormulaType::Number),
        formula(8, "IF({n}=13, ERROR(), {n})", FormulaType::Number),
        formula(9, "NOW()", FormulaType::DateTime),
        formula(10, "TODAY()", FormulaType::Date),
        formula(11, "DATEADD({f10}, {n}, 'days')", FormulaType::DateTime),
        formula(12, "DATETIME_DIFF({f9}, {f10}, 'seconds')+{n}", FormulaType::Number),
    ];
    Table {
        no: TABLE,
        id: TableId::ordered(0, 0),
        name: "t".to_owned(),
        description: None,
        primary: fields[0].id,
        fields,
        views: Vec::new(),
        deleted: false,
        deleted_at: None,
        removed: false,
    }
}

fn image() -> BaseImage {
    let schema = Schema {
        base_no: BaseNo(1),
        base: BaseId::ordered(0, 0),
        name: "b".to_owned(),
        revision: 1,
        tables: vec![Arc::new(table())],
    };
    BaseImage::new(0, Arc::new(schema))
}

fn change(image: &mut BaseImage, change: TableChange) -> Change {
    let sequence = image.sequence + 1;
    let made = Change {
        sequence,
        run: None,
        actor: Actor::System("test".to_owned()),
        door: Door::System,
        time: Timestamp::from_date(2024, 1, sequence),
        body: Body { tables: vec![change], ..Body::default() },
    };
    image.apply(&made);
    made
}

fn record(ordinal: u32, cells: Vec<(FieldNo, CellValue)>) -> RecordCells {
    RecordCells { ordinal: Ordinal(ordinal), id: RecordId::ordered(0, u64::from(ordinal)), previous: 0, cells }
}

fn fill(image: &mut BaseImage, chance: &mut Chance, from: u32, to: u32) {
    let created = (from..to).map(|ordinal| {
        let mut cells = vec![(TEXT, CellValue::Text(format!("row {ordinal}")))];
        if chance.below(8) > 0 {
            cells.push((NUMBER, CellValue::Number(chance.below(100) as f64)));
        }
        record(ordinal, cells)
    });
    let created = created.collect();
    change(image, TableChange { created, ..TableChange::new(TABLE) });
}

fn write(image: &mut BaseImage, ordinal: u32, value: CellValue) -> Change {
    let before = image.table(TABLE).cell(NUMBER, Ordinal(ordinal)).to_value();
    let cells = vec![CellChange { field: NUMBER, before, after: value }];
    let id = RecordId::ordered(0, u64::from(ordinal));
    let updated = vec![RecordChange { ordinal: Ordinal(ordinal), id, previous: 0, cells }];
    change(image, TableChange { updated, ..TableChange::new(TABLE) })
}

/// All computed cells at midnight, from what is kept or from nothing.
fn cells(image: &BaseImage, keeping: bool) -> Vec<Vec<CellValue>> {
    cells_at(image, keeping, Timestamp(0))
}

fn cells_at(image: &BaseImage, keeping: bool, now: Timestamp) -> Vec<Vec<CellValue>> {
    let mut image = image.clone();
    if !keeping {
        image.computed = Arc::default();
    }
    let view = View::new(Arc::new(image), now);
    let (table, rows) = (Arc::clone(&view.image.schema.tables[0]), view.image.table(TABLE));
    let formulas = table.fields.iter().filter(|field| field.kind.is_derived());
    let all = formulas.map(|field| match view.values(&table, &rows, field, (false, None)).unwrap() {
        Values::Computed { chunks, .. } => {
            (0..rows.len()).map(|row| chunks[row / CHUNK].cell(row % CHUNK).to_value()).collect()
        }
        _ => panic!("{} is not computed", field.name),
    });
    all.collect()
}

#[test]
fn what_is_kept_is_brought_forward_to_what_is_true() {
    let (mut image, mut chance) = (image(), Chance(7));
    fill(&mut image, &mut chance, 0, ROWS);
    assert_eq!(cells(&image, true), cells(&image, false));
    let mut now = Timestamp(0);
    for step in 0..60 {
        // Sometimes one edit, sometimes several before anybody looks.
        for _ in 0..=chance.below(4) {
            let ordinal = chance.below(ROWS as usize) as u32;
            let value =
                if chance.below(5) == 0 { CellValue::Empty } else { CellValue::Number(chance.below(100) as f64) };
            write(&mut image, ordinal, value);
        }
        if step % 10 == 9 {
            let len = image.table(TABLE).len() as u32;
            fill(&mut image, &mut chance, len, len + 3);
        }
        // Some seconds, the next tick, or another day.
        now.0 += [3, 250, 40_000][chance.below(3)] * 1_000_000;
        assert_eq!(cells_at(&image, true, now), cells_at(&image, false, now), "step {step}");
    }
}

#[test]
fn what_ages_is_kept_for_a_tick_or_a_day() {
    let (mut image, mut chance) = (image(), Chance(5));
    fill(&mut image, &mut chance, 0, 40);
    let chunk = |image: &BaseImage, field: u32, seconds: i64| {
        let view = View::new(Arc::new(image.clone()), Timestamp(seconds * 1_000_000));
        let (table, rows) = (Arc::clone(&view.image.schema.tables[0]), view.image.table(TABLE));
        view.chunk_of(&table, &rows, table.field_by_no(FieldNo(field)).unwrap(), 0).unwrap()
    };
    let is_kept = |field: u32, from: i64, to: i64| {
        let before = chunk(&image, field, from);
        Arc::ptr_eq(&before, &chunk(&image, field, to))
    };
    for (field, within_tick, within_day, for_good) in [
        (3, true, true, true),
        (9, true, false, false),
        (10, true, true, false),
        (11, true, true, false),
        (12, true, false, false),
    ] {
        assert_eq!(is_kept(field, 600, 899), within_tick, "{field} within a tick");
        assert_eq!(is_kept(field, 899, 900), within_day, "{field} in the next tick");
        assert_eq!(is_kept(field, DAY - 1, DAY), for_good, "{field} the next day");
    }
    // Within a tick it is brought forward, not computed anew.
    let before = chunk(&image, 12, 600);
    write(&mut image, 3, CellValue::Number(7.0));
    let after = chunk(&image, 12, 899);
    assert_eq!(after.cell(3), model::CellRef::Number(607.0));
    assert!((0..40).filter(|row| *row != 3).all(|row| before.cell(row) == after.cell(row)));
}

#[test]
fn many_changes_are_computed_together() {
    let (mut image, mut chance) = (image(), Chance(9));
    fill(&mut image, &mut chance, 0, ROWS);
    cells(&image, true);
    for ordinal in 0..500 {
        write(&mut image, ordinal, CellValue::Number(f64::from(ordinal)));
    }
    assert_eq!(cells(&image, true), cells(&image, false));
}

/// The present and a picture of the past count versions on from the same number.
#[test]
fn the_past_is_not_taken_for_the_present() {
    let (mut image, mut chance) = (image(), Chance(11));
    fill(&mut image, &mut chance, 0, 10);
    let last = write(&mut image, 3, CellValue::Number(50.0));
    cells(&image, true);
    let mut past = image.clone();
    past.unapply(&last);
    let then = cells(&past, true);
    assert_eq!(then, cells(&past, false));
    write(&mut image, 3, CellValue::Number(70.0));
    assert_eq!(cells(&image, true), cells(&image, false));
    assert_ne!(then, cells(&image, true));
}

#[test]
fn a_reader_keeps_what_it_was_given() {
    let (mut image, mut chance) = (image(), Chance(13));
    fill(&mut image, &mut chance, 0, 50);
    let (held, before) = (image.clone(), cells(&image, true));
    write(&mut image, 5, CellValue::Number(99.5));
    let after = cells(&image, true);
    assert_ne!(before, after);
    assert_eq!(cells(&held, true), before, "an older picture is computed anew");
    assert_eq!(cells(&image, true), after);
}

/// Each formula refers to the two before it: what it needs is found once, not once for each way there.
#[test]
fn formulas_that_share_what_they_need_are_stamped_once() {
    let mut table = table();
    table.fields.truncate(2);
    table.fields.push(formula(3, "{n}", FormulaType::Number));
    table.fields.push(formula(4, "{n}+{f3}", FormulaType::Number));
    for no in 5..60 {
        table.fields.push(formula(no, &format!("{{f{}}}/2+{{f{}}}/2", no - 1, no - 2), FormulaType::Number));
    }
    let mut image = image();
    Arc::make_mut(&mut image.schema).tables = vec![Arc::new(table)];
    change(
        &mut image,
        TableChange { created: vec![record(0, vec![(NUMBER, CellValue::Number(3.0))])], ..TableChange::new(TABLE) },
    );
    let computed = cells(&image, true);
    assert_eq!(computed.last().unwrap()[0], CellValue::Number(5.0));
}

#[test]
fn a_query_that_takes_too_long_ends_in_an_error_and_keeps_nothing_wrong() {
    let (mut image, mut chance) = (image(), Chance(3));
    fill(&mut image, &mut chance, 0, ROWS);
    let mut view = View::new(Arc::new(image), Timestamp(0));
    let (table, rows) = (Arc::clone(&view.image.schema.tables[0]), view.image.table(TABLE));
    let program = view.filter_program(&table, "{f4}>150").unwrap();
    view.until = Some(std::time::Instant::now());
    assert!(matches!(view.matching(&program, &table, &rows), Err(crate::error::Error::TooSlow { .. })));
    view.until = None;
    let late = view.matching(&program, &table, &rows).unwrap();
    let view =
        View::new(Arc::new(BaseImage { computed: Arc::default(), ..BaseImage::clone(&view.image) }), Timestamp(0));
    assert_eq!(late, view.matching(&program, &table, &rows).unwrap());
    assert!(late.count() > 0);
}
