//! One file a command.

pub(crate) mod backup;
pub(crate) mod batches;
pub(crate) mod bench;
pub(crate) mod calendar;
pub(crate) mod check;
pub(crate) mod codes;
pub(crate) mod compare;
pub(crate) mod cvss;
pub(crate) mod demo;
pub(crate) mod explain;
pub(crate) mod fit;
pub(crate) mod forecast;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod measure;
pub(crate) mod propose;
pub(crate) mod receive;
pub(crate) mod release;
pub(crate) mod report;
pub(crate) mod sample;
pub(crate) mod token;
pub(crate) mod verify;
