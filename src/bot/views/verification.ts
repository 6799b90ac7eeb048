/** The comment after the merge: the backend works on the default branch, and the commands to use it. */

import { isGreen } from '../../change/gate.ts'
import type { VerificationModel } from '../../integration/models.ts'
import { formatMarker } from '../../values/marker.ts'
import { fence, inlineCode, sections } from './markdown.ts'
import { failures, reportWords } from './run.ts'

export function verificationView(model: VerificationModel): string {
  const { issue, backend, purl, mergeCommit, report, folder } = model
  const green = isGreen(report)
  // A package that no index has is installed by a second command, which its README knows.
  const more = purl.startsWith('pkg:pypi/') ? [] : [`# and the simulator itself, as ${folder}/README.md says`]
  return sections([
    `${formatMarker({ kind: 'verification', of: String(issue) })}\n${green ? '✓' : '✗'} **\`${backend.name}\` ${green ? 'works' : 'does not pass its tests'} on the default branch.** Tested at the merge commit ${inlineCode(mergeCommit.slice(0, 12))}: ${reportWords(report)}.`,
    green ? undefined : failures(report, 8),
    green ? undefined : 'If they were green on the branch, something that was merged meanwhile changed this.',
    green ? '**Use it**' : '**See for yourself**',
    'In a clone, with this repository installed in the environment (`python -m pip install -e .`):',
    fence(['git pull', `python -m pip install --require-hashes --no-deps -r ${folder}/requirements.txt`, ...more], {
      language: 'sh',
    }),
    'A Bell circuit, 1,024 shots: about half `00` and half `11`.',
    fence(bell(model), { language: 'sh' }),
    `${inlineCode(`${folder}/README.md`)} has the measured conventions, the gates and the limits. Its ${inlineCode('requirements.txt')} pins what was measured, of ${inlineCode(purl)}; other versions were not.`,
    'To take it out again: the button *Revert* at the end of the merged pull request.',
  ])
}

function bell({ backend, backendsModule, folder }: VerificationModel): string[] {
  const tail = `${backendsModule.replaceAll('.', '/')}/${backend.name}`
  const root = folder.endsWith(tail) ? folder.slice(0, -tail.length).replace(/\/$/, '') : ''
  return [
    `PYTHONPATH=${root === '' ? '.' : root} python - <<'END'`,
    `from ${backendsModule}.registry import BackendRegistry`,
    '',
    'registry = BackendRegistry()',
    'registry.discover()',
    `backend = registry.get("${backend.name}")`,
    `bell = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; creg c[2]; h q[0]; cx q[0], q[1]; measure q -> c;'`,
    'print(backend.execute(bell, {"shots": 1024}).data["counts"])',
    'END',
  ]
}
