//! Copies of made photos, and whether they are found.

use std::fs;
use std::path::Path;

use image::imageops::{FilterType, crop_imm, resize};
use image::{Pixel, RgbImage};
use picture::Fingerprint;

use super::scenes::{byte, jpeg, scene};

/// Copies that differ in at most so many bits count as found.
const ALIKE: u32 = domain::photo::ALIKE_BITS;
/// Pixels from left to right of a made photo.
pub(crate) const WIDTH: u32 = 480;

/// What is done to a photo.
type Change = (&'static str, fn(&RgbImage) -> Vec<u8>);

/// What must be found.
const COPIES: &[Change] = &[
    ("recompressed, quality 30", |photo| jpeg(photo, 30)),
    ("half as long, quality 60", |photo| jpeg(&smaller(photo, 2), 60)),
    ("a third as long, quality 50", |photo| jpeg(&smaller(photo, 3), 50)),
    ("brighter by 20 %, quality 80", |photo| jpeg(&brighter(photo, 1.2), 80)),
    ("darker by 20 %, quality 80", |photo| jpeg(&brighter(photo, 0.8), 80)),
];
/// What is only reported.
const OTHERS: &[Change] = &[
    ("brighter by 50 %, quality 80", |photo| jpeg(&brighter(photo, 1.5), 80)),
    ("cropped by 2 % at each side", |photo| jpeg(&cropped(photo, 0.02), 90)),
    ("cropped by 5 % at each side", |photo| jpeg(&cropped(photo, 0.05), 90)),
    ("cropped by 10 % at each side", |photo| jpeg(&cropped(photo, 0.10), 90)),
];

fn smaller(photo: &RgbImage, by: u32) -> RgbImage {
    resize(photo, photo.width() / by, photo.height() / by, FilterType::Triangle)
}

fn brighter(photo: &RgbImage, by: f64) -> RgbImage {
    let mut changed = photo.clone();
    for pixel in changed.pixels_mut() {
        *pixel = pixel.map(|value| byte(f64::from(value) * by));
    }
    changed
}

fn cropped(photo: &RgbImage, by: f64) -> RgbImage {
    let part = |length: u32| u32::from(byte(f64::from(length) * by));
    let (left, top) = (part(photo.width()), part(photo.height()));
    crop_imm(photo, left, top, photo.width() - 2 * left, photo.height() - 2 * top).to_image()
}

fn fingerprint(photo: &[u8]) -> Fingerprint {
    picture::clean(photo).expect("a photo can be cleaned").fingerprint.expect("no scene is plain")
}

/// Makes the photos and looks for the copies.
pub(crate) fn look(photos: u64, copied: u64, seed: u64, folder: Option<&Path>) {
    println!("{photos} made photos, seed {seed}; copies of {copied}; found: at most {ALIKE} of 64 bits differ");
    let all: Vec<Fingerprint> = (0..photos).map(|number| fingerprint(&jpeg(&scene(seed, number, WIDTH), 90))).collect();
    let originals: Vec<(u64, RgbImage)> =
        (0..copied.min(photos)).map(|number| (number, scene(seed, number, WIDTH))).collect();
    pairs(&all);
    for (name, change) in COPIES.iter().chain(OTHERS) {
        let prints: Vec<(u64, Fingerprint)> =
            originals.iter().map(|(number, photo)| (*number, fingerprint(&change(photo)))).collect();
        report(name, &all, &prints);
    }
    if let Some(folder) = folder {
        distances(folder);
    }
}

fn report(name: &str, all: &[Fingerprint], copies: &[(u64, Fingerprint)]) {
    let (mut found, mut wrong, mut farthest, mut sum) = (0, 0, 0, 0);
    for (number, copy) in copies {
        for (other, print) in (0..).zip(all) {
            let bits = print.distance(*copy);
            if other == *number {
                found += u64::from(bits <= ALIKE);
                farthest = farthest.max(bits);
                sum += bits;
            } else {
                wrong += u64::from(bits <= ALIKE);
            }
        }
    }
    let mean = f64::from(sum) / copies.len().max(1) as f64;
    println!(
        "{name:30} found {found} of {}, mean {mean:4.1} bits, farthest {farthest:2}; {wrong} false of {} others",
        copies.len(),
        copies.len() * (all.len() - 1)
    );
}

/// How far the photos are from one another, and which are nearest.
fn pairs(all: &[Fingerprint]) {
    let (mut alike, mut count, mut nearest) = (0_u64, 0_u64, Vec::new());
    for (number, one) in all.iter().enumerate() {
        for (other, print) in all.iter().enumerate().skip(number + 1) {
            let bits = one.distance(*print);
            if bits <= ALIKE + 2 {
                nearest.push((bits, number, other));
            }
            alike += u64::from(bits <= ALIKE);
            count += 1;
        }
    }
    nearest.sort_unstable();
    nearest.truncate(5);
    println!("all pairs of different photos: {alike} of {count} within {ALIKE} bits; the nearest: {nearest:?}");
}

/// The distances between the photos of a folder.
fn distances(folder: &Path) {
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("the folder can be read").filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let prints: Vec<(String, Fingerprint)> = files
        .iter()
        .filter_map(|file| {
            let print = picture::clean(&fs::read(file).ok()?).ok()?.fingerprint?;
            Some((file.file_name()?.to_string_lossy().into_owned(), print))
        })
        .collect();
    println!("distances in {}, the nearest of each:", folder.display());
    for (name, print) in &prints {
        let nearest = prints
            .iter()
            .filter(|(other, _)| other != name)
            .map(|(other, theirs)| (print.distance(*theirs), other))
            .min();
        if let Some((bits, other)) = nearest {
            println!("  {name:20} {bits:2} bits to {other}");
        }
    }
}
