//! Published figures against the computed ones.
