//! How targets are read, and how bad ones are refused.

use super::*;

fn parsed(given: &str) -> Target {
    Target::parse(given).unwrap_or_else(|error| panic!("{given}: {error}"))
}

fn refused(given: &str) -> String {
    Target::parse(given).expect_err(given).to_string()
}

#[test]
fn a_url_keeps_its_parts_and_hides_its_secrets() {
    let target = parsed("https://ann:p%40ss+1@shop.example.com:8443/cart?token=s3cret#top");
    assert_eq!(target.authority(), "shop.example.com:8443");
    assert_eq!(target.credentials.as_ref().unwrap().reveal(), "ann:p@ss+1");
    assert_eq!(target.query.as_ref().unwrap().reveal(), "token=s3cret");
    assert_eq!(target.display(), "https://shop.example.com:8443/cart?…");
    let json = serde_json::to_string(&target).unwrap();
    assert!(!json.contains("s3cret") && !json.contains("ss+1"), "{json}");
    assert!(!format!("{target:?}").contains("s3cret"));
}

#[test]
fn a_bare_host_means_https() {
    let target = parsed("Example.COM.");
    assert_eq!((target.scheme, target.port), (Scheme::Https, 443));
    assert_eq!(target.host.ascii(), "example.com");
    assert_eq!(target.display(), "https://example.com/");
}

#[test]
fn a_bare_port_decides_what_is_spoken() {
    assert_eq!(parsed("example.com:443").scheme, Scheme::Https);
    assert_eq!(parsed("example.com:8080").scheme, Scheme::Http);
    assert_eq!(parsed("example.com:5432").scheme, Scheme::Probe);
    assert_eq!(parsed("example.com:5432").display(), "example.com:5432");
}

#[test]
fn addresses_are_read_with_and_without_brackets() {
    assert_eq!(parsed("2001:db8::1").authority(), "[2001:db8::1]:443");
    assert_eq!(
        parsed("[2001:db8::1]:8443").authority(),
        "[2001:db8::1]:8443"
    );
    assert_eq!(
        parsed("192.0.2.1:80").host.address(),
        "192.0.2.1".parse().ok()
    );
    assert_eq!(parsed("http://[::1]/").display(), "http://[::1]/");
}

#[test]
fn an_internationalised_name_becomes_punycode() {
    let target = parsed("https://bücher.example/");
    assert_eq!(target.host.ascii(), "xn--bcher-kva.example");
    assert!(
        matches!(target.host, Host::Name { unicode: Some(ref name), .. } if name == "bücher.example")
    );
}

#[test]
fn refusals_say_what_was_given_and_what_is_expected() {
    assert!(refused("").contains("expected a URL"));
    assert!(refused("htps://example.com").contains("did you mean https://example.com"));
    assert!(refused("ftp://example.com").contains("expected http:// or https://"));
    assert!(refused("https://").contains("names no host"));
    assert!(refused("https:///path").contains("names no host"));
    assert!(refused(":443").contains("names no host"));
    assert!(refused("example.com:0").contains("port \"0\""));
    assert!(refused("example.com:70000").contains("port \"70000\""));
    assert!(refused("http://example.com:70000/").contains("1 to 65535"));
    assert!(refused("./server.pem").contains("looks like a file"));
    assert!(refused("/etc/hosts").contains("looks like a file"));
    assert!(refused("exam ple.com").contains("blank"));
    assert!(refused("a\u{1b}[31m.com").contains("\\u{1b}"));
    assert!(refused("example..com").contains("label"));
    assert!(refused("[::1").contains("not a URL"));
}

#[test]
fn names_longer_than_dns_allows_are_refused() {
    let name = format!(
        "{}.example",
        [
            "a".repeat(60),
            "b".repeat(60),
            "c".repeat(60),
            "d".repeat(70)
        ]
        .join(".")
    );
    assert!(refused(&name).contains("253"), "{}", refused(&name));
    assert!(refused(&format!("{}.example", "a".repeat(64))).contains("1 to 63"));
}

#[test]
fn every_refusal_is_one_line() {
    for given in [
        "",
        "a b",
        "x://y",
        "https://",
        "h:0",
        "h:99999",
        "../x",
        "https://[",
        &"a".repeat(400),
    ] {
        let message = refused(given);
        assert!(!message.contains('\n') && message.len() < 300, "{message}");
    }
}
