//! The release program: how large it is and how soon it answers.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::workspace::Workspace;

/// Longer than any start that is not broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// Prints size and start time; fails when the program does not get ready.
pub fn report(workspace: &Workspace) -> Result<()> {
    let program = workspace.program();
    let size = fs::metadata(&program).with_context(|| format!("`{}` is not there", program.display()))?.len();
    let folder = std::env::temp_dir().join(format!("airloom-start-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let time = start_time(workspace, &program, &folder);
    fs::remove_dir_all(&folder)?;
    println!("airloom: {:.1} MB, ready on an empty store after {} ms", size as f64 / 1e6, time?.as_millis());
    Ok(())
}

fn start_time(workspace: &Workspace, program: &Path, folder: &Path) -> Result<Duration> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let began = Instant::now();
    let child = workspace
        .command(program)
        .arg("serve")
        .arg("--data")
        .arg(folder)
        .args(["--listen", &address.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let mut running = Running(child);
    while !is_ready(address) {
        ensure!(running.0.try_wait()?.is_none(), "`airloom serve` ended instead of getting ready");
        ensure!(began.elapsed() < PATIENCE, "`airloom serve` is not ready after {} s", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(began.elapsed())
}

fn is_ready(address: SocketAddr) -> bool {
    let mut answer = [0; 12];
    let asked = TcpStream::connect(address).and_then(|mut stream| {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        stream.read_exact(&mut answer)
    });
    asked.is_ok() && answer == *b"HTTP/1.1 200"
}

/// Ends with this program's interest in it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _gone = self.0.kill();
        let _status = self.0.wait();
    }
}
