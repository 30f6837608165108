//! Logistic regression by Newton's method: the same rows give the same weights.

use advise::{Feature, Features, Weights};

/// What a candidate is and how much it counts.
pub(crate) struct Example {
    pub(crate) features: Features,
    pub(crate) is_made: bool,
    pub(crate) weight: f64,
}

/// The larger, the nearer to nothing are weights that few examples speak for.
const RIDGE: f64 = 0.5;
const STEPS: usize = 30;
const SIZE: usize = Feature::ALL.len() + 1;

/// The weights under which the examples are likeliest.
pub(crate) fn fit(examples: &[&Example]) -> Weights {
    let mut weights = [0.0; SIZE];
    for _ in 0..STEPS {
        let mut gradient = [0.0; SIZE];
        let mut hessian = vec![[0.0; SIZE]; SIZE];
        for example in examples {
            let used: Vec<(usize, f64)> = std::iter::once((0, 1.0))
                .chain(example.features.iter().enumerate().map(|(at, value)| (at + 1, *value)))
                .filter(|(_, value)| *value != 0.0)
                .collect();
            let sum: f64 = used.iter().map(|(at, value)| weights[*at] * value).sum();
            let likely = 1.0 / (1.0 + (-sum).exp());
            let error = f64::from(u8::from(example.is_made)) - likely;
            let spread = likely * (1.0 - likely) * example.weight;
            for (row, value) in &used {
                gradient[*row] += example.weight * error * value;
                for (column, other) in &used {
                    hessian[*row][*column] += spread * value * other;
                }
            }
        }
        for at in 0..SIZE {
            // Candidates of several columns are few, and have a bias of their own.
            let is_bias = at == 0 || at == Feature::Composite as usize + 1;
            let ridge = if is_bias { 1e-6 } else { RIDGE };
            gradient[at] -= ridge * weights[at];
            hessian[at][at] += ridge;
        }
        let step = solve(hessian, gradient);
        let longest = step.iter().fold(0.0_f64, |longest, it| longest.max(it.abs()));
        // Far from the end, whole steps overshoot.
        let scale = if longest > 2.0 { 2.0 / longest } else { 1.0 };
        weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight += scale * step);
        if longest < 1e-9 {
            break;
        }
    }
    let mut of = [0.0; Feature::ALL.len()];
    of.copy_from_slice(&weights[1..]);
    Weights { bias: weights[0], of }
}

/// Solves a system that is symmetric and positive, by Gauss.
fn solve(mut matrix: Vec<[f64; SIZE]>, mut right: [f64; SIZE]) -> [f64; SIZE] {
    for pivot in 0..SIZE {
        let row = matrix[pivot];
        for below in pivot + 1..SIZE {
            let factor = matrix[below][pivot] / row[pivot];
            if factor != 0.0 {
                matrix[below].iter_mut().zip(&row).skip(pivot).for_each(|(it, above)| *it -= factor * above);
                right[below] -= factor * right[pivot];
            }
        }
    }
    for at in (0..SIZE).rev() {
        let known: f64 = (at + 1..SIZE).map(|it| matrix[at][it] * right[it]).sum();
        right[at] = (right[at] - known) / matrix[at][at];
    }
    right
}
