//! Received files that are gzip archives: unpacked on the way, within limits.

use std::io::{self, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;
use impegno_findings::{Finding, Place};

use crate::codes;

/// How large a file may become, and how many times its size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Most bytes that come out.
    bytes: u64,
    /// Most bytes that come out for each that goes in, once there are more than `free`.
    ratio: u64,
    /// Bytes that may come out whatever goes in: a short constant file compresses beyond any ratio.
    free: u64,
}

/// Logs and exports shrink to a tenth, at best to a hundredth; gzip itself goes down to a thousandth, which
/// only files made for that purpose reach.
pub(crate) const LIMITS: Limits = Limits { bytes: 64 << 30, ratio: 300, free: 4 << 20 };

/// The two bytes with which every gzip archive begins, whatever the file is called.
const MAGIC: &[u8] = b"\x1f\x8b";

/// The name of a file without the ending of an archive.
pub(crate) fn unpacked_name(file: &str) -> &str {
    file.strip_suffix(".gz").unwrap_or(file)
}

/// The bytes of a file: unpacked when it is an archive, as they stand otherwise.
pub(crate) enum Unpacking<'i> {
    Plain(Chain<Cursor<Vec<u8>>, &'i mut dyn Read>),
    Packed { decoder: Box<MultiGzDecoder<Counted<'i>>>, given: u64, limits: Limits, trouble: Option<Trouble> },
}

/// The bytes of an archive, counted.
pub(crate) struct Counted<'i> {
    input: Chain<Cursor<Vec<u8>>, &'i mut dyn Read>,
    taken: u64,
}

/// Why an archive cannot be used.
pub(crate) enum Trouble {
    TooLarge { allowed: u64 },
    Cut,
    Damaged(String),
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.taken += read as u64;
        Ok(read)
    }
}

impl<'i> Unpacking<'i> {
    pub(crate) fn new(input: &'i mut dyn Read, limits: Limits) -> io::Result<Unpacking<'i>> {
        let mut start = Vec::new();
        (&mut *input).take(MAGIC.len() as u64).read_to_end(&mut start)?;
        let packed = start.starts_with(MAGIC);
        let input = Cursor::new(start).chain(input);
        Ok(if packed {
            let decoder = Box::new(MultiGzDecoder::new(Counted { input, taken: 0 }));
            Unpacking::Packed { decoder, given: 0, limits, trouble: None }
        } else {
            Unpacking::Plain(input)
        })
    }

    /// What is wrong with the archive, if reading it failed for that.
    pub(crate) fn trouble(&self, file: &str) -> Option<Finding> {
        let Unpacking::Packed { decoder, trouble: Some(trouble), .. } = self else { return None };
        let (code, message, hint) = match trouble {
            Trouble::TooLarge { allowed } => (
                codes::TOO_LARGE_UNPACKED,
                format!(
                    "the first {} bytes of the archive unpack to more than {allowed}",
                    decoder.get_ref().taken
                ),
                "if the file is genuine, unpack it and cut it into several files",
            ),
            Trouble::Cut => (
                codes::BROKEN_ARCHIVE,
                "the archive ends too early: it was cut".to_owned(),
                "copy the file again; nothing of it was received",
            ),
            Trouble::Damaged(what) => (
                codes::BROKEN_ARCHIVE,
                format!("the archive is damaged: {what}"),
                "copy the file again; nothing of it was received",
            ),
        };
        Some(Finding::error(code, Place::file(file), message).hint(hint))
    }
}

impl Read for Unpacking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (decoder, given, limits, trouble) = match self {
            Unpacking::Plain(input) => return input.read(buffer),
            Unpacking::Packed { decoder, given, limits, trouble } => (decoder, given, limits, trouble),
        };
        match decoder.read(buffer) {
            Ok(read) => {
                *given += read as u64;
                let taken = decoder.get_ref().taken;
                let allowed = limits.bytes.min(limits.free.max(limits.ratio.saturating_mul(taken)));
                if *given > allowed {
                    *trouble = Some(Trouble::TooLarge { allowed });
                    return Err(io::Error::other("the archive is too large"));
                }
                Ok(read)
            }
            Err(error) => {
                *trouble = Some(match error.kind() {
                    io::ErrorKind::UnexpectedEof => Trouble::Cut,
                    io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                        Trouble::Damaged(error.to_string())
                    }
                    // The disk and not the archive.
                    _ => return Err(error),
                });
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).expect("memory");
        encoder.finish().expect("memory")
    }

    fn unpacked(file: &str, mut bytes: &[u8], limits: Limits) -> Result<Vec<u8>, Box<Finding>> {
        let mut content = Vec::new();
        let mut unpacking = Unpacking::new(&mut bytes, limits).expect("memory");
        match unpacking.read_to_end(&mut content) {
            Ok(_) => Ok(content),
            Err(_) => Err(Box::new(unpacking.trouble(file).expect("trouble"))),
        }
    }

    fn code(result: Result<Vec<u8>, Box<Finding>>) -> &'static str {
        result.expect_err("a finding").code.name
    }

    #[test]
    fn archives_are_known_by_their_bytes_and_several_in_one_file_follow_each_other() {
        assert_eq!(unpacked("a.csv", b"a;b\n", LIMITS).expect("plain").as_slice(), b"a;b\n");
        let two = [packed(b"a;b\n"), packed(b"1;2\n")].concat();
        assert_eq!(unpacked("a.csv", &two, LIMITS).expect("an archive").as_slice(), b"a;b\n1;2\n");
        assert_eq!(unpacked_name("log-2017.csv.gz"), "log-2017.csv");
    }

    #[test]
    fn a_cut_archive_and_a_damaged_one_are_findings() {
        let whole = packed(b"a;b\n1;2\n3;4\n");
        let cut = &whole[..whole.len() - 9];
        assert_eq!(code(unpacked("a.gz", cut, LIMITS)), "broken-archive");
        let mut damaged = whole.clone();
        let checksum = damaged.len() - 6;
        damaged[checksum] ^= 1;
        assert_eq!(code(unpacked("a.gz", &damaged, LIMITS)), "broken-archive");
    }

    #[test]
    fn a_bomb_is_refused_by_its_ratio_and_by_its_size_and_a_small_constant_file_is_not() {
        let small = packed(&vec![b'0'; 3 << 20]);
        assert!(small.len() < 8_000, "a thousandth");
        assert!(unpacked("a.gz", &small, LIMITS).is_ok());
        let bomb = packed(&vec![b'0'; 40 << 20]);
        assert_eq!(code(unpacked("a.gz", &bomb, LIMITS)), "too-large-unpacked");
        let narrow = Limits { bytes: 100, ..LIMITS };
        assert_eq!(code(unpacked("a.gz", &packed(&[b'0'; 101]), narrow)), "too-large-unpacked");
        assert!(unpacked("a.gz", &packed(&[b'0'; 100]), narrow).is_ok());
    }
}
