//! Pictures that are made: scenes of a sky, a ground, walls, cracks and things, in uneven light, with the texture of
//! what is seen and the noise of a camera.

use fastrand::Rng;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, Rgb, RgbImage};

/// Returns a number of at least `from` and less than `to`.
fn between(random: &mut Rng, from: f64, to: f64) -> f64 {
    from + (to - from) * random.f64()
}

fn color(random: &mut Rng, from: f64, to: f64) -> [f64; 3] {
    [0; 3].map(|_| between(random, from, to))
}

/// The scene of this number, 4:3.
pub(crate) fn scene(seed: u64, number: u64, width: u32) -> RgbImage {
    let mut random = Rng::with_seed(seed.wrapping_mul(1_000_003).wrapping_add(number));
    let (wide, high) = (f64::from(width), f64::from(width) * 0.75);
    let horizon = between(&mut random, 0.2, 0.7) * high;
    let (sky, ground) = (color(&mut random, 90.0, 200.0), color(&mut random, 30.0, 160.0));
    let things: Vec<Thing> = (0..random.u32(5..14)).map(|_| Thing::new(&mut random, wide, high)).collect();
    let tint = between(&mut random, 0.1, 0.5);
    let light = [(4, 28.0), (8, 16.0), (16, 10.0)].map(|(across, most)| Unevenness::new(&mut random, across, most));
    RgbImage::from_fn(width, width * 3 / 4, |x, y| {
        let (x, y) = (f64::from(x), f64::from(y));
        let thing = things.iter().rev().find(|thing| thing.holds(x, y));
        let color = match thing {
            Some(thing) => thing.color,
            None if y < horizon => sky.map(|value| value * (1.0 - tint * y / high)),
            None => ground.map(|value| value * (1.0 + tint * (y - horizon) / high)),
        };
        let light: f64 = light.iter().map(|light| light.at(x / wide, y / wide)).sum();
        let noise = light + between(&mut random, -9.0, 9.0);
        Rgb(color.map(|value| byte(value + noise)))
    })
}

/// Light and texture that differ from place to place: a net of so many meshes across, and what is between its knots.
struct Unevenness {
    across: usize,
    knots: Vec<f64>,
}

impl Unevenness {
    fn new(random: &mut Rng, across: usize, most: f64) -> Self {
        Self { across, knots: (0..(across + 2) * (across + 2)).map(|_| between(random, -most, most)).collect() }
    }

    /// At this place, in parts of the width.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few meshes")]
    fn at(&self, x: f64, y: f64) -> f64 {
        let (x, y) = (x * self.across as f64, y * self.across as f64);
        let knot = |column: usize, row: usize| {
            self.knots.get((y as usize + row) * (self.across + 2) + x as usize + column).copied().unwrap_or(0.0)
        };
        let ease = |part: f64| part * part * (3.0 - 2.0 * part);
        let (right, down) = (ease(x.fract()), ease(y.fract()));
        let between = |row: usize| knot(0, row) * (1.0 - right) + knot(1, row) * right;
        between(0) * (1.0 - down) + between(1) * down
    }
}

/// Something in a scene.
struct Thing {
    kind: u8,
    left: f64,
    top: f64,
    wide: f64,
    high: f64,
    color: [f64; 3],
}

impl Thing {
    fn new(random: &mut Rng, wide: f64, high: f64) -> Self {
        Self {
            kind: random.u8(..3),
            left: between(random, -0.08, 1.0) * wide,
            top: between(random, 0.0, 1.0) * high,
            wide: between(random, 0.03, 0.4) * wide,
            high: between(random, 0.03, 0.4) * high,
            color: color(random, 20.0, 210.0),
        }
    }

    fn holds(&self, x: f64, y: f64) -> bool {
        let (across, down) = ((x - self.left) / self.wide, (y - self.top) / self.high);
        if !(0.0..1.0).contains(&across) || !(0.0..1.0).contains(&down) {
            return false;
        }
        match self.kind {
            0 => true,                                                 // a wall
            1 => (across - 0.5).powi(2) + (down - 0.5).powi(2) < 0.25, // a round thing
            _ => (across - down).abs() < 0.1,                          // a crack
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
pub(crate) fn byte(value: f64) -> u8 {
    value.clamp(0.0, 255.0) as u8
}

/// A JPEG of this quality.
pub(crate) fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture).expect("a picture can be encoded");
    bytes
}

/// A photo of 4032 × 3024 pixels as phones write them: about 3 MB, with the noise of a camera.
pub(crate) fn twelve_megapixels() -> Vec<u8> {
    let scene = DynamicImage::ImageRgb8(scene(1, 1, 1008)).resize_exact(4032, 3024, FilterType::CatmullRom);
    let mut random = Rng::with_seed(12);
    let mut photo = scene.into_rgb8();
    for pixel in photo.pixels_mut() {
        let noise = between(&mut random, -7.0, 7.0);
        pixel.0 = pixel.0.map(|value| byte(f64::from(value) + noise));
    }
    jpeg(&photo, 90)
}
