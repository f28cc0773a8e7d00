//! The program under test.

use std::ffi::OsStr;
use std::process::{Output, Stdio};

use tokio::process::Command;

use crate::service::PATIENCE;

/// What a developer may have set for a service of their own.
const SETTINGS: [&str; 64] = [
    "DRAIN_SECONDS",
    "MEMORY_LIMIT_MB",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_SERVICE_NAME",
    "ACTA_DATA",
    "ACTA_LISTEN",
    "ACTA_PUBLIC_URL",
    "ACTA_SEAL_AFTER",
    "ACTA_LOG",
    "ACTA_LOG_FORMAT",
    "RATE_LIMIT_USER",
    "RATE_LIMIT_TENANT",
    "RATE_LIMITS",
    "MAX_ACTIVE_SESSIONS",
    "MAX_PARTICIPANTS",
    "TRUSTED_ISSUERS",
    "TRUSTED_PROXIES",
    "REDIS_URL",
    "ROOM_MESSAGES",
    "ROOM_CONNECTIONS_OF_ONE",
    "ROOM_CONNECTIONS",
    "ROOM_PRESENCE",
    "INTERNAL_LISTEN",
    "INTERNAL_TLS_CERT",
    "INTERNAL_TLS_KEY",
    "INTERNAL_CLIENT_CA",
    "INTERNAL_CLIENT_CRL",
    "INTERNAL_SERVICES",
    "LOGIN_TENANT",
    "DPOP_NONCE",
    "ACTA_ORIGINS",
    "REDIS_PASSWORD_FILE",
    "IDENTITY_SERVICE_URL",
    "GOVERNANCE_SERVICE_URL",
    "TENANCY_SERVICE_URL",
    "USER_PROFILES_SERVICE_URL",
    "NOTIFICATIONS_SERVICE_URL",
    "COMPLIANCE_SERVICE_URL",
    "SERVICE_ID",
    "NEIGHBOURS_CA",
    "NEIGHBOURS_CERT",
    "NEIGHBOURS_KEY",
    "NEIGHBOURS_PLAIN",
    "SMTP_URL",
    "SMTP_FROM",
    "CODES_SHOWN",
    "ACTA_MASTER_KEY",
    "ACTA_MASTER_KEY_FILE",
    "ACTA_DIGEST_KEY",
    "ACTA_DIGEST_KEY_FILE",
    "DATABASE_URL",
    "DATABASE_HOST",
    "DATABASE_PORT",
    "DATABASE_USERNAME",
    "DATABASE_PASSWORD",
    "DATABASE_NAME",
    "DATABASE_SSLMODE",
    "DATABASE_SSLROOTCERT",
    "DATABASE_MAX_CONNECTIONS",
    "DATABASE_ACQUIRE_TIMEOUT",
    "DATABASE_STATEMENT_TIMEOUT",
    "PROJECT_DATABASE_URL",
    "MIGRATE_DATABASE_URL",
];

/// `acta` with no settings at all.
pub(crate) fn acta() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acta"));
    command.stdin(Stdio::null()).kill_on_drop(true);
    for name in SETTINGS {
        command.env_remove(name);
    }
    command
}

/// Runs a subcommand that needs no folder to its end.
pub(crate) async fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Output {
    let mut command = acta();
    command.args(arguments);
    ended(command).await
}

/// Runs a command to its end.
pub(crate) async fn ended(mut command: Command) -> Output {
    tokio::time::timeout(PATIENCE * 3, command.output()).await.expect("the command came to an end").unwrap()
}

/// What a command printed, on both streams.
pub(crate) fn printed(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
