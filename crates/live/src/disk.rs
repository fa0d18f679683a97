//! The disk as a log needs it.

use std::fs::File;
use std::io::{self, Write as _};

use crate::folder::SourceFolder;

/// Where logs are made; the disk, and in tests one that fails.
pub trait Disk: Send {
    /// Makes the log of a number with a first line in it, durable with its name. What could not be made is not there.
    ///
    /// # Errors
    /// When the disk refuses.
    fn create(&mut self, number: u64, head: &[u8]) -> io::Result<Box<dyn LogFile>>;
}

/// A log that is written.
pub trait LogFile: Send {
    /// Appends bytes, which are not durable yet.
    ///
    /// # Errors
    /// When the disk refuses; some of them may have been written.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes everything that was appended durable.
    ///
    /// # Errors
    /// When the disk refuses; what was appended since the last time may be there or not.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts the log to a length.
    ///
    /// # Errors
    /// When the disk refuses.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Disk for SourceFolder {
    fn create(&mut self, number: u64, head: &[u8]) -> io::Result<Box<dyn LogFile>> {
        let path = self.log(number).path;
        // Appending goes to the end of the file, also after it was cut.
        let mut file = File::options().create_new(true).append(true).open(&path)?;
        let made = file.write_all(head).and_then(|()| file.sync_all()).and_then(|()| {
            // The name of a new file is durable only when its folder is.
            File::open(SourceFolder::path(self))?.sync_all()
        });
        if let Err(error) = made {
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        Ok(Box::new(file))
    }
}

impl LogFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.sync_all()
    }
}
