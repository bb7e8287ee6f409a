//! Asks DNS, and reads how this host is set up to ask
