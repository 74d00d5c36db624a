use super::*;

fn sources(toml: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Sources {
    let own = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect()
    };
    // A name per test thread: tests of one process run beside each other.
    let folder = tempfile::tempdir().unwrap().keep();
    let file = folder.join("redress.toml");
    std::fs::write(&file, toml).unwrap();
    Sources {
        file: Some(file),
        environment: own(environment),
        flags: own(flags),
    }
}

fn load(
    toml: &str,
    environment: &[(&str, &str)],
    flags: &[(&str, &str)],
) -> Result<Config, String> {
    let sources = sources(toml, environment, flags);
    let loaded = Config::load(Role::AllInOne, &sources).map_err(|error| error.to_string());
    std::fs::remove_dir_all(sources.file.as_deref().and_then(Path::parent).unwrap()).unwrap();
    loaded
}

fn refused(toml: &str, environment: &[(&str, &str)], flags: &[(&str, &str)], parts: &[&str]) {
    let error = load(toml, environment, flags).unwrap_err();
    for part in parts {
        assert!(error.contains(part), "`{part}` is not in: {error}");
    }
}

#[test]
fn an_empty_file_gives_the_defaults_on_loopback() {
    let config = load("", &[], &[]).unwrap();
    assert_eq!(config, Config::defaults(Role::AllInOne));
    assert_eq!(config.grpc.listen.to_string(), "127.0.0.1:7301");
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:7400");
    let reporting = Config::defaults(Role::Reporting);
    assert_eq!(reporting.grpc.listen.port(), 7303);
    assert_eq!(reporting.http.listen.port(), 7403);
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let toml = "tenant = \"file\"\n[log]\nqueue_commands = 1\nsegment_records = 256\n";
    let environment = [
        ("REDRESS_TENANT", "env"),
        ("REDRESS_LOG__QUEUE_COMMANDS", "2"),
    ];
    let config = load(toml, &environment, &[("log.queue_commands", "3")]).unwrap();
    assert_eq!(config.tenant, "env");
    assert_eq!(
        config.log,
        Log {
            segment_records: 256,
            queue_commands: 3,
            ..Log::default()
        }
    );
}

#[test]
fn keys_lie_beside_the_vaults_unless_a_place_of_their_own_is_named() {
    assert_eq!(load("", &[], &[]).unwrap().keys_of("intake"), None);
    let config = load("", &[("REDRESS_KEYS_DIR", "/keys")], &[("tenant", "acme")]).unwrap();
    let expected = PathBuf::from("/keys/acme/intake");
    assert_eq!(config.keys_of("intake"), Some(expected));
}

#[test]
fn a_text_that_looks_like_a_number_stays_a_text() {
    let config = load("", &[("REDRESS_TENANT", "123")], &[("data_dir", "7")]).unwrap();
    assert_eq!(config.tenant, "123");
    assert_eq!(config.data_dir, PathBuf::from("7"));
    let traced = load(
        "",
        &[("REDRESS_TELEMETRY__OTLP_ENDPOINT", "http://[::1]:4317")],
        &[],
    );
    let endpoint = traced.unwrap().telemetry.otlp_endpoint;
    assert_eq!(endpoint.as_deref(), Some("http://[::1]:4317"));
}

#[test]
fn an_unknown_key_is_named_with_its_source_and_the_known_ones() {
    refused(
        "tenent = \"a\"",
        &[],
        &[],
        &["`tenent`", "redress.toml", "tenant"],
    );
    let known = [
        "`log.segment_record`",
        "redress.toml",
        "log.segment_records",
    ];
    refused("[log]\nsegment_record = 256", &[], &[], &known);
    let variable = [("REDRESS_LOG__QUEUE", "3")];
    let known = ["`log.queue`", "REDRESS_LOG__QUEUE", "log.queue_commands"];
    refused("", &variable, &[], &known);
    refused(
        "",
        &[("REDRESS_TENANT__X", "3")],
        &[],
        &["`tenant.x`", "one value"],
    );
    refused(
        "",
        &[],
        &[("grpc.port", "1")],
        &["`grpc.port`", "flag", "grpc.listen"],
    );
}

#[test]
fn a_wrong_value_is_named_with_its_source() {
    let toml = "[limits]\nmessage_bytes = \"big\"";
    refused(
        toml,
        &[],
        &[],
        &["limits.message_bytes", "redress.toml", "big"],
    );
    let variable = [("REDRESS_LIMITS__MESSAGE_BYTES", "big")];
    refused(
        "",
        &variable,
        &[],
        &["limits.message_bytes", "REDRESS_LIMITS__MESSAGE_BYTES"],
    );
    refused(
        "",
        &[],
        &[("grpc.listen", "here")],
        &["grpc.listen", "flag"],
    );
    refused(
        "",
        &[],
        &[("telemetry.format", "xml")],
        &["telemetry.format", "xml"],
    );
    refused("tenant = ", &[], &[], &["redress.toml"]);
}

#[test]
fn a_value_out_of_bounds_is_refused_with_the_bounds() {
    refused(
        "[log]\nsegment_records = 1000",
        &[],
        &[],
        &["log.segment_records", "multiple of 256"],
    );
    refused("tenant = \"Acme GmbH\"", &[], &[], &["tenant", "a-z"]);
    refused(
        "[limits]\nrequest_timeout_millis = 0",
        &[],
        &[],
        &["request_timeout_millis", "1 to"],
    );
    refused(
        "[telemetry]\nfilter = \"loud=very\"",
        &[],
        &[],
        &["telemetry.filter"],
    );
    refused(
        "[client]\nintake = \"localhost:7301\"",
        &[],
        &[],
        &["client.intake", "http://"],
    );
}

#[test]
fn other_machines_are_let_in_only_on_purpose() {
    let open = ("grpc.listen", "0.0.0.0:7301");
    refused(
        "",
        &[],
        &[open],
        &["grpc.listen", "allow_insecure_non_loopback"],
    );
    refused("", &[], &[("http.listen", "[::]:80")], &["http.listen"]);
    let wanted = load("", &[], &[open, ("allow_insecure_non_loopback", "true")]).unwrap();
    assert!(!wanted.grpc.listen.ip().is_loopback());
    assert!(load("", &[], &[("grpc.listen", "[::1]:0")]).is_ok());
}

#[test]
fn mail_leaves_this_machine_unencrypted_only_on_purpose() {
    let at = |server: &str| {
        format!("[mail]\nserver = \"{server}\"\nfrom = \"a@example.org\"\ntls = \"none\"")
    };
    for near in ["127.0.0.1", "::1", "localhost"] {
        assert!(load(&at(near), &[], &[]).is_ok(), "{near}");
    }
    for far in ["mail.example.org", "10.0.0.5", "localhost.example.org"] {
        refused(&at(far), &[], &[], &["mail.tls", "starttls"]);
        let wanted = ("allow_insecure_non_loopback", "true");
        assert!(load(&at(far), &[], &[wanted]).is_ok(), "{far}");
    }
}

#[test]
fn variables_of_others_are_passed_over() {
    let others = [
        ("REDRESS_PORT", "tcp://10.0.0.1:7301"),
        ("REDRESS_SERVICE_HOST", "10.0.0.1"),
        ("REDRESS_INTAKE_PORT_7301_TCP_ADDR", "10.0.0.1"),
        ("REDRESS_REAL_DATA", "/data"),
        ("REDRESS_CONFIG", "redress.toml"),
        ("PATH", "/bin"),
    ];
    assert_eq!(
        load("", &others, &[]).unwrap(),
        Config::defaults(Role::AllInOne)
    );
}

#[test]
fn a_file_that_was_asked_for_must_be_there() {
    let file = Some(PathBuf::from("/nowhere/redress.toml"));
    let sources = Sources {
        file,
        ..Sources::default()
    };
    let error = Config::load(Role::Intake, &sources).unwrap_err();
    assert!(matches!(&error, ConfigError::File { file, .. } if file.contains("/nowhere")));
}

#[test]
fn a_bus_has_servers_and_one_way_to_log_in_and_shows_no_secret() {
    let toml = "[bus.login]\nuser = \"u\"\npassword = \"hunter2\"\n";
    let servers = ("REDRESS_BUS__SERVERS", "nats://a:4222, nats://b:4222");
    let config = load(toml, &[servers], &[]).unwrap();
    assert_eq!(config.bus.servers, ["nats://a:4222", "nats://b:4222"]);
    let password = config.bus.login.password.as_ref().unwrap();
    assert_eq!(password.reveal(), "hunter2");
    assert!(!format!("{config:?}").contains("hunter2"));
    assert!(!serde_json::to_string(&config).unwrap().contains("hunter2"));

    let at = |key: &'static str, value: &'static str| (key, value);
    refused("", &[], &[at("bus.server", "x")], &["bus.server"]);
    refused(
        toml,
        &[],
        &[at("bus.login.password_file", "p")],
        &["bus.login.password", "not both"],
    );
    refused(
        toml,
        &[],
        &[at("bus.login.token", "t")],
        &["more than one way"],
    );
    refused("", &[], &[at("bus.login.user", "u")], &["password"]);
    refused("", &[], &[at("bus.tls.key_file", "k")], &["bus.tls"]);
    for secret in ["nats://u:hunter2@a:4222", "nats://hunter2@a"] {
        let said = load("", &[], &[at("bus.servers", secret)]).unwrap_err();
        assert!(!said.contains("hunter2"), "{said}");
    }
    let said = load("[bus.login]\nuser = \"u\"\npassword = 4711\n", &[], &[]).unwrap_err();
    assert!(
        said.contains("bus.login.password") && !said.contains("4711"),
        "{said}"
    );
}

#[test]
fn each_program_looks_for_the_others_at_their_own_ports() {
    let client = |role| Config::defaults(role).client;
    assert_eq!(client(Role::AllInOne).workflow, "http://127.0.0.1:7301");
    for role in [Role::Intake, Role::Workflow, Role::Reporting] {
        assert_eq!(client(role).intake, "http://127.0.0.1:7301");
        assert_eq!(client(role).workflow, "http://127.0.0.1:7302");
        assert_eq!(client(role).reporting, "http://127.0.0.1:7303");
    }
}
