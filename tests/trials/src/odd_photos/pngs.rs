//! Odd PNGs: every colour type and bit depth, interlaced images, decompression bombs, inconsistent chunks.

use super::{CANARY, Fate, Odd, crc, cuts, flipped, over, packed};

/// The media type.
pub(super) const PNG: &str = "image/png";
const BEGIN: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Returns a PNG chunk: length, name, body and CRC.
pub(super) fn chunk(name: &str, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("a chunk is short").to_be_bytes();
    let named = [name.as_bytes(), body].concat();
    [length.as_slice(), &named, &crc(&named).to_be_bytes()].concat()
}

fn header((width, height): (u32, u32), depth: u8, color: u8, interlaced: u8) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk("IHDR", &[size.as_slice(), &[depth, color, 0, 0, interlaced]].concat())
}

/// Returns a PNG with these chunks between IHDR and IEND.
pub(super) fn of(header: &[u8], parts: &[Vec<u8>]) -> Vec<u8> {
    [BEGIN, header, &parts.concat(), &chunk("IEND", &[])].concat()
}

/// Returns the rows of an image: each has a filter byte and `bytes` other bytes.
fn rows(count: usize, bytes: usize) -> Vec<u8> {
    let row =
        |y: usize| (0..=bytes).map(move |x| if x == 0 { 0 } else { u8::try_from((x * 5 + y * 3) % 256).unwrap_or(0) });
    (0..count).flat_map(row).collect()
}

/// Returns a plain PNG of 40 × 30 pixels.
pub(super) fn plain(parts: &[Vec<u8>]) -> Vec<u8> {
    let pixels = chunk("IDAT", &packed(&rows(30, 120)));
    of(&header((40, 30), 8, 2, 0), &[parts.concat(), pixels])
}

pub(super) fn all() -> Vec<Odd> {
    let odd = |name: &str, bytes: Vec<u8>, fate: Fate| Odd::new(name, bytes, PNG, fate);
    let mut all = [colors(), sizes(), bombs()].concat();
    all.extend(cuts("PNG", &plain(&[]), PNG, &[5, 10, 20, 50, 90]));
    all.extend(flipped("PNG", &plain(&[]), PNG, (14, 8)));
    let plain = plain(&[]);
    for (name, at, there) in [
        ("a header of 14 bytes", 8, [0, 0, 0, 14]),
        ("a header of 4 GB", 8, [0xFF; 4]),
        ("pixels of 2 GB", 33, [0x7F, 0xFF, 0xFF, 0xFF]),
        ("pixels of no bytes", 33, [0; 4]),
        ("a wrong sum", 29, [1, 2, 3, 4]),
    ] {
        all.push(odd(&format!("PNG that says {name}"), over(&plain, at, &there), Fate::Refused));
    }
    let half = chunk("IDAT", &packed(&rows(15, 120)));
    all.push(odd("PNG with half of its rows", of(&header((40, 30), 8, 2, 0), &[half]), Fate::Refused));
    let more = chunk("IDAT", &packed(&rows(300, 120)));
    all.push(odd("PNG with ten times its rows", of(&header((40, 30), 8, 2, 0), &[more]), Fate::Either));
    all.push(odd("PNG without pixels", of(&header((40, 30), 8, 2, 0), &[]), Fate::Refused));
    all.push(odd("PNG without a header", [BEGIN, &chunk("IDAT", &packed(&rows(30, 120)))].concat(), Fate::Refused));
    let filters: Vec<u8> = rows(30, 120).chunks(121).flat_map(|row| [&[9], &row[1..]].concat()).collect();
    let pixels = chunk("IDAT", &packed(&filters));
    all.push(odd("PNG of unknown filters", of(&header((40, 30), 8, 2, 0), &[pixels]), Fate::Refused));
    all
}

/// Returns PNGs with every colour type and bit depth.
fn colors() -> Vec<Odd> {
    let mut all = Vec::new();
    let palette = chunk("PLTE", &(0..48).map(|value| value * 5).collect::<Vec<u8>>());
    let clear = chunk("tRNS", &[0, 128, 255]);
    for (name, color, channels, depths) in [
        ("grey", 0, 1, [1, 2, 4, 8, 16].as_slice()),
        ("coloured", 2, 3, &[8, 16]),
        ("of a palette", 3, 1, &[1, 2, 4]),
        ("grey and clear", 4, 2, &[8, 16]),
        ("coloured and clear", 6, 4, &[8, 16]),
    ] {
        for depth in depths {
            let bytes = (40 * channels * usize::from(*depth)).div_ceil(8);
            let pixels = chunk("IDAT", &packed(&rows(30, bytes)));
            let parts = if color == 3 { vec![palette.clone(), clear.clone(), pixels] } else { vec![pixels] };
            let png = of(&header((40, 30), *depth, color, 0), &parts);
            all.push(Odd::new(format!("PNG {name}, {depth} bits"), png, PNG, Fate::Shown(40, 30)));
        }
    }
    let pixels = chunk("IDAT", &packed(&rows(30, 40)));
    all.push(Odd::new(
        "PNG without its palette",
        of(&header((40, 30), 8, 3, 0), std::slice::from_ref(&pixels)),
        PNG,
        Fate::Refused,
    ));
    all.push(Odd::new("PNG beyond its palette", of(&header((40, 30), 8, 3, 0), &[palette, pixels]), PNG, Fate::Either));
    for (name, depth, color) in [("coloured of 3 bits", 3, 2), ("of an unknown colour", 8, 7)] {
        let png = of(&header((40, 30), depth, color, 0), &[chunk("IDAT", &packed(&rows(30, 120)))]);
        all.push(Odd::new(format!("PNG {name}"), png, PNG, Fate::Refused));
    }
    // The Adam7 passes of 8 × 8 pixels, as rows and columns: 1, 1, 2, 4, 8, 16 and 32 pixels.
    let passes = [(1, 1), (1, 1), (1, 2), (2, 2), (2, 4), (4, 4), (4, 8)];
    let interlaced: Vec<u8> = passes.iter().flat_map(|(high, wide)| rows(*high, wide * 3)).collect();
    let png = of(&header((8, 8), 8, 2, 1), &[chunk("IDAT", &packed(&interlaced))]);
    all.push(Odd::new("interlaced PNG", png, PNG, Fate::Shown(8, 8)));
    all
}

/// Returns PNGs with invalid dimensions.
fn sizes() -> Vec<Odd> {
    let mut all = Vec::new();
    for size in [(0, 0), (0, 30), (30_000, 30_000), (65_536, 1), (1, 65_536), (0x7FFF_FFFF, 0x7FFF_FFFF), (u32::MAX, 1)]
    {
        let png = of(&header(size, 8, 2, 0), &[chunk("IDAT", &packed(&rows(30, 120)))]);
        all.push(Odd::new(format!("PNG that says {} × {}", size.0, size.1), png, PNG, Fate::Refused));
    }
    let png = of(&header((60_000, 1), 8, 0, 0), &[chunk("IDAT", &packed(&rows(1, 60_000)))]);
    all.push(Odd::new("PNG as long as it may be", png, PNG, Fate::Shown(2_048, 1)));
    all
}

/// Returns decompression bombs: files that are small but huge when decompressed.
fn bombs() -> Vec<Odd> {
    let zeros = packed(&vec![0; 60 << 20]);
    let text = [CANARY.as_bytes(), b"\0\0", &zeros].concat();
    let mut all = vec![
        Odd::new("PNG with a text of 60 MB", plain(&[chunk("zTXt", &text)]), PNG, Fate::Shown(40, 30)),
        Odd::new("PNG with a profile of 60 MB", plain(&[chunk("iCCP", &text)]), PNG, Fate::Shown(40, 30)),
    ];
    let pixels = chunk("IDAT", &packed(&vec![0; 7_000 * (7_000 + 1)]));
    let png = of(&header((7_000, 7_000), 8, 0, 0), std::slice::from_ref(&pixels));
    all.push(Odd::new("PNG of 49 megapixels of nothing", png, PNG, Fate::Shown(2_048, 2_048)));
    let png = of(&header((40, 30), 8, 0, 0), &[pixels]);
    all.push(Odd::new("PNG with pixels for 49 megapixels", png, PNG, Fate::Either));
    all
}
