//! Pictures: how large they are, and smaller ones that stand for them.

use std::io::Cursor;

use bytes::Bytes;
use fields::Kept;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

/// Most pixels of a picture that is unpacked.
const PIXELS: u64 = 50_000_000;
/// Longest side.
const SIDE: u32 = 16_384;
/// Most memory for one, in bytes.
const MEMORY: u64 = 256 << 20;
/// Of 100: small pictures need no more.
const QUALITY: u8 = 80;

/// What is known of a picture.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    /// Width and height as it is seen.
    pub pixels: Option<(u32, u32)>,
    /// The smaller ones: the key of each, and its bytes. None where it could not be unpacked.
    pub renditions: Option<Vec<(String, Bytes)>>,
}

/// True for a kind of picture that is unpacked here.
pub(crate) fn is_known(media_type: &str) -> bool {
    matches!(media_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

/// Looks at a picture; `kept` says under which key it is kept, and as what. It takes long: not for threads that answer.
pub(crate) fn render(bytes: &[u8], kept: &Kept) -> Picture {
    let Some((mut decoder, (width, height))) = decoder(bytes) else { return Picture::default() };
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let sideways = matches!(
        turned,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let pixels = Some(if sideways { (height, width) } else { (width, height) });
    if u64::from(width) * u64::from(height) > PIXELS || width.max(height) > SIDE || decoder.total_bytes() > MEMORY {
        return Picture { pixels, renditions: None };
    }
    let Ok(mut picture) = DynamicImage::from_decoder(decoder) else { return Picture { pixels, renditions: None } };
    picture.apply_orientation(turned);
    let seen = Kept { pixels, rendered: true, ..kept.clone() };
    let mut renditions = Vec::new();
    // The largest first: each smaller one is made of the one before.
    let mut wanted: Vec<_> = seen.renditions().filter(|each| each.key != kept.key).collect();
    wanted.sort_by_key(|each| std::cmp::Reverse(each.height));
    for each in wanted {
        picture = picture.thumbnail_exact(each.width, each.height);
        let Some(bytes) = encoded(&picture, each.media_type) else { return Picture { pixels, renditions: None } };
        renditions.push((each.key.into_owned(), bytes));
    }
    Picture { pixels, renditions: Some(renditions) }
}

/// Reads the head of a picture.
fn decoder(bytes: &[u8]) -> Option<(impl ImageDecoder + '_, (u32, u32))> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    if !matches!(reader.format()?, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::WebP) {
        return None;
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let decoder = reader.into_decoder().ok()?;
    let pixels = decoder.dimensions();
    Some((decoder, pixels))
}

fn encoded(picture: &DynamicImage, media_type: &str) -> Option<Bytes> {
    let mut out = Cursor::new(Vec::new());
    if media_type == "image/jpeg" {
        picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY)).ok()?;
    } else if picture.color().has_alpha() {
        picture.to_rgba8().write_to(&mut out, ImageFormat::Png).ok()?;
    } else {
        picture.to_rgb8().write_to(&mut out, ImageFormat::Png).ok()?;
    }
    Some(out.into_inner().into())
}

#[cfg(test)]
mod tests;
