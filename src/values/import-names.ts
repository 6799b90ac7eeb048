/** Which distribution a module comes from, where that cannot be told from its name, and which modules are known well. */

/** Top-level module → distribution, in PEP 508's spelling. */
const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  PIL: 'pillow',
  yaml: 'pyyaml',
  sklearn: 'scikit-learn',
  skimage: 'scikit-image',
  cv2: 'opencv-python-headless',
  bs4: 'beautifulsoup4',
  dateutil: 'python-dateutil',
  attr: 'attrs',
  zmq: 'pyzmq',
  google: 'protobuf',
  rapidjson: 'python-rapidjson',
  cirq: 'cirq-core',
  IPython: 'ipython',
  // Taken away in setuptools 82; distutils, which Python itself has up to 3.11, is in every one.
  pkg_resources: 'setuptools<81',
  distutils: 'setuptools',
  setuptools: 'setuptools',
}

/**
 * Modules of the scientific stack that come from the distribution of that name since always: installed without asking when a
 * package imports them and does not declare them. Nothing that takes hundreds of megabytes or a licence.
 */
const WELL_KNOWN: ReadonlySet<string> = new Set([
  ...['numpy', 'scipy', 'matplotlib', 'networkx', 'sympy', 'pandas', 'mpmath', 'numba', 'h5py', 'psutil', 'tqdm'],
  ...['seaborn', 'joblib', 'six', 'packaging', 'typing_extensions', 'colorama', 'tabulate', 'requests', 'opt_einsum'],
  ...['PIL', 'yaml', 'sklearn', 'cv2', 'dateutil', 'attr', 'IPython', 'pkg_resources', 'distutils', 'setuptools'],
  ...['cirq', 'qiskit'],
])

/** Requirement that brings a module, by its name or by the map; undefined for a name that none can have. */
export function requirementFor(module: string): string | undefined {
  const top = module.split('.')[0] ?? ''
  if (Object.hasOwn(DISTRIBUTIONS, top)) return DISTRIBUTIONS[top]
  return /^[A-Za-z](?:\w{0,98}[A-Za-z0-9])?$/.test(top) ? top.replaceAll('_', '-') : undefined
}

/** Whether a module may be installed without a person's word. */
export function isWellKnown(module: string): boolean {
  return WELL_KNOWN.has(module.split('.')[0] ?? '')
}

/** Lower-case module that a distribution of this normalised name installs, where the name does not say it. */
export const MODULE_OF_DISTRIBUTION: ReadonlyMap<string, string> = new Map([
  ...Object.entries(DISTRIBUTIONS).flatMap(([module, requirement]): [string, string][] => {
    const name = /^[a-z0-9-]+/.exec(requirement)?.[0]
    return name === undefined || module === 'distutils' || module === 'setuptools' ? [] : [[name, module.toLowerCase()]]
  }),
  ['opencv-python', 'cv2'],
])

/** Modules that every driver may name: arithmetic. */
export const ARITHMETIC_MODULES: ReadonlySet<string> = new Set(['numpy', 'math', 'cmath'])

/** What every driver may name besides: constructors of plain values, and JSON, in which some packages take their programs. */
export const PLAIN_REFERENCES =
  /^(?:builtins:(?:bool|complex|dict|float|int|list|range|set|str|tuple)|json:(?:dumps|loads))$/

/** Top-level modules of hosts, whose circuits a package may take instead of its own. */
export const HOST_MODULES: ReadonlySet<string> = new Set(['cirq', 'qiskit', 'pennylane', 'pytket', 'braket'])
