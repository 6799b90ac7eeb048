/** Which files of an archive are worth reading, told by their names; the content is looked at afterwards. */

export type FileKind = 'text' | 'compiled' | 'other'

const TEXT_EXTENSIONS = new Set(
  (
    'py pyi pyx pxd pxi ipynb c cc cpp cxx c++ h hh hpp hxx h++ cu cuh inl tcc ipp f f90 rs jl go java swift ' +
    'md markdown mdx rst txt adoc asciidoc org tex toml cfg ini conf yaml yml json jsonl in cmake mk sh bat ' +
    'qasm qasm2 qasm3 cqasm quil qcis proto lock typed cff bib'
  ).split(' '),
)

/** Files without a telling extension, compared in lower case. */
const TEXT_NAMES = new Set(
  (
    'readme license licence licenses copying copyright notice authors contributors contributing changelog changes ' +
    'history news install todo makefile dockerfile metadata record wheel pkg-info requires.txt installer requested'
  ).split(' '),
)

const COMPILED = /\.(?:so|pyd|dylib|dll)(?:\.\d+)*$/

/** Kind of a file by its POSIX path. A compiled module's name is a fact for analysis though it cannot be read. */
export function fileKind(path: string): FileKind {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  if (COMPILED.test(name)) return 'compiled'
  if (TEXT_NAMES.has(name) || /^(?:licen[cs]e|copying|readme|notice)\b/.test(name)) return 'text'
  const dot = name.lastIndexOf('.')
  return dot !== -1 && TEXT_EXTENSIONS.has(name.slice(dot + 1)) ? 'text' : 'other'
}

/** Text of any encoding that keeps ASCII: without a NUL and with next to no other controls in its first 8 KB. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 8192)
  let controls = 0
  for (const byte of head) {
    if (byte === 0) return false
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls++
  }
  return controls <= head.length / 100
}
