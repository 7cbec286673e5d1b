//! What a visitor downloads, as it is, by gzip and by brotli.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::error::{At, Error};

use super::wasm::Module;

/// Bytes of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// One module in the table.
#[derive(Debug)]
pub(super) struct Row {
    name: &'static str,
    wasm: Size,
    glue: Size,
}

impl Row {
    pub(super) fn of(name: &'static str, module: &Module) -> Result<Self, Error> {
        Ok(Self { name, wasm: measure(&module.wasm())?, glue: measure(&module.glue())? })
    }
}

fn measure(file: &Path) -> Result<Size, Error> {
    let bytes = fs::read(file).at("read", file)?;
    size(&bytes).at("compress", file)
}

/// With the settings of a server that compresses ahead of time: gzip level 9, brotli quality 11, window 22.
fn size(bytes: &[u8]) -> std::io::Result<Size> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    let gzip = gzip.finish()?.len();
    let mut brotli = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 22);
    brotli.write_all(bytes)?;
    let brotli = brotli.into_inner().len();
    Ok(Size { raw: bytes.len(), gzip, brotli })
}

/// A line each for wasm, glue and both.
pub(super) fn table(rows: &[Row]) -> String {
    let mut table = format!("{:<24}{:>10}{:>10}{:>10}", "bytes", "raw", "gzip", "brotli");
    for row in rows {
        let both = Size {
            raw: row.wasm.raw + row.glue.raw,
            gzip: row.wasm.gzip + row.glue.gzip,
            brotli: row.wasm.brotli + row.glue.brotli,
        };
        for (part, size) in [("wasm", row.wasm), ("glue", row.glue), ("both", both)] {
            let name = format!("{}, {part}", row.name);
            let _ = write!(table, "\n{name:<24}{:>10}{:>10}{:>10}", size.raw, size.gzip, size.brotli);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_repeats_compresses() {
        let size = size(&[7; 10_000]).unwrap();
        assert_eq!(size.raw, 10_000);
        assert!(size.gzip < 100 && size.brotli < 100, "{size:?}");
    }

    #[test]
    fn both_formats_are_whole_and_read_back() {
        use std::io::Read as _;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(b"everwire").unwrap();
        let packed = gzip.finish().unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "everwire");
        assert_eq!(size(b"everwire").unwrap().gzip, packed.len());
    }

    #[test]
    fn the_table_adds_wasm_and_glue() {
        let size = |n| Size { raw: n, gzip: n / 10, brotli: n / 20 };
        let table = table(&[Row { name: "client", wasm: size(1000), glue: size(200) }]);
        assert!(table.contains("client, both"), "{table}");
        assert!(table.ends_with("1200       120        60"), "{table}");
    }
}
