/** Formats and checks generated Python with ruff, without a Python installation. */
import { createRequire } from 'node:module'
import type { Workspace } from '@astral-sh/ruff-wasm-nodejs'
import { BugError } from '../values/errors.ts'

/** Only literals make long lines, and they cannot be broken (E501); a native gate may be an attribute that acts (B018). */
const OPTIONS = {
  'line-length': 100,
  'target-version': 'py311',
  lint: { select: ['E9', 'E', 'F', 'W', 'B', 'UP', 'D1'], ignore: ['E501', 'B018'] },
}

let workspace: Workspace | undefined

/**
 * Returns the source in ruff's format. Raises BugError when it is no valid Python or breaks a rule: nothing that we write
 * ourselves may, whatever data went into it.
 */
export function formatPython(source: string, path: string): string {
  workspace ??= openWorkspace()
  let formatted: string
  try {
    formatted = workspace.format(source)
  } catch (error) {
    throw new BugError(`The generated file ${path} is no valid Python.`, { cause: error })
  }
  const findings: unknown = workspace.check(formatted)
  if (Array.isArray(findings) && findings.length > 0) {
    const shown = findings.slice(0, 3).map((finding) => describe(finding))
    throw new BugError(`The generated file ${path} breaks a rule: ${shown.join('; ')}`)
  }
  return formatted
}

/** Loaded when something is to be formatted: it takes 45 MB, which a server that waits for work need not hold. */
function openWorkspace(): Workspace {
  const ruff = createRequire(import.meta.url)(
    '@astral-sh/ruff-wasm-nodejs',
  ) as typeof import('@astral-sh/ruff-wasm-nodejs')
  return new ruff.Workspace(OPTIONS, ruff.PositionEncoding.Utf16)
}

function describe(finding: unknown): string {
  const {
    code,
    message,
    start_location: at,
  } = finding as {
    code: string | null
    message: string
    start_location: { row: number }
  }
  return `${code ?? 'syntax'} in line ${at.row}: ${message}`
}
