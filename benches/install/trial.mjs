// One tool and one project: what is there before a scenario, and how long the tool takes from there.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** What is left from before, and what is asked for. */
export const SCENARIOS = {
  cold: { title: 'nothing there', cache: false, lock: false, tree: false, ask: 'install' },
  locked: { title: 'lock', cache: false, lock: true, tree: false, ask: 'frozen' },
  warm: { title: 'lock, cache', cache: true, lock: true, tree: false, ask: 'frozen' },
  again: { title: 'all there', cache: true, lock: true, tree: true, ask: 'install' },
  relock: { title: 'cache', cache: true, lock: false, tree: false, ask: 'install' },
  add: { title: 'all there, one more', cache: true, lock: true, tree: true, ask: 'add' },
}

const PATIENCE = 10 * 60 * 1000

export class Trial {
  constructor(tool, project, { url, scratch, add, config }) {
    const folder = join(scratch, `${basename(project)}-${tool.name}`)
    this.tool = tool
    this.source = project
    this.spec = add
    this.config = config
    this.url = url
    this.project = join(folder, 'project')
    this.home = join(folder, 'home')
    this.seed = join(folder, 'seed')
    this.folder = folder
    /** Whether the cache has all that the project wants, and whether its tree is complete. */
    this.isWarm = this.isSettled = false
    mkdirSync(this.seed, { recursive: true })
  }

  /** Runs everything once, so that the registry has what will be asked for, and keeps the lock. */
  record() {
    this.empty('cache')
    this.files()
    this.spawn('install')
    copyFileSync(join(this.project, this.tool.lock), join(this.seed, this.tool.lock))
    this.spawn('add')
    this.empty('cache')
  }

  /** Makes what is there before the scenario, and gives the milliseconds from there. */
  run(scenario) {
    const { cache, lock, tree, ask } = SCENARIOS[scenario]
    if (!cache) this.empty('cache')
    if ((tree && !this.isSettled) || (cache && !this.isWarm)) this.settle()
    if (!tree) this.files(lock)
    const began = process.hrtime.bigint()
    this.spawn(ask)
    const took = Number(process.hrtime.bigint() - began) / 1e6
    this.isWarm = true
    this.isSettled &&= ask !== 'add'
    return took
  }

  /** An install that is complete: another one has nothing to do. */
  settle() {
    this.files(true)
    this.spawn('frozen')
    this.spawn('install')
    this.isWarm = this.isSettled = true
  }

  /** The project without node_modules, and with the lock or without it. */
  files(lock = false) {
    this.empty('project')
    mkdirSync(this.project, { recursive: true })
    copyFileSync(join(this.source, 'package.json'), join(this.project, 'package.json'))
    if (lock) copyFileSync(join(this.seed, this.tool.lock), join(this.project, this.tool.lock))
    const files = this.tool.files(this.url, join(this.home, 'cache'))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.project, name), text)
    if (this.config && this.tool.name === 'denpm') {
      mkdirSync(join(this.home, '.config/denpm'), { recursive: true })
      copyFileSync(this.config, join(this.home, '.config/denpm/config.toml'))
    }
  }

  /** Removes the project, or all that the tool has kept anywhere. */
  empty(what) {
    if (what === 'cache') this.isWarm = false
    this.isSettled = false
    rmSync(what === 'cache' ? this.home : this.project, { recursive: true, force: true })
  }

  spawn(ask) {
    const { tool } = this
    const words = ask === 'add' ? tool.add(this.spec, tool.version) : tool[ask](tool.version)
    const cache = join(this.home, 'cache')
    const temporary = join(this.folder, 'temporary')
    for (const folder of [cache, temporary]) mkdirSync(folder, { recursive: true })
    const env = {
      PATH: process.env.PATH,
      HOME: this.home,
      TMPDIR: temporary,
      XDG_CACHE_HOME: cache,
      XDG_CONFIG_HOME: join(this.home, '.config'),
      XDG_DATA_HOME: join(this.home, 'data'),
      XDG_STATE_HOME: join(this.home, 'state'),
      NO_COLOR: '1',
      ...tool.env(cache),
    }
    const ended = spawnSync(tool.program, words, {
      cwd: this.project, env, timeout: PATIENCE, encoding: 'utf8', maxBuffer: 1 << 26,
    })
    const modules = join(this.project, 'node_modules')
    if (ended.status === 0 && existsSync(modules) && readdirSync(modules).length > 0) return
    const said = `${ended.stderr ?? ''}${ended.stdout ?? ''}`.trim().split('\n').slice(0, 5).join('\n  ')
    throw new Error(`${words.join(' ')} ended with ${ended.status ?? ended.signal}\n  ${said}`)
  }

  clear() {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
