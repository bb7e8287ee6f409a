//! Shakes hands by flights and judges the chain
