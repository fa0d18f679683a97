//! Indicators as mergeable accumulators; accounts, verdicts, evidence.
