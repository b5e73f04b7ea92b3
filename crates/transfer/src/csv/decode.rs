//! From bytes to text: which encoding, and a streaming decoder that loses nothing.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

const CHUNK: usize = 64 * 1024;

/// The encoding found, and how sure that is.
pub(super) struct Found {
    pub encoding: &'static Encoding,
    pub bom: bool,
    pub sure: bool,
}

/// Finds the encoding of the file that begins with `sample`.
pub(super) fn detect(sample: &[u8]) -> Found {
    if let Some((encoding, _)) = Encoding::for_bom(sample) {
        return Found { encoding, bom: true, sure: true };
    }
    if let Some(encoding) = wide(sample) {
        return Found { encoding, bom: false, sure: false };
    }
    let (valid, invalid, ascii) = count_utf8(sample);
    if invalid == 0 {
        return Found { encoding: UTF_8, bom: false, sure: true };
    }
    if valid >= invalid {
        return Found { encoding: UTF_8, bom: false, sure: false };
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let encoding = match guess.is_single_byte() {
        // Letters of one byte hardly ever make sequences of UTF-8.
        true if valid * 2 >= invalid => UTF_8,
        true if !speaks_up(sample, ascii) => WINDOWS_1252,
        _ if guess == UTF_8 => WINDOWS_1252,
        _ => guess,
    };
    Found { encoding, bom: false, sure: false }
}

/// True when there is enough above ASCII to tell another alphabet or other accents from those of the west: words of such
/// letters, or many.
fn speaks_up(sample: &[u8], ascii: usize) -> bool {
    let high = sample.len() - ascii;
    let runs = sample.chunk_by(|a, b| a.is_ascii() == b.is_ascii()).filter(|run| !run.is_ascii()).count();
    high >= 8 && high >= 2 * runs || high >= 40 && high * 10 >= ascii
}

/// UTF-16 without a mark: nearly every second byte of western text is zero.
fn wide(sample: &[u8]) -> Option<&'static Encoding> {
    let head = sample.get(..4096).unwrap_or(sample);
    let pairs = head.len() / 2;
    if pairs < 4 {
        return None;
    }
    let zeros = |at: usize| head.chunks_exact(2).filter(|pair| pair.get(at) == Some(&0)).count();
    let (high, low) = (zeros(0), zeros(1));
    if low * 10 >= pairs * 3 && high * 20 <= pairs {
        Some(UTF_16LE)
    } else if high * 10 >= pairs * 3 && low * 20 <= pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Valid sequences of several bytes, malformed ones, and ASCII bytes.
fn count_utf8(sample: &[u8]) -> (usize, usize, usize) {
    let ascii = sample.iter().filter(|byte| byte.is_ascii()).count();
    let (mut valid, mut invalid) = (0, 0);
    let mut rest = sample;
    while !rest.is_empty() {
        let (good, bad) = match std::str::from_utf8(rest) {
            Ok(_) => (rest.len(), 0),
            // A sequence cut by the end of the sample is not malformed.
            Err(error) => (error.valid_up_to(), error.error_len().unwrap_or(0)),
        };
        valid += rest.iter().take(good).filter(|byte| **byte >= 0xC0).count();
        invalid += usize::from(bad > 0);
        rest = if bad == 0 { &[] } else { rest.get(good + bad..).unwrap_or_default() };
    }
    (valid, invalid, ascii)
}

/// Decodes a stream into text. Bytes that are not of the encoding become something visible and are remembered.
pub(super) struct TextSource<R> {
    source: R,
    raw: Vec<u8>,
    kept: usize,
    kind: Kind,
    started: bool,
    ended: bool,
    bytes: u64,
    /// Bytes of text handed out so far.
    text: u64,
    /// Places in the text where bytes were malformed, oldest first; bounded.
    pub malformed: Vec<u64>,
}

enum Kind {
    /// Malformed bytes are read as Windows-1252, the usual cause.
    Utf8,
    Other(Box<encoding_rs::Decoder>),
}

impl<R: Read> TextSource<R> {
    pub fn new(source: R, encoding: &'static Encoding) -> Self {
        let kind =
            if encoding == UTF_8 { Kind::Utf8 } else { Kind::Other(Box::new(encoding.new_decoder_with_bom_removal())) };
        Self {
            source,
            raw: vec![0; CHUNK],
            kept: 0,
            kind,
            started: false,
            ended: false,
            bytes: 0,
            text: 0,
            malformed: Vec::new(),
        }
    }

    /// Bytes read from the source.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// True once the source has ended and all its text was handed out.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Appends the next piece of text to `out`.
    pub fn fill(&mut self, out: &mut String) -> io::Result<()> {
        if self.ended {
            return Ok(());
        }
        let read = self.read()?;
        self.bytes += read as u64;
        let last = read == 0;
        let before = out.len();
        let raw = std::mem::take(&mut self.raw);
        let filled = self.kept + read;
        let input = raw.get(..filled).unwrap_or_default();
        let used = match &mut self.kind {
            Kind::Utf8 => decode_utf8(input, last, !self.started, self.text, out, &mut self.malformed),
            Kind::Other(decoder) => decode_other(decoder, input, last, self.text, out, &mut self.malformed),
        };
        self.raw = raw;
        self.raw.copy_within(used..filled, 0);
        self.kept = filled - used;
        self.started |= filled >= 3;
        self.text += (out.len() - before) as u64;
        self.ended = last;
        Ok(())
    }

    fn read(&mut self) -> io::Result<usize> {
        let free = self.raw.get_mut(self.kept..).unwrap_or_default();
        loop {
            match self.source.read(free) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => return done,
            }
        }
    }
}

/// Answers how many bytes were used; fewer than given when the last character is cut.
fn decode_utf8(input: &[u8], last: bool, first: bool, text: u64, out: &mut String, malformed: &mut Vec<u64>) -> usize {
    if first && input.len() < 3 && !last {
        return 0;
    }
    let mark = usize::from(first && input.starts_with(b"\xEF\xBB\xBF")) * 3;
    let mut at = mark;
    let base = text.wrapping_sub(out.len() as u64);
    loop {
        let rest = input.get(at..).unwrap_or_default();
        let (good, bad) = match std::str::from_utf8(rest) {
            Ok(_) => (rest.len(), 0),
            Err(error) => (
                error.valid_up_to(),
                error.error_len().unwrap_or(if last { rest.len() - error.valid_up_to() } else { 0 }),
            ),
        };
        out.push_str(std::str::from_utf8(rest.get(..good).unwrap_or_default()).unwrap_or_default());
        at += good;
        if bad == 0 {
            return at;
        }
        remember(malformed, base.wrapping_add(out.len() as u64));
        let (western, _) = WINDOWS_1252.decode_without_bom_handling(rest.get(good..good + bad).unwrap_or_default());
        out.push_str(&western);
        at += bad;
    }
}

fn decode_other(
    decoder: &mut encoding_rs::Decoder,
    input: &[u8],
    last: bool,
    text: u64,
    out: &mut String,
    malformed: &mut Vec<u64>,
) -> usize {
    let base = text.wrapping_sub(out.len() as u64);
    let mut at = 0;
    loop {
        let rest = input.get(at..).unwrap_or_default();
        out.reserve(decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(CHUNK).max(16));
        let (result, read) = decoder.decode_to_string_without_replacement(rest, out, last);
        at += read;
        match result {
            DecoderResult::InputEmpty => return input.len(),
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                remember(malformed, base.wrapping_add(out.len() as u64));
                out.push('\u{FFFD}');
            }
        }
    }
}

/// Every place is worth a problem, but a file of garbage must not fill the memory with them.
fn remember(malformed: &mut Vec<u64>, place: u64) {
    const MOST: usize = 1 << 16;
    if malformed.len() < MOST {
        malformed.push(place);
    }
}

#[cfg(test)]
mod tests;
