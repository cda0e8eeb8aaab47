#!/usr/bin/env node
// How long installs take: denpm beside npm and every other installer that is on this machine.
//
//     cargo build --release
//     node benches/install/bench.mjs [options] [PROJECT ...]
//
// PROJECT is a folder with a package.json; without one, those in projects/. All tools talk to one
// registry on loopback, which asks the configured one for what it does not have and keeps it: the
// first round records and is not counted. Rounds go through the tools in turn, forwards and
// backwards, so that what the machine does meanwhile falls on all; a ratio is the median of those
// of single rounds. Absolute times of two runs do not compare.

import { execFileSync, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median, paired, table } from './figures.mjs'
import { SCENARIOS, Trial } from './trial.mjs'
import { installed } from './tools.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))

const USAGE = `usage: node bench.mjs [options] [PROJECT ...]

  --tools LIST      of denpm, npm, bun, pnpm, yarn, aube; those that are found, without it
  --scenarios LIST  of ${Object.keys(SCENARIOS).join(', ')}; all, without it
  --rounds N        rounds that count (7)
  --latency MS      time that each answer of the registry takes (0)
  --add SPEC        the package that "add" adds (left-pad@1.3.0)
  --registry URL    where what is missing is asked for, without credentials (npm's configured one)
  --records DIR     what was recorded (target/bench-records)
  --config FILE     a config.toml for denpm
  --denpm FILE      denpm's binary ($DENPM, else target/release/denpm)
  --json FILE       every single time, in milliseconds
  --help`

function options() {
  const text = (value) => ({ type: 'string', ...(value === undefined ? {} : { default: value }) })
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      tools: text(), scenarios: text(), rounds: text('7'), latency: text('0'),
      add: text('left-pad@1.3.0'), registry: text(), records: text(), config: text(),
      denpm: text(), json: text(), help: { type: 'boolean' },
    },
  })
  const list = (name) => {
    const items = values[name]?.split(',').map((item) => item.trim()).filter(Boolean)
    if (items?.length === 0) throw new Error(`--${name} names nothing`)
    return items
  }
  const number = (name, least) => {
    const value = Number(values[name])
    if (!Number.isInteger(value) || value < least) throw new Error(`--${name} wants a number from ${least}`)
    return value
  }
  const scenarios = list('scenarios') ?? Object.keys(SCENARIOS)
  const unknown = scenarios.find((name) => !Object.hasOwn(SCENARIOS, name))
  if (unknown) throw new Error(`there is no scenario ${unknown}`)
  const own = join(HERE, 'projects')
  const folders = positionals.length ? positionals : ['small', 'medium', 'large'].map((name) => join(own, name))
  const projects = folders.map((folder) => resolve(folder))
  if (new Set(projects.map((folder) => basename(folder))).size < projects.length) {
    throw new Error('two projects have the same name')
  }
  return {
    ...values,
    tools: list('tools'),
    scenarios,
    rounds: number('rounds', 1),
    latency: number('latency', 0),
    projects,
    denpm: resolve(values.denpm ?? process.env.DENPM ?? join(HERE, '../../target/release/denpm')),
    records: resolve(values.records ?? join(HERE, '../../target/bench-records')),
  }
}

function configuredRegistry() {
  const stdio = ['ignore', 'pipe', 'ignore']
  return execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8', stdio }).trim()
}

/** Starts the registry; a process of its own, because the tools are waited for without a break. */
function startRegistry({ records, latency, registry }) {
  const upstream = registry ?? configuredRegistry()
  const child = fork(join(HERE, 'registry.mjs'), [records, upstream, String(latency)])
  return new Promise((done, failed) => {
    child.once('message', (url) => done({ url, stop: () => child.kill() }))
    child.once('exit', (code) => failed(new Error(`the registry ended with ${code}`)))
  })
}

/** All times of one project: milliseconds by scenario and tool, a list of rounds each. */
function measure(project, tools, given, url, scratch) {
  let trials = tools.map((tool) => new Trial(tool, project, { ...given, url, scratch }))
  const times = Object.fromEntries(given.scenarios.map((name) => [name, {}]))
  const leave = (trial, error) => {
    console.error(`${trial.tool.name} is left out of ${basename(project)}: ${error.message}`)
    trials = trials.filter((other) => other !== trial)
    trial.clear()
    for (const scenario of given.scenarios) delete times[scenario][trial.tool.name]
  }
  const attempt = (trial, work) => {
    try {
      work()
    } catch (error) {
      leave(trial, error)
    }
  }
  for (const trial of trials.slice()) attempt(trial, () => trial.record())
  for (let round = 0; round <= given.rounds; round += 1) {
    const order = round % 2 ? trials.slice().reverse() : trials.slice()
    for (const trial of order) {
      attempt(trial, () => {
        for (const scenario of given.scenarios) {
          const time = trial.run(scenario)
          if (round > 0) (times[scenario][trial.tool.name] ??= []).push(time)
        }
      })
    }
  }
  for (const trial of trials) trial.clear()
  return times
}

/** The first tool's times beside those of the others. */
function report(project, times, tools) {
  const measured = Object.values(times)[0] ?? {}
  const names = tools.map((tool) => tool.name).filter((name) => measured[name])
  const first = tools[0].name
  // Without the first there is nothing to hold the others against.
  const others = measured[first] ? names.filter((name) => name !== first) : []
  const head = ['', ...names.map((name) => `${name} ms`), ...others.map((name) => `${first} / ${name}`)]
  const rows = Object.entries(times).map(([scenario, by]) => [
    SCENARIOS[scenario].title,
    ...names.map((name) => median(by[name]).toFixed(1)),
    ...others.map((name) => paired(by[first], by[name]).toFixed(2)),
  ])
  console.log(`\n${basename(project)}\n${table([head, ...rows])}`)
}

async function main() {
  const given = options()
  if (given.help) return console.log(USAGE)
  const tools = installed(given)
  console.log(`tools: ${tools.map((tool) => `${tool.name} ${tool.version}`).join(', ')}`)
  console.log(`median of ${given.rounds} rounds, ratios by pairs; ${given.latency} ms of latency`)
  mkdirSync(given.records, { recursive: true })
  const scratch = mkdtempSync(join(tmpdir(), 'denpm-bench-'))
  const registry = await startRegistry(given)
  const all = {}
  try {
    for (const project of given.projects) {
      all[basename(project)] = measure(project, tools, given, registry.url, scratch)
      report(project, all[basename(project)], tools)
    }
  } finally {
    registry.stop()
    rmSync(scratch, { recursive: true, force: true })
  }
  if (given.json) writeFileSync(given.json, `${JSON.stringify(all, null, 2)}\n`)
  // Who asked for a tool wants its figures, not those of the others.
  const wanted = given.tools ?? [tools[0].name]
  const missing = Object.values(all).some((times) =>
    Object.values(times).some((by) => wanted.some((name) => !by[name]?.length)))
  if (missing) process.exitCode = 1
}

main().catch((error) => {
  console.error(`bench: ${error.message}`)
  process.exitCode = 2
})
