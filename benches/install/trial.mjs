// One tool and one project: what is there before a scenario, and how long the tool takes from there.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'

/**
 * What is left from before, and what is asked for. A cache has what an install without a lock
 * leaves: one with a lock leaves no documents in most tools.
 */
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
    this.isWarm ||= ask === 'install' && !lock
    this.isSettled &&= ask !== 'add'
    // What was added is in the cache now, and the next round's would be another thing.
    if (ask === 'add') this.empty('cache')
    return took
  }

  /** An install that is complete: another one has nothing to do. */
  settle() {
    if (!this.isWarm) {
      this.files()
      this.spawn('install')
    }
    this.files(true)
    this.spawn('frozen')
    this.spawn('install')
    this.isWarm = this.isSettled = true
  }

  /** The project without node_modules, and with the lock or without it. */
  files(lock = false) {
    this.empty('project')
    mkdirSync(this.project, { recursive: true })
    const manifest = JSON.parse(readFileSync(join(this.source, 'package.json'), 'utf8'))
    // A project that names its tool makes the others refuse, or fetch that one.
    delete manifest.packageManager
    delete manifest.devEngines
    writeFileSync(join(this.project, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    if (lock) copyFileSync(join(this.seed, this.tool.lock), join(this.project, this.tool.lock))
    const files = this.tool.files(this.url, join(this.home, 'cache'))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.project, name), text)
    if (this.config && this.tool.name === 'denpm') {
      const place = process.platform === 'darwin' ? 'Library/Application Support' : '.config'
      mkdirSync(join(this.home, place, 'denpm'), { recursive: true })
      copyFileSync(this.config, join(this.home, place, 'denpm/config.toml'))
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
      // The Node that runs this, not one that a version manager finds by the home.
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      COREPACK_HOME: join(this.folder, 'corepack'),
      npm_config_globalconfig: join(this.folder, 'no-npmrc'),
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
    const end = ended.error?.message ?? ended.status ?? ended.signal
    throw new Error(`${words.join(' ')} ended with ${end}\n  ${said}`)
  }

  clear() {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
