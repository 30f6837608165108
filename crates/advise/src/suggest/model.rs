//! How likely a candidate is, by a logistic regression.

use super::features::{Feature, Features};

/// What every feature counts, and what counts without any.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Without any.
    pub bias: f64,
    /// One number a feature, in their order.
    pub of: Features,
}

impl Weights {
    /// The weights that are shipped.
    pub fn fitted() -> Self {
        let mut of = [0.0; Feature::ALL.len()];
        for (feature, weight) in super::weights::OF {
            if let Some(number) = of.get_mut(*feature as usize) {
                *number = *weight;
            }
        }
        Self { bias: super::weights::BIAS, of }
    }

    /// How likely it is that somebody would make the reference, between 0 and 1.
    pub fn probability(&self, features: &Features) -> f64 {
        let sum: f64 = self.of.iter().zip(features).map(|(weight, value)| weight * value).sum();
        1.0 / (1.0 + (-(self.bias + sum)).exp())
    }
}
