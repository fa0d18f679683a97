//! What can be wrong with released reports.

use impegno_findings::Code;

/// No bundle at all.
pub const NOT_A_BUNDLE: Code = Code {
    name: "not-a-bundle",
    meaning: "A folder is neither a centre folder nor a released report: it has no `centre.toml`, and no `manifest.json` and `seal`.",
};
/// A bundle of a later program.
pub const BUNDLE_NEWER: Code = Code {
    name: "bundle-newer",
    meaning: "A released report was made by a newer program in a format that this one does not know; nothing of it was checked.",
};
/// The manifest.
pub const BUNDLE_MANIFEST: Code = Code {
    name: "bundle-manifest",
    meaning: "The manifest of a released report is missing, was changed, names a file that cannot belong to it, or says of its ledger or definitions what they do not say.",
};
/// The seal.
pub const BUNDLE_SEAL: Code = Code {
    name: "bundle-seal",
    meaning: "The seal of a released report is missing, was changed, or is not that of its manifest.",
};
/// A file with other bytes.
pub const BUNDLE_FILE_CHANGED: Code = Code {
    name: "bundle-file-changed",
    meaning: "A file of a released report does not have the bytes with which it was released.",
};
/// A file that is gone.
pub const BUNDLE_FILE_MISSING: Code = Code {
    name: "bundle-file-missing",
    meaning: "A file of a released report is missing or cannot be read.",
};
/// A file too many.
pub const BUNDLE_FILE_FOREIGN: Code = Code {
    name: "bundle-file-foreign",
    meaning: "A released report holds a file that was not released with it, or its ledger one beside the catalogue and the segments that it names.",
};
/// The register.
pub const RELEASE_REGISTER: Code = Code {
    name: "release-register",
    meaning: "A line of the register of releases was changed or taken out, or the register cannot be read.",
};
/// A bundle that is not what the register says.
pub const RELEASE_NOT_THERE: Code = Code {
    name: "release-not-there",
    meaning: "The register of releases names a released report that is not where it was written, or another one stands there.",
};
/// A bundle that no register names.
pub const RELEASE_UNREGISTERED: Code = Code {
    name: "release-unregistered",
    meaning: "A folder of released reports holds one that the register does not name: the register was changed or taken away, or a release was interrupted.",
};
/// A head that the ledger does not have.
pub const RELEASE_HEAD: Code = Code {
    name: "release-head",
    meaning: "A report was released on a head of the ledger that the ledger no longer has: batches were taken out or exchanged since.",
};
/// Errata that do not fit.
pub const RELEASE_ERRATA: Code = Code {
    name: "release-errata",
    meaning: "The errata of a released report are not the differences between its figures and those of the version before.",
};

/// The codes of this crate.
pub const CODES: &[Code] = &[
    NOT_A_BUNDLE,
    BUNDLE_NEWER,
    BUNDLE_MANIFEST,
    BUNDLE_SEAL,
    BUNDLE_FILE_CHANGED,
    BUNDLE_FILE_MISSING,
    BUNDLE_FILE_FOREIGN,
    RELEASE_REGISTER,
    RELEASE_NOT_THERE,
    RELEASE_UNREGISTERED,
    RELEASE_HEAD,
    RELEASE_ERRATA,
];
