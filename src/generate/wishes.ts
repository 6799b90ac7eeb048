/** What a person wished for that does not decide what is generated: measurement does, and they are told so before it begins. */
import type { IssueRequest } from '../values/issue-request.ts'

/** One plain sentence for each wish; none of them holds the request's own text. Defaults are no wishes. */
export function wishesOf(request: IssueRequest): string[] {
  const { simulatorTypes, maxQubits, gateMapping, codeTemplate } = request
  return [
    simulatorTypes.length > 0 &&
      `Simulator types (${simulatorTypes.join(', ')}): whether a state, a density matrix or counts can be read is measured instead.`,
    maxQubits !== undefined &&
      `Maximum of ${maxQubits} qubits: the largest number that runs is measured instead and stands in the backend's README.`,
    request.noise !== undefined &&
      `Noise (${yesNo(request.noise)}): what the source shows is reported; noise models are not integrated.`,
    request.gpu !== undefined &&
      `GPU (${yesNo(request.gpu)}): what the source shows is reported; measured is on a CPU.`,
    request.batching !== undefined &&
      `Batching (${yesNo(request.batching)}): what the source shows is reported; circuits are run one by one.`,
    gateMapping !== 'auto' &&
      `Gate mapping (${gateMapping}): which call is which gate is searched and measured in any case. The table of gates can be edited in the pull request; the tests measure the edit.`,
    codeTemplate !== 'basic' &&
      `Code template (${codeTemplate}): the adapter is a short one on the shared bridge in any case. Commits of your own on the pull request's branch are kept.`,
  ].filter((sentence) => sentence !== false)
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no'
}
