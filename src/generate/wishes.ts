/** What a person wished for or said, and what becomes of it: measurement decides, and they are told so before it begins. */
import type { IssueRequest } from '../values/issue-request.ts'
import type { Overrides } from '../values/overrides.ts'

/** One plain sentence for each wish; none of them holds free text of the request. Defaults are no wishes. */
export function wishesOf(
  request: Pick<IssueRequest, 'simulatorTypes' | 'noise' | 'gpu' | 'batching' | 'overrides'>,
): string[] {
  const { simulatorTypes } = request
  return [
    simulatorTypes.length > 0 &&
      `Simulator types (${simulatorTypes.join(', ')}): whether a state, a density matrix or counts can be read is measured instead.`,
    request.noise !== undefined &&
      `Noise (${yesNo(request.noise)}): what the source shows is reported; the code template advanced measures noise models.`,
    request.gpu !== undefined &&
      `GPU (${yesNo(request.gpu)}): what the source shows is reported; measured is on a CPU.`,
    request.batching !== undefined &&
      `Batching (${yesNo(request.batching)}): what the source shows is reported; the code template advanced measures batches.`,
    ...statedWishes(request.overrides),
  ].filter((sentence) => sentence !== false)
}

function statedWishes(stated: Overrides): (string | false)[] {
  const { hints = [], gates = {}, exclude = [], gateMapping, codeTemplate, maxQubits } = stated
  const entries = Object.keys(gates)
  return [
    maxQubits !== undefined &&
      `Maximum of ${maxQubits} qubits: the backend refuses larger circuits; when fewer ran, the smaller number counts.`,
    hints.length > 0 &&
      `Example code (${counted(hints.length, 'hint')}): it is cut into calls as the package's own examples are, never executed as text, and tried first.`,
    stated.with !== undefined &&
      stated.with.length > 0 &&
      `Undeclared requirements (${stated.with.join(', ')}): they are installed beside the package and pinned with it.`,
    stated.allowBuild === true &&
      'A build from source is allowed: where no wheel fits, the build script of the package runs.',
    gateMapping === 'template' &&
      'Gate mapping (template): only calls by the standard names of gates are used, and each is measured.',
    entries.length > 0 &&
      `Gate mapping (manual): the table's ${counted(entries.length, 'entry', 'entries')} (${entries.join(' ')}) are measured first; one that does something else than its name says is not used.`,
    exclude.length > 0 &&
      `Excluded gates (${exclude.join(' ')}): their native calls are not used; the bridge writes them with others where it can.`,
    stated.conventions !== undefined &&
      'Conventions: they are compared with what is measured, and the measurement counts.',
    codeTemplate === 'advanced' &&
      'Code template (advanced): density matrices, noise, batches and sweeps of parameters are added where they are measured.',
    stated.driver !== undefined && 'Driver by hand: nothing is searched; it is completed and measured as any other.',
  ]
}

function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no'
}
