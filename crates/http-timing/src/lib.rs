//! One HTTP exchange, every phase stamped
