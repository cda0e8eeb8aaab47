//! What the Linux kernel enforces: Landlock for files, TCP, signals and abstract sockets;
//! seccomp for every other way to open a socket.
//!
//! Landlock has no rule for UDP and for sockets that are files (`docker.sock`), so no socket can
//! be made at all; pairs of connected ones, with which programs talk to their own children, can.
//! Neither hinders changing the mode or the times of files that belong to the user.

use std::{collections::BTreeMap, path::Path};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, RestrictionStatus, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};

use super::SandboxError;

/// Linux 6.7, the first that knows TCP; without it a script would have the network.
const REQUIRED: ABI = ABI::V4;
/// Linux 6.12: signals and abstract sockets; used where it is there.
const WANTED: ABI = ABI::V6;

/// Devices that programs use as a matter of course.
const DEVICES: &[&str] =
    &["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"];

/// System calls of the x32 personality have this bit, and else the same numbers.
#[cfg(target_arch = "x86_64")]
const X32: i64 = 0x4000_0000;

/// Whether the kernel can do all that is required.
pub(super) fn available() -> Result<(), SandboxError> {
    let reason = |reason: String| SandboxError::Unavailable { reason };
    ruleset().map_err(|error| reason(error.to_string()))?;
    no_sockets().map_err(reason).map(drop)
}

/// Restricts this process and its children, for good.
pub(super) fn restrict(writable: &[&Path], readable: &[&Path]) -> Result<(), SandboxError> {
    let failed = |reason: String| SandboxError::Failed { reason };
    let status = restricted(writable, readable).map_err(|error| failed(error.to_string()))?;
    if status.ruleset == RulesetStatus::NotEnforced || !status.no_new_privs {
        return Err(failed("the kernel does not enforce it".to_owned()));
    }
    let filter = no_sockets().map_err(failed)?;
    apply_filter(&filter).map_err(|error| failed(error.to_string()))
}

fn ruleset() -> Result<RulesetCreated, landlock::RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(REQUIRED))?
        .handle_access(AccessNet::from_all(REQUIRED))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(WANTED))?
        .scope(Scope::from_all(WANTED))?
        .create()
}

fn restricted(
    writable: &[&Path],
    readable: &[&Path],
) -> Result<RestrictionStatus, landlock::RulesetError> {
    let (all, read) = (AccessFs::from_all(WANTED), AccessFs::from_read(WANTED));
    let device = AccessFs::ReadFile | AccessFs::WriteFile;
    ruleset()?
        .add_rules(path_beneath_rules(writable, all))?
        .add_rules(path_beneath_rules(readable, read))?
        .add_rules(path_beneath_rules(DEVICES, device))?
        .restrict_self()
}

/// A filter under which no socket can be made, not by way of `io_uring` either.
fn no_sockets() -> Result<BpfProgram, String> {
    let calls = [libc::SYS_socket, libc::SYS_io_uring_setup];
    #[cfg(target_arch = "x86_64")]
    let calls = calls.into_iter().flat_map(|call| [call, call | X32]);
    let rules: BTreeMap<i64, Vec<_>> = calls.into_iter().map(|call| (call, Vec::new())).collect();
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(|error| error.to_string())?;
    let refuse = SeccompAction::Errno(u32::try_from(libc::EPERM).unwrap_or(1));
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, arch);
    filter.and_then(BpfProgram::try_from).map_err(|error| error.to_string())
}
