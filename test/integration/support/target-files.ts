import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const templatesDir = fileURLToPath(new URL('../../../templates', import.meta.url))

/** The small target as it is, and with the settings and the workflow that make it ready. */
export async function targetFiles(ready: boolean): Promise<Map<string, string>> {
  const root = join(templatesDir, 'target')
  const files = new Map<string, string>()
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || /\.(ruff_cache|pytest_cache)|__pycache__/.test(path)) continue
    files.set(path.slice(root.length + 1), await readFile(path, 'utf8'))
  }
  if (!ready) return files
  const github = (name: string) => readFile(join(templatesDir, 'github', name), 'utf8')
  files.set('.github/graft.yml', await github('graft.yml'))
  files.set('.github/workflows/graft.yml', await github('workflow.yml'))
  return files
}
