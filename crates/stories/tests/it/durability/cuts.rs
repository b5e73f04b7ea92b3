//! The power is cut while eight writers create records; the house goes on with what the disk holds.
//!
//! The machine is not cut off: the calls of the process that keeps the data are traced, and a folder is made of what would have
//! been on the disk at a moment by chance.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use testkit::{Chance, free_port, installed};

use super::disk::{Disk, Moment, copy, traced};
use super::{assert_kept, assert_told, kill, pid_below, wait_for, watch, write_until_refused};
use crate::served::{Served, long, program};

/// A server and what keeps its data in a folder.
trait House {
    /// Prepares a new folder.
    fn make(data: &Path);
    /// Starts it; the calls are traced if it is said where to.
    fn start(data: &Path, calls: Option<&Path>) -> Self;
    fn server(&self) -> &Served;
    /// The process that keeps the data.
    fn pid(&self) -> String;
    /// Kills what still runs, and waits until its calls are told.
    fn end(self);
}

/// The server itself keeps them.
struct OnFiles {
    server: Served,
    data: PathBuf,
}

impl House for OnFiles {
    fn make(_: &Path) {}

    fn start(data: &Path, calls: Option<&Path>) -> Self {
        let server = match calls {
            None => Served::start(data),
            Some(calls) => {
                let mut command = traced(calls);
                command.arg(program());
                Served::under(command, data, &[])
            }
        };
        Self { server, data: data.to_owned() }
    }

    fn server(&self) -> &Served {
        &self.server
    }

    fn pid(&self) -> String {
        pid_below(&self.data)
    }

    fn end(mut self) {
        kill(&self.pid());
        self.server.child.wait().unwrap();
    }
}

/// A server of `PostgreSQL` keeps them.
struct OnPostgres {
    server: Served,
    keeper: Child,
    data: PathBuf,
    _own: tempfile::TempDir,
}

impl House for OnPostgres {
    fn make(data: &Path) {
        std::fs::create_dir(data).unwrap();
        let user = if installed("initdb").get_program() == "setpriv" { "postgres" } else { "" };
        assert!(Command::new("chown").arg(format!("{user}:")).arg(data).status().unwrap().success());
        let mut command = installed("initdb");
        command.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-D"]).arg(data);
        assert!(command.stdout(Stdio::null()).status().unwrap().success());
    }

    fn start(data: &Path, calls: Option<&Path>) -> Self {
        // What a process of before the cut left is not running.
        let _none = std::fs::remove_file(data.join("postmaster.pid"));
        let postgres = installed("postgres");
        let mut command = match calls {
            None => Command::new(postgres.get_program()),
            Some(calls) => {
                let mut command = traced(calls);
                command.arg(postgres.get_program());
                command
            }
        };
        let port = free_port();
        let flags = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "lc_messages=C"];
        command.args(postgres.get_args()).arg("-D").arg(data).args(["-p", &port.to_string()]);
        command.args(flags.iter().flat_map(|flag| ["-c", flag])).current_dir("/");
        let mut keeper = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(keeper.stderr.take().unwrap()).lines().map_while(Result::ok);
        let is_ready = |line: &String| line.contains("ready to accept connections");
        assert!(lines.any(|line| is_ready(&line)), "the database did not start");
        std::thread::spawn(move || lines.for_each(drop));
        let own = tempfile::tempdir().unwrap();
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable");
        let server = Served::under(Command::new(program()), &own.path().join("data"), &["--database-url", &url]);
        Self { server, keeper, data: data.to_owned(), _own: own }
    }

    fn server(&self) -> &Served {
        &self.server
    }

    fn pid(&self) -> String {
        std::fs::read_to_string(self.data.join("postmaster.pid")).unwrap().lines().next().unwrap().to_owned()
    }

    fn end(self) {}
}

impl Drop for OnPostgres {
    fn drop(&mut self) {
        self.server.child.kill().unwrap();
        kill(&self.pid());
        // Its processes end when they find it gone.
        self.keeper.wait().unwrap();
    }
}

/// While writers are told what stays, and in every fourth round at any time since the start.
fn moment(disk: &Disk, acknowledged: &[(String, Moment)], round: usize, chance: &mut Chance) -> Moment {
    let (first, last) = disk.span();
    let told = acknowledged.iter().map(|(_, at)| *at);
    let first = if round.is_multiple_of(4) { first } else { told.min().unwrap_or(first) };
    first + chance.below((last - first) as usize) as u64
}

fn survive_cuts<H: House>() {
    let seed = Chance::seed();
    println!("seed {seed}");
    let mut chance = Chance(seed);
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let at = |name: &str| folder.path().join(name);
    let (mut before, running, calls) = (at("0"), at("running"), at("calls"));
    H::make(&before);
    let house = H::start(&before, None);
    let base = house.server().base();
    let (path, payloads) = (format!("/v0/{base}/T"), watch(house.server(), &base, "null"));
    house.end();

    let (rounds, mut sure, mut later, mut known) = (if long() { 30 } else { 3 }, 0, 0, Vec::new());
    for round in 1..=rounds {
        copy(&before, &running);
        let house = H::start(&running, Some(&calls));
        let told = write_until_refused(house.server(), &path, &round.to_string(), |count| {
            wait_for(count, 100 + chance.below(900));
            kill(&house.pid());
        });
        house.end();
        let disk = Disk::read(&std::fs::read_to_string(&calls).unwrap(), &running);
        let moment = moment(&disk, &told.acknowledged, round, &mut chance);
        let after = at(&round.to_string());
        disk.cut(&before, &after, moment, &mut chance);
        let (acknowledged, unknown): (Vec<_>, Vec<_>) = told.acknowledged.into_iter().partition(|(_, at)| *at < moment);
        (sure, later) = (sure + acknowledged.len(), later + unknown.len());
        known.extend(acknowledged.into_iter().map(|(id, _)| id));

        let house = H::start(&after, None);
        assert_kept(house.server(), &path, &known);
        // What somebody has seen stays too.
        known = house.server().ids(&path);
        if round == rounds {
            assert_told(house.server(), &payloads, known.clone());
        }
        house.end();
        std::fs::remove_dir_all(&running).unwrap();
        std::fs::remove_dir_all(std::mem::replace(&mut before, after)).unwrap();
    }
    println!(
        "{rounds} cuts, {sure} acknowledged before them, {later} in what the cuts took away, {} records",
        known.len()
    );
    assert!(sure > 20 * rounds, "only {sure} writes were acknowledged before the cuts");
}

mod what_was_acknowledged_survives_cuts {
    use super::{OnFiles, OnPostgres, survive_cuts};

    #[test]
    fn sqlite() {
        survive_cuts::<OnFiles>();
    }

    #[test]
    fn postgres() {
        survive_cuts::<OnPostgres>();
    }
}
