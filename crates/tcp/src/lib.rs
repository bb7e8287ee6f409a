//! Opens TCP: address race, TCP_INFO, ICMP errors
