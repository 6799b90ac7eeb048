/**
 * What a build from source that failed would have needed: an older version of what its build script was written for.
 *
 * General signs of features that were removed, read from the log; no package is known by name.
 */
import { normalizeName } from './lock.ts'
import type { Built } from './runner.ts'

/** Sign in the log, and the newest version that still has what is missed. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  // Removed in setuptools 58, 72, 78 and 82 (changelog of setuptools).
  [/use_2to3 is invalid|lib2to3/, 'setuptools<58'],
  [/numpy\.distutils/, 'setuptools<60'],
  [/cannot import name '?test'? from '?setuptools\.command|setuptools\.command\.test/, 'setuptools<72'],
  [/dash-separated|invalid key[^\n]*-/i, 'setuptools<78'],
  [/no module named '?pkg_resources/i, 'setuptools<81'],
  [/no attribute '?dry_run/, 'setuptools<80'],
  [/no attribute '?(?:_Distribution|feature|Feature)|setuptools\.extern/, 'setuptools<46'],
  // numpy 2.0 changed the C structures and took away aliases; numpy.distutils ends with 1.26.
  [/numpy\.distutils/, 'numpy<1.26'],
  [
    /PyArray_Descr\b[^\n]*has no member|numpy\.core\.multiarray failed to import|np\.(?:float_|complex_|Inf|product)\b[^\n]*removed/,
    'numpy<2',
  ],
  [/module 'numpy' has no attribute '(?:int|float|bool|object|complex)'/, 'numpy<1.24'],
  // Cython 3.0: integer division, exceptions of callbacks, `long`, `DEF`.
  [/Cython\.Compiler\.Errors|undeclared name not builtin: long|Cython[^\n]*(?:noexcept|language_level)/, 'Cython<3'],
  // CMake 4 no longer reads projects that ask for one before 3.5.
  [/Compatibility with CMake < 3\.5 has been removed/i, 'cmake<4'],
  [/pybind11[^\n]*(?:requires|error)[^\n]*C\+\+17/i, 'pybind11<3'],
]

/** Times that a build is tried again with one more of them. */
export const MOST_REMEDIES = 4

/**
 * A build with one more constraint, by what the last one said; undefined where nothing more is known.
 *
 * Of several for one name the oldest wins: what was removed first is also missing later.
 */
export function remedied(build: Built, text: string): Built | undefined {
  const known = new Set(build.constraints)
  const found = REMEDIES.filter(([sign, older]) => sign.test(text) && !known.has(older)).map(([, older]) => older)
  if (found.length === 0) return undefined
  return { ...build, constraints: [...build.constraints, ...new Set(found)] }
}

/** Times that one more distribution is built because it has no wheel. */
export const MOST_BUILT = 8

/** As uv says it, and as pip does: of which distribution there is no wheel that fits. */
const NO_WHEEL_OF = [
  /wheels are required for `([a-z0-9][a-z0-9._-]*)`/gi,
  /(?:all versions of |because (?:only )?)([a-z0-9][a-z0-9._-]*)(?:[=<>!~ ][^\n]*?)? (?:have|has) no (?:usable )?wheels?\b/gi,
  /because ([a-z0-9][a-z0-9._-]*)(?:[=<>!~ ][^\n]*?)? has no source distribution/gi,
  /no matching distribution found for ([a-z0-9][a-z0-9._-]*)/gi,
] as const

/** Normalised name of the distribution that an installer found no wheel of; undefined where it does not say. */
export function withoutWheel(text: string): string | undefined {
  for (const sign of NO_WHEEL_OF) {
    const [found] = [...text.matchAll(sign)].flatMap(([, name = '']) => (name === 'all' ? [] : name))
    if (found !== undefined) return normalizeName(found)
  }
  return undefined
}

/** Whether what an installer said is about a build that failed. */
export function isBuildFailure(text: string): boolean {
  return /failed to build|build backend (?:returned|failed)|metadata-generation-failed|subprocess-exited-with-error|failed building wheel|call to `[\w.:]+` failed/i.test(
    text,
  )
}

/** What a failed build lacked, in one clause for people; undefined where its log does not tell. */
export function missingForBuild(text: string): string | undefined {
  const module = /no module named '?([A-Za-z_][\w.]*)/i.exec(text)?.[1]
  const program =
    /(?:unable to execute|command not found:?|error: command|could not find|not find|no such file or directory:) '?((?:[\w-]*(?:gcc|g\+\+|clang|cc1plus|cmake|ninja|rustc|cargo|swig|gfortran|make|nvcc))\b)/i.exec(
      text,
    )?.[1]
  const header = /fatal error: ([\w./+-]+\.h(?:pp)?): no such file/i.exec(text)?.[1]
  if (program !== undefined) return `it needs ${program}, which this machine does not have`
  if (header !== undefined) return `it needs the C header ${header}, which this machine does not have`
  if (module !== undefined) return `its build script needs ${module}, which it does not declare`
  return undefined
}
