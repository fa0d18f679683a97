//! Groups of a log: requests that were synced together, with a checksum.

use memchr::{memchr, memchr_iter, memmem};
use xxhash_rust::xxh3::xxh3_128;

use super::line::push_number;

/// Bytes of the largest group. One that does not end within them is damaged.
pub const MOST_GROUP: usize = 64 << 20;

/// Bytes of the longest line that ends a group.
const LONGEST_END: usize = 80;

/// A group being written.
#[derive(Debug, Default)]
pub struct Group {
    bytes: Vec<u8>,
    lines: u64,
}

/// What a log keeps of a request besides its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogRequest {
    /// Rows that were accepted.
    pub rows: u64,
    /// Rows of no interest.
    pub ignored: u64,
    /// Hash of the client's key, where it gave one.
    pub key: Option<u128>,
    /// Hash of what was sent.
    pub body: u64,
}

impl Group {
    /// Adds the lines of a request, which number its rows, and what is kept of it.
    pub fn request(&mut self, lines: &[u8], request: LogRequest) {
        self.bytes.extend_from_slice(lines);
        self.lines += memchr_iter(b'\n', lines).count() as u64 + 1;
        self.bytes.extend_from_slice(b"+\t");
        push_number(&mut self.bytes, request.rows);
        self.bytes.push(b'\t');
        push_number(&mut self.bytes, request.ignored);
        self.bytes.push(b'\t');
        match request.key {
            Some(key) => self.bytes.extend_from_slice(format!("{key:032x}").as_bytes()),
            None => self.bytes.push(b'-'),
        }
        self.bytes.extend_from_slice(format!("\t{:016x}\n", request.body).as_bytes());
    }

    /// Ends the group and gives its bytes; the next group begins with none. `number` counts the groups of a log from 1.
    pub fn end(&mut self, number: u64) -> &[u8] {
        self.bytes.extend_from_slice(format!("=\t{number}\t{}\t", self.lines).as_bytes());
        let checksum = xxh3_128(&self.bytes);
        self.bytes.extend_from_slice(format!("{checksum:032x}\n").as_bytes());
        &self.bytes
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Forgets what was added and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.lines = 0;
    }
}

/// What stands at a place of a log where a group may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A whole group.
    Whole {
        /// Its number in the log.
        number: u64,
        /// Where the line that ends it begins.
        payload_end: usize,
        /// Where it ends.
        end: usize,
    },
    /// Lines up to an end of a group that does not belong to them.
    Broken {
        /// Where that line ends.
        end: usize,
    },
    /// No group ends here.
    Open,
}

/// Looks for the group that begins at a place; `from` is the beginning of a line.
pub fn next_group(log: &[u8], from: usize) -> Next {
    let Some(rest) = log.get(from..) else { return Next::Open };
    let begin = if rest.starts_with(b"=\t") {
        Some(0)
    } else {
        memmem::find(rest, b"\n=\t").map(|before| before + 1)
    };
    let Some(begin) = begin else { return Next::Open };
    let last = rest.get(begin..).unwrap_or_default();
    let Some(length) = memchr(b'\n', last) else { return Next::Open };
    let end = from + begin + length + 1;
    let number = match (length <= LONGEST_END).then(|| last.get(..length)).flatten().and_then(read_end) {
        Some((number, lines, checksum, covered)) => {
            let payload = rest.get(..begin).unwrap_or_default();
            let sealed = rest.get(..begin + covered).unwrap_or_default();
            let counted = lines == memchr_iter(b'\n', payload).count() as u64;
            (counted && xxh3_128(sealed) == checksum).then_some(number)
        }
        None => None,
    };
    match number {
        Some(number) => Next::Whole { number, payload_end: from + begin, end },
        None => Next::Broken { end },
    }
}

/// Number, lines, checksum and bytes before the checksum of a line that ends a group.
fn read_end(line: &[u8]) -> Option<(u64, u64, u128, usize)> {
    let text = std::str::from_utf8(line).ok()?;
    let mut fields = text.split('\t').skip(1);
    let (number, lines, checksum) = (fields.next()?, fields.next()?, fields.next()?);
    if fields.next().is_some() || checksum.len() != 32 {
        return None;
    }
    let checksum_value = u128::from_str_radix(checksum, 16).ok()?;
    Some((number.parse().ok()?, lines.parse().ok()?, checksum_value, text.len() - checksum.len()))
}

/// The requests of the lines of a whole group, in order.
pub fn requests(payload: &[u8]) -> Vec<LogRequest> {
    let lines = payload.split(|byte| *byte == b'\n');
    lines.filter_map(|line| read_request(line.strip_prefix(b"+\t")?)).collect()
}

fn read_request(fields: &[u8]) -> Option<LogRequest> {
    let text = std::str::from_utf8(fields).ok()?;
    let mut fields = text.split('\t');
    let rows = fields.next()?.parse().ok()?;
    let ignored = fields.next()?.parse().ok()?;
    let key = match fields.next()? {
        "-" => None,
        key => Some(u128::from_str_radix(key, 16).ok()?),
    };
    let body = u64::from_str_radix(fields.next()?, 16).ok()?;
    Some(LogRequest { rows, ignored, key, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(key: u128) -> LogRequest {
        LogRequest { rows: 1, ignored: 0, key: Some(key), body: 7 }
    }

    #[test]
    fn a_group_is_found_again_with_its_requests() {
        let mut group = Group::default();
        group.request(b"c\t1\t0\t-\t\ta;b\n", request(1));
        group.request(b"c\t2\t0\t-\t\ta;b\n", LogRequest { key: None, ..request(0) });
        let mut log = group.end(1).to_vec();
        let length = log.len();
        let Next::Whole { number: 1, payload_end, end } = next_group(&log, 0) else {
            panic!("{:?}", next_group(&log, 0))
        };
        assert_eq!(end, length);
        assert_eq!(requests(&log[..payload_end]), [request(1), LogRequest { key: None, ..request(0) }]);
        group.clear();
        group.request(b"c\t3\t0\t-\t\ta;b\n", request(2));
        log.extend_from_slice(group.end(2));
        assert!(matches!(next_group(&log, length), Next::Whole { number: 2, .. }));
    }

    /// Wherever a group is cut or changed, it is not whole.
    #[test]
    fn a_group_that_is_cut_or_changed_is_not_whole() {
        let mut group = Group::default();
        group.request(b"c\t1\t0\t-\t\ta;b\n", request(1));
        let log = group.end(1).to_vec();
        for cut in 0..log.len() {
            assert_eq!(next_group(&log[..cut], 0), Next::Open, "{cut}");
        }
        for changed in 0..log.len() {
            let mut log = log.clone();
            log[changed] ^= 1;
            assert!(!matches!(next_group(&log, 0), Next::Whole { .. }), "{changed}");
        }
    }
}
