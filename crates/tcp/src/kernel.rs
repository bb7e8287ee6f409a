//! The system calls that no safe wrapper offers: `IP_RECVERR` and the socket error queue, `TCP_INFO`, `getifaddrs`.
//! Every function copies the kernel's bytes into owned memory; their meaning is decoded in safe code.
#![allow(
    unsafe_code,
    reason = "the one module that calls the kernel directly; each block states why it is sound"
)]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::BorrowedFd;
use std::{io, ptr};
#[cfg(target_os = "linux")]
use std::{mem, os::fd::AsRawFd};

/// An ICMP error as the error queue holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawIcmp {
    /// ICMP or ICMPv6 type, according to the offender's family.
    pub(crate) icmp_type: u8,
    /// ICMP code.
    pub(crate) code: u8,
    /// Who sent it.
    pub(crate) offender: IpAddr,
    /// What the kernel makes of it.
    pub(crate) errno: i32,
}

/// Asks the kernel to queue ICMP errors on this socket. A kernel that cannot do so leaves the queue empty.
#[cfg(target_os = "linux")]
pub(crate) fn queue_icmp_errors(fd: BorrowedFd<'_>, ipv6: bool) -> io::Result<()> {
    if ipv6 {
        set_flag(fd, libc::SOL_IPV6, libc::IPV6_RECVERR)?;
        // An IPv4-mapped peer is reached over IPv4, whose errors need the IPv4 flag.
        let _ = set_flag(fd, libc::SOL_IP, libc::IP_RECVERR);
        Ok(())
    } else {
        set_flag(fd, libc::SOL_IP, libc::IP_RECVERR)
    }
}

/// Leaves the choice of the source port to `connect`, so that a bound source address does not cost ephemeral ports
/// across all destinations.
#[cfg(target_os = "linux")]
pub(crate) fn defer_source_port(fd: BorrowedFd<'_>) -> io::Result<()> {
    set_flag(fd, libc::SOL_IP, libc::IP_BIND_ADDRESS_NO_PORT)
}

#[cfg(target_os = "linux")]
fn set_flag(fd: BorrowedFd<'_>, level: libc::c_int, name: libc::c_int) -> io::Result<()> {
    let on: libc::c_int = 1;
    let length = socklen(mem::size_of_val(&on));
    // SAFETY: `fd` is open while borrowed; `on` lives across the call and `length` is its size.
    let status = unsafe {
        libc::setsockopt(
            fd.as_raw_fd(),
            level,
            name,
            ptr::from_ref(&on).cast(),
            length,
        )
    };
    if status == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Takes the oldest ICMP error off the socket's error queue, without waiting. Errors of local origin are passed over.
#[cfg(target_os = "linux")]
pub(crate) fn next_icmp_error(fd: BorrowedFd<'_>) -> Option<RawIcmp> {
    // A connect queues one error; the bound only keeps a flood from holding us here.
    for _ in 0..16 {
        for (level, kind, data) in error_queue_entry(fd)? {
            let ours = (level, kind) == (libc::SOL_IP, libc::IP_RECVERR)
                || (level, kind) == (libc::SOL_IPV6, libc::IPV6_RECVERR);
            if let Some(icmp) = decode_extended_error(&data).filter(|_| ours) {
                return Some(icmp);
            }
        }
    }
    None
}

/// The control messages of one entry: level, type, data. `None` when the queue is empty.
#[cfg(target_os = "linux")]
fn error_queue_entry(fd: BorrowedFd<'_>) -> Option<Vec<(i32, i32, Vec<u8>)>> {
    // u64 gives the alignment that cmsghdr needs.
    let mut control = [0_u64; 64];
    let mut payload = [0_u8; 64];
    let mut vector = libc::iovec {
        iov_base: payload.as_mut_ptr().cast(),
        iov_len: payload.len(),
    };
    // SAFETY: msghdr is plain data, for which all zeroes is a valid value.
    let mut message: libc::msghdr = unsafe { mem::zeroed() };
    message.msg_iov = &raw mut vector;
    message.msg_iovlen = 1;
    message.msg_control = control.as_mut_ptr().cast();
    message.msg_controllen = mem::size_of_val(&control) as _;
    // SAFETY: `fd` is open while borrowed; `message` points at buffers that outlive the call, with their true lengths.
    let received = unsafe {
        libc::recvmsg(
            fd.as_raw_fd(),
            &raw mut message,
            libc::MSG_ERRQUEUE | libc::MSG_DONTWAIT,
        )
    };
    if received < 0 {
        return None;
    }
    let mut entries = Vec::new();
    // SAFETY: the kernel filled `control` and set `msg_controllen`; the macros stay within that length.
    let mut header = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
    while !header.is_null() {
        // SAFETY: a non-null header from these macros points at a whole, aligned cmsghdr inside `control`.
        let (level, kind, length) = unsafe {
            (
                (*header).cmsg_level,
                (*header).cmsg_type,
                (*header).cmsg_len,
            )
        };
        // SAFETY: pure arithmetic on a length.
        let overhead = unsafe { libc::CMSG_LEN(0) };
        #[allow(
            clippy::useless_conversion,
            reason = "socklen_t with musl, usize with glibc"
        )]
        let length = usize::try_from(length).unwrap_or(0);
        let data_length = length.saturating_sub(usize::try_from(overhead).unwrap_or(usize::MAX));
        // SAFETY: the data of a message the kernel wrote lies inside `control`, `cmsg_len` long with its header.
        let data = unsafe {
            std::slice::from_raw_parts(libc::CMSG_DATA(header).cast_const(), data_length)
        };
        entries.push((level, kind, data.to_vec()));
        // SAFETY: `message` and `header` are those of the walk, and `control` still lives.
        header = unsafe { libc::CMSG_NXTHDR(&raw const message, header) };
    }
    Some(entries)
}

/// Decodes `struct sock_extended_err` and the offender's address behind it (linux/errqueue.h).
#[cfg(target_os = "linux")]
fn decode_extended_error(data: &[u8]) -> Option<RawIcmp> {
    const ORIGIN_ICMP: u8 = 2;
    const ORIGIN_ICMP6: u8 = 3;
    const OFFENDER: usize = 16;
    let errno = u32::from_ne_bytes(bytes(data, 0)?);
    let [origin, icmp_type, code] = bytes(data, 4)?;
    if !matches!(origin, ORIGIN_ICMP | ORIGIN_ICMP6) {
        return None;
    }
    Some(RawIcmp {
        icmp_type,
        code,
        offender: decode_address(data.get(OFFENDER..)?)?,
        errno: i32::try_from(errno).ok()?,
    })
}

/// The address in a `sockaddr_in` or `sockaddr_in6`.
#[cfg(target_os = "linux")]
fn decode_address(sockaddr: &[u8]) -> Option<IpAddr> {
    match i32::from(u16::from_ne_bytes(bytes(sockaddr, 0)?)) {
        libc::AF_INET => Some(Ipv4Addr::from(bytes::<4>(sockaddr, 4)?).into()),
        libc::AF_INET6 => {
            Some(IpAddr::from(Ipv6Addr::from(bytes::<16>(sockaddr, 8)?)).to_canonical())
        }
        _ => None,
    }
}

/// `N` bytes at an offset, if they are there.
pub(crate) fn bytes<const N: usize>(data: &[u8], offset: usize) -> Option<[u8; N]> {
    data.get(offset..offset.checked_add(N)?)?.try_into().ok()
}

/// The bytes of `struct tcp_info` that this kernel filled in (linux/tcp.h).
#[cfg(target_os = "linux")]
pub(crate) fn tcp_info(fd: BorrowedFd<'_>) -> Option<Vec<u8>> {
    let mut buffer = vec![0_u8; 512];
    let mut length = socklen(buffer.len());
    // SAFETY: `fd` is open while borrowed; the kernel writes at most `length` bytes, the buffer's size.
    let status = unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            buffer.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    if status != 0 {
        return None;
    }
    buffer.truncate(usize::try_from(length).ok()?);
    Some(buffer)
}

/// Every address of this host's interfaces.
///
/// # Errors
/// What `getifaddrs` gives.
pub(crate) fn own_addresses() -> io::Result<Vec<IpAddr>> {
    let mut list: *mut libc::ifaddrs = ptr::null_mut();
    // SAFETY: `list` is a valid place for the result.
    if unsafe { libc::getifaddrs(&raw mut list) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let mut addresses = Vec::new();
    let mut entry = list;
    while !entry.is_null() {
        // SAFETY: a non-null entry of the list is valid until freeifaddrs below.
        let (address, next) = unsafe { ((*entry).ifa_addr, (*entry).ifa_next) };
        // SAFETY: ifa_addr is null or a sockaddr that the same list owns.
        addresses.extend(unsafe { interface_address(address) });
        entry = next;
    }
    // SAFETY: `list` came from getifaddrs, is freed once, and nothing borrowed from it is left.
    unsafe { libc::freeifaddrs(list) };
    Ok(addresses)
}

/// The address of one `ifaddrs` entry.
///
/// # Safety
/// `address` is null or points at a sockaddr as long as its family demands.
unsafe fn interface_address(address: *const libc::sockaddr) -> Option<IpAddr> {
    if address.is_null() {
        return None;
    }
    // SAFETY: the caller vouches for a sockaddr; reads are unaligned-safe copies of the family's own struct.
    unsafe {
        match i32::from(address.read_unaligned().sa_family) {
            libc::AF_INET => {
                let v4 = address.cast::<libc::sockaddr_in>().read_unaligned();
                Some(Ipv4Addr::from(v4.sin_addr.s_addr.to_ne_bytes()).into())
            }
            libc::AF_INET6 => {
                let v6 = address.cast::<libc::sockaddr_in6>().read_unaligned();
                Some(Ipv6Addr::from(v6.sin6_addr.s6_addr).into())
            }
            _ => None,
        }
    }
}

#[cfg(target_os = "linux")]
fn socklen(length: usize) -> libc::socklen_t {
    libc::socklen_t::try_from(length).expect("the buffers here are smaller than 4 GiB")
}

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{defer_source_port, next_icmp_error, queue_icmp_errors, tcp_info};

/// Other systems have no error queue, and each its own `TCP_INFO`: the facts are absent there.
#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use super::{BorrowedFd, RawIcmp, io};

    pub(crate) fn queue_icmp_errors(_: BorrowedFd<'_>, _: bool) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn defer_source_port(_: BorrowedFd<'_>) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn next_icmp_error(_: BorrowedFd<'_>) -> Option<RawIcmp> {
        None
    }

    pub(crate) fn tcp_info(_: BorrowedFd<'_>) -> Option<Vec<u8>> {
        None
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn extended_error(origin: u8, icmp_type: u8, code: u8, sockaddr: &[u8]) -> Vec<u8> {
        let mut data = 113_u32.to_ne_bytes().to_vec();
        data.extend([origin, icmp_type, code, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        data.extend(sockaddr);
        data
    }

    fn sockaddr_v4(address: [u8; 4]) -> Vec<u8> {
        let mut sockaddr = 2_u16.to_ne_bytes().to_vec();
        sockaddr.extend([0, 0]);
        sockaddr.extend(address);
        sockaddr.extend([0; 8]);
        sockaddr
    }

    #[test]
    fn an_icmp_error_keeps_type_code_offender_and_errno() {
        let data = extended_error(2, 3, 13, &sockaddr_v4([198, 51, 100, 1]));
        let expected = RawIcmp {
            icmp_type: 3,
            code: 13,
            offender: "198.51.100.1".parse().unwrap(),
            errno: 113,
        };
        assert_eq!(decode_extended_error(&data), Some(expected));
    }

    #[test]
    fn an_icmp6_error_reads_the_longer_address() {
        let offender: Ipv6Addr = "2001:db8::7".parse().unwrap();
        let mut sockaddr = 10_u16.to_ne_bytes().to_vec();
        sockaddr.extend([0; 6]);
        sockaddr.extend(offender.octets());
        sockaddr.extend([0; 4]);
        let icmp = decode_extended_error(&extended_error(3, 1, 1, &sockaddr)).unwrap();
        assert_eq!(
            (icmp.offender, icmp.icmp_type, icmp.code),
            (IpAddr::from(offender), 1, 1)
        );
    }

    #[test]
    fn errors_of_local_origin_and_truncated_ones_are_no_icmp_errors() {
        let sockaddr = sockaddr_v4([198, 51, 100, 1]);
        assert_eq!(
            decode_extended_error(&extended_error(1, 0, 0, &sockaddr)),
            None
        );
        let whole = extended_error(2, 3, 1, &sockaddr);
        for length in 0..24 {
            assert_eq!(decode_extended_error(&whole[..length]), None, "{length}");
        }
    }

    #[test]
    fn an_error_queue_without_errors_is_empty() {
        use std::os::fd::AsFd;
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        queue_icmp_errors(socket.as_fd(), false).unwrap();
        assert_eq!(next_icmp_error(socket.as_fd()), None);
    }

    #[test]
    fn a_port_unreachable_on_loopback_names_this_host() {
        use std::os::fd::AsFd;
        // Bound, then closed: datagrams to it draw an ICMP error, without privilege.
        let closed = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        queue_icmp_errors(socket.as_fd(), false).unwrap();
        socket.connect(closed.local_addr().unwrap()).unwrap();
        drop(closed);
        socket.send(b"x").unwrap();
        let icmp = next_icmp_error(socket.as_fd()).unwrap();
        assert_eq!(
            (icmp.icmp_type, icmp.code, icmp.errno),
            (3, 3, libc::ECONNREFUSED)
        );
        assert!(icmp.offender.is_loopback());
    }

    #[test]
    fn the_loopback_address_is_ours() {
        let own = own_addresses().unwrap();
        assert!(own.contains(&IpAddr::from(Ipv4Addr::LOCALHOST)), "{own:?}");
    }
}
