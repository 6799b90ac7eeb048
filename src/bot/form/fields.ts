/** Fields of the issue form by their labels: what GitHub writes as headings into the issue. A test compares them with the form. */
export const FORM_LABELS = {
  source: 'Source',
  name: 'Name',
  displayName: 'Display name',
  version: 'Version',
  description: 'Description',
  author: 'Author',
  simulatorTypes: 'Simulator types',
  maxQubits: 'Maximum qubits',
  hint: 'One line that shows how to use it',
  with: 'Undeclared requirements',
  noise: 'Noise',
  gpu: 'GPU',
  batching: 'Batching',
  gateMapping: 'Gate mapping',
  gates: 'Table of gates',
  exclude: 'Excluded gates',
  conventions: 'Conventions',
  codeTemplate: 'Code template',
  driver: 'Driver',
  testCircuit: 'Test circuit',
  shots: 'Shots',
} as const

export type FormField = keyof typeof FORM_LABELS

/** The field that a heading belongs to, however it is spaced and capitalised; undefined for any other heading. */
export function fieldOf(heading: string): FormField | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '')
  const wanted = plain(heading.slice(0, 60))
  return (Object.keys(FORM_LABELS) as FormField[]).find((field) => plain(FORM_LABELS[field]) === wanted)
}
