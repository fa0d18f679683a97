//! A file being written: own buffer, own row count, no allocation for a row.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::clock::{Clock, DAY};
use crate::{SampleError, WrittenFile};

/// Written to the file when the buffer holds this much.
const FULL: usize = 256 * 1024;

/// How the text of a file is encoded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    /// With a byte order mark, as spreadsheet programs write it.
    Utf8Bom,
    /// Our texts use only the part of Windows-1252 that is Latin-1.
    Windows1252,
}

/// A file being written. The first error of the disk is kept and told by [`Sheet::finish`].
pub(crate) struct Sheet {
    path: PathBuf,
    name: String,
    file: Result<File, io::Error>,
    buffer: Vec<u8>,
    latin: bool,
    rows: u64,
    bytes: u64,
}

impl Sheet {
    pub(crate) fn create(out: &Path, name: &str, encoding: Encoding) -> Sheet {
        let path = out.join(name);
        let made = match path.parent() {
            Some(folder) => fs::create_dir_all(folder),
            None => Ok(()),
        };
        let mut sheet = Sheet {
            file: made.and_then(|()| File::create(&path)),
            path,
            name: name.to_owned(),
            buffer: Vec::with_capacity(FULL + 4096),
            latin: encoding == Encoding::Windows1252,
            rows: 0,
            bytes: 0,
        };
        if encoding == Encoding::Utf8Bom {
            sheet.raw(b"\xef\xbb\xbf");
        }
        sheet
    }

    /// A file of an office with its header.
    pub(crate) fn office(out: &Path, name: &str, encoding: Encoding, header: &str) -> Sheet {
        let mut sheet = Sheet::create(out, name, encoding);
        sheet.text(header);
        sheet.raw(b"\r\n");
        sheet
    }

    /// A register with its header.
    pub(crate) fn register(out: &Path, name: &str, header: &str) -> Sheet {
        let mut sheet = Sheet::create(out, name, Encoding::Utf8);
        sheet.text(header);
        sheet.raw(b"\n");
        sheet
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        if self.latin {
            self.buffer.extend(text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')));
        } else {
            self.raw(text.as_bytes());
        }
    }

    pub(crate) fn number(&mut self, number: u64) {
        self.padded(number, 1);
    }

    /// The number with leading zeros up to `width` digits.
    pub(crate) fn padded(&mut self, mut number: u64, width: usize) {
        let mut digits = [b'0'; 20];
        let mut at = 20;
        while number > 0 || 20 - at < width {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
        }
        self.raw(&digits[at..]);
    }

    fn hours(&mut self, moment: u32) {
        let second = moment % DAY;
        let (h, m, s) = ((second / 3600) as u8, (second / 60 % 60) as u8, (second % 60) as u8);
        let d = |n: u8| (b'0' + n / 10, b'0' + n % 10);
        let ((a, b), (c, e), (f, g)) = (d(h), d(m), d(s));
        self.raw(&[b' ', a, b, b':', c, e, b':', f, g]);
    }

    /// `gg/mm/aaaa HH:MM:SS`.
    pub(crate) fn italian(&mut self, clock: &Clock, moment: u32) {
        self.raw(&clock.day(moment).italian);
        self.hours(moment);
    }

    /// `aaaa-mm-gg HH:MM:SS`.
    pub(crate) fn iso(&mut self, clock: &Clock, moment: u32) {
        self.raw(&clock.day(moment).iso);
        self.hours(moment);
    }

    /// Ends a row of an office's file.
    pub(crate) fn row(&mut self) {
        self.raw(b"\r\n");
        self.counted();
    }

    /// Ends a row of a program's file or of a register.
    pub(crate) fn line(&mut self) {
        self.raw(b"\n");
        self.counted();
    }

    fn counted(&mut self) {
        self.rows += 1;
        if self.buffer.len() >= FULL {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.bytes += self.buffer.len() as u64;
        if let Ok(file) = &mut self.file
            && let Err(error) = file.write_all(&self.buffer)
        {
            self.file = Err(error);
        }
        self.buffer.clear();
    }

    pub(crate) fn finish(mut self) -> Result<WrittenFile, SampleError> {
        self.flush();
        match self.file {
            Ok(_) => Ok(WrittenFile { path: self.name, rows: self.rows, bytes: self.bytes }),
            Err(source) => Err(SampleError::Io { path: self.path, source }),
        }
    }
}
