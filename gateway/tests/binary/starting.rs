//! Starting and stopping: the file, the flags, the ports, the signals.

use tokio::net::TcpListener;

use crate::lambda::Lambda;
use crate::process::{Gateway, binary, close_code, file, hear, refused, say};

const EXAMPLE: &str = include_str!("../../example.toml");

#[tokio::test]
async fn the_example_of_the_documentation_starts() {
    let gateway = Gateway::start_with(&EXAMPLE.replace(":9000", ":1"), &["--port", "0", "--admin", "0"]).await;
    assert_eq!(gateway.refused_with().await, 500, "nobody runs its authorizer");
}

#[tokio::test]
async fn every_mistake_of_a_file_is_a_line_with_its_place() {
    let config = file(
        r#"
port = "4400"
prot = 4401
stage = 5
[timeouts]
integration = 29
close = "soon"
[authorizer]
function = "authorizer"
[routes]
"$connect" = "nobody"
"$default" = { function = "chat", twoway = true, two_way = "yes" }
odd = 7
[functions]
chat = "https://127.0.0.1:9000"
"a b" = "http://127.0.0.1:9000"
authorizer = "http://127.0.0.1:9000"
[extra]
"#,
    );
    let path = config.path().display().to_string();
    let lines = refused(&mut binary(&["serve", "--config", &path])).await;
    let expected = [
        (2, "port: must be a port, a number from 0 to 65535"),
        (3, "prot: unknown key; known here are port, admin, stage,"),
        (4, "stage: must be a text in quotes"),
        (6, "timeouts.integration: must be a time with its unit"),
        (7, "timeouts.close: \"soon\" is no time"),
        (8, "authorizer: `identity` is missing"),
        (11, "routes.$connect: no function is named \"nobody\"; [functions] has a b, authorizer, chat"),
        (12, "routes.$default.two_way: must be true or false"),
        (12, "routes.$default.twoway: unknown key; known here are function, two_way"),
        (13, "routes.odd: must be a text in quotes"),
        (15, "functions.chat: \"https://127.0.0.1:9000\" is no endpoint"),
        (16, "functions.a b: \"a b\" is no function name"),
        (18, "extra: unknown key"),
    ];
    for ((number, text), line) in expected.iter().zip(&lines) {
        let start = format!("everwire-gateway: {path}:{number}: {text}");
        assert!(line.starts_with(&start), "expected {start}\n     got {line}");
    }
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
}

#[tokio::test]
async fn what_the_gateway_does_not_take_is_told_with_its_place() {
    for (text, expected) in [
        ("stage = \"a b\"", ":1: stage: stage name \"a b\" is not valid"),
        ("\nroute_selection = \"$request.header.x\"", ":2: route_selection: route selection expression"),
        ("[timeouts]\nintegration = \"30s\"", ":2: timeouts.integration: integration_timeout is 30s"),
        ("[routes]\n\"$other\" = \"f\"\n[functions]\nf = \"http://h:1\"", ":2: routes.$other: route key \"$other\""),
        (
            "[routes]\n\"$connect\" = { function = \"f\", two_way = true }\n[functions]\nf = \"http://h:1\"",
            ":2: routes.$connect: route \"$connect\" cannot be two-way",
        ),
        (
            "[authorizer]\nfunction = \"f\"\nidentity = \"$request.header.x\"\n[functions]\nf = \"http://h:1\"",
            ":3: authorizer.identity: identity source",
        ),
        ("time_scale = 0.0", ":1: time_scale: time_scale is 0"),
        ("[timeouts]\nidle = \"0s\"", ":2: timeouts.idle: idle_timeout is 0s"),
        ("[stage_variables]\n\"a b\" = \"x\"", ":2: stage_variables.a b: stage variable \"a b\""),
        (
            "[authorizer]\nfunction = \"f\"\nidentity = [\"token\",\n \"$request.x\"]\n[functions]\nf = \"http://h:1\"",
            ":4: authorizer.identity: identity source \"$request.x\"",
        ),
        ("port = 1\nport = 2", ":2: duplicate key"),
        ("port =", ":1: "),
    ] {
        let config = file(text);
        let lines = refused(&mut binary(&["serve", "--config", config.path().to_str().unwrap()])).await;
        assert_eq!(lines.len(), 1, "{lines:#?}");
        assert!(lines[0].contains(expected), "expected {expected}\n     got {}", lines[0]);
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_and_a_flag_that_is_wrong_are_a_line_each() {
    let config = file("");
    let path = config.path().to_str().unwrap();
    for (arguments, part) in [
        (&["serve", "--config", "no/such.toml"][..], "no/such.toml"),
        (&["serve"], "--config"),
        (&["serve", "--config", path, "--stage", "a b"], "stage name \"a b\""),
        (&["serve", "--config", path, "--log", "loud"], "--log"),
        (&["serve", "--config", path, "--idle", "soon"], "--idle"),
        (&["serve", "--config", path, "--idle", "0s"], "--idle: idle_timeout is 0s"),
        (&["serve", "--config", path, "--max-life", "0s"], "--max-life: max_life is 0s"),
        (&["serve", "--config", path, "--time-scale", "0"], "--time-scale: time_scale is 0"),
        (&["serve", "--config", path, "--throttle-connects", "0"], "--throttle-connects: throttle_connects is 0"),
        (&["serve", "--config", path, "--verify-sigv4", "confidential"], "--verify-sigv4: the key"),
    ] {
        let lines = refused(&mut binary(arguments)).await;
        assert!(lines.len() == 1 && lines[0].contains(part), "{part}: {lines:?}");
        assert!(!lines[0].contains("confidential"), "{lines:?}");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_ends_it_with_the_flag_that_chooses_another() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let config = file("");
    for (flag, other) in [("--port", "--admin"), ("--admin", "--port")] {
        let mut command = binary(&["serve", "--config", config.path().to_str().unwrap(), other, "0", flag, &port]);
        let lines = refused(&mut command).await;
        assert!(lines.len() == 1 && lines[0].contains(&format!("port {port} is taken")), "{lines:?}");
        assert!(lines[0].ends_with(&format!("({flag})")), "{lines:?}");
    }
}

#[tokio::test]
async fn a_flag_overrules_its_variable_and_both_overrule_the_file() {
    let config = file("port = 1\nstage = \"file\"\n[routes]\n");
    let serve = |stage: &[&str]| {
        let mut command = binary(&["serve", "--config", config.path().to_str().unwrap()]);
        // The port is one that nobody may take, so each ends with a line that names it.
        command.args(stage);
        command
    };
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let line = refused(serve(&[]).env("EVERWIRE_GATEWAY_PORT", port.to_string())).await.remove(0);
    assert!(line.contains(&format!("port {port} is taken")), "{line}");
    let line = refused(serve(&["--port", &port.to_string()]).env("EVERWIRE_GATEWAY_PORT", "2")).await.remove(0);
    assert!(line.contains(&format!("port {port} is taken")), "{line}");
}

#[tokio::test]
async fn a_signal_ends_it_cleanly_after_its_disconnect_functions() {
    for signal in ["INT", "TERM"] {
        let mut lambda = Lambda::chat().await;
        let gateway = Gateway::start(&lambda.config()).await;
        let mut client = gateway.connect().await;
        say(&mut client, "hello").await;
        hear(&mut client).await;
        let closed = tokio::spawn(async move { close_code(&mut client).await });
        let (status, log) = gateway.stop(signal).await;
        assert_eq!(status.code(), Some(0), "{log:?}");
        assert_eq!(closed.await.unwrap(), 1001);
        lambda.event("DISCONNECT").await;
        assert!(log.iter().any(|line| line.contains("stopping") && line.contains(signal)), "{log:?}");
    }
}

#[tokio::test]
async fn no_line_of_its_log_holds_a_token() {
    let lambda = Lambda::chat().await;
    let gateway = Gateway::start_with(&lambda.config(), &["--log", "trace"]).await;
    let mut client = gateway.connect().await;
    say(&mut client, "hello").await;
    hear(&mut client).await;
    let (_, log) = gateway.stop("TERM").await;
    assert!(log.iter().any(|line| line.contains("connect")), "{log:?}");
    assert!(log.iter().all(|line| !line.contains("token=") && !line.contains("secret")), "{log:?}");
}
