// The installers: where they are, and how each is told the same thing.
//
// Scripts of packages are off everywhere, and so is all that asks the network for something else
// than packages. What a tool's own checks cost is not taken from it: denpm runs with all of its.

import { spawnSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, resolve } from 'node:path'

const QUIET = 'audit=false\nfund=false\nupdate-notifier=false\nprogress=false\n'

/** npm's command line, which is denpm's. */
const npms = {
  lock: 'package-lock.json',
  files: (url) => ({ '.npmrc': `registry=${url}\n${QUIET}` }),
  env: (cache) => ({ npm_config_cache: cache }),
  install: () => ['install', '--ignore-scripts'],
  frozen: () => ['ci', '--ignore-scripts'],
  add: (spec) => ['install', '--ignore-scripts', spec],
}

const DESCRIPTIONS = {
  denpm: npms,
  npm: npms,
  bun: {
    lock: 'bun.lock',
    files: (url) => ({ 'bunfig.toml': `[install]\nregistry = "${url}"\nlinker = "hoisted"\n` }),
    env: (cache) => ({ BUN_INSTALL_CACHE_DIR: cache, DO_NOT_TRACK: '1' }),
    install: () => ['install', '--ignore-scripts', '--no-progress'],
    frozen: () => ['install', '--frozen-lockfile', '--ignore-scripts', '--no-progress'],
    add: (spec) => ['add', '--ignore-scripts', '--no-progress', spec],
  },
  pnpm: {
    lock: 'pnpm-lock.yaml',
    files: (url, cache) => ({
      '.npmrc': `registry=${url}\nstore-dir=${cache}/store\ncache-dir=${cache}/cache\nstate-dir=${cache}/state\n`,
      // Without the file it looks for a workspace above; without the word it waits for releases to age.
      'pnpm-workspace.yaml': "packages: ['.']\nminimumReleaseAge: 0\nmanagePackageManagerVersions: false\n",
    }),
    env: () => ({}),
    install: () => ['install', '--no-frozen-lockfile', '--ignore-scripts', '--reporter=silent'],
    frozen: () => ['install', '--frozen-lockfile', '--ignore-scripts', '--reporter=silent'],
    add: (spec) => ['add', '--ignore-scripts', '--reporter=silent', spec],
  },
  yarn: {
    lock: 'yarn.lock',
    files: (url, cache) => ({
      // Of both kinds: the first generation reads the one, the later ones the other.
      '.yarnrc': `registry "${url}"\ncache-folder "${cache}"\n`,
      '.yarnrc.yml': `npmRegistryServer: "${url}"\nunsafeHttpWhitelist: ["127.0.0.1"]\nnodeLinker: node-modules\n`
        + `enableScripts: false\nenableTelemetry: false\nenableGlobalCache: true\nglobalFolder: "${cache}"\n`,
    }),
    env: () => ({ YARN_ENABLE_IMMUTABLE_INSTALLS: '0', YARN_ENABLE_SCRIPTS: '0' }),
    install: (version) => ['install', ...(version.startsWith('1.') ? ['--ignore-scripts', '--silent'] : [])],
    frozen: (version) => version.startsWith('1.')
      ? ['install', '--frozen-lockfile', '--ignore-scripts', '--silent']
      : ['install', '--immutable'],
    add: (spec, version) => ['add', ...(version.startsWith('1.') ? ['--ignore-scripts', '--silent'] : []), spec],
  },
  aube: {
    lock: 'aube-lock.yaml',
    files: (url, cache) => ({ '.npmrc': `registry=${url}\nminimum-release-age=0\nstore-dir=${cache}/store\n` }),
    env: () => ({}),
    install: () => ['install', '--no-frozen-lockfile', '--ignore-scripts', '--silent'],
    frozen: () => ['install', '--frozen-lockfile', '--ignore-scripts', '--silent'],
    add: (spec) => ['add', '--ignore-scripts', '--silent', spec],
  },
}

function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => resolve(folder, name)).find(isProgram)
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

function versionOf(program) {
  // Elsewhere: a project's own word on its tool would be heard.
  const asked = spawnSync(program, ['--version'], { encoding: 'utf8', cwd: tmpdir() })
  return asked.status === 0 ? (asked.stdout.match(/\d+\.\d+\.\d+\S*/)?.[0] ?? 'unknown') : undefined
}

/**
 * The tools that are asked for, in that order; without a word, all that are there, denpm first.
 * One that was asked for and is not there is an error.
 */
export function installed({ tools, denpm }) {
  const found = []
  for (const name of tools ?? Object.keys(DESCRIPTIONS)) {
    const description = Object.hasOwn(DESCRIPTIONS, name) && DESCRIPTIONS[name]
    if (!description) throw new Error(`nothing is known of a tool ${name}`)
    const program = name === 'denpm' ? denpm : onPath(name)
    const version = program && isProgram(program) ? versionOf(program) : undefined
    if (version) found.push({ ...description, name, program, version })
    else if (tools || name === 'denpm') throw new Error(`${name} is not there${name === 'denpm' ? `: ${denpm}` : ''}`)
  }
  return found
}
