//! Calls and accesses that give power, told apart by their callee.

use oxc_ast::ast::{Argument, ComputedMemberExpression, Expression, IdentifierReference};

use super::{
    collect::Collector,
    facts::Call,
    fold,
    syntax::{
        is_index, is_network_module, is_process_env, is_reached_prototype, is_text, required,
    },
};

impl Collector<'_> {
    pub(super) fn callee(&mut self, callee: &Expression<'_>, arguments: &[Argument<'_>]) {
        let first = arguments.first().and_then(Argument::as_expression);
        match callee {
            Expression::Identifier(id) => self.callee_name(id, first),
            Expression::ComputedMemberExpression(member) => match fold::text(&member.expression) {
                Some(name) => self.method(&name, &member.object, arguments),
                None if is_index(&member.expression) => {}
                None => self.call(Call::Computed),
            },
            Expression::StaticMemberExpression(member) => {
                self.method(member.property.name.as_str(), &member.object, arguments);
            }
            Expression::ChainExpression(chain) => {
                if let Some(member) = chain.expression.member_expression()
                    && let Some(name) = member.static_property_name()
                {
                    self.method(name, member.object(), arguments);
                }
            }
            // `(0, Function)("…")`; `(0, m.f)()` is how compilers write `f()`, which counts for nothing.
            Expression::SequenceExpression(sequence) => {
                if let Some(Expression::Identifier(id)) = sequence.expressions.last() {
                    self.callee_name(id, first);
                }
            }
            _ => {}
        }
    }

    pub(super) fn callee_name(
        &mut self,
        id: &IdentifierReference<'_>,
        first: Option<&Expression<'_>>,
    ) {
        match id.name.as_str() {
            "require" => match first.map(fold::text) {
                Some(Some(specifier)) => self.require(&specifier),
                Some(None) => self.call(Call::RequireByValue),
                None => {}
            },
            "setTimeout" | "setInterval" | "setImmediate" if first.is_some_and(is_text) => {
                self.call(Call::TimerText);
            }
            "Function" if self.is_global(id) => self.call(Call::Function),
            "atob" if self.is_global(id) => self.call(Call::Atob),
            "fetch" if self.is_global(id) => self.call(Call::Send),
            _ => {}
        }
    }

    pub(super) fn method(
        &mut self,
        name: &str,
        object: &Expression<'_>,
        arguments: &[Argument<'_>],
    ) {
        let first = arguments.first().and_then(Argument::as_expression);
        match name {
            "constructor" => self.call(Call::Constructor),
            "apply" | "call" | "bind" if self.is_global_named(object, "Function") => {
                self.call(Call::Function);
            }
            "from" | "alloc" if object.is_specific_id("Buffer") => {
                let encoding = arguments.get(1).and_then(Argument::as_expression);
                let encodes = encoding.is_some_and(|encoding| {
                    !matches!(
                        fold::text(encoding).as_deref(),
                        Some("utf8" | "utf-8" | "binary" | "latin1" | "ascii")
                    ) && !matches!(encoding, Expression::NumericLiteral(_))
                });
                if encodes && name == "from" {
                    self.call(Call::DecodeBuffer);
                }
            }
            "fromCharCode" | "fromCodePoint" => self.call(Call::CharCodes),
            "sendBeacon" | "fetch" => self.call(Call::Send),
            "atob" => self.call(Call::Atob),
            "setTimeout" | "setInterval" if first.is_some_and(is_text) => {
                self.call(Call::TimerText);
            }
            "request" | "get" if is_network_module(object) => self.call(Call::Send),
            "execSync" | "spawn" | "spawnSync" | "execFile" | "execFileSync" => {
                self.call(Call::Spawn);
            }
            "exec" | "fork" if required(object).is_some() => self.call(Call::Spawn),
            "require" => match first.map(fold::text) {
                Some(Some(specifier)) => self.require(&specifier),
                Some(None) => self.call(Call::RequireByValue),
                None => {}
            },
            "assign" | "defineProperty" | "defineProperties" | "setPrototypeOf" | "set"
            | "__defineGetter__" | "__defineSetter__"
                if is_reached_prototype(object) || first.is_some_and(is_reached_prototype) =>
            {
                self.call(Call::Patch);
            }
            "exit" | "reallyExit" | "kill" | "abort" if object.is_specific_id("process") => {
                self.call(Call::Exit);
            }
            "binding" | "_linkedBinding" if object.is_specific_id("process") => {
                match first.and_then(fold::text) {
                    Some(specifier) => self.require(&specifier),
                    None => self.call(Call::RequireByValue),
                }
            }
            "getBuiltinModule" => {
                if let Some(specifier) = first.and_then(fold::text) {
                    self.require(&specifier);
                }
            }
            _ => {}
        }
    }

    /// `window[x]`, `process.env[x]`.
    pub(super) fn computed_member(&mut self, member: &ComputedMemberExpression<'_>) {
        if let Some(name) = fold::text(&member.expression) {
            let written = matches!(
                member.expression,
                Expression::StringLiteral(_) | Expression::NumericLiteral(_)
            );
            if !written {
                self.note(&name);
            }
            return;
        }
        if let Expression::Identifier(id) = &member.object
            && matches!(
                id.name.as_str(),
                "window" | "globalThis" | "self" | "global" | "process" | "Reflect"
            )
            && self.is_global(id)
        {
            self.call(Call::GlobalByName);
        }
        if is_process_env(&member.object) {
            self.call(Call::Environment);
        }
    }
}
