//! The seal: the hash of the manifest.
//!
//! Three lines, so that a change of the seal itself is told from a change of the manifest:
//!
//! ```text
//! impegno-release 1
//! manifest 9f86d081…
//! seal 2c26b46b…        (the hash of the two lines above)
//! ```

use impegno_ledger::Hash;

/// The text of the seal of a manifest with this hash.
pub(crate) fn text(manifest: Hash) -> String {
    let lines = format!("impegno-release 1\nmanifest {manifest}\n");
    let own = Hash::of(lines.as_bytes());
    format!("{lines}seal {own}\n")
}

/// The hash of the manifest in a seal; `None` when the text is no seal as it was written.
pub(crate) fn read(bytes: &[u8]) -> Option<Hash> {
    let written = std::str::from_utf8(bytes).ok()?;
    let hash = Hash::parse(written.lines().nth(1)?.strip_prefix("manifest ")?)?;
    (text(hash) == written).then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_of_a_seal_is_a_change_of_the_seal() {
        let hash = Hash::of(b"manifest");
        let seal = text(hash);
        assert_eq!(read(seal.as_bytes()), Some(hash));
        for place in 0..seal.len() {
            for bit in 0..8 {
                let mut changed = seal.clone().into_bytes();
                changed[place] ^= 1 << bit;
                assert_eq!(read(&changed), None, "bit {bit} of byte {place}");
            }
        }
        assert_eq!(read(b""), None);
        assert_eq!(read(&seal.as_bytes()[..seal.len() - 1]), None);
    }
}
