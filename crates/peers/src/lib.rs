//! Availability as other programs compute it, to the second.
//!
//! A centre that leaves its monitoring program, or that is asked why its figure is not the one on the old
//! page, needs both figures of the same facts. Each module here is one program: what it counts, in whole numbers,
//! with a switch for each of its known defects. The rules were written down from what the programs do (their
//! published cases, their documentation, and runs of the programs themselves); none of their code is here.
//!
//! - [`nagios`]: the availability report of Nagios Core, its logs and its time periods.
//! - [`monitoring_availability`]: the Perl module behind the reports of Thruk.
//! - [`icingadb`]: `get_sla_ok_percent` of Icinga DB.
//! - [`icinga2`]: time periods of Icinga 2.
//! - [`zabbix`]: SLI and error budget of Zabbix services.
//! - [`kuma`] and [`gatus`]: shares of check results, which weigh results and not time.
//!
//! `docs/peers.md` says how many published cases each engine meets, and what each switch mends.
//!
//! Times are whole seconds since 1970-01-01T00:00:00Z, but for [`icingadb`], whose unit is the caller's. Nothing
//! here reads a file, the clock or the environment, and no float takes part.
#![cfg_attr(not(test), warn(clippy::float_arithmetic, clippy::indexing_slicing))]

pub mod gatus;
pub mod icinga2;
pub mod icingadb;
pub mod kuma;
pub mod monitoring_availability;
pub mod nagios;
mod share;
pub mod zabbix;

pub use share::Share;
