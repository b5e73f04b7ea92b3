use image::{ImageBuffer, Rgb, RgbImage};

use super::*;

fn painted(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture: RgbImage =
        ImageBuffer::from_fn(width, height, |x, _| if x < width / 2 { Rgb([220, 30, 30]) } else { Rgb([30, 30, 220]) });
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn kept(media_type: &str) -> Kept {
    Kept { key: "1/ab/abc".to_owned(), size: 1, media_type: media_type.to_owned(), pixels: None, rendered: false }
}

#[test]
fn every_kind_of_picture_gets_its_renditions() {
    for (format, media_type) in [
        (ImageFormat::Png, "image/png"),
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::Gif, "image/gif"),
        (ImageFormat::WebP, "image/webp"),
    ] {
        let kept = kept(media_type);
        let picture = render(&painted(800, 400, format), &kept);
        assert_eq!(picture.pixels, Some((800, 400)), "{media_type}");
        let made = picture.renditions.unwrap();
        let wanted = Kept { pixels: picture.pixels, rendered: true, ..kept };
        assert_eq!(made.len(), 2, "the full one is the file itself");
        for each in wanted.renditions().filter(|each| each.name != "full") {
            let (_, bytes) = made.iter().find(|(key, _)| *key == each.key).unwrap();
            let read = image::load_from_memory(bytes).unwrap().to_rgb8();
            assert_eq!(read.dimensions(), (each.width, each.height), "{media_type} {}", each.name);
            assert_eq!(image::guess_format(bytes).unwrap().to_mime_type(), each.media_type);
            let [left, right] = [1, each.width - 2].map(|x| read.get_pixel(x, each.height / 2).0);
            assert!(left[0] > 180 && left[2] < 80 && right[2] > 180 && right[0] < 80, "{left:?} {right:?}");
        }
    }
}

#[test]
fn a_small_picture_stands_for_itself() {
    let picture = render(&painted(20, 20, ImageFormat::Png), &kept("image/png"));
    assert_eq!(picture.pixels, Some((20, 20)));
    assert!(picture.renditions.unwrap().is_empty());
}

#[test]
fn what_is_no_picture_has_no_size() {
    for bytes in [&b""[..], b"hello", b"\x89PNG\r\n\x1a\n", b"<svg width='10' height='10'/>", b"GIF89a", b"BM123456"] {
        let picture = render(bytes, &kept("image/png"));
        assert!(picture.pixels.is_none() && picture.renditions.is_none(), "{bytes:?}");
    }
    let mut cut = painted(800, 400, ImageFormat::Png);
    cut.truncate(cut.len() / 2);
    let picture = render(&cut, &kept("image/png"));
    assert_eq!(picture.pixels, Some((800, 400)), "its head is whole");
    assert!(picture.renditions.is_none());
}

/// The head of a PNG that says how large it is, and some of its data.
fn claiming(width: u32, height: u32) -> Vec<u8> {
    let mut png = painted(1, 1, ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    png
}

/// CRC-32 as PNG has it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[test]
fn a_picture_beyond_the_bounds_is_not_unpacked() {
    for (width, height) in [(30_000, 30_000), (16_385, 10), (8_000, 8_000), (2_147_483_647, 2_147_483_647)] {
        let picture = render(&claiming(width, height), &kept("image/png"));
        assert!(picture.renditions.is_none(), "{width} x {height}");
    }
    assert_eq!(render(&claiming(30_000, 30_000), &kept("image/png")).pixels, Some((30_000, 30_000)));
}

#[test]
fn a_picture_taken_sideways_is_seen_upright() {
    // A JPEG with the EXIF note `turn by 90 degrees` behind its start.
    let mut jpeg = painted(80, 40, ImageFormat::Jpeg);
    let exif = b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    jpeg.splice(2..2, exif.iter().copied());
    let picture = render(&jpeg, &kept("image/jpeg"));
    assert_eq!(picture.pixels, Some((40, 80)));
    let (key, bytes) = &picture.renditions.unwrap()[0];
    let read = image::load_from_memory(bytes).unwrap().to_rgb8();
    assert_eq!((key.as_str(), read.dimensions()), ("1/ab/abc.small", (18, 36)));
    let [top, bottom] = [2, 33].map(|y| read.get_pixel(9, y).0);
    assert!(top[0] > 150 && bottom[2] > 150, "{top:?} {bottom:?}");
}
