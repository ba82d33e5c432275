//! The walk over a document: undeclared keys, forbidden keys, coercion, then the checks in
//! order of declaration, children before parents.

mod checks;
mod coerce;

use serde_json::Value;

pub use checks::{is_uuid, name_of};

use super::{Fault, Guards, Kind, Node, Shape, Step};

/// Where a document came from, which decides how its faults are located and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A request body: strict about keys, values typed as JSON is.
    Body,
    /// A query string: unknown keys are ignored, texts are read as what they must be.
    Query,
}

impl Shape {
    /// Finds every fault in the contract's order, of which the wire tells the first.
    ///
    /// Optional members that are null and may not be are dropped, and texts that stand for
    /// times or numbers are settled, so that a document without faults can be deserialised.
    pub fn check(&self, value: &mut Value, guards: &Guards, source: Source) -> Vec<Fault> {
        let mut walk = Walk {
            source,
            path: Vec::new(),
            faults: Vec::new(),
        };
        if source == Source::Body {
            walk.undeclared(&self.root, value);
        }
        walk.forbidden(value, guards);
        walk.coerce(&self.root, value);
        walk.check(&self.root, value);
        walk.faults
    }
}

struct Walk {
    source: Source,
    path: Vec<Step>,
    faults: Vec<Fault>,
}

impl Walk {
    fn fault(&mut self, detail: impl Into<String>) {
        let fault = Fault {
            path: self.path.clone(),
            detail: detail.into(),
            located: true,
        };
        self.faults.push(fault);
    }

    /// Does `work` one step further down.
    fn within<T>(&mut self, step: Step, work: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let result = work(self);
        self.path.pop();
        result
    }

    /// Keys that the schema doesn't declare, in the order they were sent.
    fn undeclared(&mut self, node: &Node, value: &Value) {
        match (&node.kind, value) {
            (Kind::Object(members), Value::Object(sent)) => {
                for (key, value) in sent {
                    let member = members.iter().find(|member| member.name == *key);
                    self.within(Step::Key(key.clone()), |walk| match member {
                        Some(member) => walk.undeclared(&member.node, value),
                        None => walk.fault("unpermitted parameter"),
                    });
                }
            }
            (Kind::Map(values), Value::Object(sent)) => {
                for (key, value) in sent {
                    self.within(Step::Key(key.clone()), |walk| {
                        walk.undeclared(values, value);
                    });
                }
            }
            (Kind::Array { items, .. }, Value::Array(sent)) => {
                for (index, value) in sent.iter().enumerate() {
                    self.within(Step::Item(index), |walk| walk.undeclared(items, value));
                }
            }
            _ => {}
        }
    }

    /// Keys that this bearer may not send, even as null.
    fn forbidden(&mut self, value: &Value, guards: &Guards) {
        for path in guards.forbidden() {
            let mut place = Some(value);
            let mut steps = Vec::new();
            for key in path {
                place = place.and_then(|value| value.get(key));
                steps.push(Step::Key(key.to_owned()));
            }
            if place.is_some() {
                let detail = "unpermitted parameter".to_owned();
                self.faults.push(Fault {
                    path: steps,
                    detail,
                    located: true,
                });
            }
        }
    }
}
