// A registry on loopback that keeps what another one answered: `registry.mjs RECORDS UPSTREAM LATENCY`.
//
// Documents are kept as they came; the addresses of tarballs in them are made its own when they
// are served. A record is never asked for again, so two runs see the same registry; what is not
// there is not recorded, and asked for again by the next run. Upstream hears no credentials.

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const [records, upstream, latency] = process.argv.slice(2)
const wait = Number(latency)
const base = upstream.endsWith('/') ? upstream : `${upstream}/`
const SHORT = 'application/vnd.npm.install-v1+json'

/** What was served, ready to be served again. */
const ready = new Map()
/** What is being asked for upstream. */
const asked = new Map()
/** Where upstream keeps the tarballs that its documents name, by our path. */
const tarballs = new Map()
let own

const server = createServer((request, response) => {
  answer(request)
    .catch((error) => {
      const reason = error.cause?.message ?? error.message
      return { status: 502, type: 'text/plain', body: Buffer.from(reason) }
    })
    .then((reply) => {
      const go = () => send(request, response, reply)
      return wait ? setTimeout(go, wait) : go()
    })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  own = `http://127.0.0.1:${server.address().port}/`
  process.send(own)
})
process.on('disconnect', () => process.exit())

async function answer(request) {
  // Advisories and the like: nobody waits for what they say.
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 200, type: 'application/json', body: Buffer.from('{}') }
  }
  const path = decodeURIComponent(new URL(request.url, own).pathname).slice(1)
  const form = path.endsWith('.tgz') || path.startsWith('-/') ? '' : formOf(request.headers.accept)
  const key = `${path} ${form}`
  if (!ready.has(key)) ready.set(key, prepared(path, await recorded(path, form)))
  return ready.get(key)
}

function formOf(accept = '') {
  return accept.includes(SHORT) ? SHORT : 'application/json'
}

/** The upstream's answer: from the record, else asked for once and recorded. */
async function recorded(path, form) {
  const place = tarballs.get(path) ?? path
  const name = createHash('sha256').update(`${base}\n${place}\n${form}`).digest('hex')
  const file = join(records, name.slice(0, 2), name.slice(2))
  try {
    const bytes = readFileSync(file)
    const end = bytes.indexOf(10)
    return { ...JSON.parse(bytes.subarray(0, end)), body: bytes.subarray(end + 1) }
  } catch {
    if (!asked.has(file)) {
      const work = fetched(path, form).then((reply) => keep(file, reply))
      asked.set(file, work.finally(() => asked.delete(file)))
    }
    return asked.get(file)
  }
}

async function fetched(path, form) {
  const place = tarballs.get(path) ?? base + path.replace(/^(@[^/]+)\/(?!.*\/-\/)/, '$1%2f')
  const reply = await fetch(place, { headers: form ? { accept: form } : {} })
  if (reply.status !== 200 && reply.status !== 404) throw new Error(`${place}: ${reply.status}`)
  const type = reply.headers.get('content-type') ?? 'application/octet-stream'
  return { status: reply.status, type, body: Buffer.from(await reply.arrayBuffer()) }
}

function keep(file, reply) {
  const { body, ...head } = reply
  if (reply.status !== 200) return reply
  // A page for people in a document's place.
  if (reply.type.includes('json')) JSON.parse(body)
  mkdirSync(join(file, '..'), { recursive: true })
  const part = `${file}.${process.pid}`
  writeFileSync(part, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]))
  renameSync(part, file)
  return reply
}

/** A reply with its validator and its packed form, and with our addresses where it is a packument. */
function prepared(path, { status, type, body }) {
  if (status !== 200) return { status, type, body }
  const isDocument = type.includes('json')
  const text = isDocument && !path.startsWith('-/') ? addressed(path, body) : body
  const etag = `"${createHash('sha1').update(text).digest('hex')}"`
  return { status, type, body: text, etag, packed: isDocument ? gzipSync(text) : undefined }
}

function addressed(name, body) {
  const document = JSON.parse(body)
  for (const version of Object.values(document.versions ?? {})) {
    if (typeof version?.dist?.tarball !== 'string') continue
    const there = new URL(version.dist.tarball, base).href
    const path = ownPath(name, there)
    tarballs.set(path, there)
    version.dist.tarball = own + path
  }
  return Buffer.from(JSON.stringify(document))
}

/** Where a tarball is here: under its file's name, unless upstream calls several by it. */
function ownPath(name, there) {
  const file = new URL(there).pathname.split('/').at(-1)
  const path = `${name}/-/${file}`
  if ((tarballs.get(path) ?? there) === there) return path
  const place = createHash('sha256').update(there).digest('hex').slice(0, 16)
  return `${name}/-/${place}/${file}`
}

function send(request, response, { status, type, body, etag, packed }) {
  const isPacked = packed && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  const bytes = isPacked ? packed : body
  const head = {
    'content-type': type,
    'content-length': bytes.length,
    'cache-control': status !== 200 ? 'no-store'
      : packed ? 'public, max-age=300' : 'public, immutable, max-age=31557600',
    vary: 'accept, accept-encoding',
    ...(etag ? { etag } : {}),
    ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
  }
  if (etag && request.headers['if-none-match'] === etag) {
    const { 'content-length': _, 'content-encoding': __, ...rest } = head
    response.writeHead(304, rest).end()
    return
  }
  response.writeHead(status, head).end(request.method === 'HEAD' ? undefined : bytes)
}
