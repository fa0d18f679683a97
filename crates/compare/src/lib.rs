//! Published figures against the computed ones, each difference explained by identities.
