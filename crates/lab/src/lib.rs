//! A tiny internet on loopback that misbehaves on request
