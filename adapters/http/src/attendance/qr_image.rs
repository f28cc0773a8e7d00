//! QR codes as pictures.

use qrcode::render::svg;
use qrcode::types::QrError;
use qrcode::{Color, EcLevel, QrCode};

/// The light border that scanners need, in modules (ISO/IEC 18004 §9.1).
const QUIET: usize = 4;
/// Pixels per module.
const SCALE: usize = 6;
const DARK: u8 = 0;
const LIGHT: u8 = 255;

/// A picture could not be drawn.
#[derive(Debug, thiserror::Error)]
pub(super) enum DrawError {
    /// The text does not fit into a code.
    #[error("the text does not fit into a QR code")]
    Code(#[source] QrError),
    /// The picture cannot be encoded.
    #[error("the picture cannot be encoded")]
    Png(#[from] png::EncodingError),
}

/// A long name in a code leaves less room to correct errors in.
fn code(text: &str) -> Result<QrCode, DrawError> {
    QrCode::with_error_correction_level(text, EcLevel::M)
        .or_else(|_| QrCode::with_error_correction_level(text, EcLevel::L))
        .map_err(DrawError::Code)
}

/// `text` as SVG.
pub(super) fn svg(text: &str) -> Result<String, DrawError> {
    Ok(code(text)?.render::<svg::Color<'_>>().quiet_zone(true).min_dimensions(256, 256).build())
}

/// `text` as an 8-bit grayscale PNG.
pub(super) fn png(text: &str) -> Result<Vec<u8>, DrawError> {
    let code = code(text)?;
    let side = (code.width() + 2 * QUIET) * SCALE;
    let pixels = pixels(&code, side);
    let mut file = Vec::new();
    let width = u32::try_from(side).expect("a QR code has at most 177 modules a side");
    let mut encoder = png::Encoder::new(&mut file, width, width);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(file)
}

fn pixels(code: &QrCode, side: usize) -> Vec<u8> {
    let module = |pixel: usize| (pixel / SCALE).checked_sub(QUIET).filter(|module| *module < code.width());
    let shade = |row: usize, column: usize| match (module(column), module(row)) {
        (Some(x), Some(y)) if code[(x, y)] == Color::Dark => DARK,
        _ => LIGHT,
    };
    (0..side)
        .flat_map(|row| (0..side).map(move |column| (row, column)))
        .map(|(row, column)| shade(row, column))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_has_a_light_border_and_a_dark_corner() {
        let file = png("acta").unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let picture = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(picture.width as usize, (21 + 2 * QUIET) * SCALE);
        let corner = QUIET * SCALE;
        assert_eq!(pixels[0], LIGHT);
        assert_eq!(pixels[corner * picture.width as usize + corner], DARK);
    }

    #[test]
    fn an_svg_is_an_svg() {
        assert!(svg("acta").unwrap().contains("<svg"));
    }
}
