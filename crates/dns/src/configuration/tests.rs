//! Configuration files with the oddities that people write.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use super::*;

fn file(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

fn resolv(content: &[u8]) -> ResolvConf {
    read_resolv_conf(file(content).path(), 53)
}

fn sockets(texts: &[&str]) -> Vec<SocketAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn bad_lines(read: &ResolvConf) -> Vec<usize> {
    read.problems.iter().map(|problem| problem.line).collect()
}

#[test]
fn a_plain_file_is_read_in_full() {
    let read = resolv(
        b"# by hand\nnameserver 192.0.2.53\nnameserver 2001:db8::53 # spare\n\nsearch a.test b.test.\noptions ndots:2 timeout:1 attempts:3 rotate\n",
    );
    assert_eq!(
        read.servers,
        sockets(&["192.0.2.53:53", "[2001:db8::53]:53"])
    );
    assert_eq!(read.search, ["a.test", "b.test"]);
    assert_eq!((read.ndots, read.timeout_seconds, read.attempts), (2, 1, 3));
    assert_eq!((read.error, read.problems), (None, Vec::new()));
}

#[test]
fn a_bad_line_is_named_and_the_rest_is_used() {
    let read = resolv(
        b"nameserver 192.0.2.1.5\nnameserver\nnamserver 192.0.2.2\n  nameserver 192.0.2.3\nsearch a.test,b.test\nnameserver 192.0.2.4 192.0.2.5\nnameserver \xff\xfe\noptions ndots:many\r\nnameserver 192.0.2.6\r\n",
    );
    assert_eq!(read.servers, sockets(&["192.0.2.4:53", "192.0.2.6:53"]));
    assert_eq!(bad_lines(&read), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(
        read.problems[6].text,
        Untrusted::new(b"nameserver \xff\xfe".as_slice())
    );
    assert_eq!(read.ndots, 1);
}

#[test]
fn limits_are_those_of_glibc() {
    let read = resolv(
        b"nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\noptions ndots:99 timeout:99\noptions attempts:99\n",
    );
    assert_eq!(
        read.servers,
        sockets(&["192.0.2.1:53", "192.0.2.2:53", "192.0.2.3:53"])
    );
    assert_eq!(
        (read.ndots, read.timeout_seconds, read.attempts),
        (15, 30, 5)
    );
}

#[test]
fn of_domain_and_search_the_last_counts() {
    assert_eq!(resolv(b"search a.test\ndomain b.test\n").search, ["b.test"]);
    assert_eq!(
        resolv(b"domain b.test\nsearch a.test c.test\n").search,
        ["a.test", "c.test"]
    );
}

#[test]
fn a_file_without_servers_means_this_host() {
    let read = resolv(b"search a.test\n");
    assert_eq!(read.servers, sockets(&["127.0.0.1:53"]));
    assert_eq!(read.error, None);
}

#[test]
fn a_scope_is_looked_up_by_name_or_number() {
    let read = resolv(b"nameserver fe80::1%7\nnameserver fe80::1%lo\nnameserver fe80::1%nosuch0\n");
    let scopes: Vec<u32> = read
        .servers
        .iter()
        .map(|server| match server {
            SocketAddr::V6(server) => server.scope_id(),
            SocketAddr::V4(_) => panic!("an IPv4 server"),
        })
        .collect();
    assert_eq!(scopes, [7, 1]);
    assert_eq!(bad_lines(&read), [3]);
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let read = |path: &Path| read_resolv_conf(path, 53).error;
    assert_eq!(
        read(&directory.path().join("none")),
        Some(FileError::Missing)
    );
    assert_eq!(read(directory.path()), Some(FileError::Unreadable));
    assert_eq!(
        read(file(b"nameserver 192.0.2.1\n\0\x7fELF").path()),
        Some(FileError::Unreadable)
    );
    let forbidden = io::Error::from(io::ErrorKind::PermissionDenied);
    assert_eq!(file_error(&forbidden), FileError::Forbidden);
    let locked = file(b"nameserver 192.0.2.1\n");
    locked
        .as_file()
        .set_permissions(std::fs::Permissions::from_mode(0o000))
        .unwrap();
    // Who may read everything (root) is not kept out by the mode.
    let expected = std::fs::File::open(locked.path())
        .is_err()
        .then_some(FileError::Forbidden);
    assert_eq!(read(locked.path()), expected);
}

#[test]
fn an_oversized_file_is_read_up_to_its_limit() {
    let mut content = b"nameserver 192.0.2.1\n".to_vec();
    content.extend(b"# filler\n".repeat(10_000));
    content.extend(b"nameserver 192.0.2.2\n");
    let read = resolv(&content);
    assert_eq!(read.servers, sockets(&["192.0.2.1:53"]));
    assert_eq!(read.error, None);
}

#[test]
fn hosts_match_names_and_aliases_whatever_the_case() {
    let hosts = file(
        b"127.0.0.1 localhost\n192.0.2.1 web.test Shop.TEST # shop.test\n# 192.0.2.9 shop.test\n\t2001:db8::1\tshop.test.\nnonsense shop.test\n192.0.2.2 myshop.test shop.test.example\n192.0.2.3 other #shop.test\n",
    );
    let read = read_hosts(hosts.path(), "shop.test");
    let found: Vec<(usize, String)> = read
        .entries
        .iter()
        .map(|entry| (entry.line, entry.address.to_string()))
        .collect();
    assert_eq!(
        found,
        [(2, "192.0.2.1".to_owned()), (4, "2001:db8::1".to_owned())]
    );
    assert_eq!(read.error, None);
}

#[test]
fn a_missing_hosts_file_has_no_entries() {
    let directory = tempfile::tempdir().unwrap();
    let read = read_hosts(&directory.path().join("hosts"), "shop.test");
    assert_eq!(
        (read.entries, read.error),
        (Vec::new(), Some(FileError::Missing))
    );
}

#[test]
fn the_lookup_order_leaves_out_actions() {
    let order = |content: &[u8]| read_lookup_order(file(content).path());
    assert_eq!(
        order(b"passwd: files\nhosts:  files mdns4_minimal [NOTFOUND=return !UNAVAIL=continue] dns[SUCCESS=return]myhostname # x\n"),
        ["files", "mdns4_minimal", "dns", "myhostname"]
    );
    assert_eq!(
        order(b"hosts: files\n  hosts: dns files\n"),
        ["dns", "files"]
    );
    assert_eq!(order(b"passwd: files\n# hosts: dns\n"), ["files", "dns"]);
    assert_eq!(
        read_lookup_order(Path::new("/nonexistent/nsswitch.conf")),
        ["files", "dns"]
    );
}
