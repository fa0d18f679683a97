//! Received files that are gzip archives: unpacked in memory, within limits.

use std::borrow::Cow;
use std::io::Read as _;

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
pub(crate) const LIMITS: Limits = Limits { bytes: 1 << 30, ratio: 300, free: 4 << 20 };

/// The two bytes with which every gzip archive begins, whatever the file is called.
const MAGIC: &[u8] = b"\x1f\x8b";

/// The name of a file without the ending of an archive.
pub(crate) fn unpacked_name(file: &str) -> &str {
    file.strip_suffix(".gz").unwrap_or(file)
}

/// The content of a file: unpacked when it is an archive, as it stands otherwise.
///
/// # Errors
/// A finding when the archive is damaged, cut, or larger than the limits; no more memory than the limits allow
/// is ever used.
pub(crate) fn unpacked<'b>(
    file: &str,
    bytes: &'b [u8],
    limits: Limits,
) -> Result<Cow<'b, [u8]>, Box<Finding>> {
    if !bytes.starts_with(MAGIC) {
        return Ok(Cow::Borrowed(bytes));
    }
    let allowed = limits.bytes.min(limits.free.max(limits.ratio.saturating_mul(bytes.len() as u64)));
    let mut content = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(allowed + 1).read_to_end(&mut content);
    if content.len() as u64 > allowed {
        let message = format!("the archive of {} bytes unpacks to more than {allowed}", bytes.len());
        let finding = Finding::error(codes::TOO_LARGE_UNPACKED, Place::file(file), message);
        return Err(Box::new(
            finding.hint("if the file is genuine, unpack it and cut it into several files"),
        ));
    }
    match read {
        Ok(_) => Ok(Cow::Owned(content)),
        Err(error) => {
            let message = match error.kind() {
                std::io::ErrorKind::UnexpectedEof => "the archive ends too early: it was cut".to_owned(),
                _ => format!("the archive is damaged: {error}"),
            };
            let finding = Finding::error(codes::BROKEN_ARCHIVE, Place::file(file), message);
            Err(Box::new(finding.hint("copy the file again; nothing of it was received")))
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

    fn code(result: Result<Cow<'_, [u8]>, Box<Finding>>) -> &'static str {
        result.expect_err("a finding").code.name
    }

    #[test]
    fn archives_are_known_by_their_bytes_and_several_in_one_file_follow_each_other() {
        assert_eq!(unpacked("a.csv", b"a;b\n", LIMITS).expect("plain").as_ref(), b"a;b\n");
        let two = [packed(b"a;b\n"), packed(b"1;2\n")].concat();
        assert_eq!(unpacked("a.csv", &two, LIMITS).expect("an archive").as_ref(), b"a;b\n1;2\n");
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
