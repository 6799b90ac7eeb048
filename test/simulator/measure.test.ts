/** Measuring hostile packages through the real sandbox: whatever they do is contained, capped and explained. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { detectContainment, type Limits } from '../../src/simulator/contain.ts'
import { findPythons } from '../../src/simulator/python.ts'
import { createSandboxRunner, type SandboxOptions } from '../../src/simulator/sandbox.ts'
import { makeRequest, makeSnapshot, makeTarget, recordProgress, templatesDir, temporaryFolder } from './support.ts'
import { type LocalIndex, makeWheel, serveIndex } from './wheels.ts'

/** Behaviours at import, one module each; the request says which one is imported. */
const modules = {
  fine: '',
  exits: 'import sys; sys.exit(3)',
  exits_at_once: 'import os; os._exit(0)',
  raises: 'raise BaseException("not an Exception")',
  crashes: 'import os, signal; os.kill(os.getpid(), signal.SIGSEGV)',
  hangs: 'while True: pass',
  hangs_deaf: 'import signal, time\nfor s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)\nwhile True: time.sleep(9)',
  prints: 'import sys\nfor i in range(200): sys.stdout.write("x" * 50_000 + "\\n"); sys.stderr.write("y" * 50_000)',
  reads: 'import sys; NOTE = "stdin is " + repr(sys.stdin.read())',
  eats: 'hoard = []\nwhile True: hoard.append(bytearray(b"x" * 10_000_000))',
  eats_by_children: `import os, time
for i in range(20):
    if os.fork() == 0:
        hoard = bytearray(b"x" * 60_000_000)
        time.sleep(60); os._exit(0)
time.sleep(60)`,
  // As many as the limit forbids and no more: the weakest containment runs on the machine itself.
  forks: `import os, time
for i in range(150):
    if os.fork() == 0: time.sleep(60)
time.sleep(60)`,
  fills:
    'import os\nfor i in range(1000):\n  with open(os.path.join(OUT, f"f{i}"), "wb") as f: f.write(b"x" * 3_000_000)',
  escapes: `import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for i in range(600):
            with open(os.path.join(OUT, "alive"), "a") as f: f.write("x")
            time.sleep(0.05)
    os._exit(0)
os._exit(0)`,
  writes: `import os, site, pathlib
tried = {}
for place in (os.getcwd(), os.path.expanduser("~"), SITE, PROBE, "/usr/lib", "/etc", VICTIM):
    try:
        pathlib.Path(place, "left-behind").write_text("x"); tried[place] = "written"
    except OSError as error:
        tried[place] = "refused"
NOTE = repr(tried)`,
  pools: 'import multiprocessing as m\nwith m.Pool(2) as pool: NOTE = str(pool.map(abs, [-1, -2]))',
  spies: `import os
try: NOTE = repr(sorted(os.listdir(VICTIM)))
except OSError as error: NOTE = type(error).__name__
NOTE += " " + repr(sorted(os.environ)) + " " + os.environ["HOME"]`,
  // The flags of a compiled file: 1 where it is taken without a look at the source.
  compiled: 'with open(__cached__, "rb") as file: NOTE = f"flags {file.read()[4]}"',
  calls: `import urllib.request
try: urllib.request.urlopen(URL, timeout=2).read(); NOTE = "reached"
except OSError as error: NOTE = "unreachable"`,
}

/** Stands for the probe: imports the module and writes what the test told it to write. */
const PROBE = `
import builtins, importlib, json, os, pathlib, sys
request = json.loads(pathlib.Path(sys.argv[1]).read_text())
out = pathlib.Path(sys.argv[2])
progress = pathlib.Path(sys.argv[4])
builtins.OUT, builtins.PROBE = str(out.parent), os.path.dirname(os.path.abspath(__file__))
builtins.SITE = [p for p in sys.path if p.endswith("site-packages")][0]
builtins.VICTIM, builtins.URL, what = request["names"][:3]
with progress.open("a") as file:
    file.write(json.dumps({"stage": "object", "tried": 7, "found": 2}) + "\\n")
module = importlib.import_module(request["modules"][0])
result = {
    "schema": 1, "probe": "test", "python": "3", "distribution": request["distribution"], "version": request["version"],
    "stage": "gates", "gates": [], "missing_modules": [], "limits": [],
    "tried": {"objects": 1, "runs": 2, "evaluations": 3, "seconds": 0.5, "ran_out": False},
    "log": [getattr(module, "NOTE", "nothing")], "seen": [],
}
def driver(**more):
    return {"schema": 1, "distribution": request["distribution"], "version": request["version"], "imports": [],
            "setup": [], "gates": {}, **more}
def call(reference):
    return [{"var": "c", "value": {"call": {"ref": reference}, "args": []}}]
text = {
    "ok": lambda: json.dumps(result),
    "driver": lambda: json.dumps(result | {"driver": driver(setup=call("fine:Circuit"), imports=["needed.part"])}),
    "foreign": lambda: json.dumps(result | {"driver": driver(setup=call("os:system"))}),
    "foreign import": lambda: json.dumps(result | {"driver": driver(imports=["subprocess"])}),
    "other package": lambda: json.dumps(result | {"distribution": "requests"}),
    "no json": lambda: "{" * 1000,
    "deep": lambda: '{"schema": 1, "driver": ' + "[" * 500_000,
    "deep driver": lambda: json.dumps(result).replace('"log"', '"driver":{"setup":[{"value":' + '{"list":[' * 20_000 + ']}' * 20_000 + '}]},"log"'),
    "no list": lambda: json.dumps(result),
    "extra": lambda: json.dumps(result | {"surprise": 1}),
    "large": lambda: json.dumps(result | {"log": ["x" * 5_000_000]}),
}.get(what)
files = [one.__file__ for one in list(sys.modules.values()) if isinstance(getattr(one, "__file__", None), str)]
listed = [*files, "/absent.py", "/etc/passwd", "/x/../y.py", "/a\\n/b.py"]
(out.parent / "imported.json").write_text(json.dumps([7] if what == "no list" else listed))
if what == "link":
    out.symlink_to(builtins.VICTIM + "/secret")
elif what == "pipe":
    os.mkfifo(out)
elif text:
    out.write_text(text())
`

/** Enough on a busy machine; what must run into the clock gets a short one. */
const SECONDS = 30
const SHORT = 4
const limits: Partial<Limits> = {
  seconds: SECONDS,
  memory: 700 * 2 ** 20,
  file: 2 ** 23,
  folder: 20 * 2 ** 20,
  processes: 50,
}

let index: LocalIndex
let remove: () => void
let folder: string
let victim: string
const needed = makeWheel('needed', '2.0', { 'needed/__init__.py': '', 'needed/part.py': '' })
const file = makeWheel(
  'hostile',
  '6.6',
  Object.fromEntries(Object.entries(modules).map(([name, text]) => [`${name}.py`, `${text}\n`])),
  { requires: ['needed'] },
)

beforeAll(async () => {
  index = await serveIndex()
  const tools = [makeWheel('numpy', '2.0', { 'numpy.py': '' }), makeWheel('pytest', '9.0', { 'pytest.py': '' })]
  index.add(file, needed, ...tools)
  vi.stubEnv('PIP_INDEX_URL', index.url)
  vi.stubEnv('PATH', `${join(templatesDir, '..', '.venv', 'bin')}:${process.env.PATH}`)
  vi.stubEnv('GITHUB_TOKEN', 'a-token')
  folder = temporaryFolder((done) => {
    remove = done
  })
  victim = join(folder, 'victim')
  mkdirSync(victim)
  writeFileSync(join(victim, 'secret'), '{"a": "secret"}')
  for (const name of ['probe', 'sandbox']) mkdirSync(join(folder, 'templates', name), { recursive: true })
  cpSync(join(templatesDir, 'sandbox'), join(folder, 'templates', 'sandbox'), { recursive: true })
  writeFileSync(join(folder, 'templates', 'probe', 'main.py'), PROBE)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await index.close()
  remove()
})

function measure(module: string, what = 'ok', options: Partial<SandboxOptions> = {}, url = 'http://127.0.0.1:9/') {
  const recorded = recordProgress()
  const runner = createSandboxRunner({
    cacheDir: join(folder, 'cache'),
    templatesDir: join(folder, 'templates'),
    python: 'python3',
    limits,
    ...options,
  })
  const request = { ...makeRequest('hostile', '6.6', [module]), names: [victim, url, what] }
  const job = { snapshot: makeSnapshot('hostile', '6.6', file), target: makeTarget(), request }
  return { ...recorded, measurement: runner.measure(job, recorded.onProgress) }
}

const [python] = await findPythons('python3')
const strongest = python === undefined ? 'rlimits' : (await detectContainment(python)).kind
/** What works on this machine: the weaker means are tested where a stronger one exists, too. */
const kinds = (['bwrap', 'unshare', 'rlimits'] as const).slice(['bwrap', 'unshare', 'rlimits'].indexOf(strongest))

describe.each(kinds)('contained by %s', (kind) => {
  const only = { containments: [kind] }

  test.each([
    ['exits', /ended with exit code 3/],
    ['exits_at_once', /ended with exit code 0 before the measurement was done/],
    ['raises', /ended with exit code 1/],
    ['crashes', /killed by signal 11/],
    ['hangs_deaf', /did not end within \d s/],
    ['eats', /memory|MemoryError/],
    ['eats_by_children', /more than 0\.7 GiB of memory/],
    ['forks', /too many processes/],
    ['fills', /wrote too much/],
  ])('a package that at import %s', async (module, expected) => {
    const seconds = module.startsWith('hangs') ? SHORT : SECONDS
    const { measurement, details } = measure(module, 'ok', { ...only, limits: { ...limits, seconds } })
    const result = await measurement
    expect(result).toMatchObject({ stage: 'object', distribution: 'hostile', version: '6.6', gates: [] })
    expect(result.seen.join('\n')).toMatch(expected)
    expect(result.tried.seconds).toBeLessThan(seconds + 10)
    expect(details('note')).toContain('making circuits, 7 runs, 2 gates')
    expect(result.tried.ran_out).toBe(module.startsWith('hangs'))
  })

  test('a package that prints megabytes', async () => {
    expect(await measure('prints', 'ok', only).measurement).toMatchObject({ stage: 'gates' })
  })

  test('a package that reads its input', async () => {
    expect((await measure('reads', 'ok', only).measurement).log).toEqual(["stdin is ''"])
  })

  test('a package that uses a pool of processes', async () => {
    expect((await measure('pools', 'ok', only).measurement).log).toEqual(['[1, 2]'])
  })

  test('a package that leaves a process behind', async () => {
    await measure('escapes', 'ok', only).measurement
    const own = `${join(folder, 'templates', 'sandbox', 'launch.py')}`
    const alive = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(own))
    expect(alive).toEqual([])
  })

  test('no variable of the operator reaches the package', async () => {
    const [note = ''] = (await measure('spies', 'ok', only).measurement).log
    expect(note).toContain("'HOME'")
    expect(note).not.toMatch(/TOKEN|PIP_/)
    expect(note.split(' ').at(-1)).not.toBe(process.env.HOME)
  })
})

describe('the strongest containment', () => {
  test.skipIf(strongest !== 'bwrap')(
    'shows no file of the operator, and everything but throw-away folders is read-only',
    async () => {
      expect((await measure('spies').measurement).log[0]).toMatch(/^FileNotFoundError/)
      const [note = ''] = (await measure('writes').measurement).log
      expect(note.match(/written/g)).toHaveLength(1)
      expect(note).toContain("'/usr/lib': 'refused'")
      expect(existsSync(join(victim, 'left-behind'))).toBe(false)
      const left = readdirSync(join(folder, 'cache'), { recursive: true, encoding: 'utf8' })
      expect(left.filter((path) => path.endsWith('left-behind'))).toEqual([])
      expect(existsSync(join(folder, 'templates', 'probe', 'left-behind'))).toBe(false)
    },
  )

  test.skipIf(strongest === 'rlimits')('has no network, not even loopback', async () => {
    let reached = 0
    const server = createServer((_, response) => {
      reached += 1
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      expect((await measure('calls', 'ok', {}, url).measurement).log).toEqual(['unreachable'])
      expect(reached).toBe(0)
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })

  test('is said plainly when it is not there', async () => {
    const { measurement, details } = measure('fine', 'ok', { cacheDir: temporaryFolder(), containments: ['rlimits'] })
    await measurement
    expect(details('warning')).toEqual([
      'bwrap is switched off, unshare is switched off: the simulator runs under limits only; it can reach your files and the network. Install bubblewrap to contain simulators fully.',
    ])
  })
})

describe('a result is taken for what it is', () => {
  test.each([
    ['foreign', /Its driver calls os:system, which is no part of the package/],
    ['foreign import', /Its driver calls subprocess/],
    ['other package', /speaks of another package/],
    ['no json', /could not be read/],
    ['deep', /could not be read/],
    ['deep driver', /could not be read/],
    ['extra', /could not be read/],
    ['large', /larger than 4194304 bytes/],
    ['link', /ended with exit code 0/],
    ['pipe', /ended with exit code 0/],
    ['nothing', /ended with exit code 0/],
  ])('%s', async (what, expected) => {
    const result = await measure('fine', what).measurement
    expect(result).toMatchObject({ stage: 'object', probe: 'none' })
    expect(result.seen.join('\n')).toMatch(expected)
    expect(JSON.stringify(result)).not.toContain('secret')
    for (const line of [...result.seen, ...result.log]) expect(line).toMatch(/^\P{C}*$/u)
  })

  test('a driver on the package and what it needs is taken', async () => {
    const { driver } = await measure('fine', 'driver').measurement
    expect(driver?.setup).toEqual([{ var: 'c', value: { call: { ref: 'fine:Circuit' }, args: [] } }])
  })

  test('a second run measures nothing again, another program or another request does', async () => {
    const first = await measure('fine').measurement
    const second = measure('fine')
    expect(await second.measurement).toEqual(first)
    expect(second.details('note')).toEqual(['measured before, nothing has changed'])

    const changed = join(folder, 'changed')
    cpSync(join(folder, 'templates'), changed, { recursive: true })
    writeFileSync(
      join(changed, 'probe', 'main.py'),
      `${readFileSync(join(changed, 'probe', 'main.py'), 'utf8')}# other\n`,
    )
    const third = measure('fine', 'ok', { templatesDir: changed })
    await third.measurement
    expect(third.details('note')).toContain('making circuits, 7 runs, 2 gates')
  })

  test('what was imported is compiled once, by a process that runs nothing of it, whatever else is in the list', async () => {
    const options = { cacheDir: join(folder, 'another cache') }
    const flags = async (what: string, url: string) =>
      (await measure('compiled', what, options, url).measurement).log.join()
    expect(await flags('no list', 'http://127.0.0.1:1/')).toBe('flags 0')
    expect(await flags('ok', 'http://127.0.0.1:2/')).toBe('flags 0')
    expect(await flags('ok', 'http://127.0.0.1:3/')).toBe('flags 1')
    const [environment = ''] = readdirSync(join(options.cacheDir, 'bytecode'))
    const [program = ''] = readdirSync(join(options.cacheDir, 'bytecode', environment))
    expect(readdirSync(join(options.cacheDir, 'bytecode', environment, program)).sort()).toEqual([
      ...['base', 'env', 'probe'],
    ])
    const files = readdirSync(join(options.cacheDir, 'bytecode'), { recursive: true, withFileTypes: true })
    expect(files.filter((file) => file.isFile() && !file.name.endsWith('.pyc'))).toEqual([])
  })

  test('a failure is measured again: the machine may have been busy', async () => {
    await measure('exits').measurement
    const again = measure('exits')
    await again.measurement
    expect(again.details('note')).toContain('making circuits, 7 runs, 2 gates')
  })
})

test('an abort ends the run', async () => {
  const abort = new AbortController()
  const { measurement } = measure('hangs', 'ok', { signal: abort.signal, limits: { ...limits, seconds: 60 } })
  const began = performance.now()
  const expected = expect(measurement).rejects.toThrow('enough')
  setTimeout(() => abort.abort(new Error('enough')), 1000)
  await expected
  expect(performance.now() - began).toBeLessThan(10_000)
})

test('what cannot be prepared is a measurement that says why', async () => {
  const runner = createSandboxRunner({ cacheDir: join(folder, 'cache'), templatesDir, python: 'python3' })
  const job = { snapshot: makeSnapshot('absent', '1'), target: makeTarget(), request: makeRequest('absent', '1', []) }
  const result = await runner.measure(job, () => undefined)
  expect(result).toMatchObject({ stage: 'import', seen: [expect.stringContaining('absent 1')] })
})

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return '' // ended meanwhile
  }
}
