//! Streaming downscaling with a box filter: takes rows and keeps only the mean of each square of pixels. A large
//! picture passes through without being stored; the longer side of the result is less than twice the display side.

use domain::limits::PHOTO_DISPLAY_SIDE;

use crate::pixels::Pixels;

/// A streaming box filter, which takes the rows of a picture from top to bottom.
pub(crate) struct Reducer {
    /// Side of the averaged squares, in pixels; 1 copies the rows unchanged.
    side: u32,
    width: u32,
    /// Number of remaining rows.
    left: u32,
    /// Channel sums of the incomplete squares, three for each column of squares.
    sums: Vec<u32>,
    /// Number of rows added to these sums so far.
    rows: u32,
    done: Vec<u8>,
}

impl Reducer {
    /// Creates a reducer for a picture with these dimensions.
    pub(crate) fn new(width: u32, height: u32) -> Self {
        let side = side(width, height);
        let columns = width.div_ceil(side) as usize;
        let room = columns * 3 * height.div_ceil(side) as usize;
        Self { side, width, left: height, sums: vec![0; columns * 3], rows: 0, done: Vec::with_capacity(room) }
    }

    /// Returns the memory demand of a reducer for these dimensions, in bytes.
    pub(crate) fn needs(width: u32, height: u32) -> u64 {
        let side = side(width, height);
        u64::from(width.div_ceil(side)) * 3 * (u64::from(height.div_ceil(side)) + 4)
    }

    /// Adds one row of interleaved RGB values. Excess values and excess rows are ignored; missing values count as 0.
    pub(crate) fn push(&mut self, row: impl Iterator<Item = u8>) {
        let wide = self.width as usize * 3;
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        if self.side == 1 {
            let before = self.done.len();
            self.done.extend(row.take(wide));
            self.done.resize(before + wide, 0);
            return;
        }
        let mut row = row.take(wide);
        for square in self.sums.chunks_exact_mut(3) {
            for value in row.by_ref().take(self.side as usize * 3).enumerate() {
                if let Some(sum) = square.get_mut(value.0 % 3) {
                    *sum += u32::from(value.1);
                }
            }
        }
        self.rows += 1;
        if self.rows == self.side || self.left == 0 {
            self.settle();
        }
    }

    /// Converts the sums into one finished row of means, and resets them.
    fn settle(&mut self) {
        let mut left = self.width;
        for square in self.sums.chunks_exact_mut(3) {
            let pixels = self.side.min(left).max(1) * self.rows;
            left = left.saturating_sub(self.side);
            for sum in square {
                self.done.push(u8::try_from((*sum + pixels / 2) / pixels).unwrap_or(u8::MAX));
                *sum = 0;
            }
        }
        self.rows = 0;
    }

    /// Returns the picture, or `None` if rows are missing.
    pub(crate) fn finish(self) -> Option<Pixels> {
        let height = (self.done.len() / (self.width.div_ceil(self.side) as usize * 3).max(1)).try_into().ok()?;
        if self.left > 0 { None } else { Pixels::new(self.width.div_ceil(self.side), height, self.done) }
    }
}

/// Returns the largest side of the squares that keeps the longer side of the result at or above the display side.
fn side(width: u32, height: u32) -> u32 {
    (width.max(height) / PHOTO_DISPLAY_SIDE).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_the_mean_of_squares() {
        let mut reducer = Reducer::new(4_097, 3);
        for row in 0..3 {
            reducer.push((0..4_097_u32).flat_map(|x| [if x % 2 == 0 { 10 } else { 20 }, row, 0]));
        }
        let picture = reducer.finish().unwrap();
        assert_eq!((picture.width(), picture.height()), (2_049, 2));
        assert_eq!(&picture.rgb()[..3], [15, 1, 0], "the mean, rounded up from a half");
        assert_eq!(&picture.rgb()[2_048 * 3..2_049 * 3], [10, 1, 0], "a column alone at the edge");
        assert_eq!(&picture.rgb()[2_049 * 3..2_049 * 3 + 3], [15, 2, 0], "a row alone at the edge");
    }

    #[test]
    fn missing_rows_are_no_picture() {
        let mut reducer = Reducer::new(2, 2);
        reducer.push([1, 2, 3, 4, 5, 6].into_iter());
        assert!(reducer.finish().is_none());
    }
}
