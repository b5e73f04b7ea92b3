//! What formulas over 100,000 rows take in memory: the result, and what is allocated beside it while it is computed, counted by the allocator.
#![expect(clippy::print_stdout, reason = "this program talks to the one who started it")]

#[path = "formulas/columns.rs"]
#[expect(dead_code, reason = "the loops by hand are in the other program")]
mod columns;

use anyhow::{Result, ensure};
use model::{Chunk, ComputedChunk};
use peak_alloc::PeakAlloc;

use columns::{Columns, DIGITS, MONTH, TEXT, program};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

fn main() -> Result<()> {
    let columns = Columns::new();
    println!(
        "| result | bytes | least that a column of it takes | most beside it while it is computed | largest chunk |"
    );
    println!("|---|---|---|---|---|");
    for (name, text) in [("text", TEXT), ("dates", MONTH), ("regular expression", DIGITS)] {
        let program = program(text)?;
        // What is made once and kept, as tables of time zones, is not the formula's.
        let first = columns.evaluate(&program);
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let chunks = columns.evaluate(&program);
        let (peak, after) = (MEMORY.peak_usage(), MEMORY.current_usage());
        ensure!(first.len() == chunks.len(), "two runs came to different results");
        let held: usize = chunks.iter().map(bytes).sum();
        let least: usize = chunks.iter().map(least).sum();
        let largest = chunks.iter().map(bytes).max().unwrap_or(0);
        // What the result takes by the allocator's count has the chunks' own headers in it.
        let beside = (peak - before).saturating_sub(after - before);
        println!("| {name} | {held} | {least} | {beside} | {largest} |");
    }
    Ok(())
}

fn bytes(chunk: &ComputedChunk) -> usize {
    chunk.values.memory() + chunk.errors.memory()
}

fn least(chunk: &ComputedChunk) -> usize {
    let rows = chunk.values.len();
    match &chunk.values {
        Chunk::Text(texts) => rows * 8 + (0..rows).filter_map(|row| texts.get(row)).map(str::len).sum::<usize>(),
        _ => rows * 8 + rows.div_ceil(8),
    }
}
