//! Writes the sample centre once and finds every published total again, reading the files without the writer's code.

mod operations;
mod read;
mod services;
