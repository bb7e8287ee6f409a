//! Each way of balancing, and what must not be taken for it.

use netwhy_report::dns::check::SubnetSample;
use netwhy_report::{Outcome, Untrusted};

use super::*;
use crate::specimen::check::sample;

fn samples(answers: &[&[&str]]) -> NameSamples {
    NameSamples {
        name: Untrusted::from("www.example.test."),
        address: ([192, 0, 2, 31], 53).into(),
        repeated: answers.iter().map(|answer| sample(answer)).collect(),
        subnets: Vec::new(),
        serials: Vec::new(),
    }
}

fn how(answers: &[&[&str]]) -> Balance {
    seen(&samples(answers)).unwrap().how
}

const A: &[&str] = &["192.0.2.1"];
const B: &[&str] = &["192.0.2.2"];

#[test]
fn order_alone_is_round_robin() {
    assert_eq!(
        how(&[&["a", "b"], &["b", "a"], &["a", "b"]]),
        Balance::RoundRobin
    );
    assert_eq!(
        how(&[&["a", "b"], &["a", "b"], &["a", "b"]]),
        Balance::Fixed
    );
}

#[test]
fn parts_as_often_as_one_another_are_a_pool() {
    assert_eq!(how(&[A, B, A, A, B, B, A, B, B, A]), Balance::Pool);
}

#[test]
fn one_much_more_often_is_weighted() {
    let mut answers = vec![A; 40];
    answers[7] = B;
    answers[21] = B;
    assert_eq!(how(&answers), Balance::Weighted);
}

#[test]
fn a_few_answers_are_no_evidence_of_weights() {
    assert_eq!(how(&[A, B, A, A]), Balance::Pool);
}

#[test]
fn a_set_that_turns_once_for_good_is_a_change() {
    assert_eq!(how(&[A, A, A, A, B, B, B, B]), Balance::Changed);
    // At the very end it may be chance.
    assert_eq!(how(&[A, A, A, A, B]), Balance::Pool);
}

#[test]
fn another_set_counts_as_geography_only_where_the_scope_says_so() {
    let with = |scope: u8| {
        let mut exchange = sample(B);
        if let Outcome::Completed { value } = &mut exchange.step.outcome
            && let Some(edns) = &mut value.edns
        {
            edns.options.push(EdnsOptionRecord::ClientSubnet {
                network: "193.0.6.0/24".to_owned(),
                scope,
            });
        }
        let network = "193.0.6.0/24".parse().unwrap();
        let mut samples = samples(&[A, A, A]);
        samples.subnets.push(SubnetSample { network, exchange });
        seen(&samples).unwrap().how
    };
    assert_eq!(with(24), Balance::BySubnet);
    assert_eq!(with(0), Balance::Fixed);
}

#[test]
fn one_answer_is_too_little() {
    assert!(seen(&samples(&[A])).is_none());
}
