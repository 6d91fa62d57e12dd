//! How a verb ends: the exit codes other programs may rely on, and the failure that carries one.

use std::fmt;
use std::process::ExitCode;

/// Exit codes: 2 is a wrong command line (clap's own), the others are those of `sysexits.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// 65: the input is not what the verb reads.
    Data,
    /// 69: what was asked for is not there or does not answer.
    Unavailable,
    /// 70: a fault of the program itself.
    Software,
    /// 74: reading or writing failed.
    Io,
    /// 75: not now; trying again can help.
    TempFail,
    /// 78: the configuration is wrong.
    Config,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(match code {
            Code::Data => 65,
            Code::Unavailable => 69,
            Code::Software => 70,
            Code::Io => 74,
            Code::TempFail => 75,
            Code::Config => 78,
        })
    }
}

/// Why a verb failed: one message for the person, saying what, where and what to do next.
#[derive(Debug)]
pub struct Failure {
    code: Code,
    message: String,
}

impl Failure {
    /// A failure with its exit code and message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The exit code.
    pub fn code(&self) -> Code {
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(Code::Io, error.to_string())
    }
}
