/**
 * Imports run downwards only (docs/how-it-works.md):
 *   (cli, bot, embedded) → integration → (source, analysis, driver, generate, simulator, change, queue) → repository → config → values
 * A room of the middle row may not import another room of that row: they meet in `integration`, through values.
 */
const LAYERS = [
  ['cli', 'bot', 'embedded'],
  ['integration'],
  ['source', 'analysis', 'driver', 'generate', 'simulator', 'change', 'queue'],
  ['repository'],
  ['config'],
  ['values'],
]

const MIDDLE = LAYERS[2]

/** One rule per layer: it may not reach any layer above it. */
const upwards = LAYERS.flatMap((layer, index) => {
  const above = LAYERS.slice(0, index).flat()
  if (above.length === 0) return []
  return [
    {
      name: `${layer.length === 1 ? layer[0] : 'middle'}-imports-downwards-only`,
      severity: 'error',
      from: { path: `^src/(${layer.join('|')})/` },
      to: { path: `^src/(${above.join('|')})/` },
    },
  ]
})

/** Rooms of the middle row do not know each other; a port, where a type of one row is spoken by another, is no room. */
const PORTS = '^src/simulator/runner\\.ts$'

const sideways = MIDDLE.map((room) => ({
  name: `${room}-knows-no-sibling`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: `^src/(${MIDDLE.filter((other) => other !== room).join('|')})/`, pathNot: PORTS },
}))

module.exports = {
  forbidden: [
    ...upwards,
    ...sideways,
    {
      name: 'every-folder-has-a-layer',
      comment: 'A new folder below src/ is given its place in LAYERS above.',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: `^src/(${LAYERS.flat().join('|')})/` },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'product-knows-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'product-uses-no-development-dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|templates)/' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
}
