/** `prepack`: compiles `src/` to `dist/`, because Node refuses TypeScript below `node_modules`. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './steps.ts'

rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], {
  cwd: ROOT,
  // Standard output belongs to `npm pack --json`.
  stdio: ['ignore', 2, 2],
  shell: process.platform === 'win32',
})
process.exitCode = status ?? 1
